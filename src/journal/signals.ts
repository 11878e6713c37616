import type { Attempt } from './attempt.ts'

/** Durations of one transaction in milliseconds: from the card to the request, from the request to the answer, from the answer to the slip. */
export interface Timings { card?: number; authorisation?: number; print?: number }

const between = (from: number | undefined, to: number | undefined): number | undefined => (from === undefined || to === undefined || to < from ? undefined : to - from)

/** The step timings of one transaction; those of steps that nobody told are left out. */
export const timingsOf = (a: Attempt): Timings => {
  const [card, authorisation, print] = [between(a.cardAt, a.askedAt), between(a.askedAt, a.answeredAt), between(a.answeredAt, a.slipAt)]
  return { ...(card === undefined ? {} : { card }), ...(authorisation === undefined ? {} : { authorisation }), ...(print === undefined ? {} : { print }) }
}

/** What a terminal usually needs for a step, and what it needed of late (medians in milliseconds); `slow` if that is more than chance and a customer would notice. */
export interface Pace { usualMs: number; latelyMs: number; slow: boolean }

/** Steps of late that are held against the baseline before them, and how many the baseline needs. */
const LATELY = 8
const BASELINE = 30
/** A step that takes less than this longer than usual disturbs nobody, in milliseconds. */
const NOTICED_MS = 1500

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Holds the last durations of a step against those before; undefined while there are too few. The baseline's own spread (median absolute deviation) says what is usual. */
export const paceOf = (durations: readonly number[]): Pace | undefined => {
  if (durations.length < BASELINE + LATELY) return undefined
  const before = durations.slice(0, -LATELY)
  const usualMs = median(before)
  const spread = median(before.map((ms) => Math.abs(ms - usualMs)))
  const latelyMs = median(durations.slice(-LATELY))
  return { usualMs, latelyMs, slow: latelyMs > usualMs + Math.max(NOTICED_MS, 6 * spread, usualMs) }
}

/** The pace of each step over transactions in the order of time. */
export const pacesOf = (attempts: readonly Attempt[]): Partial<Record<keyof Timings, Pace>> => {
  const out: Partial<Record<keyof Timings, Pace>> = {}
  const all = attempts.map(timingsOf)
  for (const step of ['card', 'authorisation', 'print'] as const) {
    const pace = paceOf(all.flatMap((t) => t[step] ?? []))
    if (pace) out[step] = pace
  }
  return out
}

/** True if k of n is too few to be chance where each was one with probability p: the lower tail of the binomial distribution is below one in a thousand. */
export const tooFew = (k: number, n: number, p: number): boolean => {
  if (n === 0 || p <= 0) return false
  let term = (1 - p) ** n
  let sum = term
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p || Number.EPSILON))
    sum += term
  }
  return sum < 0.001
}

const CARD = new Set<Attempt['tender']>(['chip', 'contactless', 'swipe'])

/** Failures that nobody reports: `cardsStopped` no card read for three times the usual gap while others pay; `keyedRising` items are keyed that used to be scanned; `contactlessGone` the share of contactless payments collapsed; `approvalsSlow`. */
export interface Silent { cardsStopped: boolean; keyedRising: boolean; contactlessGone: boolean; approvalsSlow: boolean; cardGapMs?: number; usualGapMs?: number }

/** Gaps longer than this are closing time, in milliseconds. */
const CLOSED_MS = 3 * 3_600_000
const LEAST_OTHERS = 5
const LEAST_CARDS = 20
const SHARE_LATELY = 40

const cardsStopped = (attempts: readonly Attempt[], now: number): Pick<Silent, 'cardsStopped' | 'cardGapMs' | 'usualGapMs'> => {
  const cards = attempts.filter((a) => CARD.has(a.tender) && (a.cardAt ?? a.askedAt) !== undefined).map((a) => a.startedAt)
  const gaps = cards.slice(1).map((at, i) => at - (cards[i] ?? at)).filter((gap) => gap < CLOSED_MS)
  const last = cards.at(-1)
  if (gaps.length < LEAST_CARDS || last === undefined) return { cardsStopped: false }
  const usualGapMs = median(gaps)
  const cardGapMs = now - last
  // Three times the usual gap passes by chance every day; so that many others must have paid that no card among them is no chance.
  const others = attempts.filter((a) => a.startedAt > last && a.tender !== undefined && !CARD.has(a.tender)).length
  const share = cards.length / Math.max(1, attempts.filter((a) => a.tender !== undefined).length)
  return { cardsStopped: cardGapMs > 3 * usualGapMs && others >= LEAST_OTHERS && tooFew(0, others, Math.min(share, 0.99)), cardGapMs, usualGapMs }
}

const share = (values: readonly boolean[]): number => values.filter(Boolean).length / Math.max(1, values.length)

const collapsed = (values: readonly boolean[]): boolean => {
  const lately = values.slice(-SHARE_LATELY)
  const before = values.slice(0, -SHARE_LATELY)
  return before.length >= SHARE_LATELY && tooFew(lately.filter(Boolean).length, lately.length, Math.min(share(before), 0.99)) && share(lately) < share(before) / 2
}

/** Looks for silent failures of one terminal, in transactions in the order of time. */
export const silentOf = (attempts: readonly Attempt[], now: number): Silent => {
  const cards = attempts.filter((a) => CARD.has(a.tender))
  const items = attempts.flatMap((a) => (a.itemsScanned === undefined && a.itemsKeyed === undefined ? [] : [{ scanned: a.itemsScanned ?? 0, keyed: a.itemsKeyed ?? 0 }]))
  return {
    ...cardsStopped(attempts, now),
    // An order counts once, so that a large one does not speak for many.
    keyedRising: collapsed(items.flatMap(({ scanned, keyed }) => (scanned + keyed === 0 ? [] : [scanned >= keyed]))),
    contactlessGone: collapsed(cards.map((a) => a.tender === 'contactless')),
    approvalsSlow: pacesOf(attempts).authorisation?.slow ?? false,
  }
}
