import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepSteps } from '../../src/agent/journal-rows.ts'
import { reconcileJournal, unknownOutcomes } from '../../src/agent/journal-state.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
import { lineReader } from '../../src/journal/lines.ts'
import { type MoneyRules, type Reconciliation, rulesOf } from '../../src/journal/reconcile.ts'
import { JournalSource } from '../../src/model/journal.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

// Ten in the morning of 3 June 2026 in China.
const NOW = Date.UTC(2026, 5, 3, 2)
const MINUTE = 60_000
const DAY = 86_400_000

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-journal-'))
  store = openStore(join(folder, 'store.db'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const { money, service } = TerminalFile.parse({ terminal: { id: 'T1' }, money: { tid: '10000001', mid: '898110259990001' } })
const source = JournalSource.parse({ name: 'pos', format: 'jsonl' })

type Line = Record<string, unknown> & { step: string; ago?: number }

/** A journal as a POS application writes it: one JSON object a line, `ago` in milliseconds before now. */
const told = (...lines: Line[]): void => {
  const reader = lineReader(source)
  const steps = lines.map(({ ago = 0, ...line }, i) => {
    const read = reader.read(JSON.stringify({ transaction: '1', tid: '10000001', ts: NOW - ago, ...line }), String(i))
    if (!read || !('step' in read)) throw new Error(`not read: ${JSON.stringify(line)} ${JSON.stringify(read)}`)
    return read.step
  })
  store.db.transaction(() => keepSteps(store.db, steps))
}
const reconciled = (rules: Partial<MoneyRules> = {}): Reconciliation => reconcileJournal(store.db, { ...rulesOf(money, NOW), ...rules }, service)
const rows = (sum: Reconciliation) => [...sum.unknown, ...sum.attention].map((row) => ({ row: row.row, state: row.state, fault: row.fault }))
const states = (sum: Reconciliation) => sum.states

const asked = (ago: number, more: object = {}): Line => ({ step: 'request', ago, type: 'sale', amt: 12_800, cur: '156', batch: '000123', stan: '004567', ...more })
const approved = (ago: number, more: object = {}): Line => ({ step: 'response', ago, rc: '00', rrn: '615402004567', ...more })

describe('the recognition table, from a journal', () => {
  it('1: opened and cancelled, never asked', () => {
    told({ step: 'start', ago: 10 * MINUTE }, { step: 'cancel', ago: 9 * MINUTE })
    expect(states(reconciled())).toEqual({ 'not-started': 1 })
  })
  it('2: the request never left', () => {
    told(asked(5 * MINUTE), { step: 'send-failed', ago: 5 * MINUTE - 1000, error: 'ECONNREFUSED' })
    expect(states(reconciled())).toEqual({ 'not-sent': 1 })
  })
  it('3: no answer within the time that the terminal waits', () => {
    told(asked(2 * MINUTE))
    expect(rows(reconciled())).toEqual([{ row: 3, state: 'unknown', fault: 'TXN-TIMEOUT-UNKNOWN' }])
  })
  it('but an answer may still come before that', () => {
    told(asked(30_000))
    expect(states(reconciled())).toEqual({ 'in-progress': 1 })
  })
  it('4: a reversal without an answer', () => {
    told(asked(5 * MINUTE), { step: '0400', ago: 4 * MINUTE, reason: '98' })
    expect(rows(reconciled())).toEqual([{ row: 4, state: 'reversal-pending', fault: 'TXN-REVERSAL-PENDING' }])
  })
  it('5: a reversal that the host took', () => {
    told(asked(5 * MINUTE), { step: '0400', ago: 4 * MINUTE, reason: '98' }, { step: '0410', ago: 4 * MINUTE - 500, rc: '00' })
    expect(states(reconciled())).toEqual({ reversed: 1 })
  })
  it.each([['refused', { step: '0410', rc: '25' }], ['given up', { step: 'reversal-dropped' }]])('6: a reversal %s', (_, line) => {
    told(asked(5 * MINUTE), { step: '0400', ago: 4 * MINUTE, reason: '98' }, { ...line, ago: 3 * MINUTE })
    expect(rows(reconciled())).toEqual([{ row: 6, state: 'reversal-failed', fault: 'TXN-REVERSAL-FAILED' }])
  })
  it.each(['09', '20', '68', '96', '98'])('7: the answer %s, which is no result', (rc) => {
    told(asked(5 * MINUTE), { step: 'response', ago: 5 * MINUTE - 2000, rc })
    expect(rows(reconciled())).toEqual([{ row: 7, state: 'unknown-answer', fault: 'TXN-TIMEOUT-UNKNOWN' }])
  })
  it('7: an answer that no table knows', () => {
    told(asked(5 * MINUTE), { step: 'response', ago: 5 * MINUTE - 2000, rc: 'Q7' })
    expect(rows(reconciled())).toMatchObject([{ row: 7, state: 'unknown-answer' }])
  })
  it.each(['51', '04', '03'])('8: declined, captured or failed (%s)', (rc) => {
    told(asked(5 * MINUTE), { step: 'response', ago: 5 * MINUTE - 2000, rc })
    expect(states(reconciled())).toEqual({ 'not-paid': 1 })
  })
  it.each(['mac', 'aac'])('9: approved by the host and refused by the terminal (%s)', (reason) => {
    told(asked(5 * MINUTE), approved(5 * MINUTE - 2000), { step: 'refused-locally', ago: 5 * MINUTE - 2100 + 200, reason })
    expect(rows(reconciled())).toEqual([{ row: 9, state: 'refused-locally', fault: 'TXN-REVERSAL-PENDING' }])
  })
  it.each([['void', { originalStan: '004567', originalBatch: '000123' }], ['refund', { originalRrn: '615402004567' }]])('10: an approved %s refers to it', (type, original) => {
    told(asked(60 * MINUTE), approved(60 * MINUTE - 2000), { ...asked(10 * MINUTE, { type, transaction: '2', stan: '004568', ...original }) }, approved(10 * MINUTE - 2000, { transaction: '2', rrn: '615402004568' }))
    expect(states(reconciled())).toEqual({ cancelled: 1, approved: 1 })
  })
  it('10: but not a void that was declined', () => {
    told(asked(60 * MINUTE), approved(60 * MINUTE - 2000), asked(10 * MINUTE, { type: 'void', transaction: '2', stan: '004568', originalStan: '004567' }), { step: 'response', ago: 9 * MINUTE, transaction: '2', rc: '12' })
    expect(states(reconciled())).toEqual({ approved: 1, 'not-paid': 1 })
  })
  it('11: a pre-authorisation is held, not collected, until it is completed', () => {
    told(asked(2 * DAY, { type: 'preauth' }), approved(2 * DAY - 2000))
    expect(states(reconciled())).toEqual({ held: 1 })
    told(asked(DAY, { type: 'completion', transaction: '2', batch: '000124', stan: '004700', originalRrn: '615402004567' }), approved(DAY - 2000, { transaction: '2', rrn: '615402004700' }))
    expect(states(reconciled())).toEqual({ approved: 1, 'not-settled': 1 })
  })
  it.each(['Y1', 'Y3'])('12: approved off-line (%s) and not uploaded', (rc) => {
    told({ step: 'stored-offline', ago: 3 * 60 * MINUTE, type: 'sale', amt: 500, rc })
    expect(rows(reconciled())).toEqual([{ row: 12, state: 'offline-pending', fault: 'TXN-OFFLINE-PENDING' }])
  })
  it('13: uploaded and refused', () => {
    told({ step: 'stored-offline', ago: 3 * 60 * MINUTE, type: 'sale', amt: 500, rc: 'Y1' }, { step: 'forwarded', ago: MINUTE, rc: '51' })
    expect(rows(reconciled())).toEqual([{ row: 13, state: 'offline-refused', fault: 'TXN-OFFLINE-PENDING' }])
  })
  it.each(['A2', 'A4', 'A5', 'A6'])('14: a success with a flaw (%s)', (rc) => {
    told(asked(5 * MINUTE), approved(5 * MINUTE - 2000, { rc }))
    expect(rows(reconciled())).toEqual([{ row: 14, state: 'verify', fault: 'SET-RECORD-MISSING' }])
  })
  it('15: approved for a part', () => {
    told(asked(5 * MINUTE), approved(5 * MINUTE - 2000, { rc: '10', amt: 5_000 }))
    const sum = reconciled()
    expect(rows(sum)).toEqual([{ row: 15, state: 'partial', fault: 'TXN-AMOUNT-MISMATCH' }])
    expect(sum.collectedMinor).toBe(5_000)
  })
  it('16: the business day is over and the batch is not settled', () => {
    told(asked(DAY), approved(DAY - 2000))
    expect(rows(reconciled())).toEqual([{ row: 16, state: 'not-settled', fault: 'SET-NOT-SETTLED' }])
  })
  const settled = (ago: number, equal: boolean): Line => ({ step: 'batch-settled', transaction: 'settlement-123', ago, batch: '000123', equal })
  it('17: the batch did not agree', () => {
    told(asked(DAY), approved(DAY - 2000), settled(DAY / 2, false))
    expect(rows(reconciled())).toEqual([{ row: 17, state: 'disputed', fault: 'SET-BATCH-MISMATCH' }])
  })
  it('18 and 19: settled, and the day of the credit is to come or has passed', () => {
    told(asked(DAY), approved(DAY - 2000), settled(DAY / 2, true))
    expect(states(reconciled({ expected: (at) => at + 2 * DAY }))).toEqual({ 'within-cycle': 1 })
    const late = reconciled({ expected: (at) => at + DAY / 2 })
    expect(rows(late)).toEqual([{ row: 19, state: 'overdue', fault: 'SET-OVERDUE' }])
    expect(late.attention[0]?.date).toBe(NOW - (DAY - 2000) + DAY / 2)
  })
  it.each([['terminal', { tid: '99999999' }], ['merchant', { mid: '898110259990009' }]])('20: another %s number', (_, wrong) => {
    told(asked(5 * MINUTE, wrong), approved(5 * MINUTE - 2000, wrong))
    expect(rows(reconciled())).toEqual([{ row: 20, state: 'wrong-merchant', fault: 'SEC-DEVICE-MISMATCH' }])
  })
  it('21: on the statement and not in the journal', () => {
    told({ step: 'statement-line', ago: DAY, transaction: 'line-1', amt: 9_900, rrn: '615402009999', pan: '622200******1234' })
    expect(rows(reconciled())).toEqual([{ row: 21, state: 'host-only', fault: 'SET-RECORD-MISSING' }])
  })
  it('22: the same card and amount approved twice within ten minutes', () => {
    const pan = '622200******1234'
    told(asked(30 * MINUTE, { pan }), approved(30 * MINUTE - 2000), asked(25 * MINUTE, { pan, transaction: '2', stan: '004568' }), approved(25 * MINUTE - 2000, { transaction: '2', rrn: '615402004568' }))
    told(asked(14 * MINUTE, { pan, transaction: '3', stan: '004569' }), approved(14 * MINUTE - 2000, { transaction: '3', rrn: '615402004569' }))
    const sum = reconciled()
    expect(rows(sum)).toEqual([{ row: 22, state: 'duplicate', fault: 'TXN-DUPLICATE-SUSPECT' }])
    expect(sum.attention[0]?.transaction).toBe('2')
  })
  it('23: credited short of more than the fee', () => {
    told(asked(DAY), approved(DAY - 2000), settled(DAY / 2, true), { step: 'statement-line', transaction: 'line-1', ago: MINUTE, amt: 11_000, fee: 77, rrn: '615402004567' })
    const sum = reconciled()
    expect(rows(sum)).toEqual([{ row: 23, state: 'short', fault: 'SET-AMOUNT-SHORT' }])
    expect(sum.attention[0]?.shortMinor).toBe(12_800 - 11_000 - 77)
  })
  it('24: approved, and no slip, where slips are told of', () => {
    told(asked(30 * MINUTE, { transaction: '0', stan: '004566' }), approved(30 * MINUTE - 2000, { transaction: '0', rrn: '615402004566' }), { step: 'print', transaction: '0', ago: 29 * MINUTE })
    told(asked(10 * MINUTE), approved(10 * MINUTE - 2000))
    expect(rows(reconciled())).toEqual([{ row: 24, state: 'slip-missing', fault: 'TXN-RECEIPT-NOT-PRINTED' }])
  })
  it('25: trace numbers are missing', () => {
    told(asked(30 * MINUTE), approved(30 * MINUTE - 2000), asked(10 * MINUTE, { transaction: '2', stan: '004570' }), approved(10 * MINUTE - 2000, { transaction: '2', rrn: '615402004570' }))
    const sum = reconciled()
    expect(rows(sum)).toEqual([{ row: 25, state: 'record-missing', fault: 'SYS-DB-CORRUPT' }])
    expect(sum.attention[0]).toMatchObject({ from: '004568', to: '004569' })
  })
})

describe('the ledger of unknown outcomes', () => {
  const open = () => unknownOutcomes(store.db, rulesOf(money, NOW)).map((row) => `${row.transaction} ${row.last}`)
  beforeEach(() => told({ step: 'card', ago: 6 * MINUTE }, asked(5 * MINUTE)))

  it('shows the last step that is proved', () => expect(open()).toEqual(['1 authorisation-asked']))
  it('is cleared by the host’s answer, whichever it is', () => {
    told(approved(MINUTE))
    expect(open()).toEqual([])
    expect(states(reconciled())).toEqual({ approved: 1 })
  })
  it('is not cleared by an answer that is no result', () => {
    told({ step: 'response', rc: '98', ago: MINUTE })
    expect(open()).toEqual(['1 answered'])
  })
  it('is not cleared by the POS application calling it paid or failed', () => {
    told({ step: 'tendered', ago: MINUTE }, { step: 'failed', ago: MINUTE })
    expect(open()).toHaveLength(1)
  })
  it('is cleared by a matching line of the statement', () => {
    told(asked(5 * MINUTE, { rrn: '615402004567' }), { step: 'statement-line', transaction: 'line-1', ago: 0, amt: 12_800, rrn: '615402004567' })
    expect(reconciled().unknown).toEqual([])
    expect(open()).toEqual([])
  })
  it('is cleared by a named person, and says who', () => {
    store.db.transaction(() => keepSteps(store.db, [{ transaction: '1', step: 'decided', at: NOW, outcome: 'not-paid', by: '王店长' }]))
    expect(open()).toEqual([])
    expect(states(reconciled())).toEqual({ 'decided-not-paid': 1 })
  })
  it('is not cleared by a decision without a name, nor by one that a journal claims', () => {
    store.db.transaction(() => keepSteps(store.db, [{ transaction: '1', step: 'decided', at: NOW, outcome: 'paid' }]))
    expect(open()).toHaveLength(1)
    expect(() => told({ step: 'decided', outcome: 'paid', by: 'somebody', ago: 0 })).toThrow('a decision in a journal')
  })
  it('is the same whatever the order in which the steps are told', () => {
    told({ step: '0410', rc: '00', ago: 3 * MINUTE }, { step: '0400', ago: 4 * MINUTE })
    expect(states(reconciled())).toEqual({ reversed: 1 })
  })
  it('outlives the store being opened again, and nothing counts twice', () => {
    store.close()
    store = openStore(join(folder, 'store.db'))
    told({ step: 'card', ago: 6 * MINUTE }, asked(5 * MINUTE))
    expect(open()).toEqual(['1 authorisation-asked'])
    expect(store.db.get('SELECT count(*) AS n FROM journal')).toEqual({ n: 2 })
  })
})
