import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { AlertRow, AlertRule, AlertSubject, DeliveryRow, RuleRow } from '../../model/alerts.ts'
import { Severity } from '../../model/fault.ts'
import type { TerminalIdentity } from '../../model/terminal.ts'
import type { Outbox } from '../alerts/plan.ts'
import type { AlertFilter, Claimed, Match, Notice, Outcome, SettingKind, Settings } from '../alerts/store.ts'
import { plain } from '../plain.ts'
import type { Rows } from '../store.ts'
import { decodeCursor, encodeCursor, paged } from './cursor.ts'
import { TENDERS } from './rows.ts'
import type { Tables } from './tables.ts'

/** A field of the identity of terminal `t`, as the engine reads it out of the JSON. */
export type FieldOf = (name: 'region' | 'store') => RawBuilder<string | null>

/** What the column `what` holds. */
export type AlertWhat = Pick<AlertRow, 'rule' | 'on' | 'subject'>

/** A row of `alert` as the page sees it. */
export const alertRow = (row: Selectable<Tables['alert']>): AlertRow => ({
  id: row.id,
  ruleId: row.rule_id,
  ...(JSON.parse(row.what) as AlertWhat),
  since: row.since,
  ...(row.fired_at === null ? {} : { firedAt: row.fired_at }),
  ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
  ...(row.held_by === null ? {} : { heldBy: row.held_by }),
})

/** A row of `alert_message` as the page sees it. */
export const deliveryRow = (row: Selectable<Tables['alert_message']>): DeliveryRow => ({
  id: row.id,
  channelId: row.channel_id,
  createdAt: row.created_at,
  state: row.state as DeliveryRow['state'],
  test: row.test !== 0,
  alerts: row.notices,
  tries: row.tries,
  triedAt: row.tried_at,
  ...(row.state === 'waiting' ? { nextAt: row.next_at } : {}),
  ...(row.problem === null ? {} : { problem: JSON.parse(row.problem) as NonNullable<DeliveryRow['problem']> }),
})

/** All settings, in the order of making. */
export const readSettings = async (db: Kysely<Tables>): Promise<Settings> => {
  const rows = await db.selectFrom('alert_setting').selectAll().orderBy('id').execute()
  const of = <T>(kind: SettingKind): T[] => rows.filter((r) => r.kind === kind).map((r) => ({ id: r.id, changedAt: r.changed_at, [kind]: JSON.parse(r.body) as unknown }) as T)
  return { rules: of('rule'), silences: of('silence'), windows: of('window'), channels: of('channel') }
}

interface Matching { from: RawBuilder<unknown>; key: RawBuilder<string>; where: RawBuilder<boolean> }

const among = (column: RawBuilder<unknown>, values: readonly string[] | undefined): RawBuilder<boolean>[] => (values === undefined ? [] : [sql<boolean>`${column} in (${sql.join(values.map(plain))})`])

const all = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> => (conditions.length === 0 ? sql<boolean>`1 = 1` : sql<boolean>`${sql.join(conditions, sql` and `)}`)

/** What a rule is about, as the parts of a query over terminal `t` and, for incidents, incident `i`. */
const matching = (rule: AlertRule, now: number, field: FieldOf): Matching => {
  const { regions, stores, terminals, severities, faults } = rule.scope
  const places = [...among(field('region'), regions), ...among(field('store'), stores), ...among(sql`t.id`, terminals)]
  if (rule.on === 'incident') {
    return {
      from: sql`incident i join terminal t on t.id = i.terminal_id`,
      key: sql`i.id`,
      where: all([sql<boolean>`i.closed_at is null`, ...among(sql`i.severity`, severities), ...among(sql`i.fault`, faults), ...places]),
    }
  }
  const terminal = { from: sql`terminal t`, key: sql<string>`''` }
  if (rule.on === 'tender') {
    const blocked = rule.tenders.map((tender) => sql<boolean>`substr(t.tenders, ${sql.lit(TENDERS.indexOf(tender) + 1)}, 1) = 'b'`)
    return { ...terminal, where: all([sql<boolean>`t.blocked > 0`, sql<boolean>`(${sql.join(blocked, sql` or `)})`, ...places]) }
  }
  // One whose token was revoked is not expected to speak, and one whose store is closed not before that opens.
  return { ...terminal, where: all([sql<boolean>`t.seen_at < ${now - rule.minutes * 60_000}`, sql<boolean>`t.token_hash is not null`, sql<boolean>`t.closed = 0`, ...places]) }
}

