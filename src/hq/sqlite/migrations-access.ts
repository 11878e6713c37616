/** People, sessions, API tokens, the audit log, and what is known of how terminals enrolled. */
export const ACCESS = [
  'alter table terminal add column region text',
  'alter table terminal add column store text',
  "update terminal set region = json_extract(identity, '$.region'), store = json_extract(identity, '$.store')",
  'create index terminal_place on terminal (region, store)',
  'create index terminal_store on terminal (store)',
  'alter table enrolment_token add column region text',
  'alter table enrolment_token add column store text',
  'alter table enrolment_token add column made_by text',
  `create table admission (
    terminal_id text primary key, key text, address text not null, enrolled_at integer not null, made_by text,
    approved_at integer, approved_by text) strict, without rowid`,
  'create index admission_waiting on admission (enrolled_at) where approved_at is null',
  `create table refusal (
    terminal_id text not null, reason text not null, count integer not null, first_at integer not null, last_at integer not null,
    address text not null, primary key (terminal_id, reason)) strict, without rowid`,
  'create index refusal_last on refusal (last_at)',
  'create table policy (name text primary key, value text not null) strict',
  `create table person (
    id text primary key, name text not null, name_key text not null unique, role text not null, scope text, password text,
    external integer not null, subject text unique, created_at integer not null, signed_in_at integer, disabled_at integer) strict`,
  `create table session (
    hash text primary key, id text not null unique, person_id text, created_at integer not null, seen_at integer not null,
    idle_ms integer not null, expires_at integer not null, address text not null, browser text not null) strict`,
  'create index session_of on session (person_id)',
  `create table api_token (
    id text primary key, hash text not null unique, name text not null, role text not null, scope text, created_by text not null,
    created_at integer not null, expires_at integer, used_at integer, revoked_at integer) strict`,
  `create table audit (
    id text primary key, at integer not null, who text not null, by_way text not null, action text not null, target text not null,
    status integer not null, address text not null, detail text not null) strict`,
  'create index audit_of on audit (who, id)',
  "create trigger audit_stays before update on audit begin select raise(abort, 'the audit log is only added to'); end",
  "create trigger audit_remains before delete on audit begin select raise(abort, 'the audit log is only added to'); end",
]
