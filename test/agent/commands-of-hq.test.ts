import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Agent, LookRequest } from '../../src/agent/agent.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { startAgent } from '../../src/agent/start.ts'
import { uuidv7 } from '../../src/model/id.ts'
import type { Command } from '../../src/model/wire.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { faults, sampleCheck, scratch, shop } from './sample-check.ts'
import { type TinyHq, tinyHq } from './tiny-hq.ts'

const LIMIT = 'host.disk-free-percent'
let dir: string
let remove: () => void
let clock: ManualClock
let looks: LookRequest[]
let hq: TinyHq
let agent: Agent
let broken: (request: LookRequest) => boolean

const pass = async (ms: number, until: () => boolean): Promise<void> => {
  await clock.pass(ms)
  const end = performance.now() + 5_000
  while (!until() && performance.now() < end) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.pass(0)
  }
  expect(until()).toBe(true)
}
const start = async (): Promise<void> => {
  agent = await startAgent({
    stateDir: dir, terminal: { ...shop, limits: { [LIMIT]: 10 } }, faults, limits: new Set([LIMIT]), version: '1.0.0', desk: { port: 0 }, schedule: { roundMs: 15_000, fullMs: 3_600_000 }, log: SILENT_LOG, language: 'en',
    clock, watchDevices: false, host: { id: 'boot-1', uptimeMs: () => 60_000 }, env: {}, hq: { url: hq.url, token: 'one-time-token-0001' },
    look: async (request) => {
      looks.push(request)
      if (broken(request)) throw new Error('the child died')
      return { ...sampleCheck({ at: clock.now() }), trigger: request.trigger }
    },
  })
  await pass(5_000, () => hq.beats.length > 0)
}
const stop = async (): Promise<void> => {
  let over = false
  const stopping = agent.stop('SIGTERM').then(() => {
    over = true
  })
  await pass(20_000, () => over)
  await stopping
}
const ask = async (more: Partial<Command>): Promise<Command> => {
  const command: Command = { id: uuidv7(clock.now()), type: 'check', createdAt: clock.now(), expiresAt: clock.now() + 600_000, ...more }
  hq.commands = [command]
  await pass(31_000, () => hq.progress.some((p) => p.id === command.id && p.progress.state !== 'running'))
  return command
}
const set = (revision: number, limits: Record<string, number>) => ask({ type: 'configuration', configuration: { revision, limits } })
const outcome = (command: Command) => hq.progress.findLast((p) => p.id === command.id)?.progress
const post = (steps: object[]) =>
  fetch(`${agent.desk.url}/v1/transactions`, { method: 'POST', headers: { authorization: `Bearer ${agent.desk.token}`, 'content-type': 'application/json' }, body: JSON.stringify(steps) })

beforeEach(async () => {
  ({ dir, remove } = scratch())
  clock = manualClock()
  looks = []
  broken = () => false
  hq = await tinyHq(clock.now)
  await start()
})
afterEach(async () => {
  await stop()
  await hq.close()
  remove()
})

describe('a configuration', () => {
  it('holds from the check that proves it on, over a restart too, and is told', async () => {
    expect(looks[0]?.terminal.limits).toEqual({ [LIMIT]: 10 })
    expect(outcome(await set(4, { [LIMIT]: 3 }))).toMatchObject({ state: 'done' })
    expect(looks.at(-1)).toMatchObject({ trigger: { by: 'hq' }, terminal: { limits: { [LIMIT]: 3 } } })
    await stop()
    looks = []
    hq.beats = []
    await start()
    expect(looks[0]?.terminal.limits).toEqual({ [LIMIT]: 3 })
    expect(hq.beats[0]).toMatchObject({ configuration: 4 })
  })
  it('is refused where it is older, names strange limits, or a customer is paying; the one before stays', async () => {
    await set(4, { [LIMIT]: 3 })
    expect(outcome(await set(3, {}))).toMatchObject({ state: 'refused', detail: expect.stringContaining('revision 4') })
    expect(outcome(await set(5, { 'no.such-limit': 1 }))).toMatchObject({ state: 'refused', detail: expect.stringContaining('no.such-limit') })
    expect((await post([{ transaction: '1', step: 'started', at: clock.now() }])).status).toBe(202)
    expect(outcome(await set(6, { [LIMIT]: 1 }))).toMatchObject({ state: 'refused', detail: expect.stringContaining('paying') })
    agent.reload({ ...shop, limits: {} })
    await pass(200_000, () => looks.at(-1)?.terminal.limits[LIMIT] === 3)
  })
  it('is undone where no check comes of it', async () => {
    broken = (request) => request.trigger.by === 'hq'
    expect(outcome(await set(4, { [LIMIT]: 3 }))).toMatchObject({ state: 'failed' })
    broken = () => false
    await ask({})
    expect(looks.at(-1)?.terminal.limits).toEqual({ [LIMIT]: 10 })
  })
})

describe('logs', () => {
  it('are handed over, and not while a customer is paying', async () => {
    const command = await ask({ type: 'logs' })
    expect(outcome(command)).toMatchObject({ state: 'done' })
    expect(hq.bundles.map((b) => [b.id, b.bundle.parts.map((p) => p.name)])).toEqual([[command.id, ['agent.log', 'status.json', 'reports.json', 'incidents.json', 'commands.json']]])
    expect(hq.bundles[0]?.bundle.parts[0]?.text).toContain('the agent runs')
    await post([{ transaction: '1', step: 'started', at: clock.now() }])
    expect(outcome(await ask({ type: 'logs' }))).toMatchObject({ state: 'refused' })
    expect(hq.bundles).toHaveLength(1)
  })
})

describe('heartbeats', () => {
  it('tell what was sold in an hour, and no more of it', async () => {
    const at = clock.now()
    await post([{ transaction: '1', step: 'started', at, type: 'sale', amountMinor: 1250, currency: 'CNY', panMasked: '411111******1111' }, { transaction: '1', step: 'answered', at, responseCode: '00' }, { transaction: '1', step: 'completed', at }])
    await pass(700_000, () => hq.beats.some((b) => b.sales !== undefined))
    expect(hq.beats.find((b) => b.sales !== undefined)?.sales).toEqual([{ hour: Math.floor(at / 3_600_000) * 3_600_000, count: 1, sumMinor: 1250, currency: 'CNY' }])
  })
  it('end with a farewell', async () => {
    await stop()
    expect(hq.beats.at(-1)).toMatchObject({ leaving: 'SIGTERM' })
  })
  it('survive commands of a later HQ', async () => {
    hq.commands = [{ id: uuidv7(clock.now()), type: 'teleport', createdAt: 0, expiresAt: 0 } as unknown as Command]
    const before = hq.beats.length
    await pass(95_000, () => hq.beats.length >= before + 3)
    expect(agent.status().hq).not.toHaveProperty('problem')
  })
})
