import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHeart, type Heart } from '../../src/agent/heartbeat.ts'
import type { Hq } from '../../src/agent/hq.ts'
import { createKeeper, type Keeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createQueue } from '../../src/agent/queue.ts'
import { makeReport } from '../../src/agent/report.ts'
import type { LogBundle } from '../../src/model/configuration.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { Elsewhere } from '../../src/model/past.ts'
import { type Command, type CommandProgress, ELSEWHERE, type Heartbeat, type HeartbeatAnswer, type HourOfSales } from '../../src/model/wire.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { faults, sampleCheck, scratch, shop } from './sample-check.ts'

let dir: string
let remove: () => void
let clock: ManualClock
let keeper: Keeper
let beats: number[]
let last: Heartbeat | undefined
let told: { id: string; progress: CommandProgress }[]
let answer: () => { answer: HeartbeatAnswer } | { why: string; retryAfterMs?: number }
let checks: Command[]
let broken: boolean
let paying: boolean
let tried: string[]
let sales: HourOfSales[]
let heard: number
let offers: number[]
let elsewhere: Elsewhere[]
let bundles: { id: string; bundle: LogBundle }[]
const hearts: Heart[] = []

const command = (left = 60_000): Command => ({ id: uuidv7(), type: 'check', createdAt: clock.now(), expiresAt: clock.now() + left })
const beatsWith = (commands: Command[], nextMs = 30_000) => () => ({ answer: { at: clock.now(), nextMs, commands } })
const heart = (): Heart => {
  const hq: Hq = {
    beat: async (said) => {
      beats.push(clock.mono())
      last = said
      return answer()
    },
    progress: async (id, progress) => {
      told.push({ id, progress })
      return true
    },
    bundle: async (id, bundle) => {
      bundles.push({ id, bundle })
      return true
    },
    pack: async () => ({ why: 'none is offered' }), send: async () => ({ kind: 'kept', why: '' }), state: () => ({ url: '', enrolled: true }), close: () => undefined,
  }
  const queue = createQueue({
    run: async (order, onProgress) => {
      if (broken) throw new Error('the child died')
      onProgress({ type: 'started', devices: [{ id: 'printer-1', kind: 'printer' }] })
      onProgress({ type: 'probe', run: { device: 'printer-1', kind: 'printer', outcome: 'done', ms: 1 }, looked: 1, total: 1 })
      return sampleCheck({ by: order.trigger.by })
    },
    conclude: (check) => makeReport(check, { at: clock.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] }),
    saleOpen: () => false, clock, log: SILENT_LOG,
  })
  const made = createHeart({
    hq, keeper, clock, log: SILENT_LOG, flush: async () => undefined,
    takings: { next: () => sales, heard: () => void heard++ }, offered: (pack) => void offers.push(pack), elsewhere: (one) => void elsewhere.push(one),
    logs: () => (paying ? { refused: 'a customer is paying' } : { schema: 'posdiag.logs/1', at: clock.now(), parts: [] }),
    configure: (one) => {
      if (paying) return { refused: 'a customer is paying' }
      tried.push('tried')
      return { job: queue.ask({ trigger: { by: 'hq', detail: one.id }, depth: 'full' }), keep: () => void tried.push('kept'), undo: () => void tried.push('undone') }
    },
    facts: () => ({ at: clock.now(), agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 0, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }),
    check: (one) => {
      checks.push(one)
      return queue.ask({ trigger: { by: 'hq', detail: one.id }, depth: 'full' })
    },
  })
  hearts.push(made)
  return made
}

beforeEach(() => {
  ({ dir, remove } = scratch())
  clock = manualClock()
  keeper = createKeeper(dir, { clock, log: SILENT_LOG })
  beats = []
  told = []
  checks = []
  broken = false
  paying = false
  tried = []
  sales = []
  heard = 0
  offers = []
  elsewhere = []
  bundles = []
  answer = beatsWith([])
})
afterEach(async () => {
  for (const one of hearts.splice(0)) await one.stop()
  keeper.close()
  remove()
})

describe('the heart', () => {
  it('beats as HQ asks, within reason', async () => {
    heart().beat(0)
    await clock.pass(60_000)
    expect(beats.map((at) => at - (beats[0] ?? 0))).toEqual([0, 30_000, 60_000])
    answer = beatsWith([], 1)
    await clock.pass(33_000)
    expect(beats).toHaveLength(7)
  })
  it('waits longer and longer while nobody answers, and never more than five minutes', async () => {
    answer = () => ({ why: 'ECONNREFUSED' })
    clock.chance = [1]
    heart().beat(0)
    await clock.pass(3_600_000)
    const gaps = beats.slice(1).map((at, i) => at - (beats[i] ?? 0))
    expect(gaps.slice(0, 4)).toEqual([4_000, 8_000, 16_000, 32_000])
    expect(Math.max(...gaps)).toBe(300_000)
  })
  it('honours Retry-After', async () => {
    answer = () => ({ why: '503', retryAfterMs: 120_000 })
    clock.chance = [0]
    heart().beat(0)
    await clock.pass(119_000)
    expect(beats).toHaveLength(1)
    await clock.pass(1_000)
    expect(beats).toHaveLength(2)
  })
  it('hears what was found on the other lanes, dated by its own clock', async () => {
    const hqNow = clock.now() + 500_000
    const told = { lanes: 2, faults: [] }
    answer = () => ({ answer: { at: hqNow, nextMs: 30_000, commands: [], elsewhere: { ...told, at: hqNow - 20_000 } } })
    heart().beat(0)
    await clock.pass(0)
    expect(elsewhere).toEqual([{ ...told, at: clock.now() - 20_000 }])
    expect(last?.takes).toContain(ELSEWHERE)
    answer = beatsWith([])
    await clock.pass(30_000)
    expect(elsewhere).toHaveLength(1)
  })
  it('beats sooner when there is news, not twice', async () => {
    const one = heart()
    one.beat(0)
    await clock.pass(10_000)
    one.beat(2_000)
    one.beat(2_000)
    await clock.pass(2_000)
    expect(beats).toHaveLength(2)
  })
})

