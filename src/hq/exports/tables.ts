import type { IncidentRow, ReportRow, TerminalRow } from '../../model/wire.ts'
import { TENDERS } from '../queries/rows.ts'
import type { Cell } from './csv.ts'

/** The columns of a table, in their order: name and how to fill it. Names and values of enumerations are never translated. */
export type Columns<T> = Readonly<Record<string, (row: T) => Cell>>

const time = (at: number | undefined): string | undefined => (at === undefined || Math.abs(at) > 8.64e15 ? undefined : new Date(at).toISOString())

const readiness = (row: { readiness: TerminalRow['readiness'] }): Record<string, Cell> => Object.fromEntries(row.readiness.map((r) => [r.tender, r.is]))

const tenders = <T extends { readiness: TerminalRow['readiness'] }>(): Columns<T> => Object.fromEntries(TENDERS.map((tender) => [tender, (row: T) => readiness(row)[tender]]))

/** The table of terminals. */
export const TERMINAL_COLUMNS: Columns<TerminalRow> = {
  terminal: (r) => r.terminal.id,
  merchant: (r) => r.terminal.merchant,
  store: (r) => r.terminal.store,
  region: (r) => r.terminal.region,
  lane: (r) => r.terminal.lane,
  model: (r) => r.terminal.model,
  serial: (r) => r.terminal.serial,
  contact: (r) => r.contact,
  last_seen: (r) => time(r.lastSeenAt),
  agent_version: (r) => r.agentVersion,
  clock_offset_ms: (r) => r.clockOffsetMs,
  ...tenders<TerminalRow>(),
  checked: (r) => time(r.checkedAt),
  open_incidents: (r) => r.openIncidents,
  worst: (r) => r.worst,
  spooled_reports: (r) => r.spool?.reports,
  lost_reports: (r) => r.spool?.lost,
}

/** The table of incidents. */
export const INCIDENT_COLUMNS: Columns<IncidentRow> = {
  incident: (r) => r.id,
  terminal: (r) => r.terminalId,
  store: (r) => r.store,
  fault: (r) => r.fault,
  title_zh: (r) => r.title.zh,
  title_en: (r) => r.title.en,
  device: (r) => r.device,
  severity: (r) => r.severity,
  opened: (r) => time(r.openedAt),
  changed: (r) => time(r.changedAt),
  closed: (r) => time(r.closedAt),
  reports: (r) => r.count,
  probability: (r) => r.posterior,
  regression: (r) => r.regression,
  latest_report: (r) => r.report,
  region: (r) => r.region,
  model: (r) => r.model,
  agent_version: (r) => r.agentVersion,
  firmware: (r) => r.firmware,
  actor: (r) => r.actor,
  acknowledged: (r) => time(r.care?.acknowledgedAt),
  acknowledged_by: (r) => r.care?.acknowledgedBy,
  assignee: (r) => r.care?.assignee,
  silenced_until: (r) => time(r.care?.silencedUntil),
  lost_minor: (r) => r.cost?.lostMinor,
  per_hour_minor: (r) => r.cost?.perHourMinor,
  currency: (r) => r.cost?.currency,
  outbreak: (r) => r.outbreak,
}

/** The table of reports. */
export const REPORT_COLUMNS: Columns<ReportRow> = {
  report: (r) => r.id,
  terminal: (r) => r.terminalId,
  sequence: (r) => r.sequence,
  made: (r) => time(r.redated?.at ?? r.at),
  made_plus_minus_ms: (r) => r.redated?.plusMinusMs,
  received: (r) => time(r.receivedAt),
  trigger: (r) => r.trigger,
  ...tenders<ReportRow>(),
  found: (r) => r.found.map((f) => `${f.fault}@${f.device}`).join(' '),
}
