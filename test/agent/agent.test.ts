import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Agent, AgentOptions, LookRequest } from '../../src/agent/agent.ts'
import { askAgent, DeskError, readDesk } from '../../src/agent/desk-client.ts'
import { AlreadyRunning } from '../../src/agent/lock.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { startAgent } from '../../src/agent/start.ts'
import type { Check } from '../../src/model/check.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { Report } from '../../src/model/report.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { faults, PAPER, type Sample, sampleCheck, scratch, shop } from './sample-check.ts'
import { type TinyHq, tinyHq } from './tiny-hq.ts'

let dir: string
let remove: () => void
let clock: ManualClock
let looks: LookRequest[]
let sample: Sample
let gate: Promise<unknown> | undefined
let hq: TinyHq
const agents: Agent[] = []

const look = async (request: LookRequest, onProgress: (p: { type: 'started'; devices: { id: string; kind: 'printer' }[] }) => void): Promise<Check> => {
  looks.push(request)
  onProgress({ type: 'started', devices: [{ id: 'printer-1', kind: 'printer' }] })
  await gate
  return { ...sampleCheck({ ...sample, at: clock.now() }), trigger: request.trigger }
}
const start = async (options: Partial<AgentOptions> = {}): Promise<Agent> => {
  const agent = await startAgent({
    stateDir: dir, terminal: shop, look, faults, version: '1.0.0', desk: { port: 0 }, schedule: { roundMs: 15_000, fullMs: 3_600_000 }, log: SILENT_LOG, language: 'en',
    clock, watchDevices: false, host: { id: 'boot-1', uptimeMs: () => 60_000 }, env: {}, ...options,
  })
  agents.push(agent)
  return agent
}
const withHq = (): Partial<AgentOptions> => ({ hq: { url: hq.url, token: 'one-time-token-0001' } })
/** Lets the agent's time pass, with real moments in between for what goes over loopback. */
const pass = async (ms: number, until: () => boolean = () => true): Promise<void> => {
  await clock.pass(ms)
  const end = performance.now() + 5_000
  while (!until() && performance.now() < end) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.pass(0)
  }
  expect(until()).toBe(true)
}
const stop = async (agent: Agent): Promise<void> => {
  const stopping = agent.stop('test')
  let over = false
  void stopping.then(() => {
    over = true
  })
  for (let i = 0; i < 40 && !over; i += 1) await pass(1_000)
  await stopping
}
beforeEach(async () => {
  ({ dir, remove } = scratch())
  clock = manualClock()
  looks = []
  sample = {}
  gate = undefined
  hq = await tinyHq(clock.now)
})
afterEach(async () => {
  for (const agent of agents.splice(0)) await stop(agent)
  await hq.close()
  remove()
})

describe('at boot', () => {
  it('checks, stores, and HQ has the report', async () => {
    const agent = await start(withHq())
    await pass(3_000, () => hq.stored.size === 1)
    const report = await agent.booted
    expect(report).toMatchObject({ sequence: 1, bootId: 'boot-1', check: { trigger: { by: 'boot' } } })
    expect(Report.parse([...hq.stored.values()][0]?.report)).toEqual(report)
    expect(await agent.delivered(report?.id ?? '')).toBe('delivered')
    await pass(31_000, () => hq.beats.at(-1)?.spool.reports === 0)
    expect(hq.beats.at(-1)).toMatchObject({ sequence: 1, bootId: 'boot-1', spool: { reports: 0, lost: 0 }, openIncidents: 0 })
    expect(agent.status()).toMatchObject({ readiness: [{ tender: 'cash', is: 'ready' }], sequence: 1, saleOpen: false })
  })
  it('tells the look of a shutdown that nobody ordered, and calls the second start in one boot by its name', async () => {
    const first = await start()
    await pass(0, () => looks.length === 1)
    await stop(first)
    await start({ host: { id: 'boot-2', uptimeMs: () => 1 } })
    await pass(0, () => looks.length === 2)
    expect(looks.map((l) => [l.trigger.by, l.boot.uncleanShutdown])).toEqual([['boot', undefined], ['boot', false]])
    await stop(agents.at(-1) as Agent)
    await start({ host: { id: 'boot-2', uptimeMs: () => 1 } })
    await pass(0, () => looks.length === 3)
    expect(looks[2]?.trigger).toEqual({ by: 'schedule', detail: 'the agent started again' })
  })
  it('is claimed by one agent', async () => {
    await start()
    await expect(start()).rejects.toThrow(AlreadyRunning)
  })
  it('takes another port for the desk if its own is taken', async () => {
    const first = await start()
    const { dir: other, remove: removeOther } = scratch()
    const second = await start({ stateDir: other, desk: { port: Number(new URL(first.desk.url).port) } })
    expect(second.desk.url).not.toBe(first.desk.url)
    expect(readDesk(other)?.url).toBe(second.desk.url)
    await stop(second)
    removeOther()
  })
  it('goes on without a place to store anything, and HQ is told', async () => {
    writeFileSync(join(dir, 'file'), '')
    const agent = await start({ ...withHq(), stateDir: join(dir, 'file') })
    await pass(3_000, () => hq.stored.size === 1)
    expect(await agent.booted).toMatchObject({ sequence: 0, agentProblems: [{ code: 'store-unusable' }] })
    expect(agent.status().store?.failure).toBe('denied')
  })
})

