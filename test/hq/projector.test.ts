import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FOLDING, projector } from '../../src/hq/projector.ts'
import type { Store } from '../../src/hq/store.ts'

const TAKES_MS = 20

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A store in which so many reports wait and folding a batch takes `TAKES_MS`; `begun` are the times at which each batch was. */
const bench = (waiting: number) => {
  const begun: number[] = []
  let rest = waiting
  let broken = false
  const foldNext: Store['foldNext'] = async (limit) => {
    begun.push(performance.now())
    if (broken) throw new Error('away')
    await new Promise((resolve) => setTimeout(resolve, TAKES_MS))
    const folded = Math.min(limit, rest)
    rest -= folded
    return { folded, late: 0, terminals: [] }
  }
  const warnings: string[] = []
  const folding = projector({ foldNext } as Partial<Store> as Store, { info: () => {}, warn: (m) => warnings.push(m), error: () => {} }, () => {})
  /** Time in which a report comes in every 10 ms. */
  const busy = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i += 10) {
      folding.nudge()
      await vi.advanceTimersByTimeAsync(10)
    }
  }
  const gaps = (): number[] => begun.slice(1).map((at, i) => at - (begun[i] ?? 0) - TAKES_MS)
  return { begun, warnings, busy, gaps, left: () => rest, breaks: (is: boolean) => { broken = is } }
}

it('leaves the better part of the time to ingest while reports come in', async () => {
  const { busy, gaps } = bench(1e6)
  await busy(FOLDING.behindMs / 2)
  expect(gaps().length).toBeGreaterThan(5)
  for (const gap of gaps().slice(1)) expect(gap).toBeGreaterThanOrEqual(FOLDING.share * TAKES_MS)
})

it('pauses no more once it has been behind for long, until nothing waits', async () => {
  const { busy, gaps, left } = bench(100 * FOLDING.atOnce)
  await busy(FOLDING.behindMs + 1000)
  const before = gaps().length
  await busy(500)
  const after = gaps().slice(before)
  expect(after.length).toBeGreaterThan(10)
  expect(Math.max(...after)).toBeLessThanOrEqual(FOLDING.soonMs)
  await busy(5000)
  expect(left()).toBe(0)
  expect(gaps().at(-1)).toBeGreaterThanOrEqual(FOLDING.share * TAKES_MS)
})

it('catches up without a pause where nothing comes in', async () => {
  const { gaps, left } = bench(10 * FOLDING.atOnce)
  await vi.advanceTimersByTimeAsync(10 * (TAKES_MS + 2 * FOLDING.catchUpMs))
  expect(left()).toBe(0)
  expect(Math.max(...gaps())).toBeLessThanOrEqual(FOLDING.catchUpMs)
})

it('rests where the store fails, says so, and goes on once it works', async () => {
  const { begun, warnings, busy, left, breaks } = bench(1)
  breaks(true)
  await busy(3 * FOLDING.failedMs)
  expect(warnings.length).toBe(begun.length)
  expect(begun.length).toBeLessThanOrEqual(3)
  breaks(false)
  await busy(FOLDING.failedMs + 100)
  expect(left()).toBe(0)
})
