import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import { DAY, drain, enrolled, MINUTE, stored, T0 } from './store-under-test.ts'

const OUT = 'PRN-PAPER-OUT'
const CUTTER = 'PRN-CUTTER-FAIL'

/** The part of the store contract that tells a lane of the others. Called within a describe whose beforeEach opens a fresh store. */
export const lanesContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })

  let sequence = 0
  const said = async (terminal: string, name: string, at: number, found: string[], closed: string[] = []): Promise<void> => {
    sequence += 1
    const changes = [...found.map((fault) => ({ fault, change: 'opened' as const })), ...closed.map((fault) => ({ fault, change: 'closed' as const }))]
    await store.putReports([stored({ terminal, store: name, at, sequence, found, changes })])
    await drain(store)
  }
  /** A fault that opened and closed a quarter of an hour later. */
  const had = async (terminal: string, name: string, at: number, fault = OUT): Promise<void> => {
    await said(terminal, name, at, [fault])
    await said(terminal, name, at + 15 * MINUTE, [], [fault])
  }
  const of = async (...stores: string[]) => (await store.triage.lanes.of(stores, T0)).map(({ terminals, faults }) => ({ terminals: terminals.toSorted(), faults: faults.toSorted((a, b) => (`${a.terminal} ${a.fault}` < `${b.terminal} ${b.fault}` ? -1 : 1)) }))

  describe('lanes', () => {
    it('says of stores which terminals they have, and what each had within 7 and 30 days', async () => {
      await had('T-1', 'A', T0 - 40 * DAY)
      await had('T-1', 'A', T0 - 20 * DAY)
      await had('T-1', 'A', T0 - 2 * DAY)
      await had('T-1', 'A', T0 - 2 * DAY, CUTTER)
      await had('T-2', 'A', T0 - 10 * DAY)
      await had('T-3', 'B', T0 - DAY)
      expect(await of('A', 'nowhere', 'B')).toEqual([
        { terminals: ['T-1', 'T-2'], faults: [{ terminal: 'T-1', fault: CUTTER, open: false, days7: 1, days30: 1 }, { terminal: 'T-1', fault: OUT, open: false, days7: 1, days30: 2 }, { terminal: 'T-2', fault: OUT, open: false, days7: 0, days30: 1 }] },
        { terminals: [], faults: [] },
        { terminals: ['T-3'], faults: [{ terminal: 'T-3', fault: OUT, open: false, days7: 1, days30: 1 }] },
      ])
      expect(await of()).toEqual([])
    })

    it('counts what has been open all the time as of these days, however long ago it began', async () => {
      await said('T-1', 'A', T0 - 50 * DAY, [OUT])
      expect(await of('A')).toEqual([{ terminals: ['T-1'], faults: [{ terminal: 'T-1', fault: OUT, open: true, days7: 1, days30: 1 }] }])
    })

    it('knows from its token in which store a terminal stands', async () => {
      await enrolled(store, 'T-1', { store: 'A' })
      await enrolled(store, 'T-2')
      expect(await store.terminalOfToken('own-T-1')).toMatchObject({ terminalId: 'T-1', store: 'A' })
      await said('T-2', 'B', T0, [])
      expect(await store.terminalOfToken('own-T-2')).toMatchObject({ store: 'B' })
    })
  })
}
