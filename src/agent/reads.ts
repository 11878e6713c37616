import * as z from 'zod'
import { addReads, countReads, NO_READS, type ReadCounts, readRates } from '../journal/reads.ts'
import type { Observation } from '../model/observation.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { Store } from './store.ts'

const KEY = 'reads'

/** Apart from the journal's: a test is written by another process, beside the agent. */
const TESTS_KEY = 'read-tests'
const COUNTERS_KEY = 'read-counters'
const LAST_KEY = 'read-counters-last'

const DAY_MS = 86_400_000

/** What a reader counted while nobody looked for longer than this belongs to no day. */
const LONGEST_GAP_MS = 7 * DAY_MS

/** More swipes in a day than a lane can make: then the counter does not tell the truth. */
const MOST_PER_DAY = 5000

const count = z.object({ read: z.int().min(0), failed: z.int().min(0) })
const way = z.enum(['chip', 'swipe', 'tap'])
const Counts = z.object({
  days: z.array(z.object({ day: z.int(), counts: z.object({ chip: count, swipe: count, tap: count }).partial() })),
  lately: z.array(z.tuple([z.string(), way, z.int()])),
})

/** What a text of the store holds; one that cannot be read holds nothing. */
const parsedJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? 'null')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** What the store has counted under a key; what cannot be read has counted nothing. */
const stored = (store: Store, key: string): ReadCounts => {
  const { data } = Counts.safeParse(parsedJson(store.meta(key)))
  return data === undefined ? NO_READS : { days: data.days.map(({ day, counts }) => ({ day, counts: { ...(counts.chip ? { chip: counts.chip } : {}), ...(counts.swipe ? { swipe: counts.swipe } : {}), ...(counts.tap ? { tap: counts.tap } : {}) } })), lately: data.lately }
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

const Last = z.record(z.string(), z.object({ at: z.number(), read: z.int().min(0), failed: z.int().min(0) }))
type Counter = z.infer<typeof Last>[string]

const last = (store: Store): z.infer<typeof Last> => {
  const parsed = Last.safeParse(parsedJson(store.meta(LAST_KEY)))
  return parsed.success ? parsed.data : {}
}

/** What was read between two looks at counters; a counter that went back began anew. Undefined if they do not tell. */
const between = (before: Counter | undefined, now: Counter): { read: number; failed: number } | undefined => {
  if (before === undefined || now.at <= before.at || now.at - before.at > LONGEST_GAP_MS) return undefined
  const anew = now.read < before.read || now.failed < before.failed
  const count = anew ? { read: now.read, failed: now.failed } : { read: now.read - before.read, failed: now.failed - before.failed }
  return count.read + count.failed > MOST_PER_DAY * Math.max(1, (now.at - before.at) / DAY_MS) ? undefined : count
}

/** Adds what the counters of magnetic stripe readers have gone on by since the last look. Throws a StoreError. */
export const noteCounters = (store: Store, observations: readonly Observation[]): void => {
  const values = (name: string): [string, number, number][] => observations.flatMap((o) => (o.name === name && o.source !== 'cached' && 'value' in o && typeof o.value === 'number' ? [[o.device, o.value, o.at]] : []))
  const failures = new Map(values('reader.failed-reads').map(([device, value]) => [device, value]))
  for (const [device, read, at] of values('reader.good-reads')) {
    const now = { at, read, failed: failures.get(device) ?? 0 }
    const known = last(store)
    const count = between(known[device], now)
    store.setMeta(LAST_KEY, JSON.stringify({ ...known, [device]: now }))
    if (count) store.setMeta(COUNTERS_KEY, JSON.stringify(addReads(stored(store, COUNTERS_KEY), 'swipe', at, count)))
  }
}

/** Rates of reads that failed, by name, as the reader probe takes them. */
export const readFacts = (store: Store, now: number): Record<string, number> => readRates(stored(store, KEY), now, stored(store, TESTS_KEY), stored(store, COUNTERS_KEY))
