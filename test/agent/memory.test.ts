import { afterEach, beforeEach, expect, it } from 'vitest'
import { readIncidents } from '../../src/agent/incident-rows.ts'
import { createKeeper, type Keeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createMemory, type Memory } from '../../src/agent/memory.ts'
import { settle } from '../../src/agent/outbox.ts'
import { readElsewhere } from '../../src/agent/past.ts'
import type { CheckOrder } from '../../src/agent/queue.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { faults, type Sample, sampleCheck, scratch, shop } from './sample-check.ts'

let remove: () => void
let clock: ManualClock
let keeper: Keeper
let memory: Memory
const full: CheckOrder = { trigger: { by: 'schedule' }, depth: 'full' }
const round: CheckOrder = { trigger: { by: 'schedule', detail: 'round' }, depth: 'round' }
const conclude = (sample: Sample, order = full) => memory.conclude(sampleCheck({ ...sample, at: clock.now() }), order)
const codes = (report: ReturnType<typeof conclude>) => report?.agentProblems.map((p) => p.code)

const remembering = (): Memory => createMemory({
  keeper, terminal: shop, faults, version: '1', host: { id: 'b', uptimeMs: () => 1 }, deliver: true, fullMs: 3_600_000, onReport: () => undefined, onNearlyClosed: () => undefined, clock, log: SILENT_LOG,
})

beforeEach(() => {
  const made = scratch()
  remove = made.remove
  clock = manualClock()
  keeper = createKeeper(made.dir, { clock, log: SILENT_LOG })
  memory = remembering()
})
afterEach(() => {
  keeper.close()
  remove()
})

it('writes an incident to the disk even if it opened while nothing could be written', () => {
  const main = keeper.stores()[0]
  main?.db.exec('PRAGMA query_only = 1')
  expect(conclude({ paper: 'present' })).toMatchObject({ sequence: 0, incidents: [{ change: 'opened' }] })
  main?.db.exec('PRAGMA query_only = 0')
  expect(conclude({})).toMatchObject({ sequence: 1 })
  expect(Object.keys(keeper.use((store) => readIncidents(store, clock.now())).open)).toHaveLength(1)
})

it('says in the very report that could not be stored that it could not be, and not again in the next', () => {
  const main = keeper.stores()[0]
  main?.db.exec('PRAGMA query_only = 1')
  expect(codes(conclude({}))).toEqual(['store-unusable'])
  main?.db.exec('PRAGMA query_only = 0')
  expect(codes(conclude({}))).toEqual([])
})

it('tells HQ once of reports lost and of reports rejected', () => {
  const first = conclude({})
  keeper.use((store) => settle(store, [{ sequence: 1, id: first?.id ?? '', body: '' }], [{ id: first?.id ?? '', status: 'rejected', reason: 'no' }], clock.now()))
  keeper.use((store) => store.setMeta('lost', '3'))
  const second = conclude({})
  expect(second?.agentProblems).toMatchObject([{ code: 'reports-lost', detail: expect.stringMatching(/^3 reports/) }, { code: 'reports-rejected', detail: expect.stringMatching(/1 reports/) }])
  expect(codes(conclude({}))).toEqual([])
})

it('writes the counts of a lasting fault now and then, not at every round', async () => {
  conclude({ paper: 'present' })
  const count = () => Object.values(keeper.use((store) => readIncidents(store, clock.now())).open)[0]?.incident.count
  for (let i = 0; i < 12; i += 1) {
    await clock.pass(15_000)
    expect(conclude({ paper: 'present' }, round)).toBeUndefined()
  }
  expect(count()).toBe(1)
  await clock.pass(300_000)
  conclude({ paper: 'present' }, round)
  expect(count()).toBe(14)
})

it('forgets what it carried over when no full look has been possible for long', async () => {
  conclude({})
  await clock.pass(7_200_000)
  conclude({ carried: true }, round)
  expect(memory.carried()?.observations).toHaveLength(1)
  await clock.pass(3_700_000)
  expect(memory.carried()).toBeUndefined()
})

it('keeps what was seen when the terminal file changes, and forgets what it came to', () => {
  conclude({ paper: 'present' })
  expect(memory.carried()?.symptoms.length).toBeGreaterThan(0)
  memory.terminalChanged({ ...shop })
  expect(memory.carried()).toMatchObject({ symptoms: [], observations: [{ device: 'printer-1' }] })
})

it('marks the report after a jump of the clock, and only that one', () => {
  conclude({})
  clock.jump(3_600_000)
  expect(conclude({})?.clock).toBe('jumped')
  expect(conclude({})?.clock).toBe('unknown')
})

it('keeps what HQ told of the other lanes for the checks to come, over a restart too, without writing all day', () => {
  const told = { at: clock.now() - 1000, lanes: 2, faults: [{ fault: 'PRN-PAPER-OUT', open: 1, days7: { lanes: 1, times: 2 }, days30: { lanes: 1, times: 2 } }] }
  const kept = () => keeper.use(readElsewhere)
  expect(memory.past()).not.toHaveProperty('elsewhere')
  memory.heardElsewhere(told)
  expect([memory.past().elsewhere, kept()]).toEqual([told, told])
  memory.heardElsewhere({ ...told, at: told.at + 600_000 })
  expect([memory.past().elsewhere?.at, kept()?.at]).toEqual([told.at + 600_000, told.at])
  memory.heardElsewhere({ ...told, at: told.at + 6 * 3_600_000 })
  expect(kept()?.at).toBe(told.at + 6 * 3_600_000)
  memory.heardElsewhere({ ...told, lanes: 3, at: told.at + 7 * 3_600_000 })
  expect(kept()?.lanes).toBe(3)
  expect(remembering().past().elsewhere).toEqual(kept())
  conclude({})
  expect(kept()?.lanes).toBe(3)
  keeper.use((store) => store.setMeta('elsewhere', '{"at":1}'))
  expect(remembering().past()).not.toHaveProperty('elsewhere')
})
