import type { Selectable } from 'kysely'
import type { Place, TerminalKey } from '../../model/access.ts'
import { Tender } from '../../model/device.ts'
import type { Readiness } from '../../model/diagnosis.ts'
import { Actor, Severity } from '../../model/fault.ts'
import { PackStanding } from '../../model/pack.ts'
import type { TerminalIdentity } from '../../model/terminal.ts'
import { type Care, type Cost, Resolution, Silence } from '../../model/triage.ts'
import { type Command, CommandRow, type Contact, type EnrolmentTokenRow, type IncidentRow, type ReportRow, type TerminalRow } from '../../model/wire.ts'
import type { Digest } from '../fold-types.ts'
import { plain } from '../plain.ts'
import type { EnrolAttempt, EnrolledTerminal, KeptReport, Moment } from '../store.ts'
import { bodyText } from '../stored-body.ts'
import type { Tables } from './tables.ts'

/** The order of letters in the column `tenders`. */
export const TENDERS = Tender.options

const LETTER = { ready: 'r', degraded: 'd', blocked: 'b', unknown: 'u' } as const

/** What each letter of the column `tenders` says; `-` says nothing. */
export const STATE_OF: Record<string, Readiness['is'] | undefined> = { r: 'ready', d: 'degraded', b: 'blocked', u: 'unknown' }

/** Readiness as the column `tenders`. */
export const tendersOf = (readiness: readonly Readiness[]): string =>
  TENDERS.map((t) => {
    const found = readiness.find((r) => r.tender === t)
    return found === undefined ? '-' : LETTER[found.is]
  }).join('')

/** Readiness as the column `blocked`. */
export const blockedOf = (readiness: readonly Readiness[]): number => {
  const blocked = readiness.filter((r) => r.is === 'blocked').length
  return blocked === 0 ? 0 : blocked * 10 + readiness.filter((r) => r.is === 'degraded').length
}

/** The column `search` of a terminal. */
export const searchOf = (terminal: TerminalIdentity): string =>
  plain([terminal.id, terminal.store, terminal.merchant, terminal.region, terminal.lane, terminal.model, terminal.serial].filter((w) => w !== undefined).join('\n')).toLowerCase()

/** The columns `region` and `store` of a terminal. */
export const placeOf = ({ region, store }: Place): [region: string | null, store: string | null] => [region === undefined ? null : plain(region), store === undefined ? null : plain(store)]

/** Where a one-time token lets a terminal enrol; null for anywhere. */
export interface TokenPlace { region: string | null; store: string | null }

/** True if a terminal that says this of itself may enrol with the token. */
export const isAtPlace = (token: TokenPlace, terminal: TerminalIdentity): boolean => {
  const [region, store] = placeOf(terminal)
  return (token.region === null || token.region === region) && (token.store === null || token.store === store)
}

/** An enrolled terminal as it is looked up by its token; `waits` is a number in SQLite. */
export interface AdmittedRow { id: string; store: string | null; key: string | null; waits: number | boolean }

/** The row as the store answers it. */
export const enrolledTerminal = ({ id, store, key, waits }: AdmittedRow): EnrolledTerminal => ({ terminalId: id, ...optional('store', store), ...(key === null ? {} : { key: JSON.parse(key) as TerminalKey }), waits: Boolean(waits) })

/** How a terminal stands that may ask again for what its one-time token was used for. */
export interface EnrolledRow { token_hash: string | null; key: string | null; enrolled_at: number }

/** True if the terminal that used this token asks again with the key that it enrolled with, and nothing was revoked or renewed since: then its answer was lost. */
export const isRepeat = (token: { used_by: string | null; used_at: number | null; expires_at: number }, { terminal, key, proven, now }: EnrolAttempt, known: EnrolledRow | undefined): boolean =>
  proven === true && key !== undefined && token.used_by === terminal.id && token.expires_at > now
  && known !== undefined && known.token_hash !== null && known.enrolled_at === token.used_at && known.key !== null && (JSON.parse(known.key) as TerminalKey).x === key.x

/** From which time of last contact on a terminal is online, and from which it is stale rather than offline. */
export const contactBounds = ({ now, beatMs }: Moment): { online: number; stale: number } => ({ online: now - 2 * beatMs, stale: now - 10 * beatMs })

const contactOf = (seenAt: number | null, closed: boolean, moment: Moment): Contact => {
  if (seenAt === null) return 'never'
  const { online, stale } = contactBounds(moment)
  return seenAt >= online ? 'online' : seenAt >= stale ? 'stale' : closed ? 'closed' : 'offline'
}

/** A column that may be null, as a property that may be absent. */
export const optional = <K extends string, V>(key: K, value: V | null): { [P in K]?: V } => (value === null ? {} : { [key]: value }) as { [P in K]?: V }

const severityOf = (text: string): Severity => Severity.parse(text)

/** A row of `terminal` as the page sees it. */
export const terminalRow = (row: Omit<Selectable<Tables['terminal']>, 'fold_state' | 'search' | 'region' | 'store' | 'watched_until' | 'token_hash' | 'enrolled_at' | 'tenders' | 'blocked'>, moment: Moment): TerminalRow => ({
  terminal: JSON.parse(row.identity) as TerminalIdentity,
  contact: contactOf(row.seen_at, row.closed === 1, moment),
  ...optional('lastSeenAt', row.seen_at),
  ...optional('agentVersion', row.agent_version),
  ...optional('clockOffsetMs', row.clock_offset),
  readiness: JSON.parse(row.readiness) as Readiness[],
  ...optional('checkedAt', row.checked_at),
  openIncidents: row.open_incidents,
  ...(row.worst === null ? {} : { worst: severityOf(row.worst) }),
  ...(row.spool === null ? {} : { spool: JSON.parse(row.spool) as NonNullable<TerminalRow['spool']> }),
  ...(row.pack === null ? {} : { pack: PackStanding.parse(JSON.parse(row.pack)) }),
})

