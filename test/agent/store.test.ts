import { closeSync, existsSync, openSync, readdirSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bootFacts, enterBoot, markClean } from '../../src/agent/boot.ts'
import { acceptCommand, endCommand, takeInterrupted } from '../../src/agent/commands.ts'
import { readIncidents, writeIncidents } from '../../src/agent/incident-rows.ts'
import { NO_INCIDENTS, type StepContext, step } from '../../src/agent/incidents.ts'
import { createKeeper, type Keeper, STORE_FILE } from '../../src/agent/keeper.ts'
import { AlreadyRunning, claim } from '../../src/agent/lock.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { nextBatch, spoolOf } from '../../src/agent/outbox.ts'
import { makeReport } from '../../src/agent/report.ts'
import { StoreError } from '../../src/agent/sqlite.ts'
import { type Keeping, openStore, STANDARD_BOUNDS, type Store } from '../../src/agent/store.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { Report } from '../../src/model/report.ts'
import { manualClock } from './manual-clock.ts'
import { faults, type Sample, sampleCheck, scratch, shop } from './sample-check.ts'

const START = Date.UTC(2026, 5, 2, 8)
const keeping: Keeping = { critical: false, deliver: true, clockTrusted: true }
const report = (sample: Sample = {}): Report =>
  makeReport(sampleCheck(sample), {
    at: sample.at ?? START, bootId: 'boot', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [],
  })

let dir: string
let remove: () => void
const opened: { close(): void }[] = []
const open = (bounds = STANDARD_BOUNDS): Store => {
  const store = openStore(join(dir, STORE_FILE), { bounds })
  opened.push(store)
  return store
}
const keeper = (clock = manualClock()): Keeper => {
  const made = createKeeper(dir, { clock, log: SILENT_LOG })
  opened.push(made)
  return made
}
beforeEach(() => {
  ({ dir, remove } = scratch())
})
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  remove()
})

describe('sequence numbers', () => {
  it('run from 1 without a gap, over restarts too', () => {
    const first = open()
    expect([1, 2, 3].map(() => first.keep(report(), keeping).sequence)).toEqual([1, 2, 3])
    first.close()
    expect(open().keep(report(), keeping).sequence).toBe(4)
  })
  it('are not spent on a report that could not be kept', () => {
    const store = open()
    const one = store.keep(report(), keeping)
    expect(() => store.keep(one, keeping)).toThrow(StoreError)
    const fails = (): void => {
      throw new StoreError('full', 'no room')
    }
    expect(() => store.keep(report(), { ...keeping, also: fails })).toThrow('no room')
    expect(store.sequence()).toBe(1)
    expect(store.keep(report(), keeping).sequence).toBe(2)
  })
  it('are in the JSON that is kept', () => {
    const store = open()
    const { id } = store.keep(report(), keeping)
    expect(Report.parse(JSON.parse(store.report(id) ?? ''))).toMatchObject({ sequence: 1, id })
  })
  it('are 0 in a spare store', () => expect(openStore(':memory:').keep(report(), keeping).sequence).toBe(0))
})

describe('bounds', () => {
  const size = Buffer.byteLength(JSON.stringify(report()))
  it('push the oldest ordinary reports out of a full outbox, count them, and keep critical ones', () => {
    const store = open({ ...STANDARD_BOUNDS, outboxBytes: size * 3 + size / 2 })
    store.keep(report(), { ...keeping, critical: true })
    for (let i = 0; i < 5; i += 1) store.keep(report(), keeping)
    expect(nextBatch(store, 10).map((row) => row.sequence)).toEqual([1, 5, 6])
    expect(spoolOf(store)).toMatchObject({ reports: 3, lost: 3 })
    expect(store.reports(10).filter((r) => r.state === 'lost').map((r) => r.sequence)).toEqual([4, 3, 2])
  })
  it('give up what is older than a month, but not by a clock that cannot be believed', () => {
    const store = open()
    store.keep(report({ at: START }), keeping)
    const later = START + 31 * 86_400_000
    store.keep(report({ at: later }), { ...keeping, clockTrusted: false })
    expect(spoolOf(store).lost).toBe(0)
    store.keep(report({ at: later }), keeping)
    expect(spoolOf(store)).toMatchObject({ lost: 1, reports: 2 })
  })
  it('never take a clock that was not set for old age', () => {
    const store = open()
    store.keep(report({ at: 5_000 }), keeping)
    store.keep(report({ at: START }), keeping)
    expect(spoolOf(store)).toMatchObject({ lost: 0, reports: 2 })
  })
  it('keep the last reports for the desk, and those with a fault longer', () => {
    const store = open({ ...STANDARD_BOUNDS, recentReports: 3 })
    const local = { ...keeping, deliver: false }
    store.keep(report({ paper: 'present' }), local)
    for (let i = 0; i < 6; i += 1) store.keep(report(), local)
    expect(store.reports(50).map((r) => r.sequence)).toEqual([7, 6, 5, 1])
  })
  it('hold in bytes even if every report has a fault', () => {
    const store = open({ ...STANDARD_BOUNDS, recentBytes: 4 * Buffer.byteLength(JSON.stringify(report({ paper: 'present' }))) })
    for (let i = 0; i < 9; i += 1) store.keep(report({ paper: 'present' }), { ...keeping, deliver: false })
    expect(store.reports(50).length).toBeLessThanOrEqual(4)
    expect(store.reports(1)[0]?.sequence).toBe(9)
  })
  it('hold for transaction steps', () => {
    const store = open({ ...STANDARD_BOUNDS, steps: 5 })
    for (let i = 0; i < 12; i += 1) store.addSteps([{ transaction: `t${i}`, step: 'started', at: i }])
    expect(store.steps(100).map((s) => s.transaction)).toEqual(['t7', 't8', 't9', 't10', 't11'])
  })
})

