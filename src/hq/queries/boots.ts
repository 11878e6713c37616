import { type Kysely, sql } from 'kysely'
import type { Scope } from '../../model/access.ts'
import { type BootDay, BootOutcome, type BootRow } from '../../model/fleet.ts'
import type { Engine } from '../engine.ts'
import { optional } from './rows.ts'
import { terminalWithin } from './scope.ts'
import type { Tables } from './tables.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DAYS = 7

/** Boot checks of the last seven times 24 hours, to the hour, oldest first. Those of the whole fleet are counted already. */
export const bootDays = async (db: Kysely<Tables>, now: number, scope: Scope | undefined): Promise<BootDay[]> => {
  const until = Math.floor(now / HOUR) * HOUR + HOUR
  const from = until - DAYS * DAY
  const days: BootDay[] = Array.from({ length: DAYS }, (_, i) => ({ at: from + i * DAY, ready: 0, degraded: 0, blocked: 0, unknown: 0 }))
  const add = (at: number, is: BootOutcome, n: number): void => {
    const day = days[Math.floor((at - from) / DAY)]
    if (day !== undefined) day[is] += n
  }
  if (scope === undefined) {
    const sum = (is: BootOutcome) => sql<number>`sum(${sql.ref(is)})`.as(is)
    const hours = await db.selectFrom('boot_hour').where('hour', '>=', from).where('hour', '<', until).groupBy('hour').select(['hour', sum('ready'), sum('degraded'), sum('blocked'), sum('unknown')]).execute()
    for (const row of hours) for (const is of BootOutcome.options) add(row.hour, is, row[is])
    return days
  }
  // The division is done on an integer column, and stays whole in every engine.
  const hour = sql<number>`at / ${sql.lit(HOUR)}`
  const rows = await db.selectFrom('boot_check').where('at', '>=', from).where('at', '<', until).where(terminalWithin('boot_check.terminal_id', scope)).groupBy([hour, 'outcome']).select([hour.as('hour'), 'outcome', sql<number>`count(*)`.as('n')]).execute()
  for (const { hour: at, outcome, n } of rows) add(at * HOUR, BootOutcome.parse(outcome), n)
  return days
}

/** What to list of boot checks: those from then on after which a terminal was not ready, or only those of one outcome. */
export interface BootFilter { from: number; is?: Exclude<BootOutcome, 'ready'>; scope?: Scope | undefined; limit: number }

/** The checks that terminals make when they start. */
export const bootQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** Those that were not passed, the latest first. */
    failed: ({ from, is, scope, limit }: BootFilter): Promise<BootRow[]> =>
      engine.reading(async () => {
        const all = read.selectFrom('boot_check as b').leftJoin('terminal as t', 't.id', 'b.terminal_id').where('b.outcome', '<>', 'ready').where('b.at', '>=', from)
        const some = is === undefined ? all : all.where('b.outcome', '=', is)
        const seen = scope === undefined ? some : some.where(terminalWithin('b.terminal_id', scope))
        const rows = await seen.select(['b.terminal_id', 'b.id', 'b.at', 'b.outcome', 'b.found', 't.store', 't.region']).orderBy('b.at', 'desc').orderBy('b.id', 'desc').limit(limit).execute()
        return rows.map((row) => ({
          terminalId: row.terminal_id, report: row.id, at: row.at, is: BootOutcome.parse(row.outcome), ...optional('store', row.store), ...optional('region', row.region), found: JSON.parse(row.found) as BootRow['found'],
        }))
      }),
    /** Deletes those made before then. */
    forget: async (before: number): Promise<void> => {
      await engine.writing('deleting old boot checks', () => read.deleteFrom('boot_check').where('at', '<', before).execute())
      await engine.writing('deleting old counts of boot checks', () => read.deleteFrom('boot_hour').where('hour', '<', before).execute())
    },
  }
}

/** See bootQueries. */
export type BootStore = ReturnType<typeof bootQueries>
