import type { Steps } from '../migrate.ts'
import { ACCESS } from './migrations-access.ts'
import { BOOTS } from './migrations-boots.ts'
import { FLEET } from './migrations-fleet.ts'
import { KNOWLEDGE } from './migrations-knowledge.ts'
import { SILENCE } from './migrations-silence.ts'
import { TRIAGE } from './migrations-triage.ts'
import { WITHDRAWN } from './migrations-withdrawn.ts'

const FIRST = [
  // The row id is the order of arrival, by which folding reads; body comes last so that reading a digest does not touch it.
  `create table report (
    position integer primary key autoincrement, terminal_id text not null, id text not null, sequence integer not null,
    at integer not null, received_at integer not null, digest text not null, encoding integer not null, body blob not null) strict`,
  // Ids begin with the time, so that new keys go to the end of the index; terminals first, every report would rewrite a page of its own.
  'create unique index report_key on report (id, terminal_id)',
  // The way from a terminal to its reports, written by folding, a thousand at a time, instead of before the answer.
  'create table terminal_report (terminal_id text not null, id text not null, position integer not null, primary key (terminal_id, id)) strict, without rowid',
  'create table fold_cursor (one integer primary key check (one = 1), position integer not null) strict',
  'insert into fold_cursor values (1, 0)',
  'create table report_hour (hour integer primary key, reports integer not null) strict',
  `create table terminal (
    id text primary key, identity text not null, search text not null, agent_version text, token_hash text, enrolled_at integer,
    seen_at integer, clock_offset integer, readiness text not null default '[]', tenders text not null default '-----',
    blocked integer not null default 0, checked_at integer, spool text, open_incidents integer not null default 0, worst text,
    fold_state text, watched_until integer not null default 0) strict`,
  'create unique index terminal_token on terminal (token_hash) where token_hash is not null',
  'create index terminal_seen on terminal (seen_at)',
  'create index terminal_tenders on terminal (tenders)',
  'create index terminal_blocked on terminal (blocked) where blocked > 0',
  `create table incident (
    id text primary key, terminal_id text not null, store text, fault text not null, device text not null, severity text not null,
    rank integer not null, title_zh text not null, title_en text not null, opened_at integer not null, changed_at integer not null,
    closed_at integer, count integer not null, posterior real not null, regression integer not null, report text not null,
    misses integer not null) strict`,
  'create unique index incident_open on incident (terminal_id, fault, device) where closed_at is null',
  'create index incident_worst on incident (rank desc, opened_at desc, id desc) where closed_at is null',
  'create index incident_closed on incident (closed_at desc, id desc) where closed_at is not null',
  'create index incident_of on incident (terminal_id, closed_at)',
  'create index incident_opened on incident (opened_at)',
  `create table command (
    id text primary key, terminal_id text not null, type text not null, devices text, created_at integer not null,
    expires_at integer not null, state text not null, progress text, changed_at integer not null) strict`,
  'create index command_of on command (terminal_id, created_at)',
  "create index command_live on command (terminal_id) where state in ('waiting', 'sent', 'running')",
  `create table enrolment_token (
    id text primary key, hash text not null unique, terminal_id text, note text, created_at integer not null,
    expires_at integer not null, used_at integer, used_by text, revoked_at integer) strict`,
  'create table alive (one integer primary key check (one = 1), at integer not null) strict',
  'insert into alive values (1, 0)',
]

const ALERTS = [
  'create table alert_setting (kind text not null, id text not null, changed_at integer not null, body text not null, primary key (kind, id)) strict',
  `create table alert (
    id text primary key, terminal_id text not null, rule_id text not null, subject text not null, what text not null, since integer not null,
    due_at integer not null, fired_at integer, closed_at integer, held_by text, channels text not null default '[]') strict`,
  'create unique index alert_standing on alert (terminal_id, rule_id, subject) where closed_at is null',
  'create index alert_of_rule on alert (rule_id, id) where closed_at is null',
  'create index alert_due on alert (due_at) where fired_at is null and closed_at is null',
  'create index alert_closed on alert (closed_at desc, id desc) where closed_at is not null',
  `create table alert_notice (
    id text primary key, terminal_id text not null, channel_id text not null, alert_id text not null, change text not null, at integer not null,
    message_id text) strict`,
  'create index alert_notice_waiting on alert_notice (channel_id, at) where message_id is null',
  'create index alert_notice_in on alert_notice (message_id)',
  `create table alert_message (
    id text primary key, channel_id text not null, robot text not null, created_at integer not null, state text not null, test integer not null,
    notices integer not null, tries integer not null, tried text not null, tried_at integer not null, next_at integer not null, problem text) strict`,
  "create index alert_message_waiting on alert_message (next_at) where state = 'waiting'",
  'create index alert_message_of on alert_message (channel_id, id)',
  'create index alert_message_tried on alert_message (tried_at)',
  'create table alert_turn (name text primary key, at integer not null) strict',
]

const HEALTH = ['create table node (id text primary key, seen_at integer not null, figures text not null) strict']

// What a fault did on the lanes of one store is asked by what was open in a span of time.
const LANES = ['create index incident_store_closed on incident (store, closed_at) where closed_at is not null']

/** The shape of the SQLite database. */
export const STEPS: Steps = { '0001-first': FIRST, '0002-alerts': ALERTS, '0003-triage': TRIAGE, '0004-fleet': FLEET, '0005-access': ACCESS, '0006-knowledge': KNOWLEDGE, '0007-health': HEALTH, '0008-lanes': LANES, '0009-silence': SILENCE, '0010-boots': BOOTS, '0011-withdrawn': WITHDRAWN }
