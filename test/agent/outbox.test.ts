import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fullJitter } from '../../src/agent/clock.ts'
import type { Sent } from '../../src/agent/hq.ts'
import { createKeeper, type Keeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createOutbox, type Outbox, spoolOf } from '../../src/agent/outbox.ts'
import { makeReport } from '../../src/agent/report.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { faults, sampleCheck, scratch, shop } from './sample-check.ts'

let remove: () => void
let clock: ManualClock
let keeper: Keeper
let dir: string
let batches: { at: number; ids: string[] }[]
let answers: ((ids: string[]) => Sent)[]
let outbox: Outbox

const stored = (ids: string[]): Sent => ({ kind: 'answered', items: ids.map((id) => ({ id, status: 'stored' })) })
const kept = (why = 'down'): Sent => ({ kind: 'kept', why })
const open = (): Outbox =>
  createOutbox({
    keeper, clock, log: SILENT_LOG,
    send: async (reports) => {
      const ids = reports.map((r) => r.id)
      batches.push({ at: clock.mono(), ids })
      return ((answers.length > 1 ? answers.shift() : answers[0]) ?? stored)(ids)
    },
  })
const put = (count: number, critical = false): string[] =>
  Array.from({ length: count }, () => {
    const report = makeReport(sampleCheck(), { at: clock.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] })
    return keeper.use((store) => store.keep(report, { critical, deliver: true, clockTrusted: true })).id
  })
const waiting = (): number => keeper.use(spoolOf).reports

beforeEach(() => {
  ({ dir, remove } = scratch())
  clock = manualClock()
  keeper = createKeeper(dir, { clock, log: SILENT_LOG })
  batches = []
  answers = [stored]
  outbox = open()
})
afterEach(async () => {
  const stop = outbox.stop(0)
  await clock.pass(0)
  await stop
  keeper.close()
  remove()
})

it('sends critical reports first, then the oldest', async () => {
  const ordinary = put(3)
  const critical = put(2, true)
  outbox.poke(0)
  await clock.pass(0)
  expect(batches.map((b) => b.ids)).toEqual([[...critical, ...ordinary]])
  expect(waiting()).toBe(0)
})

it('settles item by item: stored, duplicate, rejected, and what the answer does not name', async () => {
  const [a = '', b = '', c = '', d = ''] = put(4)
  answers = [() => ({ kind: 'answered', items: [{ id: a, status: 'stored' }, { id: b, status: 'duplicate' }, { id: c, status: 'rejected', reason: 'too old' }] }), () => kept()]
  const fate = Promise.all([outbox.settled(a), outbox.settled(c)])
  outbox.poke(0)
  await clock.pass(0)
  expect(await fate).toEqual(['delivered', 'rejected'])
  expect(batches[1]?.ids).toEqual([d])
  expect(keeper.use((store) => store.reports(9)).map((r) => [r.state, r.reason])).toEqual([['waiting', undefined], ['rejected', 'too old'], ['delivered', undefined], ['delivered', undefined]])
  expect(keeper.use(spoolOf)).toMatchObject({ reports: 1, rejected: 1, lost: 0 })
})

