import type { Attempt } from './attempt.ts'
import { approves, type ReadAnswer, readAnswer } from './codes.ts'

/** How the host treats this terminal, from its answers. */
export interface Standing {
  /** Answers in a row, the last ones, by which it refuses the terminal or merchant; 0 unless they came for two cards or two types. */
  refusedInRow: number
  oneKindRefused: boolean
  neverApproved: boolean
  lastApprovedAt?: number
  /** When it last answered at all. */
  lastAnsweredAt?: number
}

/** Faults of the standing: an answer that names one of them speaks of the terminal or merchant, not of the card. */
const STANDING = /^SVC-/

/** So many answers, and so many of one kind, before anything is said of a pattern. */
const LEAST = 3

const cardOf = (a: Attempt): string | undefined => a.panMasked

const kindsOf = (a: Attempt): string[] => [`type ${a.type ?? 'sale'}`, ...(a.brand === undefined ? [] : [`brand ${a.brand}`]), ...(a.tender === undefined ? [] : [`tender ${a.tender}`])]

/** Reads the host's answers, given oldest first. */
export const standingOf = (attempts: readonly Attempt[], read: ReadAnswer = readAnswer): Standing => {
  const answered = attempts.flatMap((a) => {
    if (a.code === undefined) return []
    const answer = read(a.code, a.profile)
    return [{ a, approved: approves(answer), refused: answer.faults.some((fault) => STANDING.test(fault)) }]
  })
  const lastGood = answered.findLastIndex(({ approved }) => approved)
  // A decline for the card's sake in between says nothing of the terminal: the host let it ask.
  const lastOther = answered.findLastIndex(({ refused }) => !refused)
  const row = answered.slice(lastOther + 1)
  const cards = new Set(row.map(({ a }) => cardOf(a) ?? a.transaction))
  const approvedKinds = new Set(answered.filter(({ approved }) => approved).flatMap(({ a }) => kindsOf(a)))
  const byKind = Map.groupBy(answered.flatMap(({ a, refused }) => kindsOf(a).map((kind) => ({ kind, refused }))), ({ kind }) => kind)
  const lastApprovedAt = answered[lastGood]?.a.answeredAt
  const lastAnsweredAt = answered.at(-1)?.a.answeredAt
  return {
    refusedInRow: row.length >= LEAST && cards.size > 1 ? row.length : 0,
    oneKindRefused: lastGood >= 0 && [...byKind].some(([kind, all]) => !approvedKinds.has(kind) && all.filter(({ refused }) => refused).length >= LEAST),
    neverApproved: answered.length > 0 && lastGood < 0,
    ...(lastApprovedAt === undefined ? {} : { lastApprovedAt }),
    ...(lastAnsweredAt === undefined ? {} : { lastAnsweredAt }),
  }
}

const DAY_MS = 86_400_000
const BURST_MS = 600_000
const ROUND_MINOR = 100_000
const HISTORY = 30

/**
 * Patterns that risk control looks for, in the payments of the last day, each with how many payments show it: the same card three times, five declines
 * within ten minutes, sums far above what is usual, many round sums, many declines, numbers keyed in. They explain; they accuse nobody.
 */
export const risksOf = (attempts: readonly Attempt[], now: number, read: ReadAnswer = readAnswer): Record<string, number> => {
  const today = attempts.filter((a) => now - a.startedAt < DAY_MS && a.code !== undefined)
  const approved = today.filter((a) => approves(read(a.code ?? '', a.profile)))
  const declined = today.filter((a) => !approved.includes(a))
  const most = Math.max(0, ...[...Map.groupBy(approved.filter((a) => a.panMasked !== undefined), (a) => a.panMasked).values()].map((same) => same.length))
  const burst = declined.filter((a, i) => (declined[i + 4]?.startedAt ?? Number.POSITIVE_INFINITY) - a.startedAt < BURST_MS).length
  const amounts = attempts.flatMap((a) => (a.amountMinor === undefined || now - a.startedAt < DAY_MS ? [] : [a.amountMinor])).sort((a, b) => a - b)
  const usual = amounts.length < HISTORY ? undefined : amounts[Math.floor(amounts.length * 0.95)]
  const large = usual === undefined ? 0 : approved.filter((a) => (a.amountMinor ?? 0) > 5 * usual).length
  const round = approved.filter((a) => a.amountMinor !== undefined && a.amountMinor > 0 && a.amountMinor % ROUND_MINOR === 0).length
  const out = {
    'same-card': most >= 3 ? most : 0,
    'decline-burst': burst > 0 ? burst + 4 : 0,
    'large-sums': large,
    'round-sums': approved.length >= 10 && round > approved.length * 0.3 ? round : 0,
    declines: today.length >= 10 && declined.length > today.length * 0.3 ? declined.length : 0,
    'keyed-cards': approved.filter((a) => a.tender === 'manual').length,
  }
  return Object.fromEntries(Object.entries(out).filter(([, count]) => count > 0))
}