interface TerminalRecord { identity: string; tenders: string; seen_at: number | null }
type IncidentRecord = TerminalRecord & Pick<Selectable<Tables['incident']>, 'id' | 'fault' | 'device' | 'severity' | 'title_zh' | 'title_en' | 'opened_at'>

const placeOf = (identity: string): AlertSubject => {
  const { id, store, region } = JSON.parse(identity) as TerminalIdentity
  return { terminalId: id, ...(store === undefined ? {} : { store }), ...(region === undefined ? {} : { region }) }
}

const incidentMatch = (row: IncidentRecord): Match => ({
  key: row.id,
  since: row.opened_at,
  subject: { ...placeOf(row.identity), incident: row.id, fault: row.fault, device: row.device, severity: Severity.parse(row.severity), title: { zh: row.title_zh, en: row.title_en } },
})

/** What the rule is about and has no standing alert for. */
export const listUnraised = async (db: Kysely<Tables>, { id, rule }: RuleRow, now: number, limit: number, field: FieldOf): Promise<Match[]> => {
  const { from, key, where } = matching(rule, now, field)
  const rest = sql`from ${from} where ${where} and not exists (select 1 from alert a where a.terminal_id = t.id and a.rule_id = ${id} and a.subject = ${key} and a.closed_at is null) limit ${limit}`
  if (rule.on === 'incident') {
    const { rows } = await sql<IncidentRecord>`select t.identity, t.tenders, t.seen_at, i.id, i.fault, i.device, i.severity, i.title_zh, i.title_en, i.opened_at ${rest}`.execute(db)
    return rows.map(incidentMatch)
  }
  const { rows } = await sql<TerminalRecord>`select t.identity, t.tenders, t.seen_at ${rest}`.execute(db)
  return rows.map((row) => {
    const subject = placeOf(row.identity)
    if (rule.on === 'tender') return { key: '', subject: { ...subject, tenders: rule.tenders.filter((tender) => row.tenders[TENDERS.indexOf(tender)] === 'b') } }
    return { key: '', subject, ...(row.seen_at === null ? {} : { since: row.seen_at }) }
  })
}

// With `limit 1`, unlike with `exists`, PostgreSQL looks each alert's counterpart up by its key: it takes the conditions on tenders and
// places for far rarer than they are, and would compare all with all.

/** Standing alerts of the rule about what is over. */
export const listOver = async (db: Kysely<Tables>, { id, rule }: RuleRow, now: number, limit: number, field: FieldOf): Promise<AlertRow[]> => {
  const { from, key, where } = matching(rule, now, field)
  const { rows } = await sql<Selectable<Tables['alert']>>`select a.* from alert a where a.rule_id = ${id} and a.closed_at is null
    and (select 1 from ${from} where ${where} and t.id = a.terminal_id and ${key} = a.subject limit 1) is null limit ${limit}`.execute(db)
  return rows.map(alertRow)
}

/** Standing alerts of rules other than these. */
export const listOrphaned = async (db: Kysely<Tables>, rules: readonly string[], limit: number): Promise<AlertRow[]> => {
  let query = db.selectFrom('alert').selectAll().where('closed_at', 'is', null).limit(limit)
  if (rules.length > 0) query = query.where('rule_id', 'not in', rules)
  return (await query.execute()).map(alertRow)
}

/** Alerts not told yet whose time has come, those due first first. */
export const listDue = async (db: Kysely<Tables>, now: number, limit: number): Promise<AlertRow[]> =>
  (await db.selectFrom('alert').selectAll().where('closed_at', 'is', null).where('fired_at', 'is', null).where('due_at', '<=', now).orderBy('due_at').limit(limit).execute()).map(alertRow)

