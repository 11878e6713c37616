import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { otherLanes } from '../../src/hq/other-lanes.ts'
import type { LaneFault, StoreLanes } from '../../src/hq/queries/triage/lanes.ts'
import type { Store } from '../../src/hq/store.ts'
import { MOST_ELSEWHERE } from '../../src/model/past.ts'
import { ELSEWHERE, type HeartbeatAnswer, type Problem } from '../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'

const OUT = 'PRN-PAPER-OUT'
const MINUTE = 60_000

describe('what the lanes of a store are told of each other', () => {
  let asked: string[][]
  let mono: number
  let answer: (store: string) => StoreLanes
  const warned: string[] = []
  const log = { info: () => undefined, warn: (message: string) => void warned.push(message), error: () => undefined }
  const at = (terminal: string, fault: string, more: Partial<LaneFault> = {}): LaneFault => ({ terminal, fault, open: false, days7: 0, days30: 1, ...more })
  const begin = () => {
    asked = []
    mono = 0
    const of = async (stores: readonly string[]) => {
      asked.push([...stores])
      return stores.map(answer)
    }
    const tell = otherLanes({ triage: { lanes: { of } } } as unknown as Store, log, () => 1_000_000 + mono, () => mono)
    const settled = async (terminalId: string, store: string | null = 'A', inTrouble = false) => {
      const told = tell({ terminalId, waits: false, ...(store === null ? {} : { store }) }, inTrouble)
      await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setImmediate(resolve))
      return told
    }
    return settled
  }

  it('is how many others had each fault, and how often, those on most lanes first', async () => {
    answer = () => ({
      terminals: ['T-1', 'T-2', 'T-3', 'T-4'],
      faults: [at('T-1', OUT, { days7: 9, days30: 9 }), at('T-2', OUT, { days7: 2, days30: 3, open: true }), at('T-3', OUT), at('T-2', 'NET-UNSTABLE', { days30: 9 }), at('T-1', 'CRD-MSR-READ-FAIL')],
    })
    const tell = begin()
    expect(await tell('T-1')).toBeUndefined()
    expect(await tell('T-1')).toEqual({
      at: 1_000_000, lanes: 3,
      faults: [{ fault: OUT, open: 1, days7: { lanes: 1, times: 2 }, days30: { lanes: 2, times: 4 } }, { fault: 'NET-UNSTABLE', open: 0, days7: { lanes: 0, times: 0 }, days30: { lanes: 1, times: 9 } }],
    })
    expect((await tell('T-4'))?.faults.find((f) => f.fault === OUT)).toMatchObject({ open: 1, days30: { lanes: 3, times: 13 } })
    expect(asked).toEqual([['A']])
  })

  it('is told to each once per count, and counted every ten minutes, or every two while one has a fault', async () => {
    answer = () => ({ terminals: ['T-1', 'T-2'], faults: [] })
    const tell = begin()
    await tell('T-1')
    expect(await tell('T-1')).toEqual({ at: 1_000_000, lanes: 1, faults: [] })
    expect(await tell('T-1')).toBeUndefined()
    mono = 10 * MINUTE - 1
    await tell('T-2')
    expect(asked).toHaveLength(1)
    mono = 10 * MINUTE
    expect(await tell('T-1')).toBeUndefined()
    expect(await tell('T-1')).toMatchObject({ at: 1_000_000 + 10 * MINUTE })
    expect(asked).toHaveLength(2)
    mono += 2 * MINUTE - 1
    await tell('T-2', 'A', true)
    expect(asked).toHaveLength(2)
    mono += 1
    await tell('T-2', 'A', true)
    expect(asked).toHaveLength(3)
  })

  it('is asked for many stores at once', async () => {
    answer = () => ({ terminals: [], faults: [] })
    const tell = begin()
    await Promise.all(['A', 'B', 'A', 'C'].map((store) => tell('T-1', store)))
    expect(asked).toEqual([['A', 'B', 'C']])
  })

  it('is nothing where a terminal stands alone or names no store, and no more than it should be', async () => {
    answer = () => ({ terminals: ['T-1'], faults: [at('T-1', OUT)] })
    let tell = begin()
    await tell('T-1')
    expect(await tell('T-1')).toBeUndefined()
    expect(await tell('T-2', null)).toBeUndefined()
    answer = () => ({ terminals: ['T-1', 'T-2'], faults: Array.from({ length: 99 }, (_, i) => at('T-2', `F-${i}`)) })
    tell = begin()
    await tell('T-1')
    expect((await tell('T-1'))?.faults).toHaveLength(MOST_ELSEWHERE)
  })

  it('is what was counted before while the store cannot be asked, and asked again in a minute', async () => {
    answer = () => ({ terminals: ['T-1', 'T-2'], faults: [] })
    const tell = begin()
    await tell('T-1')
    mono = 11 * MINUTE
    answer = () => {
      throw new Error('away')
    }
    await tell('T-1')
    expect(warned).toHaveLength(1)
    expect(await tell('T-2')).toMatchObject({ at: 1_000_000 })
    expect(asked).toHaveLength(2)
    mono += MINUTE
    await tell('T-1')
    expect(asked).toHaveLength(3)
    await tell('T-1', 'B')
    mono += MINUTE
    answer = () => ({ terminals: ['T-1', 'T-2'], faults: [] })
    await tell('T-1', 'B')
    expect(await tell('T-1', 'B')).toMatchObject({ lanes: 1 })
  })
})

