import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepCase } from '../../src/agent/cases.ts'
import { keepSteps, noteExposed } from '../../src/agent/journal-rows.ts'
import { matchBooks, reconcileJournal, summarise } from '../../src/agent/journal-state.ts'
import { kmBetween } from '../../src/agent/standing-rows.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
import { rulesOf } from '../../src/journal/reconcile.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'

// Wednesday, ten in the morning in China.
const NOW = Date.parse('2026-06-10T10:00:00+08:00')
const MINUTE = 60_000
const DAY = 86_400_000

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-trail-'))
  store = openStore(join(folder, 'store.db'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const terminalOf = (more: object = {}) => TerminalFile.parse({ terminal: { id: 'T1' }, money: { settlement: { cycle: 'T+1', feePercent: 0.6 } }, ...more })
const keep = (...steps: TransactionStep[]): void => void store.db.transaction(() => keepSteps(store.db, steps))
const at = (local: string): number => Date.parse(`${local}:00+08:00`)
/** A payment that the host approved, of a batch that was settled. */
const paid = (id: string, when: number, amountMinor: number, more: Partial<TransactionStep> = {}): void =>
  keep({ transaction: id, step: 'authorisation-asked', at: when, type: 'sale', amountMinor, batch: '000001', rrn: id, ...more }, { transaction: id, step: 'answered', at: when + 1000, responseCode: '00', rrn: id })
const settled = (when: number): void => keep({ transaction: 'b', step: 'batch-settled', at: when, batch: '000001', equal: true })
const refused = (id: string, type: TransactionStep['type'], code: string, more: Partial<TransactionStep> = {}): void =>
  keep({ transaction: id, step: 'authorisation-asked', at: NOW - 10 * MINUTE, ...(type ? { type } : {}), amountMinor: 50_000, ...more }, { transaction: id, step: 'answered', at: NOW - 9 * MINUTE, responseCode: code })
const told = (terminal = terminalOf()) => {
  const rules = rulesOf(terminal.money, NOW)
  matchBooks(store.db, rules)
  return summarise(store.db, rules, terminal.service)
}
const faults = (terminal?: TerminalFile) => Object.fromEntries(Object.entries(told(terminal).faults).map(([code, tally]) => [code, tally.count]))
const rows = (terminal = terminalOf()) => {
  const sum = reconcileJournal(store.db, rulesOf(terminal.money, NOW), terminal.service)
  return [...sum.unknown, ...sum.attention].map(({ state, fault, transaction }) => `${state} ${fault ?? ''} ${transaction}`)
}

describe('a pre-authorisation', () => {
  const held = (): void => paid('P1', NOW - DAY, 50_000, { type: 'preauth', stan: '000001' })
  it('whose completion is rejected is collected by nobody, until another completion is approved', () => {
    held()
    refused('C1', 'completion', '64', { originalStan: '000001', originalBatch: '000001' })
    expect(faults()).toMatchObject({ 'AUT-COMPLETION-REJECTED': 1 })
    expect(rows()).toContain('completion-rejected AUT-COMPLETION-REJECTED C1')
    paid('C2', NOW - MINUTE, 40_000, { type: 'completion', originalStan: '000001', originalBatch: '000001' })
    expect(faults()).not.toHaveProperty('AUT-COMPLETION-REJECTED')
  })
  it('whose cancellation fails stays held', () => {
    held()
    refused('X1', 'preauth-cancel', '14', { originalStan: '000001', originalBatch: '000001' })
    expect(faults()).toMatchObject({ 'AUT-CANCEL-FAILED': 1 })
  })
  it('refused for limit or permission is a guarantee check that failed; refused for the card is the customer’s affair', () => {
    refused('P2', 'preauth', '61')
    refused('P3', 'preauth', '54')
    expect(faults()).toMatchObject({ 'GUA-CHECK-FAILED': 1 })
    expect(rows()).toEqual(['guarantee-failed GUA-CHECK-FAILED P2'])
  })
  it('that the till counts as paid is of the wrong type', () => {
    held()
    keep({ transaction: 'P1', step: 'tendered', at: NOW - DAY + 5000 })
    expect(rows()).toContain('wrong-type TXN-WRONG-TYPE P1')
  })
})

describe('the wrong type', () => {
  it('is a card payment that the till counts as cash, and a refund of nothing', () => {
    paid('S1', NOW - MINUTE, 5000)
    keep({ transaction: 'S1', step: 'tendered', at: NOW - 30_000, tender: 'cash' })
    paid('R1', NOW - MINUTE, 5000, { type: 'refund' })
    expect(rows()).toEqual(['wrong-type TXN-WRONG-TYPE R1', 'wrong-type TXN-WRONG-TYPE S1'])
  })
  it('is not a refund that names what it refunds, nor plain cash', () => {
    paid('R1', NOW - MINUTE, 5000, { type: 'refund', originalRrn: 'S1' })
    keep({ transaction: 'K1', step: 'tendered', at: NOW, tender: 'cash' })
    expect(rows()).toEqual([])
  })
})

it('a refund is late after its working days, unless a list shows it', () => {
  paid('R1', at('2026-05-29T10:00'), 5000, { type: 'refund', originalRrn: 'S0' })
  paid('R2', at('2026-06-08T10:00'), 5000, { type: 'refund', originalRrn: 'S0' })
  expect(rows()).toEqual(['refund-late TXN-REFUND-PENDING R1'])
  keep({ transaction: 'l', step: 'statement-line', at: at('2026-06-01T10:00'), rrn: 'R1', amountMinor: 5000 })
  expect(rows()).toEqual([])
})

it('payments given up are told while they are fresh', () => {
  for (const [id, ago] of [['1', 5], ['2', 6], ['3', 7], ['4', 60]] as const) keep({ transaction: id, step: 'started', at: NOW - ago * MINUTE }, { transaction: id, step: 'abandoned', at: NOW - ago * MINUTE + 1000 })
  expect(faults()).toEqual({ 'TXN-INCOMPLETE': 3 })
})

describe('the acquirer’s list', () => {
  const line = (payout: TransactionStep['payout']): void => keep({ transaction: 'l', step: 'statement-line', at: at('2026-06-08T10:00'), rrn: 'S1', amountMinor: 10_000, ...(payout ? { payout } : {}) })
  beforeEach(() => {
    paid('S1', at('2026-06-08T10:00'), 10_000)
    settled(at('2026-06-08T22:00'))
  })
  it.each([
    [undefined, {}], ['paid-out', {}], ['held', { 'SET-FUNDS-HELD': 1 }], ['failed', { 'SET-ACCOUNT-PROBLEM': 1 }], ['pending', { 'SET-OVERDUE': 1 }],
  ] as const)('that says %s', (payout, expected) => {
    line(payout)
    expect(faults()).toEqual(expected)
  })
  it('is replaced by a later one', () => {
    line('held')
    line('paid-out')
    expect(faults()).toEqual({})
    expect(rows()).toEqual([])
  })
})

describe('the bank’s books', () => {
  const bank = (when: string, amountMinor: number, id = when): void => keep({ transaction: id, step: 'bank-credit', at: at(when), amountMinor })
  beforeEach(() => {
    for (const [id, when] of [['A1', '2026-06-08T09:00'], ['A2', '2026-06-08T15:00'], ['B1', '2026-06-09T09:00']] as const) paid(id, at(when), 10_000)
    settled(at('2026-06-09T22:00'))
  })
  it('that show the sum of a day end the wait of all its payments', () => {
    bank('2026-06-09T12:00', 19_880)
    expect(rows()).toEqual([])
    expect(told().faults['SET-WITHIN-CYCLE']).toBeUndefined()
  })
  it('that show less say how much is missing', () => {
    bank('2026-06-09T12:00', 18_880)
    expect(reconcileJournal(store.db, rulesOf(terminalOf().money, NOW), terminalOf().service).attention).toEqual([expect.objectContaining({ state: 'payout-short', fault: 'SET-AMOUNT-SHORT', shortMinor: 1000, amountMinor: 19_880 })])
  })
  it('that reach past a day without its sum say that it is overdue', () => {
    bank('2026-06-08T12:00', 1)
    bank('2026-06-10T09:00', 9940)
    expect(rows()).toEqual(['overdue SET-OVERDUE A1', 'overdue SET-OVERDUE A2', 'payout-missing SET-OVERDUE payout-2026-06-09'])
  })
  it('say nothing of days that they do not cover', () => {
    bank('2026-06-10T09:00', 9940)
    expect(rows().filter((row) => row.startsWith('payout'))).toEqual([])
  })
})

describe('that money is within its cycle', () => {
  const matter = (fault: string): void => void keepCase(store.db, { id: uuidv7(NOW), fault, kind: 'funds', openedAt: NOW - MINUTE, openedBy: '店长', note: '', told: true, transactions: [], entries: [] })
  beforeEach(() => {
    paid('S1', at('2026-06-09T15:00'), 10_000)
    settled(at('2026-06-09T22:00'))
  })
  it('is told to one who misses it, and to nobody else', () => {
    expect(faults()).toEqual({})
    matter('SET-OVERDUE')
    expect(faults()).toEqual({ 'SET-WITHIN-CYCLE': 1 })
  })
})

describe('the standing of the shop', () => {
  it('has fees and papers past their day', () => {
    const service = { fees: [{ name: '流量费', dueOn: '2026-06-01' }, { name: '年费', dueOn: '2026-06-01', paidOn: '2026-05-30' }], papers: [{ name: '营业执照', validUntil: '2026-06-09' }, { name: '身份证', validUntil: '2026-06-10' }] }
    expect(faults(terminalOf({ service }))).toEqual({ 'SVC-FEE-OVERDUE': 1, 'SVC-DOCS-EXPIRED': 1 })
  })
  it('has agreements that do not agree', () => {
    const service = { agreements: [{ id: 'd1', kind: 'deposit', contract: 'YJ-1', amountMinor: 29_900, receiptMinor: 19_900, paidOn: '2026-06-01', confirmedOn: '2026-06-02' }] }
    expect(faults(terminalOf({ service }))).toEqual({ 'DEP-AMOUNT-MISMATCH': 1 })
    expect(rows(terminalOf({ service }))).toEqual(['deposit-differs DEP-AMOUNT-MISMATCH deposit-d1'])
  })
  it('has a terminal that is elsewhere', () => {
    const file = join(folder, 'position')
    const place = { latitude: 31.2304, longitude: 121.4737, withinKm: 5, positionFile: file }
    expect(faults(terminalOf({ service: { place } }))).toEqual({})
    writeFileSync(file, '31.2310,121.4740\n')
    expect(faults(terminalOf({ service: { place } }))).toEqual({})
    writeFileSync(file, '39.9042,116.4074\n')
    expect(faults(terminalOf({ service: { place } }))).toEqual({ 'SVC-LOCATION-MISMATCH': 1 })
    expect(kmBetween(place, { latitude: 39.9042, longitude: 116.4074 })).toBeCloseTo(1067, -1)
  })
  it('has logs of others with card data in them, while that is fresh', () => {
    noteExposed(store.db, 'pos', 7, NOW - MINUTE)
    expect(faults()).toEqual({ 'SEC-SENSITIVE-DATA-IN-LOG': 7 })
    noteExposed(store.db, 'pos', 0, NOW - 2 * DAY)
    expect(faults()).toEqual({})
  })
})
