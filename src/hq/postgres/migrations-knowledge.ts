const ID = 'text collate "C" not null'

/**
 * What closed repairs teach, and the packs made of it. The counts and packs are of the whole fleet - a few thousand rows that every
 * node could hold, as the catalogue has no more faults, remedies and models.
 */
export const KNOWLEDGE = [
  // Which repairs were counted, so that none is twice.
  `create table knowledge_example (terminal_id ${ID}, id ${ID}, received_at bigint not null, primary key (terminal_id, id))`,
  'create index knowledge_example_received on knowledge_example (received_at)',
  `create table knowledge_remedy (fault ${ID}, remedy ${ID}, model ${ID}, firmware ${ID}, worked bigint not null, failed bigint not null, primary key (fault, remedy, model, firmware))`,
  `create table knowledge_symptom (fault ${ID}, symptom ${ID}, shown bigint not null, hidden bigint not null, primary key (fault, symptom))`,
  'create table knowledge_total (one integer primary key check (one = 1), repairs bigint not null)',
  'insert into knowledge_total values (1, 0)',
  `create table knowledge_pack (sequence bigint primary key, issued_at bigint not null, offered_at bigint not null, offered_by text not null, note text, measured text not null,
    pack text not null, key text not null)`,
  'alter table terminal add column pack text',
]
