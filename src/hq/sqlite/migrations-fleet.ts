/** What lists of a large fleet are found by. */
export const FLEET = [
  // Narrow, so that a search for a part of a word need not read whole rows.
  'create index terminal_search on terminal (id, search)',
  'drop index terminal_blocked',
  'create index terminal_blocked on terminal (blocked desc, id) where blocked > 0',
  // One index for counting both, and for lists by contact.
  'drop index terminal_tenders',
  'drop index terminal_seen',
  'create index terminal_seen on terminal (seen_at, tenders)',
  'create index incident_fault_closed on incident (fault, closed_at desc, id desc) where closed_at is not null',
  'create index enrolment_token_made on enrolment_token (created_at desc, id desc)',
]
