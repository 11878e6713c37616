import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/journal/attempt.ts'
import { risksOf, standingOf } from '../../src/journal/standing.ts'

const NOW = Date.UTC(2026, 5, 3, 4)
const MINUTE = 60_000
const paid = (code: string, i: number, more: Partial<Attempt> = {}): Attempt => ({ transaction: String(i), startedAt: NOW - (100 - i) * MINUTE, lastAt: NOW - (100 - i) * MINUTE, answeredAt: NOW - (100 - i) * MINUTE, last: 'answered', code, panMasked: `62220000****${1000 + i}`, type: 'sale', ...more })
const of = (codes: string[], more: (i: number) => Partial<Attempt> = () => ({})): Attempt[] => codes.map((code, i) => paid(code, i, more(i)))

describe('how the host treats the terminal', () => {
  it.each([
    ['approved', ['00', '00', '00'], 0],
    ['three refusals of the terminal', ['00', '03', '58', '97'], 3],
    ['two are too few', ['00', '03', '58'], 0],
    ['a card declined in between: the host let it ask', ['03', '58', '51', '97', '03'], 0],
    ['approved since', ['03', '58', '97', '00'], 0],
    ['a code that the table does not know', ['03', '58', '97', '7Q'], 0],
  ])('%s', (_, codes, row) => {
    expect(standingOf(of(codes)).refusedInRow).toBe(row)
  })
  it('is known as of its last answer, approval or not', () => {
    expect(standingOf(of(['00', '51']))).toMatchObject({ lastApprovedAt: NOW - 100 * MINUTE, lastAnsweredAt: NOW - 99 * MINUTE })
  })
  it('is not told by one card', () => {
    expect(standingOf(of(['03', '03', '03', '03'], () => ({ panMasked: '622200****1234' }))).refusedInRow).toBe(0)
  })
  it('has one type that is always refused, and others that are approved', () => {
    const sales = of(['00', '00', '00'])
    const preauths = of(['40', '58', '40'], () => ({ type: 'preauth' }))
    expect(standingOf([...sales, ...preauths]).oneKindRefused).toBe(true)
    expect(standingOf([...sales, ...preauths, paid('00', 7, { type: 'preauth' })]).oneKindRefused).toBe(false)
    expect(standingOf(preauths).oneKindRefused).toBe(false)
  })
  it('never approved anything', () => {
    expect(standingOf(of(['97', '97'])).neverApproved).toBe(true)
    expect(standingOf(of(['97', '00'])).neverApproved).toBe(false)
    expect(standingOf([])).toEqual({ refusedInRow: 0, oneKindRefused: false, neverApproved: false })
  })
})

describe('patterns of risk', () => {
  it.each([
    ['the same card three times', of(['00', '00', '00'], () => ({ panMasked: '622200****1234' })), { 'same-card': 3 }],
    ['five declines within ten minutes', of(['51', '51', '51', '51', '51']), { 'decline-burst': 5 }],
    ['keyed-in numbers', of(['00'], () => ({ tender: 'manual' })), { 'keyed-cards': 1 }],
    ['round sums', of(Array.from({ length: 12 }, () => '00'), (i) => ({ amountMinor: i < 5 ? 200_000 : 12_345 })), { 'round-sums': 5 }],
    ['an ordinary day', of(Array.from({ length: 12 }, () => '00'), (i) => ({ amountMinor: 12_345 + i })), {}],
  ])('%s', (_, attempts, expected) => {
    expect(risksOf(attempts, NOW)).toEqual(expected)
  })
  it('sums far above what is usual here', () => {
    const before = of(Array.from({ length: 40 }, () => '00'), (i) => ({ startedAt: NOW - 3 * 86_400_000, amountMinor: 1000 + i }))
    expect(risksOf([...before, paid('00', 1, { amountMinor: 900_000 })], NOW)).toEqual({ 'large-sums': 1 })
  })
})