describe('through the day', () => {
  it('rounds carry over what the full check saw, and make no report while nothing changes', async () => {
    const agent = await start()
    await pass(600_000)
    expect(looks.length).toBeGreaterThan(30)
    expect(looks.slice(1).every((l) => l.depth === 'round' && l.last?.observations.length === 1)).toBe(true)
    expect(agent.status().sequence).toBe(1)
  })
  it('a round that finds something twice makes a report with the incident, and its end another', async () => {
    const agent = await start(withHq())
    await pass(3_000, () => hq.stored.size === 1)
    sample = { paper: 'present', ready: 'ready' }
    await pass(40_000, () => agent.status().incidents.length === 1)
    sample = {}
    await pass(40_000, () => agent.status().incidents.length === 0)
    await pass(3_000, () => hq.stored.size === 3)
    const reports = [...hq.stored.values()].map((s) => s.report)
    expect(reports.map((r) => r.incidents.map((i) => i.change))).toEqual([[], ['opened'], ['closed']])
    expect(reports[1]?.faults.map((f) => f.code)).toEqual([PAPER])
    expect(reports.map((r) => r.sequence)).toEqual([1, 2, 3])
  })
  it('readiness that flaps does not flood HQ, and what was held back is counted', async () => {
    const agent = await start()
    await pass(0)
    for (let i = 0; i < 200; i += 1) {
      sample = { ready: i % 2 === 0 ? 'degraded' : 'ready' }
      await pass(15_000)
    }
    expect(agent.status().sequence).toBeLessThanOrEqual(14)
    sample = {}
    await pass(4_000_000)
    const last = JSON.parse(readFileSync(join(dir, 'desk.json'), 'utf8'))
    const { rows } = z.object({ rows: z.array(z.object({ id: z.string() })) }).parse(await (await fetch(`${last.url}/v1/reports?limit=200`)).json())
    const bodies = await Promise.all(rows.map(async (row) => Report.parse(await (await fetch(`${last.url}/v1/reports/${row.id}`)).json())))
    expect(bodies.flatMap((r) => r.agentProblems).find((p) => p.code === 'rounds-held-back')?.detail).toMatch(/^\d+ reports/)
  })
  it('a repair is proved by a re-test half a minute after the first look that does not find it', async () => {
    sample = { paper: 'present' }
    const agent = await start({ schedule: { roundMs: 3_000_000, fullMs: 1_000_000 } })
    await pass(0, () => agent.status().incidents.length === 1)
    sample = {}
    await pass(1_150_000)
    expect(looks.map((l) => l.trigger.by)).toEqual(['boot', 'schedule', 'retest'])
    expect(agent.status().incidents).toEqual([])
  })
  it('open incidents survive a restart', async () => {
    sample = { paper: 'present' }
    const first = await start()
    await pass(0, () => first.status().incidents.length === 1)
    const [incident] = first.status().incidents
    await stop(first)
    gate = new Promise(() => undefined)
    expect((await start()).status().incidents).toEqual([incident])
  })
  it('a terminal file that changed is used at once, another terminal’s is not', async () => {
    const agent = await start()
    await pass(0, () => looks.length === 1)
    agent.reload({ ...shop, devices: [] })
    await pass(0, () => looks.length === 2)
    expect(looks[1]?.terminal.devices).toEqual([])
    expect(() => agent.reload({ ...shop, terminal: { id: 'T-2' } })).toThrow('T-1')
  })
})

describe('a command from HQ', () => {
  it('makes a check whose report arrives before the command is told done', async () => {
    await start(withHq())
    await pass(5_000, () => hq.beats.length > 0)
    const id = uuidv7(clock.now())
    hq.commands = [{ id, type: 'check', createdAt: clock.now(), expiresAt: clock.now() + 60_000, only: ['printer'] }]
    await pass(31_000, () => hq.progress.some((p) => p.progress.state === 'done'))
    const done = hq.progress.at(-1)
    expect(done).toMatchObject({ id, progress: { state: 'done' } })
    expect(hq.stored.get(done?.progress.report ?? '')?.report.check.trigger).toEqual({ by: 'hq', detail: id })
    expect(looks.filter((l) => l.trigger.by === 'hq')).toMatchObject([{ only: ['printer'] }])
  })
})

