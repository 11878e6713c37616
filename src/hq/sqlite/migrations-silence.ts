/** What explains a silence, and which silences are only closing time. */
export const SILENCE = [
  'alter table incident add column absence text',
  'create index incident_absence on incident (absence) where absence is not null',
  'alter table terminal add column closed integer not null default 0',
  'alter table store_state add column closed integer not null default 0',
  // One index for counting, and for lists by contact.
  'drop index terminal_seen',
  'create index terminal_seen on terminal (seen_at, tenders, closed)',
]