it('keeps incidents for the next start, and remembers what was closed', () => {
  const store = open()
  const context: StepContext = { depth: 'full', now: START, severityOf: () => 'block', devices: new Set(['printer-1']), newId: () => uuidv7(START) }
  const found = step(NO_INCIDENTS, sampleCheck({ paper: 'present' }), context)
  writeIncidents(store, found.touched, START)
  expect(readIncidents(store, START).open).toEqual(found.state.open)
  const gone = step(found.state, sampleCheck({ by: 'retest' }), context)
  writeIncidents(store, gone.touched, START)
  expect(readIncidents(store, START)).toMatchObject({ open: {}, closed: gone.state.closed })
  expect(readIncidents(store, START + 31 * 86_400_000).closed).toEqual({})
  const twice = [step(NO_INCIDENTS, sampleCheck({ paper: 'present' }), context), step(NO_INCIDENTS, sampleCheck({ paper: 'present' }), { ...context, newId: () => uuidv7(START + 5) })]
  for (const { touched } of twice) writeIncidents(store, touched, START)
  expect(Object.values(readIncidents(store, START).open)).toMatchObject([{ incident: { id: twice[1]?.touched[0]?.incident.id } }])
  expect(store.db.all('SELECT id FROM incidents WHERE closed_at IS NULL')).toHaveLength(1)
})

describe('boots', () => {
  const boot = (id: string, uptime = 10_000) => ({ id, uptimeMs: () => uptime })
  const enter = (store: Store, id: string, now: number) => {
    const record = enterBoot(store, boot(id), now)
    return { first: record.first, ...bootFacts(record, boot(id), now) }
  }
  it('tell an orderly end from none', () => {
    const store = open()
    expect(enter(store, 'a', START)).toEqual({ first: true, reboots24h: 1 })
    markClean(store, boot('a'))
    expect(enter(store, 'b', START + 60_000)).toEqual({ first: true, uncleanShutdown: false, reboots24h: 2 })
    expect(enter(store, 'c', START + 120_000)).toEqual({ first: true, uncleanShutdown: true, reboots24h: 3 })
  })
  it('are not confused by an agent that starts again in the same boot', () => {
    const store = open()
    enter(store, 'a', START)
    markClean(store, boot('a'))
    enter(store, 'b', START)
    expect(enter(store, 'b', START + 1)).toEqual({ first: false, uncleanShutdown: false, reboots24h: 2 })
  })
  it('are news for a day', () => {
    const store = open()
    enter(store, 'a', START)
    const record = enterBoot(store, boot('b'), START)
    expect(bootFacts(record, boot('b'), START)).toEqual({ uncleanShutdown: true, reboots24h: 2 })
    expect(bootFacts(record, boot('b', 86_400_000), START + 86_400_000)).toEqual({ uncleanShutdown: false, reboots24h: 0 })
  })
  it('are not counted by a clock that starts in 1970 every time', () => {
    const store = open()
    for (const id of ['a', 'b', 'c', 'd']) enter(store, id, 12_000)
    expect(enter(store, 'e', 12_000)).toEqual({ first: true, uncleanShutdown: true })
    expect(enter(store, 'f', START).reboots24h).toBe(1)
  })
  it('claim nothing where the kernel gives no id', () => expect(enter(open(), 'unknown', START)).toEqual({ first: true }))
})

describe('commands', () => {
  const command = { id: uuidv7(START), type: 'check', createdAt: START, expiresAt: START + 1_000 } as const
  it('are accepted once, even over a restart', () => {
    const store = open()
    expect(acceptCommand(store, command, START)).toBe('new')
    store.close()
    const again = open()
    expect(acceptCommand(again, command, START)).toBe('known')
    expect(takeInterrupted(again)).toEqual([command.id])
    expect(takeInterrupted(again)).toEqual([])
  })
  it('are refused when their time is over by HQ’s clock', () => {
    const store = open()
    expect(acceptCommand(store, command, START + 1_000)).toBe('expired')
    expect(acceptCommand(store, command, START)).toBe('known')
  })
  it('that ended are not interrupted', () => {
    const store = open()
    acceptCommand(store, command, START)
    endCommand(store, command.id, 'done', command.id)
    expect(takeInterrupted(store)).toEqual([])
  })
})

