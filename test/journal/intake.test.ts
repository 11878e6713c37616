import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { around, intake, isFailure, keptOfCard } from '../../src/journal/intake.ts'
import { TransactionStep } from '../../src/model/transaction.ts'
import { card, DRESSES, generated, leaks, TEST_CARDS } from '../guard/cards.ts'

const at = 1_735_689_600_000
const step = { transaction: '2025-000042', step: 'answered', at, type: 'sale', tender: 'chip', amountMinor: 12_800, currency: 'CNY', stan: '004567', batch: '000123', rrn: '503114567890', responseCode: '00', brand: 'CUP', panMasked: '622200******1234', error: 'HOST-TIMEOUT', version: '3.2.1' }

describe('intake', () => {
  it('keeps every field of the allow-list as it is', () => expect(intake(step)).toEqual({ step, dropped: [] }))

  it('leaves out other fields and says their names, never their values', () => {
    const taken = intake({ ...step, pan: '4111111111111111', track2: ';4111111111111111=25121011234567890?', cvv: '737', cardHolder: 'JANE DOE', nested: { pinBlock: '0123456789ABCDEF' } })
    expect(taken).toEqual({ step, dropped: ['pan', 'track2', 'cvv', 'cardHolder', 'nested'] })
    for (const secret of ['4111111111111111', '737', 'JANE', '0123456789ABCDEF']) expect(JSON.stringify(taken)).not.toContain(secret)
  })
  it('masks names that are card numbers, and says no more than fifty of them', () => {
    const taken = intake({ ...step, '4111111111111111': 1, ...Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}`, 1])) })
    expect('dropped' in taken && taken.dropped).toHaveLength(50)
    expect(JSON.stringify(taken)).not.toContain('4111111111111111')
  })
  it.each([
    ['4111111111111111', '411111******1111'], ['4111 1111 1111 1111', '411111******1111'], [4111111111111111, '411111******1111'], ['378282246310005', '378282*****0005'],
    ['411111xxxxxx1111', '411111******1111'], ['6222 **** **** 1234', '6222********1234'], ['****1234', '****1234'], ['1234', undefined], ['４１１１１１１１１１１１１１１１', '411111******1111'],
  ])('reads the card %s as %s', (written, kept) => {
    const taken = intake({ ...step, panMasked: written })
    expect('step' in taken && taken.step.panMasked).toBe(kept)
  })
  it.each(['41111111****1111', '411111**1111111', '411111*1111', '411111 1111', 'card 4111111111111111', '41111111111111111111', '4111-1111', { pan: 1 }, true])('drops the card if it is in doubt: %j', (written) => {
    const taken = intake({ ...step, panMasked: written })
    expect(taken).toMatchObject({ dropped: ['panMasked'] })
    expect('step' in taken && taken.step.panMasked).toBe(undefined)
  })
  it.each(['error', 'brand', 'version'])('drops the field %s if it holds card data', (name) => {
    expect(intake({ ...step, [name]: '4111111111111111' })).toMatchObject({ dropped: [name] })
  })
  it('keeps an id that is a card number only in part', () => {
    const taken = intake({ ...step, transaction: '4111111111111111' })
    expect('step' in taken && taken.step.transaction).toBe('411111xxxxxx1111')
  })
  it('lets reference numbers pass that look like cards', () => expect(intake({ ...step, rrn: '601112345675', stan: '411111' })).toMatchObject({ dropped: [], step: { rrn: '601112345675' } }))

  it.each([
    [null, /JSON object/], ['x', /JSON object/], [[step], /JSON object/], [{}, /transaction: .*missing/], [{ ...step, at: undefined }, /^at: .*missing/], [{ ...step, at: '2025' }, /^at: /], [{ ...step, step: 'eaten' }, /^step: /],
    [{ ...step, amountMinor: 1.5 }, /^amountMinor: /], [{ ...step, currency: 'yuan' }, /^currency: /], [{ ...step, transaction: 'x'.repeat(65) }, /^transaction: /], [{ ...step, at: Number.NaN }, /^at: /],
  ])('says what is wrong with %j', (raw, problem) => {
    const taken = intake(raw)
    expect('problem' in taken && taken.problem).toMatch(problem)
  })
  it('never throws, never keeps a card number, and what it keeps is a step', () => {
    const value = fc.oneof(fc.jsonValue(), fc.tuple(card, fc.constantFrom(...Object.values(DRESSES))).map(([digits, dress]) => dress(digits)), generated)
    const names = fc.constantFrom(...Object.keys(TransactionStep.shape), 'pan', 'note', '卡号')
    fc.assert(
      fc.property(fc.dictionary(names, value), fc.boolean(), (raw, whole) => {
        const taken = intake(whole ? { ...step, ...raw } : raw)
        expect(leaks(JSON.stringify(taken))).toEqual([])
        if ('step' in taken) expect(TransactionStep.safeParse(taken.step).success).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('keptOfCard', () => {
  it.each(TEST_CARDS)('never shows the middle of %s', (digits) => {
    const kept = keptOfCard(digits)
    expect(kept).toMatch(/^\d{4,6}\*{5,9}\d{4}$/)
    expect(kept).toHaveLength(digits.length)
  })
})

describe('isFailure', () => {
  it.each([[{ step: 'failed' }, true], [{ step: 'abandoned' }, true], [{ step: 'answered', responseCode: '00' }, false], [{ step: 'answered', responseCode: '10' }, false], [{ step: 'answered', responseCode: '11' }, false], [{ step: 'answered', responseCode: '16' }, false], [{ step: 'answered', responseCode: '96' }, true], [{ step: 'completed', responseCode: '51' }, true], [{ step: 'completed' }, false], [{ step: 'started' }, false]])('%j: %s', (part, failed) => {
    expect(isFailure(TransactionStep.parse({ transaction: '1', at, ...part }))).toBe(failed)
  })
})

describe('around', () => {
  const steps = [5, 1, 3, 2, 4].map((n) => TransactionStep.parse({ transaction: String(n), step: 'started', at: at + n }))
  const ids = (of: TransactionStep[]): string => of.map((s) => s.transaction).join('')
  it('takes as many before and after, oldest first', () => expect(ids(around(steps, at + 3, 1))).toBe('34'))
  it('counts a step at that moment as before', () => expect(ids(around(steps, at + 3, 2))).toBe('2345'))
  it('takes what there is', () => {
    expect(ids(around(steps, at, 2))).toBe('12')
    expect(ids(around(steps, at + 9, 2))).toBe('45')
    expect(around([], at, 5)).toEqual([])
    expect(around(steps, at + 3, 0)).toEqual([])
  })
})