type CareColumns = Pick<Selectable<Tables['incident']>, 'acknowledged_at' | 'acknowledged_by' | 'assignee' | 'silence' | 'silenced_until'>

/** What people made of a row; nothing if nobody has touched it. */
export const careOf = (row: CareColumns): { care?: Care } => {
  const care: Care = {
    ...optional('acknowledgedAt', row.acknowledged_at),
    ...optional('acknowledgedBy', row.acknowledged_by),
    ...optional('assignee', row.assignee),
    ...(row.silence === null ? {} : { silence: Silence.parse(row.silence) }),
    ...optional('silencedUntil', row.silenced_until),
  }
  return Object.keys(care).length === 0 ? {} : { care }
}

/** The money of a row; nothing where there is none. */
export const costOf = (row: { lost: number; per_hour: number; currency: string | null }): Cost | undefined =>
  row.lost === 0 && row.per_hour === 0 ? undefined : { lostMinor: row.lost, perHourMinor: row.per_hour, ...optional('currency', row.currency) }

/** A row of `incident` as the page sees it. */
export const incidentRow = (row: Omit<Selectable<Tables['incident']>, 'misses' | 'rank' | 'counted'>): IncidentRow => ({
  id: row.id,
  terminalId: row.terminal_id,
  ...optional('store', row.store),
  fault: row.fault,
  device: row.device,
  severity: severityOf(row.severity),
  title: { zh: row.title_zh, en: row.title_en },
  openedAt: row.opened_at,
  changedAt: row.changed_at,
  ...optional('closedAt', row.closed_at),
  count: row.count,
  posterior: row.posterior,
  regression: row.regression !== 0,
  report: row.report,
  ...optional('region', row.region),
  ...optional('model', row.model),
  ...optional('agentVersion', row.agent_version),
  ...optional('firmware', row.firmware),
  ...(row.actor === null ? {} : { actor: Actor.parse(row.actor) }),
  ...(row.resolved_by === null ? {} : { resolvedBy: Resolution.parse(row.resolved_by) }),
  ...optional('resolvedReport', row.resolved_report),
  ...optional('previous', row.previous),
  ...careOf(row),
  ...optional('cost', costOf(row) ?? null),
  ...optional('outbreak', row.outbreak),
  ...optional('visit', row.visit),
  ...optional('absence', row.absence),
})

/** A row of `report`, without its body, as the page sees it. */
export const reportRow = (row: Pick<Selectable<Tables['report']>, 'id' | 'terminal_id' | 'sequence' | 'at' | 'received_at' | 'digest'>): ReportRow => {
  const digest = JSON.parse(row.digest) as Digest
  return {
    id: row.id,
    terminalId: row.terminal_id,
    sequence: row.sequence,
    at: row.at,
    ...(digest.redated === undefined ? {} : { redated: digest.redated }),
    receivedAt: row.received_at,
    trigger: digest.trigger,
    readiness: digest.readiness,
    found: digest.found.map(({ fault, device, severity }) => ({ fault, device, severity })),
  }
}

/** A row of `report`, with its body. */
export const keptReport = (row: Pick<Selectable<Tables['report']>, 'received_at' | 'digest' | 'encoding' | 'body'>): KeptReport => {
  const { redated, signedBy } = JSON.parse(row.digest) as Digest
  return { receivedAt: row.received_at, ...(redated === undefined ? {} : { redated }), ...(signedBy === undefined ? {} : { signedBy }), body: bodyText(row) }
}

/** A row of `command` as the page sees it. */
export const commandRow = (row: Omit<Selectable<Tables['command']>, 'changed_at'>): CommandRow =>
  CommandRow.parse({
    id: row.id,
    type: row.type,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.devices === null ? {} : { only: JSON.parse(row.devices) as Command['only'] }),
    ...(row.content === null ? {} : { configuration: JSON.parse(row.content) as Command['configuration'] }),
    terminalId: row.terminal_id,
    state: row.state,
    ...(row.progress === null ? {} : { progress: JSON.parse(row.progress) as CommandRow['progress'] }),
  })

/** A row of `enrolment_token` as the page sees it. */
export const enrolmentTokenRow = (row: Omit<Selectable<Tables['enrolment_token']>, 'hash'>): EnrolmentTokenRow => ({
  id: row.id,
  ...optional('terminalId', row.terminal_id),
  ...optional('note', row.note),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  ...optional('usedAt', row.used_at),
  ...optional('usedBy', row.used_by),
  ...optional('revokedAt', row.revoked_at),
  ...optional('region', row.region),
  ...optional('store', row.store),
  ...optional('madeBy', row.made_by),
})

/** A row's command as its terminal is given it. */
export const commandOf = ({ id, type, createdAt, expiresAt, only, configuration }: CommandRow): Command => ({
  id, type, createdAt, expiresAt, ...(only === undefined ? {} : { only }), ...(configuration === undefined ? {} : { configuration }),
})

/** What becomes of a running command of which nothing more was heard. */
export const SILENT = { state: 'failed', detail: 'the terminal began it and was not heard of again' } as const
