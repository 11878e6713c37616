import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { noteReads, readFacts } from '../../src/agent/reads.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
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
