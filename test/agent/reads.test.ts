import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LookRequest } from '../../src/agent/agent.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { noteCounters, noteReads, noteReadTest, readFacts } from '../../src/agent/reads.ts'
import { startAgent } from '../../src/agent/start.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'
import { manualClock } from './manual-clock.ts'
import { faults, sampleCheck, shop } from './sample-check.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const swipes = (n: number, failed: boolean): TransactionStep[] => Array.from({ length: n }, (_, i) => ({ transaction: `${failed}-${i}`, step: 'card-presented', at: NOW, tender: 'swipe', ...(failed ? { error: 'read-failed' } : {}) }))

let folder = ''
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-reads-'))
  store = openStore(join(folder, 'state.db'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

it('what the store counted outlives the agent', () => {
  noteReads(store, swipes(18, false))
  noteReads(store, swipes(2, true))
  store.close()
  store = openStore(join(folder, 'state.db'))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 10 })
})

it('steps that say nothing of a read write nothing', () => {
  noteReads(store, [{ transaction: 'x', step: 'completed', at: NOW }])
  expect(store.meta('reads')).toBeUndefined()
})

it.each(['not JSON', '{"days":[{"day":"x"}],"lately":[]}', 'null'])('a store that holds %s has counted nothing, and counts on', (text) => {
  store.setMeta('reads', text)
  expect(readFacts(store, NOW)).toEqual({})
  noteReads(store, swipes(20, false))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 0 })
})

const tested = (read: number, failed: number, at = NOW): Observation[] =>
  ([['reader.test-way', 'swipe'], ['reader.test-read', read], ['reader.test-failed', failed]] as const).map(([name, value]) => ({ name, value, device: 'reader-1', at, source: 'live' }))

it('reads of a test are counted beside the journal\'s, and how many they are is told', () => {
  noteReads(store, swipes(16, false))
  expect(readFacts(store, NOW)).toEqual({})
  noteReadTest(store, tested(8, 2))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 7.7, 'swipe-tested': 10 })
  noteReads(store, swipes(4, true))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 20, 'swipe-tested': 10 })
})

it('tests alone tell the rate of a shop without a journal, and its rise', () => {
  for (const daysAgo of [14, 16, 18, 20]) noteReadTest(store, tested(10, 0, NOW - daysAgo * 86_400_000))
  noteReadTest(store, tested(7, 3))
  noteReadTest(store, tested(7, 3))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 30, 'swipe-fail-rise': 30, 'swipe-tested': 20 })
})

it('a test in which no card was presented adds nothing', () => {
  noteReadTest(store, [])
  noteReadTest(store, [{ name: 'reader.reads-well', device: 'reader-1', at: NOW, source: 'live', absent: 'missing', detail: 'no card was read in the test' }])
  expect(store.meta('read-tests')).toBeUndefined()
})

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const counters = (read: number, failed: number, at: number, source: 'passive' | 'cached' = 'passive'): Observation[] =>
  ([['reader.good-reads', read], ['reader.failed-reads', failed]] as const).map(([name, value]) => ({ name, value, device: 'reader-1', at, source }))

it('counters of the reader tell the rate alone, by what they have gone on since the last look', () => {
  noteReads(store, swipes(40, false))
  for (let day = 40; day > 7; day -= 1) noteCounters(store, counters(10_000 + (40 - day) * 20, 500, NOW - day * DAY_MS))
  noteCounters(store, counters(10_700, 500, NOW - 6 * DAY_MS))
  noteCounters(store, counters(10_790, 510, NOW))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 6.3, 'swipe-fail-rise': 6.3, 'swipe-counted': 160 })
})

it('the first look, counters carried over and a long gap count nothing', () => {
  noteCounters(store, counters(5000, 900, NOW - 20 * DAY_MS))
  noteCounters(store, counters(6000, 990, NOW - 2 * DAY_MS))
  noteCounters(store, counters(7000, 999, NOW - DAY_MS, 'cached'))
  expect(store.meta('read-counters')).toBeUndefined()
  noteCounters(store, counters(6030, 990, NOW))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 0, 'swipe-counted': 30 })
})

it('counters that begin anew count from there; a jump that no lane makes is not believed', () => {
  noteCounters(store, counters(5000, 900, NOW - 3 * DAY_MS))
  noteCounters(store, counters(27, 3, NOW - 2 * DAY_MS))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 10, 'swipe-counted': 30 })
  noteCounters(store, counters(999_999, 3, NOW - DAY_MS))
  expect(readFacts(store, NOW)).toEqual({ 'swipe-fail-percent': 10, 'swipe-counted': 30 })
  noteCounters(store, counters(1_000_009, 3, NOW))
  expect(readFacts(store, NOW)['swipe-counted']).toBe(40)
})

it('a store with something else in it forgets and counts on', () => {
  store.setMeta('read-counters-last', '{"reader-1":7}')
  store.setMeta('read-counters', 'no')
  noteCounters(store, counters(1, 0, NOW - DAY_MS))
  noteCounters(store, counters(31, 0, NOW))
  expect(readFacts(store, NOW)['swipe-counted']).toBe(30)
})

it('an agent counts what they go on by from check to check, and tells the looks after', async () => {
  store.close()
  const clock = manualClock()
  const told: LookRequest['reads'][] = []
  const agent = await startAgent({
    stateDir: folder, terminal: shop, faults, version: '1.0.0', desk: { port: 0 }, schedule: { roundMs: HOUR_MS, fullMs: 2 * HOUR_MS }, log: SILENT_LOG, language: 'en',
    clock, watchDevices: false, host: { id: 'boot-1', uptimeMs: () => 60_000 }, env: {},
    look: async ({ depth, reads, trigger }) => {
      const check = { ...sampleCheck({ at: clock.now() }), trigger }
      if (depth === 'round') return check
      told.push(reads)
      return { ...check, observations: [...check.observations, ...counters(1000 + 25 * told.length, 5, clock.now())] }
    },
  })
  for (let passed = 0; told.length < 3 && passed < 100; passed += 1) {
    await clock.pass(HOUR_MS / 4)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const stopping = agent.stop('test')
  for (let i = 0; i < 40; i += 1) await clock.pass(1000)
  await stopping
  expect(told.slice(0, 3)).toEqual([{}, {}, { 'swipe-fail-percent': 0, 'swipe-counted': 25 }])
  store = openStore(join(folder, 'state.db'))
})