describe('a command', () => {
  it('is executed once, however often it comes, over a restart too', async () => {
    const asked = command()
    answer = beatsWith([asked], 1_000)
    const one = heart()
    one.beat(0)
    await clock.pass(5_000)
    await one.stop()
    heart().beat(0)
    await clock.pass(5_000)
    expect(checks).toEqual([asked])
    expect(told.map((t) => t.progress.state)).toEqual(['running', 'done'])
    expect(told.at(-1)).toMatchObject({ id: asked.id, progress: { report: expect.stringMatching(/^[0-9a-f-]{36}$/), looked: 1, total: 1 } })
  })
  it('is refused when its time is over', async () => {
    answer = beatsWith([command(0)])
    heart().beat(0)
    await clock.pass(1_000)
    expect(checks).toEqual([])
    expect(told.map((t) => t.progress.state)).toEqual(['refused'])
  })
  it('that fails is told as failed', async () => {
    broken = true
    answer = beatsWith([command()])
    heart().beat(0)
    await clock.pass(1_000)
    expect(told.at(-1)?.progress).toMatchObject({ state: 'failed', detail: 'the child died' })
  })
  it('that the agent did not survive is told as failed at the next start', async () => {
    const asked = command()
    const { acceptCommand } = await import('../../src/agent/commands.ts')
    keeper.use((store) => acceptCommand(store, asked, clock.now()))
    heart()
    await clock.pass(0)
    expect(told).toMatchObject([{ id: asked.id, progress: { state: 'failed' } }])
    expect(checks).toEqual([])
  })
})

describe('a command for logs', () => {
  const asked = (): Command => ({ ...command(), type: 'logs' })
  it('hands them over and is done', async () => {
    const one = asked()
    answer = beatsWith([one])
    heart().beat(0)
    await clock.pass(1_000)
    expect(bundles.map((b) => b.id)).toEqual([one.id])
    expect(told.map((t) => t.progress.state)).toEqual(['done'])
    expect(checks).toEqual([])
  })
  it('is refused during a sale', async () => {
    paying = true
    answer = beatsWith([asked()])
    heart().beat(0)
    await clock.pass(1_000)
    expect(bundles).toEqual([])
    expect(told).toMatchObject([{ progress: { state: 'refused', detail: 'a customer is paying' } }])
  })
})

describe('a command with a configuration', () => {
  const asked = (): Command => ({ ...command(), type: 'configuration', configuration: { revision: 3, limits: {} } })
  it('keeps what a check has proved', async () => {
    answer = beatsWith([asked()])
    heart().beat(0)
    await clock.pass(1_000)
    expect(tried).toEqual(['tried', 'kept'])
    expect(told.at(-1)?.progress.state).toBe('done')
  })
  it('goes back to the one before where no check comes of it', async () => {
    broken = true
    answer = beatsWith([asked()])
    heart().beat(0)
    await clock.pass(1_000)
    expect(tried).toEqual(['tried', 'undone'])
    expect(told.at(-1)?.progress).toMatchObject({ state: 'failed', detail: 'the child died' })
  })
  it('is refused during a sale, and nothing is tried', async () => {
    paying = true
    answer = beatsWith([asked()])
    heart().beat(0)
    await clock.pass(1_000)
    expect([tried, told.map((t) => t.progress.state)]).toEqual([[], ['refused']])
  })
})

describe('a beat', () => {
  it('says what this agent can be asked and what was sold, and that HQ heard it', async () => {
    heart().beat(0)
    await clock.pass(1_000)
    expect(last).toMatchObject({ takes: ['check', 'logs', 'configuration', ELSEWHERE] })
    expect([last?.sales, heard]).toEqual([undefined, 1])
    sales = [{ hour: 0, count: 1, sumMinor: 100 }]
    answer = () => ({ why: 'ECONNREFUSED' })
    await clock.pass(30_000)
    expect([last?.sales, heard]).toEqual([sales, 1])
  })
  it('bids farewell to an HQ that is there', async () => {
    const one = heart()
    one.beat(0)
    await clock.pass(1_000)
    await one.stop('SIGTERM')
    expect(last).toMatchObject({ leaving: 'SIGTERM' })
  })
})
