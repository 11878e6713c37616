import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Credit, expectedMinor, feeOf, matchCredits, type Payout } from '../../src/journal/payouts.ts'
import { Settlement } from '../../src/model/service.ts'

const payout = (day: number, grossMinor: number, more: Partial<Payout> = {}): Payout => ({ day, payments: 1, grossMinor, backMinor: 0, feeMinor: 0, ...more })
const credit = (day: number, amountMinor: number, hash = `${day}/${amountMinor}`): Credit => ({ hash, day, amountMinor })
const matched = (payouts: Payout[], credits: Credit[], tolerance = 100) => matchCredits(payouts, credits, tolerance).map((m) => [m.payout.day, m.creditedMinor, m.shortMinor])

describe('credits of the bank', () => {
  it('are expected less what was given back and less fees, and never below nothing', () => {
    expect(expectedMinor(payout(1, 100_000, { backMinor: 20_000, feeMinor: 480 }))).toBe(79_520)
    expect(expectedMinor(payout(1, 1000, { backMinor: 5000 }))).toBe(0)
    expect(feeOf(12_345, Settlement.parse({ feePercent: 0.6, feeMinor: 10 }))).toBe(84)
  })
  it.each([
    ['the sum itself', [payout(10, 50_000)], [credit(10, 50_000)], [[10, 50_000, 0]]],
    ['a sum off by less than the tolerance', [payout(10, 50_000)], [credit(11, 49_950)], [[10, 49_950, 0]]],
    ['nothing', [payout(10, 50_000)], [], [[10, 0, 0]]],
    ['another sum', [payout(10, 50_000)], [credit(10, 12_000)], [[10, 0, 0]]],
    ['a sum with something deducted', [payout(10, 50_000)], [credit(10, 48_000)], [[10, 48_000, 2000]]],
    ['two parts', [payout(10, 50_000)], [credit(10, 46_000), credit(12, 4000)], [[10, 50_000, 0]]],
    ['a sum that comes too late to be it', [payout(10, 50_000)], [credit(25, 50_000)], [[10, 0, 0]]],
    ['equal days, each its own', [payout(10, 50_000), payout(11, 50_000)], [credit(11, 50_000, 'a'), credit(10, 50_000, 'b')], [[10, 50_000, 0], [11, 50_000, 0]]],
    ['equal days, one missing', [payout(10, 50_000), payout(11, 50_000)], [credit(11, 50_000)], [[10, 0, 0], [11, 50_000, 0]]],
  ])('%s', (_, payouts, credits, expected) => {
    expect(matched(payouts, credits)).toEqual(expected)
  })
  it('are used once, and never credit more than was expected beyond the tolerance', () => {
    const days = fc.integer({ min: 0, max: 20 })
    const sums = fc.integer({ min: 1, max: 100_000 })
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(days, sums), { selector: ([day]) => day, maxLength: 8 }), fc.array(fc.tuple(days, sums), { maxLength: 12 }), (payouts, credits) => {
      const out = matchCredits(payouts.map(([day, sum]) => payout(day, sum)), credits.map(([day, sum], i) => credit(day, sum, String(i))), 100)
      const used = out.flatMap((m) => m.credits)
      expect(new Set(used).size).toBe(used.length)
      for (const m of out) {
        expect(m.creditedMinor).toBeLessThanOrEqual(m.expectedMinor + 200)
        expect(m.creditedMinor).toBe(m.credits.reduce((sum, hash) => sum + (credits[Number(hash)]?.[1] ?? 0), 0))
        if (m.shortMinor > 0) expect(m.shortMinor).toBe(m.expectedMinor - m.creditedMinor)
      }
    }))
  })
})