describe('a heartbeat at HQ', () => {
  let hq: TestHq
  const tokens = new Map<string, string>()
  beforeAll(async () => {
    hq = await startTestHq()
    for (const id of ['T-1', 'T-2']) {
      tokens.set(id, await hq.enrol(id, 'A'))
      await hq.send(tokens.get(id) ?? '', [makeReport({ terminal: id, store: 'A', ...(id === 'T-2' ? { found: [OUT], changes: [{ fault: OUT, change: 'opened' as const }] } : {}) })])
    }
    await until(async () => (await hq.operate<{ rows: unknown[] }>('/api/incidents?state=open')).json.rows, (rows) => rows.length === 1)
  })
  afterAll(() => hq.end())

  const BEAT = { at: Date.now(), agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 0, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }
  const beat = (more: object, id = 'T-1') =>
    hq.ask<HeartbeatAnswer & Problem>('/v1/heartbeats', { method: 'POST', headers: { authorization: `Bearer ${tokens.get(id)}`, 'content-type': 'application/json' }, body: JSON.stringify({ ...BEAT, ...more }) })

  it('is answered with what the other lanes had, if the agent takes that', async () => {
    const { json } = await until(() => beat({ takes: ['check', ELSEWHERE] }), (answer) => answer.json.elsewhere !== undefined)
    expect(json.elsewhere).toEqual({ at: expect.any(Number), lanes: 1, faults: [{ fault: OUT, open: 1, days7: { lanes: 1, times: 1 }, days30: { lanes: 1, times: 1 } }] })
    expect((await beat({ takes: ['check', ELSEWHERE] })).json).not.toHaveProperty('elsewhere')
    for (const older of [{}, { takes: ['check', 'logs'] }]) expect((await beat(older, 'T-2')).json).not.toHaveProperty('elsewhere')
    expect((await beat({ takes: ['check', ELSEWHERE] }, 'T-2')).json).toHaveProperty('elsewhere', expect.objectContaining({ lanes: 1, faults: [] }))
  })

  it('of a newer agent is taken without what this HQ does not know, and refused for what is wrong', async () => {
    const newer = { mood: 'fine', checkedAt: BEAT.at + MINUTE, spool: { ...BEAT.spool, oldest: { id: 'x' } }, readiness: [{ tender: 'cash', is: 'ready', because: [{ fault: OUT, device: 'printer-1', since: 1 }], unseen: [], confidence: 1 }] }
    expect((await beat(newer)).status).toBe(200)
    const { json } = await until(() => hq.operate<{ terminal: { readiness: unknown[] } }>('/api/terminals/T-1'), (answer) => answer.json.terminal.readiness.length === 1)
    expect(json.terminal.readiness).toEqual([{ tender: 'cash', is: 'ready', because: [{ fault: OUT, device: 'printer-1' }], unseen: [] }])
    expect(await beat({ ...newer, sequence: 'many' })).toMatchObject({ status: 400, json: { detail: expect.stringContaining('sequence') } })
  })
})
