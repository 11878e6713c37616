const ID = 'text collate "C" not null'

/** How terminals come out of the checks that they make when they start. The counts are of the whole fleet, in a row per slot of folding, as processes would wait for each other at one. */
export const BOOTS = [
  'create table boot_hour (hour bigint not null, slot smallint not null, ready bigint not null, degraded bigint not null, blocked bigint not null, unknown bigint not null, primary key (hour, slot)) with (fillfactor = 50)',
  `create table boot_check (terminal_id ${ID}, id ${ID}, at bigint not null, outcome text not null, found text not null, primary key (terminal_id, id))`,
  'create index boot_check_at on boot_check (at, outcome)',
  "create index boot_check_failed on boot_check (at desc, id desc) where outcome <> 'ready'",
]
