import type { Settlement } from '../model/service.ts'

/** What is to be credited on one day, worked out from the journal: counts and sums in minor units. */
export interface Payout { day: number; payments: number; grossMinor: number; backMinor: number; feeMinor: number }

/** A sum that came in by the bank's books, on a day; `hash` is its own. */
export interface Credit { hash: string; day: number; amountMinor: number }

/** A payout with what came in for it. `short` is what is missing beyond the tolerance once something came; 0 where nothing came or nothing is missing. */
export interface Matched { payout: Payout; expectedMinor: number; creditedMinor: number; shortMinor: number; credits: string[] }

/** What is to be credited: payments less what was given back less fees, and never below nothing. */
export const expectedMinor = (payout: Payout): number => Math.max(0, payout.grossMinor - payout.backMinor - payout.feeMinor)

/** The fee that the acquirer keeps of one payment, in minor units. */
export const feeOf = (amountMinor: number, { feePercent, feeMinor }: Settlement): number => Math.round((amountMinor * feePercent) / 100) + feeMinor

/** A credit may come a day early, where the acquirer is quick, and some days late. */
const EARLY_DAYS = 1
const LATE_DAYS = 10
/** A credit that is smaller than the payout by no more than this share is that payout with something deducted; a smaller one may be anybody's. */
const DEDUCTED = 0.1

const near = (credit: Credit, payout: Payout): boolean => credit.day >= payout.day - EARLY_DAYS && credit.day <= payout.day + LATE_DAYS

/**
 * Matches credits to payouts, each credit to at most one: first those that fit within the tolerance, the nearest day first; then what is left as a
 * part of a payout that something was deducted from, or the rest of one that came in parts. What fits nothing stays free.
 */
export const matchCredits = (payouts: readonly Payout[], credits: readonly Credit[], toleranceMinor: number): Matched[] => {
  const out = payouts.filter((p) => expectedMinor(p) > 0).map((payout): Matched => ({ payout, expectedMinor: expectedMinor(payout), creditedMinor: 0, shortMinor: 0, credits: [] })).sort((a, b) => a.payout.day - b.payout.day)
  const free = new Set(credits.toSorted((a, b) => a.day - b.day || b.amountMinor - a.amountMinor))
  const take = (credit: Credit, matched: Matched): void => {
    matched.creditedMinor += credit.amountMinor
    matched.credits.push(credit.hash)
    free.delete(credit)
  }
  const missing = (m: Matched): number => m.expectedMinor - m.creditedMinor
  const nearest = (credit: Credit, fits: (m: Matched) => boolean): Matched | undefined =>
    out.filter((m) => near(credit, m.payout) && fits(m)).sort((a, b) => Math.abs(a.payout.day - credit.day) - Math.abs(b.payout.day - credit.day))[0]
  const whole = (credit: Credit) => (m: Matched): boolean => missing(m) > toleranceMinor && Math.abs(missing(m) - credit.amountMinor) <= toleranceMinor
  const part = (credit: Credit) => (m: Matched): boolean => m.creditedMinor === 0 && missing(m) > credit.amountMinor && missing(m) - credit.amountMinor <= m.expectedMinor * DEDUCTED
  // What came after a part may be its rest, so whole sums are looked for again.
  for (const fits of [whole, part, whole]) {
    for (const credit of [...free]) {
      const found = nearest(credit, fits(credit))
      if (found) take(credit, found)
    }
  }
  for (const m of out) m.shortMinor = m.creditedMinor > 0 && missing(m) > toleranceMinor ? missing(m) : 0
  return out
}
