import { type Kysely, sql } from 'kysely'
import type { Scope } from '../../model/access.ts'
import { Severity } from '../../model/fault.ts'
import type { TenderCounts } from '../../model/fleet.ts'
import type { Overview } from '../../model/wire.ts'
import { rankOf } from '../severity.ts'
import type { Moment } from '../store.ts'
import { bootDays } from './boots.ts'
import { firstIdAt } from './ids.ts'
import { contactBounds, STATE_OF, TENDERS, terminalRow } from './rows.ts'
import { placedWithin, terminalWithin } from './scope.ts'
import type { Tables } from './tables.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const terminals = (db: Kysely<Tables>, scope: Scope | undefined) => {
  const all = db.selectFrom('terminal')
  return scope === undefined ? all : all.where(placedWithin('terminal', scope))
}

const incidents = (db: Kysely<Tables>, scope: Scope | undefined) => {
  const all = db.selectFrom('incident')
  return scope === undefined ? all : all.where(terminalWithin('incident.terminal_id', scope))
}

/** How many terminals are in each contact state, and in each state of each tender. */
export interface TerminalCounts { terminals: Overview['terminals']; tenders: TenderCounts }

/** What the column `tenders` of so many terminals says, added up. */
export const countTenders = (rows: readonly { tenders: string; all: number }[]): TenderCounts => {
  const states: TenderCounts = {}
  for (const [i, tender] of TENDERS.entries()) {
    for (const { tenders, all } of rows) {
      const is = STATE_OF[tenders[i] ?? '-']
      if (is === undefined) continue
      const counts = states[tender] ?? { ready: 0, degraded: 0, blocked: 0, unknown: 0 }
      counts[is] += all
      states[tender] = counts
    }
  }
  return states
}

/** Counts the terminals within the scope; ways of taking money without those of closed stores. No index may hold when they were last heard of, as heartbeats change that: so each is looked at, all in one pass. */
export const countTerminals = async (db: Kysely<Tables>, moment: Moment, scope: Scope | undefined): Promise<TerminalCounts> => {
  const { online, stale } = contactBounds(moment)
  const rows = await terminals(db, scope)
    .select([
      'tenders',
      sql<number>`count(*)`.as('all'),
      sql<number>`count(seen_at)`.as('seen'),
      sql<number>`count(case when seen_at >= ${stale} then 1 end)`.as('recent'),
      sql<number>`count(case when seen_at >= ${online} then 1 end)`.as('online'),
      sql<number>`count(case when closed = 1 and seen_at < ${stale} then 1 end)`.as('closed'),
    ])
    .groupBy('tenders')
    .execute()
  const sum = (key: 'all' | 'seen' | 'recent' | 'online' | 'closed'): number => rows.reduce((n, row) => n + row[key], 0)
  return { terminals: { online: sum('online'), stale: sum('recent') - sum('online'), offline: sum('seen') - sum('recent') - sum('closed'), closed: sum('closed'), never: sum('all') - sum('seen') }, tenders: countTenders(rows.map((row) => ({ ...row, all: row.all - row.closed }))) }
}

/** How many incidents of each severity are open. */
export const countOpen = async (db: Kysely<Tables>, scope: Scope | undefined): Promise<Overview['incidents']> => {
  const counts = { block: 0, degraded: 0, advisory: 0 }
  const rows = await incidents(db, scope).where('closed_at', 'is', null).select(['severity', sql<number>`count(*)`.as('n')]).groupBy('severity').execute()
  for (const { severity, n } of rows) counts[Severity.parse(severity)] = n
  return counts
}

