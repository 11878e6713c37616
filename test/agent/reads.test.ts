import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { noteReads, noteReadTest, readFacts } from '../../src/agent/reads.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'

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
