const ID = 'text collate "C" not null'

const CARE = `acknowledged_at bigint, acknowledged_by text, assignee text, silence text, silenced_until bigint, lost bigint not null default 0,
  per_hour bigint not null default 0, cost bigint not null default 0, currency text, outbreak text`

const COLUMNS = ['region text', 'model text', 'agent_version text', 'firmware text', 'actor text', 'previous text', 'resolved_by text', 'resolved_report text', 'visit text', 'counted integer not null default 0', ...CARE.split(/,\s*/)]

/**
 * The tables of triage. What is of a terminal has it in its key. The others are of a store, which a distributed database would
 * distribute by, or of the whole fleet - a few thousand rows that every node could hold.
 */
export const TRIAGE = [
  `alter table incident ${COLUMNS.map((column) => `add column ${column}`).join(', ')}`,
  'create index incident_cost on incident (cost desc, rank desc, opened_at desc, id desc) where closed_at is null',
  'create index incident_uncounted on incident (id) where counted = 0',
  'create index incident_fault on incident (fault, opened_at) where closed_at is null',
  'create index incident_store on incident (store) where closed_at is null',
  'create index incident_outbreak on incident (outbreak) where outbreak is not null',
  `create table terminal_factor (terminal_id ${ID}, name ${ID}, value ${ID}, primary key (terminal_id, name, value))`,
  'create index terminal_factor_value on terminal_factor (name, value)',
  `create table sales_hour (terminal_id ${ID}, hour bigint not null, count bigint not null, sum bigint not null, currency text, folded integer not null default 0, primary key (terminal_id, hour))`,
  'create index sales_hour_unfolded on sales_hour (hour) where folded = 0',
  'create index sales_hour_old on sales_hour (hour)',
  `create table sales_profile (terminal_id ${ID} primary key, profile text not null, history text not null)`,
  `create table care_change (place ${ID}, subject ${ID}, id ${ID}, at bigint not null, who text not null, what text not null, detail text, primary key (place, subject, id))`,
  `create table issue_day (fault ${ID}, day bigint not null, region ${ID}, model ${ID}, agent_version ${ID}, firmware ${ID},
    incidents bigint not null, primary key (fault, day, region, model, agent_version, firmware))`,
  `create table issue (fault ${ID} primary key, title_zh text not null, title_en text not null, severity text not null, state text not null default 'open', assignee text,
    first_seen_at bigint not null, last_seen_at bigint not null, incidents bigint not null, resolved_at bigint, regressed_at bigint)`,
  `create table outbreak (id ${ID} primary key, fault ${ID}, title_zh text not null, title_en text not null, severity text not null, factor ${ID}, value ${ID},
    opened_at bigint not null, last_at bigint not null, closed_at bigint, terminals bigint not null, stores bigint not null, open_now bigint not null, among bigint not null,
    expected double precision not null, log10p double precision not null, window_ms bigint not null, lost bigint not null, per_hour bigint not null, currency text)`,
  'create unique index outbreak_open on outbreak (fault, factor, value) where closed_at is null',
  `create table absence (place ${ID}, id ${ID}, scope text not null, store ${ID}, region text, terminals bigint not null, since bigint not null,
    noticed_at bigint not null, back_at bigint, cause text not null, reasons text not null, ${CARE}, primary key (place, id))`,
  'create unique index absence_open on absence (place) where back_at is null',
  'create index absence_id on absence (id)',
  'create index absence_store on absence (store, since)',
  `create table goodbye (terminal_id ${ID} primary key, at bigint not null, reason text not null)`,
  `create table store_state (store ${ID} primary key, region text, terminals bigint not null, online bigint not null, silent bigint not null, blocked bigint not null,
    open_incidents bigint not null, rank bigint not null, cost bigint not null, lost bigint not null, per_hour bigint not null, currency text, absence text)`,
  'create index store_state_cost on store_state (cost desc, rank desc, silent desc, store)',
  `create table store_card (store ${ID} primary key, card text not null)`,
  `create table visit (store ${ID}, id ${ID}, state text not null, assignee text, planned_for bigint, note text, made_at bigint not null, made_by text not null,
    incidents text not null, parts text not null, primary key (store, id))`,
  'create index visit_id on visit (id)',
  `create table turn (job ${ID} primary key, holder text not null, until bigint not null, cursor text not null default '')`,
  'create index care_change_at on care_change (at)',
  'alter table command add column content text',
  `create table log_bundle (terminal_id ${ID}, command ${ID}, received_at bigint not null, encoding bigint not null, body bytea not null, primary key (terminal_id, command))`,
  `create table rollout (revision bigint primary key, configuration text not null, note text, made_at bigint not null, made_by text not null, region text, stages text not null, soak_ms bigint not null, state text not null, stage bigint not null, stage_at bigint not null, reason text)`,
  `create table rollout_terminal (terminal_id ${ID}, revision bigint not null, state text not null, command text not null, at bigint not null, tries bigint not null, detail text, primary key (terminal_id, revision))`,
  'create index rollout_terminal_state on rollout_terminal (revision, state)',
]
