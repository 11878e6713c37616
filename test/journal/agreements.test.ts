import { describe, expect, it } from 'vitest'
import { type AgreementFacts, agreementFindings } from '../../src/journal/agreements.ts'
import { dayNamed } from '../../src/journal/calendar.ts'
import { Agreement } from '../../src/model/service.ts'

const day = dayNamed
const facts = (more: Partial<AgreementFacts> = {}): AgreementFacts => ({ today: day('2026-06-10'), bank: [], turnoverSince: () => 0, ...more })
const deposit = (more: object = {}) => Agreement.parse({ id: 'd', kind: 'deposit', contract: 'YJ-1', amountMinor: 29_900, paidOn: '2026-06-01', confirmedOn: '2026-06-02', ...more })
const states = (a: Agreement, more?: Partial<AgreementFacts>) => agreementFindings(a, facts(more)).map((f) => f.fault)

describe('a deposit', () => {
  it.each([
    ['agrees with receipt, system and bank', { receiptMinor: 29_900, shownMinor: 29_900 }, { bank: [{ day: day('2026-06-01'), amountMinor: -29_900 }] }, []],
    ['of which the receipt says another sum', { receiptMinor: 19_900 }, {}, ['DEP-AMOUNT-MISMATCH']],
    ['of which the bank debited twice as much, by its reference', { reference: 'YJ1' }, { bank: [{ day: day('2026-06-01'), amountMinor: -29_900, reference: 'YJ1/1' }, { day: day('2026-06-02'), amountMinor: -29_900, reference: 'YJ1/2' }] }, ['DEP-AMOUNT-MISMATCH']],
    ['not confirmed on the day after', { confirmedOn: undefined }, { today: day('2026-06-02') }, []],
    ['not confirmed two days after', { confirmedOn: undefined }, { today: day('2026-06-03') }, ['DEP-NOT-CONFIRMED']],
    ['to be returned tomorrow', { refundOn: '2026-06-11' }, {}, []],
    ['to be returned yesterday', { refundOn: '2026-06-09' }, {}, ['DEP-REFUND-OVERDUE']],
    ['that the bank’s books show as returned', { refundOn: '2026-06-01' }, { bank: [{ day: day('2026-06-05'), amountMinor: 29_900 }] }, []],
    ['whose turnover is not reached', { refundOn: '2026-06-01', refundTurnoverMinor: 1_000_000 }, { turnoverSince: () => 999_999 }, []],
    ['whose turnover is reached', { refundOn: '2026-06-01', refundTurnoverMinor: 1_000_000 }, { turnoverSince: () => 1_000_000 }, ['DEP-REFUND-OVERDUE']],
    ['of which nothing more is known', { paidOn: undefined, confirmedOn: undefined }, {}, []],
  ])('%s', (_, more, around, expected) => {
    expect(states(deposit(more), around)).toEqual(expected)
  })
})

describe('a guarantee', () => {
  const guarantee = (more: object) => Agreement.parse({ id: 'g', kind: 'guarantee', contract: 'DB-1', amountMinor: 5_000_000, until: '2027-06-01', ...more })
  it.each([
    ['as agreed', { shownMinor: 5_000_000, shownUntil: '2027-06-01' }, []],
    ['written with another sum', { shownMinor: 500_000 }, ['GUA-APPLICATION-ERROR']],
    ['written with another term', { shownUntil: '2026-12-01' }, ['GUA-APPLICATION-ERROR']],
  ])('%s', (_, more, expected) => {
    expect(states(guarantee(more))).toEqual(expected)
  })
})
