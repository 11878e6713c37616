const ID = 'text collate "C" not null'

/** People, sessions, API tokens, the audit log, and what is known of how terminals enrolled. All but the latter is of HQ and not of a terminal: under Citus it stays on one node, small as it is. */
export const ACCESS = [
  'alter table terminal add column region text collate "C", add column store text collate "C"',
  // What the server cannot take out of the JSON, as it holds a NUL or half a character, comes with the terminal's next report.
  String.raw`update terminal set region = identity::json->>'region', store = identity::json->>'store' where identity not like '%\\u%'`,
  'create index terminal_place on terminal (region, store)',
  'create index terminal_store on terminal (store)',
  'alter table enrolment_token add column region text collate "C", add column store text collate "C", add column made_by text',
  `create table admission (
    terminal_id ${ID} primary key, key text, address text not null, enrolled_at bigint not null, made_by text, approved_at bigint, approved_by text)`,
  'create index admission_waiting on admission (enrolled_at) where approved_at is null',
  `create table refusal (
    terminal_id ${ID}, reason ${ID}, count bigint not null, first_at bigint not null, last_at bigint not null, address text not null,
    primary key (terminal_id, reason))`,
  'create index refusal_last on refusal (last_at)',
  `create table policy (name ${ID} primary key, value text not null)`,
  `create table person (
    id ${ID} primary key, name text not null, name_key ${ID} unique, role text not null, scope text, password text, external integer not null,
    subject text unique, created_at bigint not null, signed_in_at bigint, disabled_at bigint)`,
  `create table session (
    hash ${ID} primary key, id ${ID} unique, person_id text collate "C", created_at bigint not null, seen_at bigint not null, idle_ms bigint not null,
    expires_at bigint not null, address text not null, browser text not null)`,
  'create index session_of on session (person_id)',
  `create table api_token (
    id ${ID} primary key, hash ${ID} unique, name text not null, role text not null, scope text, created_by text not null,
    created_at bigint not null, expires_at bigint, used_at bigint, revoked_at bigint)`,
  `create table audit (
    id ${ID} primary key, at bigint not null, who text not null, by_way text not null, action text not null, target text not null,
    status integer not null, address text not null, detail text not null)`,
  'create index audit_of on audit (who, id)',
  "create function audit_stays() returns trigger language plpgsql as $$ begin raise exception 'the audit log is only added to'; end $$",
  'create trigger audit_stays before update or delete or truncate on audit for each statement execute function audit_stays()',
]
