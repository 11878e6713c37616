import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import type { NodeFigures } from '../../src/model/health.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { DAY, drain, enrolled, MINUTE, stored, T0 } from './store-under-test.ts'

const HOUR = 60 * MINUTE

/** The part of the store contract that the pages of the fleet and of HQ's own health rely on. Called within a describe whose beforeEach opens a fresh store. */
export const pagesContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })

  describe('terminals', () => {
    beforeEach(async () => {
      await store.putReports([['T-1', 'East', 'A'], ['T-2', 'East', 'A'], ['T-3', 'West \0', 'B']].map(([terminal = '', region = '', name = '']) => stored({ terminal, region, store: name })))
      await drain(store)
    })
    const ids = async (filter: Parameters<Store['terminals']>[0]) => (await store.terminals(filter, { now: T0, beatMs: MINUTE })).rows.map((r) => r.terminal.id)

    it('are counted and listed by what they last reported, within a scope', async () => {
      expect(await store.terminalFacets()).toEqual({ region: [{ value: 'East', terminals: 2 }, { value: 'West \ufffd', terminals: 1 }], model: [{ value: 'PX-20', terminals: 3 }], agent: [{ value: '0.1.0', terminals: 3 }] })
      expect((await store.terminalFacets([{ store: 'B' }])).region).toEqual([{ value: 'West \ufffd', terminals: 1 }])
      expect([await ids({ region: 'East', agent: '0.1.0', limit: 9 }), await ids({ region: 'West \0', limit: 9 }), await ids({ model: 'x', limit: 9 })]).toEqual([['T-1', 'T-2'], ['T-3'], []])
    })

    it('of a store are counted by the means by which they can take money', async () => {
      expect(await store.triage.stores.tenders(['A', 'C'], { now: T0, beatMs: MINUTE })).toEqual(new Map([['A', { chip: { ready: 2, degraded: 0, blocked: 0, unknown: 0 }, cash: { ready: 2, degraded: 0, blocked: 0, unknown: 0 } }]]))
      // What they last said says nothing of now once they are silent.
      const silent = (await store.triage.stores.tenders(['A'], { now: T0 + HOUR, beatMs: MINUTE })).get('A')
      expect([silent?.chip, silent?.qr]).toEqual([{ ready: 0, degraded: 0, blocked: 0, unknown: 2 }, undefined])
      expect(await store.triage.stores.tenders([], { now: T0, beatMs: MINUTE })).toEqual(new Map())
    })

    it('have a few of their reports read, spread over a time, oldest first', async () => {
      await store.putReports(Array.from({ length: 20 }, (_, n) => stored({ terminal: 'T-9', sequence: n + 1, at: T0 + n * HOUR })))
      await drain(store)
      const { of, reports } = await store.spreadReports('T-9', T0 + 2 * HOUR, 4)
      expect([of, reports.map((r) => (r.at - T0) / HOUR)]).toEqual([18, [2, 8, 13, 19]])
      expect(JSON.parse(reports[0]?.body ?? '').data.sequence).toBe(3)
      expect([(await store.spreadReports('T-9', 0, 50)).reports.length, await store.spreadReports('T-8', 0, 50)]).toEqual([20, { of: 0, reports: [] }])
    })

    it('say how they were enrolled, and which revision they took', async () => {
      await enrolled(store, 'T-7')
      const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } as const
      expect([await store.access.enrolment('T-7'), await store.access.enrolment('T-0')]).toEqual([{ token: true, at: T0, address: '192.0.2.7', approvedAt: T0 }, undefined])
      await store.access.setKey('T-7', key, '192.0.2.7', T0)
      await store.revokeTerminalToken('T-7')
      expect(await store.access.enrolment('T-7')).toMatchObject({ token: false, key: key.x })
      const { rollouts, together } = store.triage
      for (const revision of [4, 5, 6]) await together('asking', [rollouts.asking(revision, 'T-7', uuidv7(T0), 1, T0), ...(revision === 6 ? [] : [rollouts.ending(revision, 'T-7', 'done', T0, null)])])
      expect([await rollouts.takenBy('T-7'), await rollouts.takenBy('T-1')]).toEqual([5, undefined])
    })
  })

  describe('health', () => {
    const figures = (startedAt: number): NodeFigures => ({
      startedAt, version: '1', host: 'h \0', pid: 1, reportsPerSecond: 1.5, heartbeatsPerSecond: 0, reports: { stored: 1, duplicate: 0, rejected: 0 }, refused: 0, masked: 0, waiting: 0, listeners: 0, residentBytes: 1,
    })

    it('lists the processes, and forgets those that ended or fell silent', async () => {
      const { health } = store
      await health.note('b', T0, figures(T0 + 1))
      await health.note('a', T0, figures(T0 + 2))
      await health.note('a', T0 + HOUR, figures(T0))
      expect((await health.nodes()).map((n) => [n.id, n.seenAt, n.figures.startedAt])).toEqual([['a', T0 + HOUR, T0], ['b', T0, T0 + 1]])
      await health.forget('', T0 + 1)
      expect((await health.nodes()).map((n) => n.id)).toEqual(['a'])
      await health.forget('a', T0)
      expect(await health.nodes()).toEqual([])
    })

    it('counts reports by the hour, and what of alerts is unsent', async () => {
      await store.putReports([0, 1, 2].map((n) => stored({ sequence: n + 1, receivedAt: T0 + n * MINUTE })))
      await store.putReports([stored({ terminal: 'T-2', receivedAt: T0 - DAY })])
      await drain(store)
      const hours = await store.health.reportsPerHour(T0 + HOUR)
      expect([hours.length, hours.at(-2), hours.reduce((sum, h) => sum + h.count, 0)]).toEqual([24, { at: Math.floor(T0 / HOUR) * HOUR, count: 3 }, 3])
      expect(await store.health.unsentAlerts()).toEqual({ waiting: 0, failed: 0, ungathered: 0 })
    })

    it('lists the parts in which reports are kept, where there are such', async () => {
      await store.tend(T0, T0 - 62 * DAY, T0 - 400 * DAY)
      await store.putReports([stored({ at: T0 })])
      const parts = await store.health.partitions()
      expect(parts.some((p) => p.name === 'report_20261120' && p.bytes > 0)).toBe(store.health.engine === 'postgresql')
    })
  })
}
