import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countReads, NO_READS, type ReadCounts, readRates } from '../../src/journal/reads.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'
import { RUNS } from '../probes/fuzz.ts'

const DAY_MS = 86_400_000
const NOW = 20_000 * DAY_MS + 12 * 3_600_000

/** A card that was presented so many days ago, once per transaction. */
const presented = (daysAgo: number, n: number, tender: TransactionStep['tender'], failed: boolean): TransactionStep[] =>
  Array.from({ length: n }, (_, i) => ({ transaction: `${daysAgo}-${tender}-${failed}-${i}`, step: 'card-presented' as const, at: NOW - daysAgo * DAY_MS, tender, ...(failed ? { error: 'read-failed' } : {}) }))

const week = (from: number, days: number, read: number, failed: number, tender: TransactionStep['tender'] = 'swipe'): TransactionStep[] =>
  Array.from({ length: days }, (_, i) => [...presented(from + i, read, tender, false), ...presented(from + i, failed, tender, true)]).flat()

const rates = (steps: readonly TransactionStep[]) => readRates(countReads(NO_READS, steps), NOW)

describe('rates of reads', () => {
  it('say how many of the last seven days failed, by the way the card was read', () => {
    expect(rates([...week(0, 7, 18, 2), ...week(0, 7, 10, 0, 'chip')])).toEqual({ 'swipe-fail-percent': 10, 'chip-fail-percent': 0 })
  })

  it('say nothing of fewer than twenty reads, of cash, or of other steps', () => {
    expect(rates([...week(0, 1, 15, 4), ...week(0, 7, 20, 5, 'cash'), ...week(0, 7, 20, 5, 'qr')])).toEqual({})
    expect(rates(week(0, 7, 20, 5).map((step) => ({ ...step, step: 'completed' as const })))).toEqual({})
  })

  it('rise over the four weeks before: a head that gets dirty is told before it fails', () => {
    expect(rates([...week(7, 28, 49, 1), ...week(0, 7, 46, 4)])).toEqual({ 'swipe-fail-percent': 8, 'swipe-fail-rise': 6 })
    expect(rates([...week(7, 28, 20, 0), ...week(0, 7, 37, 3)])['swipe-fail-rise']).toBe(7.5)
  })

  it('a rise that chance may bring is none, and so is a fall', () => {
    expect(rates([...week(7, 28, 19, 1), ...week(0, 4, 9, 1)])['swipe-fail-rise']).toBe(0)
    expect(rates([...week(7, 28, 10, 10), ...week(0, 7, 20, 0)])['swipe-fail-rise']).toBe(0)
  })

  it('one bad card that is tried again and again counts three times', () => {
    const stubborn = Array.from({ length: 30 }, (): TransactionStep => ({ transaction: 'one', step: 'card-presented', at: NOW, tender: 'swipe', error: 'read-failed' }))
    expect(rates([...week(0, 1, 27, 0), ...stubborn])).toEqual({ 'swipe-fail-percent': 10 })
  })

  it('come out the same in whatever pieces the steps arrive', () => {
    const steps = [...week(0, 7, 18, 2), ...week(7, 28, 19, 1)]
    fc.assert(fc.property(fc.array(fc.nat(steps.length), { maxLength: 5 }), (cuts) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), steps.length]
      const pieces = bounds.slice(1).map((to, i) => steps.slice(bounds[i], to))
      expect(readRates(pieces.reduce<ReadCounts>(countReads, NO_READS), NOW)).toEqual(rates(steps))
    }), RUNS)
  })

  it('keep six weeks and fifty transactions, whatever comes', () => {
    const counts = countReads(NO_READS, week(0, 100, 1, 1))
    expect(counts.days).toHaveLength(42)
    expect(counts.lately).toHaveLength(50)
    expect(JSON.stringify(counts).length).toBeLessThan(8000)
  })

  it('stay between 0 and 100', () => {
    const step = fc.record({ transaction: fc.constantFrom('a', 'b', 'c'), step: fc.constant('card-presented' as const), at: fc.integer({ min: NOW - 50 * DAY_MS, max: NOW + DAY_MS }), tender: fc.constantFrom('chip' as const, 'swipe' as const, 'contactless' as const), error: fc.option(fc.constant('x'), { nil: undefined }) })
      .map(({ error, ...rest }): TransactionStep => (error === undefined ? rest : { ...rest, error }))
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      for (const value of Object.values(rates(steps))) {
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(100)
      }
    }), RUNS)
  })
})
