import type { Steps } from '../migrate.ts'
import { ACCESS } from './migrations-access.ts'
import { BOOTS } from './migrations-boots.ts'
import { FLEET } from './migrations-fleet.ts'
import { KNOWLEDGE } from './migrations-knowledge.ts'
import { SILENCE } from './migrations-silence.ts'
import { TRIAGE } from './migrations-triage.ts'
import { WITHDRAWN } from './migrations-withdrawn.ts'

// Names compare byte by byte in every locale, so that paging is the same on every server.
const ID = 'text collate "C" not null'

const FIRST = [
  // Partitions are made as they are needed (see partitions.ts). The key begins with the terminal, by which Citus could distribute every table that grows.
  `create table report (
    terminal_id ${ID}, id uuid not null, sequence bigint not null, at bigint not null, received_at bigint not null,
    digest text not null, encoding smallint not null, body bytea not null, primary key (terminal_id, id)) partition by range (id)`,
  // What waits to be folded; written with the report and deleted by folding. A slot is folded by one process at a time.
  `create table unfolded (slot smallint not null, id uuid not null, terminal_id ${ID}, primary key (slot, id, terminal_id))
    with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000)`,
  // By slot as well, so that processes that fold do not wait for each other here.
  'create table report_hour (hour bigint not null, slot smallint not null, reports bigint not null, primary key (hour, slot)) with (fillfactor = 50)',
  // Half of every page stays free: a heartbeat rewrites its row within the page and touches no index, as none holds what every heartbeat changes.
  `create table terminal (
    id ${ID} primary key, identity text not null, search text not null, agent_version text, token_hash text, enrolled_at bigint,
    seen_at bigint, clock_offset bigint, readiness text not null default '[]', tenders text not null default '-----',
    blocked integer not null default 0, checked_at bigint, spool text, open_incidents integer not null default 0, worst text,
    fold_state text, watched_until bigint not null default 0) with (fillfactor = 50)`,
  'create index terminal_token on terminal (token_hash) where token_hash is not null',
  'create index terminal_tenders on terminal (tenders)',
  'create index terminal_blocked on terminal (blocked) where blocked > 0',
  `create table incident (
    terminal_id ${ID}, id ${ID}, store text, fault ${ID}, device ${ID}, severity text not null, rank integer not null,
    title_zh text not null, title_en text not null, opened_at bigint not null, changed_at bigint not null, closed_at bigint,
    count integer not null, posterior double precision not null, regression integer not null, report text not null,
    misses integer not null, primary key (terminal_id, id))`,
  'create unique index incident_open on incident (terminal_id, fault, device) where closed_at is null',
  'create index incident_id on incident (id)',
  'create index incident_worst on incident (rank desc, opened_at desc, id desc) where closed_at is null',
  'create index incident_closed on incident (closed_at desc, id desc) where closed_at is not null',
  'create index incident_of on incident (terminal_id, closed_at)',
  'create index incident_opened on incident (opened_at)',
  `create table command (
    terminal_id ${ID}, id ${ID}, type text not null, devices text, created_at bigint not null, expires_at bigint not null,
    state text not null, progress text, changed_at bigint not null, primary key (terminal_id, id))`,
  'create index command_of on command (terminal_id, created_at)',
  "create index command_live on command (terminal_id) where state in ('waiting', 'sent', 'running')",
  `create table enrolment_token (
    id ${ID} primary key, hash text not null unique, terminal_id text, note text, created_at bigint not null,
    expires_at bigint not null, used_at bigint, used_by text, revoked_at bigint)`,
  'create table alive (one integer primary key check (one = 1), at bigint not null)',
  'insert into alive values (1, 0)',
]

const ALERTS = [
  // Settings, messages and turns belong to no terminal: there are few, and Citus would keep them whole on every node.
  `create table alert_setting (kind ${ID}, id ${ID}, changed_at bigint not null, body text not null, primary key (kind, id))`,
  `create table alert (
    terminal_id ${ID}, id ${ID}, rule_id ${ID}, subject ${ID}, what text not null, since bigint not null, due_at bigint not null,
    fired_at bigint, closed_at bigint, held_by text, channels text not null default '[]', primary key (terminal_id, id))`,
  'create unique index alert_standing on alert (terminal_id, rule_id, subject) where closed_at is null',
  'create index alert_of_rule on alert (rule_id, id) where closed_at is null',
  'create index alert_due on alert (due_at) where fired_at is null and closed_at is null',
  'create index alert_closed on alert (closed_at desc, id desc) where closed_at is not null',
  `create table alert_notice (
    terminal_id ${ID}, id ${ID}, channel_id ${ID}, alert_id ${ID}, change text not null, at bigint not null, message_id text collate "C",
    primary key (terminal_id, id))`,
  'create index alert_notice_waiting on alert_notice (channel_id, at) where message_id is null',
  'create index alert_notice_in on alert_notice (message_id)',
  `create table alert_message (
    id ${ID} primary key, channel_id ${ID}, robot text not null, created_at bigint not null, state text not null, test integer not null,
    notices integer not null, tries integer not null, tried text not null, tried_at bigint not null, next_at bigint not null, problem text)`,
  "create index alert_message_waiting on alert_message (next_at) where state = 'waiting'",
  'create index alert_message_of on alert_message (channel_id, id)',
  'create index alert_message_tried on alert_message (tried_at)',
  `create table alert_turn (name ${ID} primary key, at bigint not null)`,
]

// A handful of rows, one per process, that every node of a distributed database could hold.
const HEALTH = [`create table node (id ${ID} primary key, seen_at bigint not null, figures text not null)`]

// What a fault did on the lanes of one store is asked by what was open in a span of time.
const LANES = ['create index incident_store_closed on incident (store, closed_at) where closed_at is not null']

/** The shape of the PostgreSQL database (15 and later). */
export const STEPS: Steps = { '0001-first': FIRST, '0002-alerts': ALERTS, '0003-triage': TRIAGE, '0004-fleet': FLEET, '0005-access': ACCESS, '0006-knowledge': KNOWLEDGE, '0007-health': HEALTH, '0008-lanes': LANES, '0009-silence': SILENCE, '0010-boots': BOOTS, '0011-withdrawn': WITHDRAWN }
