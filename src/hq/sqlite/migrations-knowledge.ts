/** What closed repairs teach, and the packs made of it. */
export const KNOWLEDGE = [
  // Which repairs were counted, so that none is twice.
  'create table knowledge_example (terminal_id text not null, id text not null, received_at integer not null, primary key (terminal_id, id)) strict, without rowid',
  'create index knowledge_example_received on knowledge_example (received_at)',
  `create table knowledge_remedy (fault text not null, remedy text not null, model text not null, firmware text not null, worked integer not null, failed integer not null,
    primary key (fault, remedy, model, firmware)) strict, without rowid`,
  'create table knowledge_symptom (fault text not null, symptom text not null, shown integer not null, hidden integer not null, primary key (fault, symptom)) strict, without rowid',
  'create table knowledge_total (one integer primary key check (one = 1), repairs integer not null) strict',
  'insert into knowledge_total values (1, 0)',
  `create table knowledge_pack (sequence integer primary key, issued_at integer not null, offered_at integer not null, offered_by text not null, note text, measured text not null,
    pack text not null, key text not null) strict`,
  'alter table terminal add column pack text',
]
