import type { TransactionStep } from '../model/transaction.ts'

/** Ways of reading a card, by the words that a reader's observations use. */
const WAYS = { chip: 'chip', swipe: 'swipe', contactless: 'tap' } as const

type Way = (typeof WAYS)[keyof typeof WAYS]

/** Reads of one way on one day. */
interface Count {
  read: number
  failed: number
}

/** How cards were read day by day, oldest first; `day` counts days since 1970. `lately` are failures of the last transactions, so that one bad card does not speak for a head. */
export interface ReadCounts {
  days: { day: number; counts: Partial<Record<Way, Count>> }[]
  lately: [transaction: string, way: Way, failed: number][]
}

/** Before anything was read. */
export const NO_READS: ReadCounts = { days: [], lately: [] }

const DAY_MS = 86_400_000
const KEPT_DAYS = 42
const KEPT_TRANSACTIONS = 50

/** A card that cannot be read is tried again and again; more than this in one payment says nothing more of the reader. */
const MOST_FAILURES = 3

const wayOf = ({ step, tender }: TransactionStep): Way | undefined => (step === 'card-presented' && tender !== undefined && tender in WAYS ? WAYS[tender as keyof typeof WAYS] : undefined)

/** The same counts with more of one way on the day of a moment (milliseconds since 1970). */
export const addReads = (counts: ReadCounts, way: Way, at: number, { read, failed }: Count): ReadCounts => {
  const day = Math.floor(at / DAY_MS)
  const known = counts.days.find((one) => one.day === day) ?? { day, counts: {} }
  const before = known.counts[way] ?? { read: 0, failed: 0 }
  const updated = { day, counts: { ...known.counts, [way]: { read: before.read + read, failed: before.failed + failed } } }
  return { ...counts, days: [...counts.days.filter((one) => one.day !== day), updated].sort((a, b) => a.day - b.day).slice(-KEPT_DAYS) }
}

const counted = (counts: ReadCounts, step: TransactionStep): ReadCounts => {
  const way = wayOf(step)
  if (way === undefined) return counts
  const failed = step.error !== undefined
  const before = counts.lately.find(([transaction, of]) => transaction === step.transaction && of === way)?.[2] ?? 0
  if (failed && before >= MOST_FAILURES) return counts
  const lately: ReadCounts['lately'] = failed ? [...counts.lately.filter(([transaction, of]) => transaction !== step.transaction || of !== way), [step.transaction, way, before + 1]] : counts.lately
  return { ...addReads(counts, way, step.at, { read: failed ? 0 : 1, failed: failed ? 1 : 0 }), lately: lately.slice(-KEPT_TRANSACTIONS) }
}

/** Counts what steps say of reading cards: `card-presented` is a card that was read, with an `error` one that was not. */
export const countReads = (counts: ReadCounts, steps: readonly TransactionStep[]): ReadCounts => steps.reduce(counted, counts)

const sum = (counts: readonly ReadCounts[], way: Way, from: number, to: number): Count =>
  counts.flatMap(({ days }) => days).filter(({ day }) => day >= from && day <= to).reduce((all, { counts: { [way]: one } }) => ({ read: all.read + (one?.read ?? 0), failed: all.failed + (one?.failed ?? 0) }), { read: 0, failed: 0 })

const WEEK = 7
const BASELINE_WEEKS = 4

/** Fewer reads than this say nothing. */
const LEAST = 20

/** One-sided level of one per cent: a rise that chance would bring less often than that is a rise. */
const Z = 2.33

const share = ({ read, failed }: Count): number => failed / (read + failed)
const tenths = (n: number): number => Math.round(n * 1000) / 10

/** Percentage points by which failures rose over the reader's own past, 0 where that may be chance (test of two proportions). */
const rise = (now: Count, past: Count): number => {
  const [n, m] = [now.read + now.failed, past.read + past.failed]
  const pooled = (now.failed + past.failed) / (n + m)
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  const difference = share(now) - share(past)
  return difference > 0 && difference >= Z * deviation ? tenths(difference) : 0
}

/**
 * What the counts say at a moment (milliseconds since 1970): `<way>-fail-percent` of the last seven days, `<way>-fail-rise`, the
 * percentage points above the four weeks before them, each only where there were enough reads, and `<way>-tested`, how many of the
 * seven days' reads were made in read tests, where there were any. `tests` counts those, `journal` what customers presented. Where
 * the counters of the reader itself (`own`) tell of enough reads they stand alone, as they count the same swipes and those that the till never
 * heard of: `<way>-counted` is how many.
 */
export const readRates = (journal: ReadCounts, now: number, tests: ReadCounts = NO_READS, own: ReadCounts = NO_READS): Record<string, number> => {
  const today = Math.floor(now / DAY_MS)
  return Object.fromEntries(Object.values(WAYS).flatMap((way) => {
    const counted = sum([own], way, today - WEEK + 1, today)
    const alone = counted.read + counted.failed >= LEAST
    const from = alone ? [own] : [journal, tests]
    const week = sum(from, way, today - WEEK + 1, today)
    if (week.read + week.failed < LEAST) return []
    const past = sum(from, way, today - WEEK * (BASELINE_WEEKS + 1) + 1, today - WEEK)
    const tested = alone ? { read: 0, failed: 0 } : sum([tests], way, today - WEEK + 1, today)
    return [
      [`${way}-fail-percent`, tenths(share(week))],
      ...(past.read + past.failed < 2 * LEAST ? [] : [[`${way}-fail-rise`, rise(week, past)]]),
      ...(tested.read + tested.failed === 0 ? [] : [[`${way}-tested`, tested.read + tested.failed]]),
      ...(alone ? [[`${way}-counted`, counted.read + counted.failed]] : []),
    ]
  }))
}
