import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openSqliteStore } from '../../../src/hq/sqlite/store.ts'
import type { Store } from '../../../src/hq/store.ts'
import { triageJob } from '../../../src/hq/triage/job.ts'

const MINUTE = 60_000
const log = { info: () => {}, warn: () => {}, error: () => {} }

let dir: string
let store: Store
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'posdiag-rounds-'))
  store = await openSqliteStore(join(dir, 'hq.sqlite'))
})
afterEach(async () => {
  vi.useRealTimers()
  await store.close()
  rmSync(dir, { recursive: true })
})

const noted = async (): Promise<{ at: number; since: number }> => {
  const said = await store.triage.turns.cursor('triage')
  return said === '' ? { at: 0, since: 0 } : (JSON.parse(said) as { at: number; since: number })
}

it('a round is made every twenty seconds of a clock that runs fast, so that HQ never counts as having been away', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const speed = 60
  const began = performance.now()
  const now = (): number => 1_800_000_000_000 + Math.floor((performance.now() - began) * speed)
  const job = triageJob(store, log, () => ({ now: now(), beatMs: 2 * MINUTE }), (at) => (at - now()) / speed)
  const first = now()
  for (let i = 0; i < 40; i++) {
    await vi.advanceTimersByTimeAsync(350)
    for (let tries = 0; tries < 2000 && now() - (await noted()).at >= 21_000; tries++) await new Promise((resolve) => setImmediate(resolve))
  }
  const { at, since } = await noted()
  await job.stop()
  expect(now() - first).toBeGreaterThan(13 * MINUTE)
  expect(since - first).toBeLessThanOrEqual(MINUTE)
  expect(now() - at).toBeLessThanOrEqual(MINUTE)
})

it('a round that takes long is no absence of HQ; minutes without any are', async () => {
  let now = 1_800_000_000_000
  // Reading the time takes minutes: a round that asks twice lasts longer than HQ may be away.
  const later = (): number => {
    now += 2.5 * MINUTE
    return now
  }
  const job = triageJob(store, log, () => ({ now: later(), beatMs: MINUTE }), () => Number.POSITIVE_INFINITY)
  await job.round()
  const { since } = await noted()
  await job.round()
  await job.round()
  expect((await noted()).since).toBe(since)
  now += MINUTE
  await job.round()
  expect((await noted()).since).toBe((await noted()).at - 2.5 * MINUTE)
  await job.stop()
})
