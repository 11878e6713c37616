import { sql } from 'kysely'
import type { Engine } from '../../engine.ts'

const DAY = 86_400_000

/** What one terminal had of one fault: whether it is open, and incidents that were there at some time within 7 and 30 days. */
export interface LaneFault { terminal: string; fault: string; open: boolean; days7: number; days30: number }

/** The terminals of a store, by id, and what they had within 30 days. */
export interface StoreLanes { terminals: string[]; faults: LaneFault[] }

/** Faults read in one go; of more the most frequent ones count. */
const MOST_FAULTS = 10_000

/** What was found on the lanes of stores. */
export const laneQueries = ({ read, reading }: Engine) => ({
  /** In the order of the stores. */
  of: (stores: readonly string[], now: number): Promise<StoreLanes[]> =>
    reading(async () => {
      if (stores.length === 0) return []
      const terminals = await read.selectFrom('terminal_factor').where('name', '=', 'store').where('value', 'in', stores).select(['terminal_id as terminal', 'value as store']).execute()
      const there = read.selectFrom('incident').where('store', 'in', stores).select(['store', 'terminal_id as terminal', 'fault', 'closed_at'])
      // Two parts, each with an index of its own, where one condition on both would have none.
      const all = there.where('closed_at', 'is', null).unionAll(there.where('closed_at', '>', now - 30 * DAY))
      const faults = await read.selectFrom(all.as('i')).groupBy(['store', 'terminal', 'fault']).select([
        'store', 'terminal', 'fault', sql<number>`count(*)`.as('days30'),
        sql<number>`sum(case when closed_at is null or closed_at > ${now - 7 * DAY} then 1 else 0 end)`.as('days7'),
        sql<number>`sum(case when closed_at is null then 1 else 0 end)`.as('open'),
      ]).orderBy('days30', 'desc').limit(MOST_FAULTS).execute()
      const [terminalsIn, faultsIn] = [Map.groupBy(terminals, (t) => t.store), Map.groupBy(faults, (f) => f.store)]
      return stores.map((store) => ({
        terminals: (terminalsIn.get(store) ?? []).map(({ terminal }) => terminal),
        faults: (faultsIn.get(store) ?? []).map(({ terminal, fault, open, days7, days30 }) => ({ terminal, fault, open: Number(open) > 0, days7: Number(days7), days30: Number(days30) })),
      }))
    }),
})