/** Told and standing alerts of a channel, in the order of their ids. */
export const listStanding = async (db: Kysely<Tables>, channelId: string, after: string, limit: number): Promise<AlertRow[]> =>
  (await db.selectFrom('alert').selectAll().where('closed_at', 'is', null).where('fired_at', 'is not', null).where('channels', 'like', `%"${channelId}"%`).where('id', '>', after).orderBy('id').limit(limit).execute()).map(alertRow)

/** Standing alerts by the time they were raised, closed ones by the time of closing, latest first. Keyset paging. */
export const listAlerts = async (db: Kysely<Tables>, { state, cursor, limit }: AlertFilter): Promise<Rows<AlertRow>> => {
  const at = state === 'open' ? 'since' : 'closed_at'
  let query = db.selectFrom('alert').selectAll().where('closed_at', state === 'open' ? 'is' : 'is not', null).orderBy(at, 'desc').orderBy('id', 'desc').limit(limit + 1)
  if (cursor !== undefined) {
    const [time, id] = decodeCursor(cursor, ['number', 'string'])
    query = query.where((eb) => eb(eb.refTuple(at, 'id'), '<', eb.tuple(time, id)))
  }
  return paged(await query.execute(), limit, alertRow, (r) => encodeCursor([r[at] ?? 0, r.id]))
}

/** Messages, latest first. */
export const listDeliveries = async (db: Kysely<Tables>, limit: number): Promise<DeliveryRow[]> =>
  (await db.selectFrom('alert_message').selectAll().orderBy('id', 'desc').limit(limit).execute()).map(deliveryRow)

/** The latest message of each channel, and alerts that wait to be told to it. */
export const readChannelStates = async (db: Kysely<Tables>): Promise<Map<string, { waiting: number; last?: DeliveryRow }>> => {
  const waiting = await db.selectFrom('alert_notice').where('message_id', 'is', null).select(['channel_id', sql<number>`count(*)`.as('n')]).groupBy('channel_id').execute()
  const latest = db.selectFrom('alert_message').select(sql<string>`max(id)`.as('id')).groupBy('channel_id')
  const last = await db.selectFrom('alert_message').selectAll().where('id', 'in', latest).execute()
  const states = new Map<string, { waiting: number; last?: DeliveryRow }>(waiting.map((w) => [w.channel_id, { waiting: w.n }]))
  for (const row of last) states.set(row.channel_id, { waiting: states.get(row.channel_id)?.waiting ?? 0, last: deliveryRow(row) })
  return states
}

/** A notice with the alert that it is about. */
export type NoticeRecord = Selectable<Tables['alert']> & { change: string; at: number }

type MessageRecord = Pick<Selectable<Tables['alert_message']>, 'id' | 'channel_id' | 'created_at' | 'test' | 'tries'>

/** A message as it is claimed, with what it tells in the order in which it came about. */
export const claimedMessage = (message: MessageRecord, notices: readonly NoticeRecord[]): Claimed => ({
  id: message.id,
  channelId: message.channel_id,
  createdAt: message.created_at,
  test: message.test !== 0,
  tries: message.tries,
  notices: notices.map((n) => ({ change: n.change as Notice['change'], at: n.at, alert: alertRow(n) })),
})

/** The columns that say how a message went; without `nextAt` that stays as it is. */
export const settledColumns = (outcome: Outcome): { nextAt: number | null; problem: string | null } => ({
  nextAt: outcome.state === 'waiting' ? outcome.nextAt : null,
  problem: outcome.state === 'sent' ? null : JSON.stringify({ kind: outcome.kind, detail: plain(outcome.detail) }),
})

const KEPT_TRIES = 10

/** The column `tried` after one more try. */
export const triedOnceMore = (tried: string, now: number): string => JSON.stringify([...(JSON.parse(tried) as number[]), now].slice(-KEPT_TRIES))

/** Tries by robot, out of the columns of messages. */
export const triesIn = (rows: readonly { robot: string; tried: string }[]): Outbox['tried'] => rows.map(({ robot, tried }) => ({ robot, at: JSON.parse(tried) as number[] }))
