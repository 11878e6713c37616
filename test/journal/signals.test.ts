import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attempt, attemptOf } from '../../src/journal/attempt.ts'
import { contradictions } from '../../src/journal/proof.ts'
import { paceOf, silentOf, timingsOf, tooFew } from '../../src/journal/signals.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'

const NOON = Date.UTC(2026, 5, 2, 4)
const MINUTE = 60_000

let n = 0
const attempt = (more: Partial<Attempt> & { startedAt: number }): Attempt => ({ transaction: `t${n++}`, lastAt: more.startedAt, last: 'answered', askedAt: more.startedAt, answeredAt: more.startedAt + 2000, code: '00', ...more })
const steps = (...told: (Partial<TransactionStep> & { step: TransactionStep['step'] })[]): TransactionStep[] => told.map((s, i) => ({ transaction: 't', at: NOON + i * 1000, ...s }))

describe('step timings', () => {
  it('are those of the steps that were told', () => {
    const told = attemptOf(steps({ step: 'card-presented' }, { step: 'authorisation-asked', at: NOON + 1500 }, { step: 'answered', at: NOON + 4000, responseCode: '00' }, { step: 'receipt-printed', at: NOON + 9000 }))
    expect(told && timingsOf(told)).toEqual({ card: 1500, authorisation: 2500, print: 5000 })
    expect(timingsOf(attempt({ startedAt: NOON, askedAt: NOON + 5000, answeredAt: NOON }))).toEqual({})
  })
  it('have a baseline of their own on each terminal', () => {
    const usual = Array.from({ length: 60 }, (_, i) => 2000 + (i % 7) * 100)
    expect(paceOf([...usual, ...Array(8).fill(2400)])).toMatchObject({ slow: false })
    expect(paceOf([...usual, ...Array(8).fill(6000)])).toMatchObject({ slow: true, latelyMs: 6000 })
    expect(paceOf(usual.map((ms) => ms * 3).concat(Array(8).fill(6500)))).toMatchObject({ slow: false })
    expect(paceOf([...usual.slice(0, 10), ...Array(8).fill(60_000)])).toBeUndefined()
  })
  it('of a few slow ones among many mean nothing', () => expect(paceOf([...Array(60).fill(2000), ...Array(3).fill(30_000), ...Array(5).fill(2100)])).toMatchObject({ slow: false }))
})

describe('too few to be chance', () => {
  it('agrees with counting', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (size, p) => {
      for (let k = 0; k <= size; k++) {
        let tail = 0
        for (let mask = 0; mask < 2 ** size; mask++) {
          const ones = mask.toString(2).replaceAll('0', '').length
          if (ones <= k) tail += p ** ones * (1 - p) ** (size - ones)
        }
        if (Math.abs(tail - 0.001) > 1e-9) expect(tooFew(k, size, p)).toBe(tail < 0.001)
      }
    }), { numRuns: 20 })
  })
})

describe('silent failures', () => {
  const morning = (more: (i: number) => Partial<Attempt>, count = 80): Attempt[] => Array.from({ length: count }, (_, i) => attempt({ startedAt: NOON - (count - i) * 3 * MINUTE, tender: i % 3 === 0 ? 'qr' : 'chip', ...more(i) }))
  it('a reader that reads no card while others pay', () => {
    const later = Array.from({ length: 24 }, (_, i) => attempt({ startedAt: NOON + i * MINUTE, tender: 'qr' }))
    expect(silentOf([...morning(() => ({})), ...later], NOON + 24 * MINUTE)).toMatchObject({ cardsStopped: true, usualGapMs: 6 * MINUTE })
  })
  it('but not an empty shop', () => expect(silentOf(morning(() => ({})), NOON + 60 * MINUTE).cardsStopped).toBe(false))
  it('nor a shop where cards are rare', () => {
    const rare = Array.from({ length: 200 }, (_, i) => attempt({ startedAt: NOON - (200 - i) * MINUTE, tender: i % 8 === 0 ? 'chip' : 'qr' }))
    expect(silentOf(rare, NOON + 20 * MINUTE).cardsStopped).toBe(false)
  })
  it('contactless that collapses', () => {
    const share = (until: number) => morning((i) => ({ tender: i < until && i % 2 === 0 ? 'contactless' : 'chip' }), 120)
    expect(silentOf(share(80), NOON).contactlessGone).toBe(true)
    expect(silentOf(share(120), NOON).contactlessGone).toBe(false)
  })
  it('items keyed in that used to be scanned', () => {
    const orders = (until: number) => morning((i) => (i < until ? { itemsScanned: 10, itemsKeyed: 1 } : { itemsScanned: 1, itemsKeyed: 9 }), 120)
    expect(silentOf(orders(80), NOON).keyedRising).toBe(true)
    expect(silentOf(orders(120), NOON).keyedRising).toBe(false)
  })
  it('a host that answers more and more slowly', () => {
    const slow = morning((i) => ({ answeredAt: NOON - (80 - i) * 3 * MINUTE + (i < 70 ? 2000 : 15_000) }))
    expect(silentOf(slow, NOON).approvalsSlow).toBe(true)
    expect(silentOf(morning(() => ({})), NOON).approvalsSlow).toBe(false)
  })
})

describe('host, till and printer', () => {
  const later = NOON + 10 * MINUTE
  const tells = { slips: true, tenders: true }
  it.each([
    ['agree', [{ step: 'authorisation-asked' }, { step: 'answered', responseCode: '00' }, { step: 'receipt-printed', paperMm: 120 }, { step: 'tendered', tender: 'chip' }], []],
    ['paid without a receipt', [{ step: 'answered', responseCode: '00' }, { step: 'tendered', tender: 'chip' }], ['paid-without-receipt']],
    ['a slip, and no paper moved', [{ step: 'answered', responseCode: '00' }, { step: 'receipt-printed', paperMm: 0 }, { step: 'tendered', tender: 'chip' }], ['paid-without-receipt']],
    ['a receipt without a payment', [{ step: 'authorisation-asked', tender: 'chip' }, { step: 'answered', responseCode: '51' }, { step: 'receipt-printed' }], ['receipt-without-payment']],
    ['paid and not tendered', [{ step: 'answered', responseCode: '00' }, { step: 'receipt-printed' }], ['paid-not-tendered']],
    ['tendered and not paid', [{ step: 'authorisation-asked', tender: 'chip' }, { step: 'answered', responseCode: '51' }, { step: 'tendered' }], ['tendered-not-paid']],
    ['a drawer without a sale', [{ step: 'drawer-opened' }], ['drawer-without-sale']],
    ['cash', [{ step: 'drawer-opened', tender: 'cash' }, { step: 'tendered', tender: 'cash' }], []],
    ['a cash receipt', [{ step: 'receipt-printed', tender: 'cash' }], []],
  ] as const)('%s', (_, told, found) => {
    const folded = attemptOf(steps(...told))
    expect(folded && contradictions(folded, later, tells)).toEqual(found)
    expect(folded && contradictions(folded, NOON + 3000, tells)).toEqual([])
  })
  it('of which one is never heard do not contradict each other', () => {
    const folded = attemptOf(steps({ step: 'answered', responseCode: '00', type: 'sale' }))
    expect(folded && contradictions(folded, later, { slips: false, tenders: false })).toEqual([])
  })
})
