import * as z from 'zod'
import { countReads, NO_READS, type ReadCounts, readRates } from '../journal/reads.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { Store } from './store.ts'

const KEY = 'reads'

const count = z.object({ read: z.int().min(0), failed: z.int().min(0) })
const way = z.enum(['chip', 'swipe', 'tap'])
const Counts = z.object({
  days: z.array(z.object({ day: z.int(), counts: z.object({ chip: count, swipe: count, tap: count }).partial() })),
  lately: z.array(z.tuple([z.string(), way, z.int()])),
})

/** What the store holds; one that cannot be read has counted nothing. */
const stored = (store: Store): ReadCounts => {
  try {
    const parsed = Counts.safeParse(JSON.parse(store.meta(KEY) ?? 'null'))
    return parsed.success ? { days: parsed.data.days.map(({ day, counts }) => ({ day, counts: { ...(counts.chip ? { chip: counts.chip } : {}), ...(counts.swipe ? { swipe: counts.swipe } : {}), ...(counts.tap ? { tap: counts.tap } : {}) } })), lately: parsed.data.lately } : NO_READS
  } catch (error) {
    if (error instanceof SyntaxError) return NO_READS
    throw error
  }
}

/** Adds what steps say of reading cards to the counts in the store. Throws a StoreError. */
export const noteReads = (store: Store, steps: readonly TransactionStep[]): void => {
  const before = stored(store)
  const after = countReads(before, steps)
  if (after !== before) store.setMeta(KEY, JSON.stringify(after))
}

/** Rates of reads that failed, by name, as the reader probe takes them. */
export const readFacts = (store: Store, now: number): Record<string, number> => readRates(stored(store), now)