describe('while HQ does not answer', () => {
  it('waits longer and longer, with full jitter, never more than five minutes', async () => {
    put(1)
    answers = [() => kept()]
    clock.chance = [1]
    outbox.poke(0)
    await clock.pass(3_600_000)
    const gaps = batches.slice(1).map((b, i) => b.at - (batches[i]?.at ?? 0))
    expect(gaps.slice(0, 6)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 64_000])
    expect(Math.max(...gaps)).toBe(300_000)
    expect(waiting()).toBe(1)
  })
  it('honours Retry-After, even when something urgent comes', async () => {
    put(1)
    answers = [() => ({ kind: 'kept', why: '503', retryAfterMs: 40_000 }), stored]
    clock.chance = [0]
    outbox.poke(0)
    await clock.pass(0)
    put(1, true)
    outbox.poke(0, true)
    await clock.pass(39_999)
    expect(batches).toHaveLength(1)
    await clock.pass(1)
    expect(batches).toHaveLength(2)
    expect(waiting()).toBe(0)
  })
  it('does not let its own back-off delay what is urgent', async () => {
    put(1)
    answers = [() => kept(), () => kept(), () => kept(), stored]
    clock.chance = [1]
    outbox.poke(0)
    await clock.pass(7_000)
    outbox.poke(0)
    await clock.pass(1)
    expect(batches).toHaveLength(3)
    outbox.poke(0, true)
    await clock.pass(0)
    expect(waiting()).toBe(0)
  })
  it('remembers over a restart how long it has to wait', async () => {
    put(1)
    answers = [() => ({ kind: 'kept', why: '503', retryAfterMs: 60_000 }), stored]
    clock.chance = [0]
    outbox.poke(0)
    await clock.pass(1_000)
    await outbox.stop(0)
    outbox = open()
    outbox.poke(0, true)
    await clock.pass(58_000)
    expect(batches).toHaveLength(1)
    await clock.pass(1_000)
    expect(batches).toHaveLength(2)
  })
  it('is not frozen for years by a clock that is set back', async () => {
    put(1)
    answers = [() => kept(), stored]
    outbox.poke(0)
    await clock.pass(0)
    await outbox.stop(0)
    clock.jump(-40 * 365 * 86_400_000)
    outbox = open()
    outbox.poke(0)
    await clock.pass(300_000)
    expect(waiting()).toBe(0)
  })
})

it('is not driven in circles by an HQ that keeps saying "at once"', async () => {
  put(1)
  answers = [() => ({ kind: 'kept', why: '503', retryAfterMs: 0 })]
  clock.chance = [0.5]
  outbox.poke(0)
  await clock.pass(60_000)
  expect(batches.length).toBeLessThan(10)
})

it('finds the one report that HQ will not read, and delivers the others', async () => {
  const ids = put(9)
  const bad = ids[4] ?? ''
  answers = [(batch) => (batch.includes(bad) ? { kind: 'refused', why: '422 bad report' } : stored(batch))]
  outbox.poke(0)
  await clock.pass(0)
  expect(waiting()).toBe(0)
  expect(keeper.use((store) => store.reports(20)).filter((r) => r.state === 'rejected').map((r) => r.id)).toEqual([bad])
})

it('makes batches smaller when HQ finds them too large', async () => {
  put(10)
  answers = [(batch) => (batch.length > 3 ? { kind: 'too-large' } : stored(batch))]
  outbox.poke(0)
  await clock.pass(0)
  expect(waiting()).toBe(0)
  expect(batches.filter((b) => b.ids.length <= 3).flatMap((b) => b.ids)).toHaveLength(10)
})

it('takes an answer that names nothing for no answer', async () => {
  put(2)
  answers = [() => ({ kind: 'answered', items: [] })]
  outbox.poke(0)
  await clock.pass(0)
  expect(batches).toHaveLength(1)
  expect(waiting()).toBe(2)
})

it('keeps everything while it cannot write down what became of it, and goes on later', async () => {
  put(2)
  const main = keeper.stores()[0]
  main?.db.exec('PRAGMA query_only = 1')
  outbox.poke(0)
  await clock.pass(0)
  expect(batches).toHaveLength(1)
  main?.db.exec('PRAGMA query_only = 0')
  await clock.pass(300_000)
  expect(waiting()).toBe(0)
})

it('delivers what is only in memory before what is stored', async () => {
  put(1)
  keeper.stores()[0]?.db.exec('PRAGMA query_only = 1')
  const [unstored] = put(1)
  keeper.stores()[0]?.db.exec('PRAGMA query_only = 0')
  outbox.poke(0)
  await clock.pass(0)
  expect(batches[0]?.ids).toEqual([unstored])
  expect(keeper.stores().map((s) => spoolOf(s).reports)).toEqual([0, 0])
})

it('tries once more when it stops, and leaves the rest for the next start', async () => {
  put(3)
  await outbox.stop(1_000)
  expect(batches).toHaveLength(1)
  expect(waiting()).toBe(0)
  expect(clock.pending()).toBe(0)
})

it('draws its waits evenly from nothing to the bound', () => {
  expect(fullJitter(3, () => 0, { firstMs: 1_000, capMs: 300_000 })).toBe(0)
  expect(fullJitter(3, () => 0.5, { firstMs: 1_000, capMs: 300_000 })).toBe(4_000)
  expect(fullJitter(900, () => 1, { firstMs: 1_000, capMs: 300_000 })).toBe(300_000)
})