describe('the POS application', () => {
  const step = (transaction: string, name: string, more: object = {}) => ({ transaction, step: name, at: clock.now(), ...more })
  const post = async (agent: Agent, body: unknown): Promise<number> =>
    (await fetch(`${agent.desk.url}/v1/transactions`, { method: 'POST', headers: { authorization: `Bearer ${agent.desk.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })).status
  it('posts a failed payment, and the report of the check that follows tells its steps', async () => {
    const agent = await start()
    await pass(0, () => looks.length === 1)
    expect(await post(agent, [step('t-1', 'started', { amountMinor: 1200 }), step('t-1', 'failed', { error: 'reader mute' })])).toBe(202)
    await pass(0, () => agent.status().sequence === 2)
    expect(looks[1]).toMatchObject({ trigger: { by: 'transaction', detail: expect.stringContaining('t-1') }, depth: 'full' })
    const { rows } = z.object({ rows: z.array(z.object({ id: z.string() })) }).parse(await (await fetch(`${agent.desk.url}/v1/reports`)).json())
    const report = Report.parse(await (await fetch(`${agent.desk.url}/v1/reports/${rows[0]?.id}`)).json())
    expect(report.transactions.map((s) => s.step)).toEqual(['started', 'failed'])
  })
  it('is not disturbed during a sale: only rounds until it is over, over a restart of the agent too', async () => {
    const first = await start({ schedule: { roundMs: 15_000, fullMs: 60_000 } })
    await pass(0, () => looks.length === 1)
    await post(first, step('t-1', 'started'))
    expect(first.status().saleOpen).toBe(true)
    await stop(first)
    looks.length = 0
    const second = await start({ schedule: { roundMs: 15_000, fullMs: 60_000 } })
    await pass(90_000)
    expect(second.status().saleOpen).toBe(true)
    expect(looks.length).toBeGreaterThan(3)
    expect(looks.every((l) => l.depth === 'round')).toBe(true)
    await post(second, step('t-1', 'completed'))
    await pass(0, () => looks.some((l) => l.depth === 'full'))
  })
  it('that forgets to end a sale holds nothing up for more than three minutes', async () => {
    const agent = await start({ schedule: { roundMs: 15_000, fullMs: 60_000 } })
    await pass(0, () => looks.length === 1)
    await post(agent, step('t-1', 'started'))
    looks.length = 0
    await pass(185_000)
    expect(looks.filter((l) => l.depth === 'full').length).toBeGreaterThan(0)
  })
  it('cannot bring a card number to the disk', async () => {
    const number = ['4111', '1111', '1111', '1111'].join('')
    const agent = await start()
    await pass(0, () => looks.length === 1)
    await post(agent, [step('t-1', 'started', { pan: number, error: `card ${number}` }), step(number, 'failed'), step('t-1', 'failed', { pan: number })])
    await pass(0, () => agent.status().sequence === 2)
    await stop(agent)
    for (const name of readdirSync(dir)) expect(readFileSync(join(dir, name)).includes(number), name).toBe(false)
  })
})

describe('the command line', () => {
  it('finds a running agent, has it check, sees its progress and gets the report', async () => {
    const agent = await start()
    await pass(0, () => looks.length === 1)
    const desk = readDesk(dir)
    expect(desk).toMatchObject({ url: agent.desk.url, pid: process.pid })
    expect(statSync(join(dir, 'desk.json')).mode & 0o777).toBe(0o600)
    const held = Promise.withResolvers<void>()
    gate = held.promise
    const events: string[] = []
    const asked = askAgent(desk as NonNullable<typeof desk>, { only: ['printer'], deadlineMs: 10_000, onEvent: (e) => events.push(e.type) })
    await pass(0, () => events.length > 0)
    held.resolve()
    const report = await asked
    expect(events).toContain('started')
    expect(report).toMatchObject({ sequence: 2, check: { trigger: { by: 'operator' } } })
    expect(looks[1]?.only).toEqual(['printer'])
    expect(await askAgent(desk as NonNullable<typeof desk>, { boot: true, deadlineMs: 10_000 })).toMatchObject({ sequence: 1 })
  })
  it('does not find one that is gone, or whose process is', async () => {
    const agent = await start()
    await stop(agent)
    expect(readDesk(dir)).toBeUndefined()
    writeFileSync(join(dir, 'desk.json'), JSON.stringify({ url: 'http://127.0.0.1:1', token: 't', pid: 2 ** 22 + 1 }))
    expect(readDesk(dir)).toBeUndefined()
  })
  it('is told plainly when its token is wrong', async () => {
    const agent = await start()
    const wrong = askAgent({ url: agent.desk.url, token: 'x', pid: 1 }, { deadlineMs: 5_000 })
    await expect(wrong).rejects.toThrow(DeskError)
    await expect(wrong).rejects.toMatchObject({ status: 401, type: 'token-needed' })
  })
})

it('stops in order: boot marked clean, address removed, everything sent that can be', async () => {
  const agent = await start(withHq())
  await pass(0, () => looks.length === 1)
  await pass(0)
  await stop(agent)
  await agent.stopped
  expect(hq.stored.size).toBe(1)
  expect(readDesk(dir)).toBeUndefined()
  expect(clock.pending()).toBe(0)
})