describe('the state folder', () => {
  it('belongs to one agent, and the second one is told which', () => {
    const release = claim(dir)
    expect(() => claim(dir)).toThrow(AlreadyRunning)
    expect(() => claim(dir)).toThrow(`process ${process.pid}`)
    release()
    claim(dir)()
  })
  it('is readable to its owner only', () => {
    keeper().use((store) => store.keep(report(), keeping))
    for (const name of readdirSync(dir).filter((n) => n.startsWith('store.db'))) expect(statSync(join(dir, name)).mode & 0o077, name).toBe(0)
  })
})

describe('a damaged store', () => {
  const fill = (): void => {
    const first = keeper()
    for (let i = 0; i < 40; i += 1) first.use((store) => store.keep(report({ transcript: `# ${'line '.repeat(400)}` }), keeping))
    first.close()
  }
  it('that is no database at all is put aside, and that is reported', () => {
    writeFileSync(join(dir, STORE_FILE), 'no database at all '.repeat(500))
    const second = keeper()
    expect(second.use((store) => store.keep(report(), keeping)).sequence).toBe(1)
    expect(second.takeProblems()).toMatchObject([{ code: 'store-damaged' }])
    expect(second.takeProblems()).toEqual([])
    expect(readdirSync(dir).some((name) => name.startsWith('store.db.damaged-'))).toBe(true)
    expect(second.problem()).toBeUndefined()
  })
  it('gives up what can still be read: reports and the last number', () => {
    fill()
    const path = join(dir, STORE_FILE)
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, statSync(path).size - 4096 * 3)
    closeSync(file)
    const second = keeper()
    expect(second.takeProblems()).toMatchObject([{ code: 'store-damaged' }])
    expect(second.use((store) => store.keep(report(), keeping)).sequence).toBe(41)
    expect(second.use((store) => spoolOf(store).reports)).toBeGreaterThan(20)
  })
  it('cut in half is put aside too, and only the last damaged one is kept', () => {
    for (let i = 0; i < 2; i += 1) {
      fill()
      truncateSync(join(dir, STORE_FILE), 20_000)
      const clock = manualClock()
      clock.jump(i * 1_000)
      const second = keeper(clock)
      expect(second.takeProblems()).toMatchObject([{ code: 'store-damaged' }])
      second.close()
    }
    expect(readdirSync(dir).filter((name) => /damaged-\d+$/.test(name))).toHaveLength(1)
  })
  it('that a later posdiag made is left alone', () => {
    const store = open()
    store.db.exec('PRAGMA user_version = 99')
    store.close()
    const second = keeper()
    expect(second.problem()?.failure).toBe('newer')
    expect(second.use((spare) => spare.keep(report(), keeping)).sequence).toBe(0)
    expect(existsSync(join(dir, STORE_FILE))).toBe(true)
  })
})

describe('a store that cannot be written', () => {
  it('because the disk is full loses nothing, is told, and is used again later', () => {
    const first = keeper()
    const stored = first.use((store) => store.keep(report(), keeping))
    const main = first.stores()[0]
    const pages = Number(main?.db.get('PRAGMA page_count')?.page_count)
    main?.db.exec(`PRAGMA max_page_count = ${pages}`)
    const big: Sample = { transcript: `# ${'x '.repeat(30_000)}` }
    const unstored = first.use((store) => store.keep(report(big), keeping))
    expect(unstored.sequence).toBe(0)
    expect(first.problem()?.failure).toBe('full')
    expect(first.takeProblems()).toMatchObject([{ code: 'store-unusable' }])
    expect(first.stores().map((s) => spoolOf(s).reports)).toEqual([1, 1])
    main?.db.exec('PRAGMA max_page_count = 100000')
    expect(first.use((store) => store.keep(report(big), keeping)).sequence).toBe(stored.sequence + 1)
    expect(first.problem()).toBeUndefined()
  })
  it('because it is read-only loses nothing either', () => {
    const first = keeper()
    first.stores()[0]?.db.exec('PRAGMA query_only = 1')
    expect(first.use((store) => store.keep(report(), keeping)).sequence).toBe(0)
    expect(first.problem()?.failure).toBe('denied')
  })
  it('because there can be no folder is tried again every minute', async () => {
    writeFileSync(join(dir, 'file'), '')
    const clock = manualClock()
    const other = createKeeper(join(dir, 'file', 'state'), { clock, log: SILENT_LOG })
    opened.push(other)
    expect(other.problem()?.failure).toBe('denied')
    expect(other.use((store) => store.keep(report(), keeping)).sequence).toBe(0)
    const { rmSync } = await import('node:fs')
    rmSync(join(dir, 'file'))
    expect(other.use((store) => store.sequence())).toBe(1)
    await clock.pass(60_000)
    expect(other.use((store) => store.keep(report(), keeping)).sequence).toBe(1)
    expect(other.problem()).toBeUndefined()
    expect(statSync(join(dir, 'file', 'state')).isDirectory()).toBe(true)
  })
})