const perHour = async (db: Kysely<Tables>, column: 'opened_at' | 'closed_at', now: number, scope: Scope | undefined): Promise<Overview['openedPerHour']> => {
  const first = Math.floor(now / HOUR) * HOUR - 23 * HOUR
  // The division is done on an integer column, and stays whole in every engine.
  const hour = sql<number>`${sql.ref(column)} / ${sql.lit(HOUR)}`
  const rows = await incidents(db, scope).where(column, '>=', first).select([hour.as('hour'), sql<number>`count(*)`.as('n')]).groupBy(hour).execute()
  const counts = new Map(rows.map((r) => [r.hour * HOUR, r.n]))
  return Array.from({ length: 24 }, (_, i) => ({ at: first + i * HOUR, count: counts.get(first + i * HOUR) ?? 0 }))
}

const topFaults = async (db: Kysely<Tables>, scope: Scope | undefined): Promise<Overview['topFaults']> => {
  const rows = await incidents(db, scope)
    .where('closed_at', 'is', null)
    .select(['fault', sql<number>`max(rank)`.as('rank'), sql<string>`max(title_zh)`.as('zh'), sql<string>`max(title_en)`.as('en'), sql<number>`count(distinct terminal_id)`.as('n')])
    .groupBy('fault')
    .orderBy('n', 'desc')
    .orderBy('rank', 'desc')
    .orderBy('fault')
    .limit(10)
    .execute()
  return rows.map((r) => ({ fault: r.fault, title: { zh: r.zh, en: r.en }, severity: Severity.options.find((s) => rankOf(s) === r.rank) ?? 'advisory', terminals: r.n }))
}

const countReports = async (db: Kysely<Tables>, now: number, scope: Scope | undefined): Promise<number> => {
  const count = scope === undefined
    ? db.selectFrom('report_hour').where('hour', '>', now - DAY).select(sql<number>`coalesce(sum(reports), 0)`.as('n'))
    : db.selectFrom('report').where('report.id', '>=', firstIdAt(now - DAY)).where(terminalWithin('report.terminal_id', scope)).select(sql<number>`count(*)`.as('n'))
  return (await count.executeTakeFirstOrThrow()).n
}

/** The first screen, of the terminals within the scope. Every part but the counts of terminals reads an index or a count per hour, none reads reports. */
export const readOverview = async (db: Kysely<Tables>, moment: Moment, scope: Scope | undefined): Promise<Overview> => {
  const { now } = moment
  const opened = await incidents(db, scope).where('opened_at', '>=', now - DAY).select(sql<number>`count(*)`.as('n')).executeTakeFirstOrThrow()
  // A sum and not an average: that is of another type in every engine.
  const closed = await incidents(db, scope).where('closed_at', '>=', now - DAY).select([sql<number>`count(*)`.as('n'), sql<number>`coalesce(sum(closed_at - opened_at), 0)`.as('ms')]).executeTakeFirstOrThrow()
  const repairs = await incidents(db, scope).where('closed_at', 'is', null).where('silence', '=', 'in-repair').where('silenced_until', '>', now).select(sql<number>`count(distinct terminal_id)`.as('n')).executeTakeFirstOrThrow()
  const blocked = await terminals(db, scope)
    .select(['id', 'identity', 'agent_version', 'seen_at', 'clock_offset', 'readiness', 'checked_at', 'spool', 'open_incidents', 'worst', 'pack', 'closed'])
    .where('blocked', '>', 0)
    .where((eb) => eb.or([eb('closed', '=', 0), eb('seen_at', '>=', contactBounds(moment).stale)]))
    .orderBy('blocked', 'desc')
    .orderBy('id')
    .limit(20)
    .execute()
  return {
    at: now,
    ...(await countTerminals(db, moment, scope)),
    incidents: await countOpen(db, scope),
    opened24h: opened.n,
    closed24h: closed.n,
    ...(closed.n === 0 ? {} : { meanOpenMs: Number(closed.ms) / closed.n }),
    inRepair: repairs.n,
    reports24h: await countReports(db, now, scope),
    boots: await bootDays(db, now, scope),
    openedPerHour: await perHour(db, 'opened_at', now, scope),
    closedPerHour: await perHour(db, 'closed_at', now, scope),
    topFaults: await topFaults(db, scope),
    blocked: blocked.map((row) => terminalRow(row, moment)),
  }
}
