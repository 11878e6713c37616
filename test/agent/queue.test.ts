import { beforeEach, describe, expect, it } from 'vitest'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { type CheckOrder, type CheckQueue, createQueue, HANGING_MS, type JobEvent } from '../../src/agent/queue.ts'
import { makeReport } from '../../src/agent/report.ts'
import { SALE_MS, watchSales } from '../../src/agent/sale.ts'
import type { Check } from '../../src/model/check.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { faults, sampleCheck, shop } from './sample-check.ts'

let clock: ManualClock
let ran: CheckOrder[]
let gates: PromiseWithResolvers<Check>[]
let sale: boolean
let queue: CheckQueue

const round: CheckOrder = { trigger: { by: 'schedule', detail: 'round' }, depth: 'round' }
const full: CheckOrder = { trigger: { by: 'schedule' }, depth: 'full' }
const operator: CheckOrder = { trigger: { by: 'operator' }, depth: 'full' }
const device: CheckOrder = { trigger: { by: 'device' }, depth: 'full' }
const conclude = (check: Check) =>
  makeReport(check, { at: clock.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] })

beforeEach(() => {
  clock = manualClock()
  ran = []
  gates = []
  sale = false
  queue = createQueue({
    run: (order, onProgress) => {
      ran.push(order)
      onProgress({ type: 'started', devices: [{ id: 'printer-1', kind: 'printer' }] })
      onProgress({ type: 'probe', run: { device: 'printer-1', kind: 'printer', outcome: 'done', ms: 1 }, looked: 1, total: 1 })
      const gate = Promise.withResolvers<Check>()
      gates.push(gate)
      return gate.promise
    },
    conclude: (check, order) => (order.depth === 'round' ? undefined : conclude(check)),
    saleOpen: () => sale, clock, log: SILENT_LOG,
  })
})
const finish = async (index: number): Promise<void> => {
  gates[index]?.resolve(sampleCheck())
  await clock.pass(0)
}
const by = () => ran.map((o) => `${o.trigger.by} ${o.depth}`)

it('runs one check at a time and tells its progress', async () => {
  const job = queue.ask(operator)
  const events: JobEvent[] = []
  job.listen((e) => events.push(e))
  await clock.pass(0)
  queue.ask(device)
  await clock.pass(0)
  expect(by()).toEqual(['operator full'])
  expect(queue.running()).toMatchObject({ id: job.id, looked: 1, total: 1 })
  await finish(0)
  expect(events.map((e) => e.type)).toEqual(['queued', 'started', 'probe', 'report'])
  expect((await job.done)?.id).toBe(queue.find(job.id)?.report?.id)
  expect(by()).toEqual(['operator full', 'device full'])
})

describe('orders that wait', () => {
  it('join one that will see as much, but never the one that runs: it may have looked too early', async () => {
    queue.ask(operator)
    await clock.pass(0)
    const a = queue.ask(operator)
    const b = queue.ask({ ...operator, only: ['printer'] })
    const c = queue.ask(round)
    expect([b.id, c.id]).toEqual([a.id, a.id])
    await finish(0)
    await finish(1)
    expect(by()).toEqual(['operator full', 'operator full'])
  })
  it('lend their urgency to one of the schedule', async () => {
    queue.ask(device)
    await clock.pass(0)
    const scheduled = queue.ask(full)
    const asked = queue.ask(operator)
    expect(asked.id).toBe(scheduled.id)
    expect(queue.find(asked.id)?.state).toBe('queued')
    await finish(0)
    expect(by()).toEqual(['device full', 'operator full'])
  })
  it('do not join one that looks at less', async () => {
    queue.ask(device)
    await clock.pass(0)
    const narrow = queue.ask({ ...operator, only: ['printer'] })
    expect(queue.ask(operator).id).not.toBe(narrow.id)
    expect(queue.ask({ ...operator, only: ['printer', 'reader'] }).id).not.toBe(narrow.id)
  })
  it('are bounded: the schedule gives way, and then the last to come is refused', async () => {
    queue.ask(device)
    await clock.pass(0)
    const scheduled = queue.ask({ ...full, only: ['host'] })
    const kinds = ['reader', 'pinpad', 'printer', 'power', 'network', 'endpoint', 'scanner', 'keyboard'] as const
    for (const kind of kinds) queue.ask({ ...operator, only: [kind] })
    const refused = queue.ask({ ...operator, only: ['display'] })
    expect(scheduled).toMatchObject({ state: 'failed' })
    expect(refused).toMatchObject({ state: 'failed', detail: 'too many checks are waiting' })
    expect(await refused.done).toBeUndefined()
  })
})

