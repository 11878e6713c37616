/** How terminals come out of the checks that they make when they start. */
export const BOOTS = [
  'create table boot_hour (hour integer primary key, ready integer not null, degraded integer not null, blocked integer not null, unknown integer not null) strict',
  'create table boot_check (terminal_id text not null, id text not null, at integer not null, outcome text not null, found text not null, primary key (terminal_id, id)) strict, without rowid',
  'create index boot_check_at on boot_check (at, outcome)',
  "create index boot_check_failed on boot_check (at desc, id desc) where outcome <> 'ready'",
]
