import * as z from 'zod'
import { addReads, countReads, NO_READS, type ReadCounts, readRates } from '../journal/reads.ts'
import type { Observation } from '../model/observation.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { Store } from './store.ts'

const KEY = 'reads'

/** Apart from the journal's: a test is written by another process, beside the agent. */
const TESTS_KEY = 'read-tests'

const count = z.object({ read: z.int().min(0), failed: z.int().min(0) })
const way = z.enum(['chip', 'swipe', 'tap'])
const Counts = z.object({
  days: z.array(z.object({ day: z.int(), counts: z.object({ chip: count, swipe: count, tap: count }).partial() })),
  lately: z.array(z.tuple([z.string(), way, z.int()])),
})

/** What the store holds; one that cannot be read has counted nothing. */
const stored = (store: Store, key: string): ReadCounts => {
  try {
    const parsed = Counts.safeParse(JSON.parse(store.meta(key) ?? 'null'))
    return parsed.success ? { days: parsed.data.days.map(({ day, counts }) => ({ day, counts: { ...(counts.chip ? { chip: counts.chip } : {}), ...(counts.swipe ? { swipe: counts.swipe } : {}), ...(counts.tap ? { tap: counts.tap } : {}) } })), lately: parsed.data.lately } : NO_READS
  } catch (error) {
    if (error instanceof SyntaxError) return NO_READS
    throw error
  }
}

/** Adds what steps say of reading cards to the counts in the store. Throws a StoreError. */
export const noteReads = (store: Store, steps: readonly TransactionStep[]): void => {
  const before = stored(store, KEY)
  const after = countReads(before, steps)
  if (after !== before) store.setMeta(KEY, JSON.stringify(after))
}

const Test = z.object({ 'reader.test-way': way, 'reader.test-read': z.int().min(0), 'reader.test-failed': z.int().min(0) })

/** Adds what a read test saw to the counts in the store; nothing if no card was presented in it. Throws a StoreError. */
export const noteReadTest = (store: Store, observations: readonly Observation[]): void => {
  const { data: test } = Test.safeParse(Object.fromEntries(observations.flatMap((o) => ('value' in o ? [[o.name, o.value]] : []))))
  const at = observations[0]?.at
  if (test === undefined || at === undefined) return
  store.setMeta(TESTS_KEY, JSON.stringify(addReads(stored(store, TESTS_KEY), test['reader.test-way'], at, { read: test['reader.test-read'], failed: test['reader.test-failed'] })))
}

/** Rates of reads that failed, by name, as the reader probe takes them. */
export const readFacts = (store: Store, now: number): Record<string, number> => readRates(stored(store, KEY), now, stored(store, TESTS_KEY))