describe('while a customer pays', () => {
  it('only rounds run; the full check follows when that is over', async () => {
    sale = true
    const job = queue.ask(operator)
    const events: JobEvent[] = []
    job.listen((e) => events.push(e))
    await clock.pass(0)
    expect(events).toEqual([{ type: 'deferred', because: 'sale-open' }])
    queue.ask(round)
    await clock.pass(0)
    await finish(0)
    expect(by()).toEqual(['schedule round'])
    sale = false
    queue.resume()
    await clock.pass(0)
    expect(by()).toEqual(['schedule round', 'operator full'])
  })
  it('a person may insist', async () => {
    sale = true
    queue.ask(full)
    queue.ask({ ...operator, override: true })
    await clock.pass(0)
    expect(by()).toEqual(['operator full'])
  })
})

it('gives up a check that hangs, says so, and goes on', async () => {
  const job = queue.ask(operator)
  await clock.pass(0)
  queue.ask(device)
  expect(queue.alive()).toBe(true)
  await clock.pass(HANGING_MS)
  expect(job).toMatchObject({ state: 'failed', detail: expect.stringContaining('did not end') })
  expect(by()).toEqual(['operator full', 'device full'])
})

it('survives a check that throws', async () => {
  const job = queue.ask(operator)
  await clock.pass(0)
  gates[0]?.reject(new Error('the child died'))
  expect(await job.done).toBeUndefined()
  expect(job).toMatchObject({ state: 'failed', detail: 'the child died' })
  queue.ask(operator)
  await clock.pass(0)
  expect(ran).toHaveLength(2)
})

it('stops: what waits fails, what runs gets a moment, what comes is refused', async () => {
  queue.ask(operator)
  await clock.pass(0)
  const waiting = queue.ask(device)
  const stopped = queue.stop(3_000)
  expect(waiting.state).toBe('failed')
  expect(queue.ask(operator).state).toBe('failed')
  await clock.pass(3_000)
  await stopped
  expect(clock.pending()).toBe(1)
})

describe('a sale', () => {
  const said = (transaction: string, step: 'started' | 'answered' | 'completed' | 'failed') => [{ transaction, step, at: 0 }]
  it('is open from its first step to its last', () => {
    const sales = watchSales(clock)
    expect(sales.open()).toBe(false)
    sales.hear(said('a', 'started'))
    sales.hear(said('a', 'answered'))
    expect(sales.open()).toBe(true)
    sales.hear(said('b', 'completed'))
    expect(sales.open()).toBe(true)
    sales.hear(said('a', 'failed'))
    expect(sales.open()).toBe(false)
  })
  it('is forgotten after three minutes without a word', async () => {
    const sales = watchSales(clock)
    sales.hear(said('a', 'started'))
    await clock.pass(SALE_MS - 1)
    expect([sales.open(), sales.restMs()]).toEqual([true, 1])
    await clock.pass(1)
    expect(sales.open()).toBe(false)
  })
  it('never fills the memory', () => {
    const sales = watchSales(clock)
    for (let i = 0; i < 10_000; i += 1) sales.hear(said(`t${i}`, 'started'))
    for (let i = 9_936; i < 10_000; i += 1) sales.hear(said(`t${i}`, 'completed'))
    expect(sales.open()).toBe(false)
  })
})

it('joins a check to one that has at least its time, and never to one with less, or with another than the usual', async () => {
  queue.ask(operator)
  await clock.pass(0)
  const usual = queue.ask(device)
  expect(queue.ask(operator)).toBe(usual)
  const brief = queue.ask({ ...operator, deadlineMs: 1_000 })
  expect(brief).not.toBe(usual)
  const long = queue.ask({ ...operator, deadlineMs: 5_000 })
  expect([usual, brief]).not.toContain(long)
  expect([brief, long]).toContain(queue.ask({ ...operator, deadlineMs: 900 }))
  expect(queue.ask({ ...operator, deadlineMs: 4_000 })).toBe(long)
  await finish(0)
  await finish(1)
  await finish(2)
  await finish(3)
  expect(ran.map(({ deadlineMs }) => deadlineMs)).toEqual([undefined, undefined, 1_000, 5_000])
})
