import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cameBack, findCase, keepCase, kindOf, readCases, stageOf, toldFaults, WATCH_MS, withEntry } from '../../src/agent/cases.ts'
import { keepSteps } from '../../src/agent/journal-rows.ts'
import { type LadderFacts, ladderOf, nextRung } from '../../src/agent/ladder.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
import { duePlan, keepDone, lastDone, type UpkeepFacts } from '../../src/agent/upkeep.ts'
import { upkeepFacts } from '../../src/agent/upkeep-facts.ts'
import { catalogue } from '../../src/faults/index.ts'
import { brokenRails } from '../../src/guard/rails.ts'
import { rulesOf } from '../../src/journal/reconcile.ts'
import { type Case, CaseKind } from '../../src/model/case.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { INSPECTION_FILE } from '../../src/model/inspection.ts'
import { Service } from '../../src/model/service.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { CASE_ADVICE, CASE_EVIDENCE, LETTERS } from '../../src/texts/cases.ts'
import { MONEY_STATES } from '../../src/texts/money.ts'
import { TASKS } from '../../src/texts/upkeep.ts'

const at = (local: string): number => Date.parse(`${local}:00+08:00`)
// A Thursday.
const OPENED = at('2026-06-04T10:00')
const HOUR = 3_600_000

const made = (more: Partial<Case> = {}): Case => ({ id: uuidv7(OPENED), fault: 'SVC-SUSPENDED', kind: 'suspension', openedAt: OPENED, openedBy: '店长', note: '', told: true, transactions: [], entries: [], ...more })

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-cases-'))
  store = openStore(join(folder, 'store.db'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

describe('a matter', () => {
  it('is kept, found by the end of its id, and filtered', () => {
    const one = keepCase(store.db, made({ note: '顾客卡号 4012888888881881 被拒' }))
    expect(findCase(store.db, one.id.slice(-8))).toEqual(one)
    expect(JSON.stringify(readCases(store.db))).not.toContain('4012888888881881')
    expect(one.note).toContain('401288******1881')
  })
  it('goes through stages, is watched for three days, and is closed', () => {
    const one = withEntry(withEntry(made(), { at: OPENED + 1, by: 'a', note: '', stage: 'reported' }), { at: OPENED + 2, by: 'a', note: 'x' })
    expect(stageOf(made(), OPENED, undefined)).toBe('open')
    expect(stageOf(one, OPENED, undefined)).toBe('reported')
    const closed = { ...one, closing: { at: OPENED + HOUR, by: 'a', cause: '欠费', lessons: '', customerInformed: true } }
    expect(stageOf(closed, OPENED + 2 * HOUR, undefined)).toBe('watching')
    expect(stageOf(closed, OPENED + HOUR + WATCH_MS, undefined)).toBe('closed')
    expect(stageOf(closed, OPENED + HOUR + WATCH_MS, OPENED + 3 * HOUR)).toBe('reported')
  })
  it('is open again if its fault comes back while it is watched, and not after', () => {
    const one = keepCase(store.db, made({ closing: { at: OPENED, by: 'a', cause: 'x', lessons: '', customerInformed: false } }))
    const incident = (openedAt: number): void => void store.db.run('INSERT INTO incidents (id, closed_at, body) VALUES (?, NULL, ?)', uuidv7(openedAt), JSON.stringify({ incident: { fault: 'SVC-SUSPENDED', openedAt } }))
    incident(OPENED - HOUR)
    incident(OPENED + WATCH_MS + HOUR)
    expect(cameBack(store.db, one)).toBeUndefined()
    incident(OPENED + HOUR)
    expect(cameBack(store.db, one)).toBe(OPENED + HOUR)
    expect(toldFaults(store.db)).toEqual({ 'SVC-SUSPENDED': 1 })
  })
  it('tells of its fault until it is closed, or the service takes payments again', () => {
    keepCase(store.db, made())
    expect(toldFaults(store.db)).toEqual({ 'SVC-SUSPENDED': 1 })
    store.db.transaction(() => keepSteps(store.db, [{ transaction: '1', step: 'answered', at: OPENED + HOUR, responseCode: '00' }]))
    expect(toldFaults(store.db)).toEqual({})
  })
  it('tells of nothing that was measured when it was opened', () => {
    keepCase(store.db, made({ told: false }))
    expect(toldFaults(store.db)).toEqual({})
  })
  it('is about something for every fault', () => {
    expect(catalogue.faults.filter(({ code }) => kindOf(code) === undefined).map(({ code }) => code)).toEqual([])
  })
})

describe('the ladder', () => {
  const facts = (service: object = {}): LadderFacts => {
    const { money } = TerminalFile.parse({ terminal: { id: 'T' } })
    const rules = rulesOf(money, OPENED)
    return { service: Service.parse(service), offsetMs: rules.offsetMs, dayEnd: rules.dayEnd }
  }
  const due = (one: Case, service?: object) => ladderOf(one, facts(service)).map(({ role, dueAt }) => [role, dueAt])
  it('of a suspension: minutes inside the shop, then three working days a rung, over the weekend', () => {
    expect(due(made())).toEqual([['manager', OPENED + HOUR / 4], ['provider', OPENED + HOUR], ['acquirer', at('2026-06-09T11:00')], ['regulator', at('2026-06-12T11:00')], ['legal', at('2026-06-17T11:00')]])
  })
  it('of money in doubt: the same business day', () => {
    expect(due(made({ kind: 'payment' })).slice(0, 2)).toEqual([['manager', OPENED + HOUR / 4], ['acquirer', at('2026-06-05T00:00')]])
  })
  it('goes on from when somebody was told, by the time he takes to answer', () => {
    const one = withEntry(made(), { at: OPENED + 2 * HOUR, by: 'a', note: '', to: 'provider' })
    expect(due(one, { contacts: [{ role: 'provider', name: 'X', answersInH: 4 }] })[2]).toEqual(['acquirer', OPENED + 6 * HOUR])
    expect(nextRung(ladderOf(one, facts()))?.role).toBe('acquirer')
  })
  it.each(CaseKind.options)('of %s begins in the shop and ends outside of it', (kind) => {
    const rungs = due(made({ kind }))
    expect(rungs[0]?.[0]).toBe('manager')
    expect(rungs.length).toBeGreaterThan(2)
    expect(rungs.map(([, when]) => when)).toEqual(rungs.map(([, when]) => when).toSorted((a, b) => Number(a) - Number(b)))
  })
})

describe('upkeep', () => {
  const terminal = TerminalFile.parse({
    terminal: { id: 'T' }, maintenance: { everyDays: { training: 0, case: 10 } },
    devices: [{ id: 'reader-1', kind: 'reader', transport: { type: 'pcsc' } }],
    service: { fees: [{ name: '流量费', dueOn: '2026-06-10' }, { name: '年费', dueOn: '2026-08-01' }], papers: [{ name: '营业执照', validUntil: '2026-06-01' }] },
  })
  const plan = (more: Partial<UpkeepFacts> = {}) => duePlan({ terminal, now: OPENED, done: lastDone(store.db), counters: { 'journal.transactions': 0, 'journal.batches': 0 }, startedAt: OPENED, offsetMs: 8 * HOUR, ...more })
  const left = (task: string, more?: Partial<UpkeepFacts>) => plan(more).find((due) => due.task === task)?.left
  it('plans what the terminal has something for, from the day it is looked after', () => {
    expect(plan().map(({ task }) => task)).toEqual(['paper', 'fee', 'backup', 'case', 'inspection', 'reader', 'update'])
    // The thirtieth day is a Saturday, so it falls on the Monday after.
    expect(left('inspection')).toBe(32)
    expect(left('paper')).toBe(-3)
    expect(left('fee')).toBe(6)
  })
  it('goes on from when it was done', () => {
    keepDone(store.db, { task: 'case', at: OPENED - 20 * 86_400_000, by: '店长', note: '', counters: {} })
    expect(left('case')).toBeLessThan(0)
    keepDone(store.db, { task: 'case', at: OPENED, by: '店长', note: '', counters: {} })
    expect(left('case')).toBeGreaterThanOrEqual(10)
  })
  it('falls due by use before its day', () => {
    keepDone(store.db, { task: 'reader', at: OPENED, by: 'a', note: '', counters: { 'journal.transactions': 500 } })
    expect(left('reader', { counters: { 'journal.transactions': 10_499, 'journal.batches': 0 } })).toBeGreaterThan(0)
    expect(left('reader', { counters: { 'journal.transactions': 10_500, 'journal.batches': 0 } })).toBe(0)
  })
  it('counts an inspection that was kept with its units as done, and one that cannot be read as not done', () => {
    const inspection = () => {
      const facts = upkeepFacts(store, folder, terminal, OPENED)
      return duePlan({ ...facts, startedAt: OPENED - 90 * 86_400_000 }).find((due) => due.task === 'inspection')
    }
    expect(inspection()?.left).toBeLessThan(0)
    writeFileSync(join(folder, INSPECTION_FILE), JSON.stringify({ at: OPENED, by: '店长', units: {} }))
    expect(inspection()).toMatchObject({ left: 32, lastAt: OPENED })
    writeFileSync(join(folder, INSPECTION_FILE), '{"at":')
    expect(inspection()?.left).toBeLessThan(0)
  })
  it('counts a settlement that the journal tells of as done', () => {
    const counters = { 'journal.transactions': 0, 'journal.batches': 3 }
    expect(left('settlement', { counters, startedAt: OPENED - 5 * 86_400_000 })).toBeLessThan(0)
    expect(left('settlement', { counters, settledAt: OPENED - 12 * HOUR })).toBe(0)
  })
})

it('no advice, letter, task or money text breaks a guard rail', () => {
  const texts = [...Object.values(CASE_ADVICE).flat(), ...Object.values(CASE_EVIDENCE).flat(), ...Object.values(LETTERS), ...Object.values(TASKS).flatMap(({ steps }) => steps)]
  expect(texts.length).toBeGreaterThan(90)
  expect(texts.flatMap((text) => brokenRails(text).map(({ rail }) => `${rail}: ${text.en}`))).toEqual([])
  // What is next is right or wrong by the state that it follows from.
  expect(Object.values(MONEY_STATES).flatMap(({ tell, next }) => brokenRails(next, [tell]).map(({ rail }) => `${rail}: ${next.en}`))).toEqual([])
})
