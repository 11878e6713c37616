import { sql } from 'kysely'
import { NodeFigures, type Partition, type UnsentAlerts } from '../../model/health.ts'
import type { Engine } from '../engine.ts'
import { plain } from '../plain.ts'
import { optional } from './rows.ts'

const HOUR = 3_600_000

/** What only the engine itself can tell. */
export interface EngineParts { engine: 'sqlite' | 'postgresql'; partitions(): Promise<Partition[]> }

/** The part of the store that knows how HQ itself is. */
export const healthQueries = (engine: Engine, parts: EngineParts) => {
  const { read } = engine
  return {
    ...parts,
    /** Keeps what a process says of itself. */
    note: async (id: string, seen_at: number, figures: NodeFigures): Promise<void> => {
      const row = { seen_at, figures: plain(JSON.stringify(figures)) }
      await engine.writing('noting a process', () => read.insertInto('node').values({ id, ...row }).onConflict((oc) => oc.column('id').doUpdateSet(row)).execute())
    },
    /** Forgets a process that ends in order, and those not heard of since then. */
    forget: async (id: string, before: number): Promise<void> => {
      await engine.writing('forgetting processes', () => read.deleteFrom('node').where((eb) => eb.or([eb('id', '=', id), eb('seen_at', '<', before)])).execute())
    },
    /** Processes, the longest running first. */
    nodes: (): Promise<{ id: string; seenAt: number; figures: NodeFigures }[]> =>
      engine.reading(async () =>
        (await read.selectFrom('node').selectAll().limit(200).execute()).map((r) => ({ id: r.id, seenAt: r.seen_at, figures: NodeFigures.parse(JSON.parse(r.figures)) }))
          .toSorted((a, b) => a.figures.startedAt - b.figures.startedAt),
      ),
    /** Reports per hour of their reception over the last 24 hours, oldest first. */
    reportsPerHour: (now: number): Promise<{ at: number; count: number }[]> =>
      engine.reading(async () => {
        const first = Math.floor(now / HOUR) * HOUR - 23 * HOUR
        const rows = await read.selectFrom('report_hour').where('hour', '>=', first).groupBy('hour').select(['hour', sql<number>`sum(reports)`.as('n')]).execute()
        const counts = new Map(rows.map((r) => [r.hour, r.n]))
        return Array.from({ length: 24 }, (_, i) => ({ at: first + i * HOUR, count: counts.get(first + i * HOUR) ?? 0 }))
      }),
    /** What of alerts is still to be sent. */
    unsentAlerts: (): Promise<UnsentAlerts> =>
      engine.reading(async () => {
        const states = await read.selectFrom('alert_message').where('state', 'in', ['waiting', 'failed']).groupBy('state').select(['state', sql<number>`count(*)`.as('n'), sql<number | null>`min(created_at)`.as('oldest')]).execute()
        const notices = await read.selectFrom('alert_notice').where('message_id', 'is', null).select(sql<number>`count(*)`.as('n')).executeTakeFirstOrThrow()
        const of = (state: string) => states.find((s) => s.state === state)
        return { waiting: of('waiting')?.n ?? 0, failed: of('failed')?.n ?? 0, ungathered: notices.n, ...optional('oldestAt', of('waiting')?.oldest ?? null) }
      }),
  }
}

/** See healthQueries. */
export type HealthStore = ReturnType<typeof healthQueries>
