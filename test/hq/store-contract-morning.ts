import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import { backgroundOf, watchOutbreaks } from '../../src/hq/triage/rounds.ts'
import { sweepStores } from '../../src/hq/triage/sweep.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { beat, DAY, drain, MINUTE, moment, stored, T0 } from './store-under-test.ts'

const HOUR = 60 * MINUTE
const OUT = 'PRN-PAPER-OUT'
/** The word of a terminal that can take money. */
const ABLE = { readiness: [{ tender: 'chip' as const, is: 'ready' as const, because: [], unseen: [] }], checkedAt: T0 + MINUTE }

/** The part of the store contract that the pages for the morning rely on. Called within a describe whose beforeEach opens a fresh store. */
export const morningContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })

  const opened = (terminal: string, name: string, at: number, fault = OUT, region = 'East') => stored({ terminal, store: name, at, region, found: [fault], changes: [{ fault, change: 'opened' }] })
  const closed = (terminal: string, name: string, at: number) => stored({ terminal, store: name, at, sequence: 2, changes: [{ fault: OUT, change: 'closed' }] })

  describe('the first screen', () => {
    it('says how long faults lasted, what was closed when, and where somebody is at work', async () => {
      expect(await store.overview(moment)).toMatchObject({ closed24h: 0, inRepair: 0 })
      expect(await store.overview(moment)).not.toHaveProperty('meanOpenMs')
      const both = stored({ terminal: 'T-3', store: 'B', at: T0 - HOUR, found: [OUT, 'PRN-CUTTER-FAIL'], changes: [{ fault: OUT, change: 'opened' }, { fault: 'PRN-CUTTER-FAIL', change: 'opened' }] })
      await store.putReports([opened('T-1', 'A', T0 - 3 * HOUR), opened('T-2', 'A', T0 - 2 * HOUR), both, opened('T-4', 'C', T0 - 40 * HOUR)])
      await drain(store)
      await store.putReports([closed('T-1', 'A', T0 - HOUR), closed('T-2', 'A', T0 - HOUR), closed('T-4', 'C', T0 - 39 * HOUR)])
      await drain(store)
      const rows = (await store.incidents({ state: 'open', terminal: 'T-3', limit: 9 })).rows
      const silence = (ids: string[], what: string, until: number) => store.triage.care.change(ids.map((id) => ({ place: 'T-3', id })), [], { silence: what, silenced_until: until }, { at: T0, who: 'Li', what: 'repair' })
      await silence(rows.map((r) => r.id), 'in-repair', T0 + HOUR)
      const overview = await store.overview(moment)
      expect(overview).toMatchObject({ opened24h: 4, closed24h: 2, meanOpenMs: 1.5 * HOUR, inRepair: 1 })
      expect(overview.closedPerHour.slice(-2)).toEqual([{ at: T0 - HOUR, count: 2 }, { at: T0, count: 0 }])
      expect(await store.overview({ ...moment, now: T0 + HOUR })).toMatchObject({ inRepair: 0 })
      await silence(rows.map((r) => r.id), 'suppressed', T0 + HOUR)
      expect(await store.overview(moment)).toMatchObject({ inRepair: 0 })
    })

    it('queues incidents with the ways of taking money that stand still, and where they are', async () => {
      await store.putReports([opened('T-1', 'A', T0), opened('T-2', 'B', T0, 'PRN-PAPER-LOW', 'West')])
      await drain(store)
      // The other lane has said since that it can take money again.
      await store.putHeartbeats([beat('T-2', T0 + MINUTE, ABLE)])
      expect((await store.triage.money.queue(T0, 9)).map(({ terminalId, region, lane, blocked }) => ({ terminalId, region, lane, blocked }))).toEqual([
        { terminalId: 'T-1', region: 'East', lane: '3', blocked: ['chip'] },
        { terminalId: 'T-2', region: 'West', lane: '3', blocked: [] },
      ])
    })
  })

  describe('facets', () => {
    it('count what a list narrowed like this shows, each as if not narrowed by itself', async () => {
      await store.putReports([opened('T-1', 'A', T0), opened('T-2', 'B', T0, OUT, 'West'), opened('T-3', 'C', T0, 'PRN-PAPER-LOW', 'West'), opened('T-4', 'D', T0 - HOUR)])
      await drain(store)
      await store.putReports([closed('T-4', 'D', T0)])
      await drain(store)
      const { facets } = store.triage.money
      expect(await facets({})).toEqual({
        severity: [{ value: 'block', incidents: 2 }, { value: 'advisory', incidents: 1 }], fault: [{ value: OUT, incidents: 2 }, { value: 'PRN-PAPER-LOW', incidents: 1 }],
        region: [{ value: 'West', incidents: 2 }, { value: 'East', incidents: 1 }], model: [{ value: 'PX-20', incidents: 3 }], actor: [{ value: 'cashier', incidents: 3 }], assignee: [], agentVersion: [{ value: '0.1.0', incidents: 3 }],
      })
      const west = await facets({ region: 'West', fault: OUT })
      expect([west.region, west.fault, west.severity]).toEqual([
        [{ value: 'East', incidents: 1 }, { value: 'West', incidents: 1 }], [{ value: 'PRN-PAPER-LOW', incidents: 1 }, { value: OUT, incidents: 1 }], [{ value: 'block', incidents: 1 }],
      ])
      const of = async (filter: Parameters<typeof facets>[0]) => [(await store.incidents({ state: 'open', limit: 9, ...filter })).rows.length, (await facets(filter)).model.reduce((n, m) => n + m.incidents, 0)]
      expect([await of({ agentVersion: '0.1.0' }), await of({ agentVersion: '9' }), await of({ actor: 'cashier', region: 'West' }), await of({ actor: 'technician' }), await of({ severity: 'advisory' })]).toEqual([[3, 3], [0, 0], [2, 2], [0, 0], [1, 1]])
      // The model is not narrowed by itself when it is counted.
      expect([(await store.incidents({ state: 'open', limit: 9, model: 'other' })).rows, (await facets({ model: 'other' })).model]).toEqual([[], [{ value: 'PX-20', incidents: 3 }]])
    })
  })

  describe('the map', () => {
    it('says of every region how its stores stand, and lists the worst', async () => {
      const well = (terminal: string, name: string, region?: string) => stored({ terminal, store: name, at: T0, ...(region === undefined ? {} : { region }) })
      await store.putReports([
        opened('A-1', 'A', T0), opened('B-1', 'B', T0, 'PRN-PAPER-LOW'), well('C-1', 'C'), well('C-2', 'C'), well('D-1', 'D'), well('D-2', 'D'), well('E-1', 'E', 'West'), well('F-1', 'F', 'West'), well('F-2', 'F', 'West'),
      ])
      await drain(store)
      const heard = ['A-1', 'C-1', 'E-1']
      await store.putHeartbeats(heard.map((id) => beat(id, T0 + 30 * MINUTE, id === 'A-1' ? { ...ABLE, readiness: [{ tender: 'cash', is: 'blocked', because: [], unseen: [] }] } : {})))
      for (const id of ['F-1', 'F-2']) await store.triage.absences.bid(id, T0, 'SIGTERM')
      await store.putHeartbeats([beat('B-1', T0 + 30 * MINUTE, ABLE)])
      await sweepStores({ triage: store.triage, moment: { now: T0 + 30 * MINUTE, beatMs: MINUTE }, upSince: 0, before: new Map() })
      const none = { blocked: 0, silent: 0, faulty: 0, quiet: 0, closed: 0, well: 0 }
      const east = { region: 'East', terminals: 6, standing: { ...none, blocked: 1, silent: 1, faulty: 1, quiet: 1 }, stores: [['A', 'blocked', 1], ['D', 'silent', 2], ['B', 'faulty', 1], ['C', 'quiet', 2]] }
      expect(await store.triage.stores.map(T0)).toEqual({ at: T0, regions: [east, { region: 'West', terminals: 3, standing: { ...none, closed: 1, well: 1 }, stores: [['F', 'closed', 2], ['E', 'well', 1]] }] })
      expect((await store.triage.stores.map(T0, { region: 'East' })).regions).toEqual([east])
      expect((await store.triage.stores.map(T0 + DAY, { region: '' })).regions).toEqual([])
    })

    it('of a large fleet lists only the stores that are not well', async () => {
      const state = (i: number) => ({ store: `S-${i}`, region: `R-${i % 2}`, terminals: 2, online: 2, silent: 0, closed: 0, blocked: i === 7 ? 1 : 0, open_incidents: 0, rank: i === 9 ? 1 : 0, cost: 0, lost: 0, per_hour: 0, currency: null, absence: null })
      for (let at = 0; at < 2002; at += 500) await store.triage.together('x', store.triage.stores.keeping(Array.from({ length: Math.min(500, 2002 - at) }, (_, i) => state(at + i))))
      const { regions } = await store.triage.stores.map(T0)
      expect(regions.map((r) => [r.region, r.terminals, r.standing.well, r.stores])).toEqual([['R-0', 2002, 1001, []], ['R-1', 2002, 999, [['S-7', 'blocked', 2], ['S-9', 'faulty', 2]]]])
      expect((await store.triage.stores.map(T0, { region: 'R-0' })).regions[0]?.stores).toHaveLength(1001)
    })
  })

  describe('a revision of the configuration that does harm', () => {
    const lanes = Array.from({ length: 60 }, (_, i) => ({ id: `T-${i}`, shop: `S-${i}`, region: ['East', 'West', 'North'][i % 3] ?? '' }))
    const ill = (i: number, at: number) => opened(`T-${i}`, `S-${i}`, at, OUT, lanes[i]?.region)
    beforeEach(async () => {
      await store.putReports(lanes.map((l) => stored({ terminal: l.id, store: l.shop, region: l.region, at: T0 - DAY })))
      const { rollouts } = store.triage
      const took = (i: number, revision: number, at: number, state = 'done') => [rollouts.asking(revision, `T-${i}`, uuidv7(at), 1, at), rollouts.ending(revision, `T-${i}`, state, at, null)]
      // All went by revision 6; twenty were given the next one, of which two did not take it.
      await store.triage.together('rolling out', [...lanes.flatMap((_, i) => took(i, 6, T0 - 20 * HOUR)), ...Array.from({ length: 20 }, (_, i) => took(i, 7, T0, i < 18 ? 'done' : 'failed')).flat()])
    })
    const outbreaks = async () => {
      await drain(store)
      await watchOutbreaks(store.triage, await backgroundOf(store.triage, T0 + 30 * MINUTE), T0 + 30 * MINUTE)
      return (await store.triage.outbreaks.list('open', 9)).map(({ factor, value, stores, among }) => ({ factor, value, stores, among }))
    }

    it('is named as what an outbreak has in common', async () => {
      await store.putReports(Array.from({ length: 12 }, (_, i) => ill(i, T0 + (i + 1) * MINUTE)))
      expect(await outbreaks()).toEqual([{ factor: 'configuration', value: '7', stores: 12, among: 18 }])
    })

    it('is not named for what began before a terminal took it', async () => {
      await store.putReports(Array.from({ length: 12 }, (_, i) => ill(i, T0 - 40 * MINUTE + i * MINUTE)))
      expect((await outbreaks()).map((o) => o.factor)).not.toContain('configuration')
    })
  })
}
