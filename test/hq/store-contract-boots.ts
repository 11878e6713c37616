import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import { DAY, drain, MINUTE, moment, stored, T0 } from './store-under-test.ts'

const HOUR = 60 * MINUTE

/** What the store contract says of the checks that terminals make when they start. Called within a describe whose beforeEach opens a fresh store. */
export const bootsContract = (current: () => Store): void => {
  describe('boot checks', () => {
    let store: Store
    beforeEach(async () => {
      store = current()
      const boot = (terminal: string, at: number, sequence: number, found: string[] = [], region = 'East') => stored({ terminal, store: `S-${terminal}`, region, at, sequence, trigger: 'boot', found })
      await store.putReports([
        boot('A', T0 - 6 * DAY, 1), boot('A', T0 - HOUR, 2), boot('A', T0 - 40 * MINUTE, 3, ['PRN-PAPER-OUT']),
        boot('B', T0 - 3 * DAY, 1, ['PRN-CUTTER-FAIL'], 'West'), boot('B', T0 - 2 * HOUR, 2, [], 'West'),
        stored({ terminal: 'B', at: T0, sequence: 3, region: 'West', found: ['PRN-PAPER-OUT'] }),
      ])
      // Told late: it counts on the day on which it was made.
      await store.putReports([stored({ terminal: 'C', store: 'S-C', at: T0 - 2 * DAY, receivedAt: T0, sequence: 1, trigger: 'boot' })])
      await drain(store)
    })

    it('are counted by their outcome over seven days, those of a scope too', async () => {
      const counts = async (scope?: { region: string }[]) => (await store.overview(moment, scope)).boots.map(({ ready, degraded, blocked, unknown }) => [ready, degraded, blocked, unknown])
      const [none, ready, blocked] = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]
      expect(await counts()).toEqual([ready, none, none, blocked, ready, none, [2, 0, 1, 0]])
      expect(await counts([{ region: 'West' }])).toEqual([none, none, none, blocked, none, none, ready])
      expect((await store.overview(moment)).boots.at(-1)?.at).toBe(T0 + HOUR - DAY)
    })

    it('that were not passed are listed with what they found, the latest first', async () => {
      const failed = async (filter: object) => (await store.boots.failed({ from: T0 - 7 * DAY, limit: 9, ...filter })).map((b) => `${b.terminalId} ${b.is}`)
      expect(await store.boots.failed({ from: T0 - DAY, limit: 9 })).toMatchObject([{ terminalId: 'A', at: T0 - 40 * MINUTE, is: 'blocked', store: 'S-A', region: 'East', found: [{ fault: 'PRN-PAPER-OUT', device: 'printer-1', severity: 'block', title: { en: 'Fault PRN-PAPER-OUT' } }] }])
      expect([await failed({}), await failed({ limit: 1 }), await failed({ is: 'degraded' }), await failed({ scope: [{ region: 'West' }] })]).toEqual([['A blocked', 'B blocked'], ['A blocked'], [], ['B blocked']])
    })

    it('are forgotten by age', async () => {
      await store.boots.forget(T0 - 2.5 * DAY)
      expect((await store.overview(moment)).boots.map((d) => d.ready + d.blocked)).toEqual([0, 0, 0, 0, 1, 0, 3])
      expect((await store.boots.failed({ from: 0, limit: 9 })).map((b) => b.terminalId)).toEqual(['A'])
    })
  })
}
