import type { HourOfSales } from '../model/wire.ts'
import type { AgentClock } from './clock.ts'
import type { Keeper } from './keeper.ts'
import type { Database } from './sqlite.ts'

const HOUR_MS = 3_600_000

/** The running hour is told this often; it is history only when it has ended. */
const SPACING_MS = 600_000

/** HQ is told of at most so many hours back, in milliseconds. */
const LONGEST_MS = 72 * HOUR_MS

/**
 * Hours from `from` on in which something was sold, oldest first: transactions approved by the host or tendered in cash, without what
 * undoes or only reserves. Where there is more than one currency only the one of the most sales counts. Throws StoreError.
 */
export const salesSince = (db: Database, from: number): HourOfSales[] => {
  const rows = db.all(
    `SELECT CAST(at / ${HOUR_MS} AS INTEGER) * ${HOUR_MS} AS hour, json_extract(body, '$.currency') AS currency, count(*) AS count, sum(amount) AS sum FROM attempts
      WHERE at >= ? AND amount > 0 AND (approved = 1 OR (json_extract(body, '$.tender') = 'cash' AND json_extract(body, '$.completedAt') IS NOT NULL))
      AND coalesce(json_extract(body, '$.type'), 'sale') IN ('sale', 'qr-pay', 'cash', 'completion') GROUP BY hour, currency ORDER BY hour, count DESC`,
    from,
  )
  const first = new Map(rows.toReversed().map((row) => [Number(row.hour), row]))
  return [...first.values()].reverse().map((row) => ({ hour: Number(row.hour), count: Number(row.count), sumMinor: Number(row.sum), ...(typeof row.currency === 'string' ? { currency: row.currency } : {}) }))
}

/** Says what was sold, for heartbeats: what HQ may not have yet. */
export interface Takings {
  /** Empty where there is nothing new to tell. */
  next(): HourOfSales[]
  /** HQ answered the beat with what `next` gave last. */
  heard(): void
}

/** Begins with what the journal holds of the last three days. An hour that HQ lost is told again only after a restart: estimates are made of them. */
export const createTakings = (keeper: Keeper, clock: AgentClock): Takings => {
  let heardAt: number | undefined
  let given = 0
  return {
    next: () => {
      given = clock.now()
      if (heardAt !== undefined && given - heardAt < SPACING_MS && given >= heardAt) return []
      // The hour before is told once more: a transaction may have ended after its hour did.
      const from = heardAt === undefined ? given - LONGEST_MS : Math.max(given - LONGEST_MS, heardAt - HOUR_MS)
      return keeper.use((store) => salesSince(store.db, Math.floor(from / HOUR_MS) * HOUR_MS)).slice(-72)
    },
    heard: () => {
      if (heardAt === undefined || given - heardAt >= SPACING_MS || given < heardAt) heardAt = given
    },
  }
}
