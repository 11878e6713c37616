import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fold } from '../../src/hq/fold.ts'
import { CursorError } from '../../src/hq/queries/cursor.ts'
import { ID_WINDOW } from '../../src/hq/read-event.ts'
import type { Store } from '../../src/hq/store.ts'
import type { LiveEvent } from '../../src/model/wire.ts'
import { accessContract } from './store-contract-access.ts'
import { alertsContract } from './store-contract-alerts.ts'
import { bootsContract } from './store-contract-boots.ts'
import { fleetContract } from './store-contract-fleet.ts'
import { knowledgeContract } from './store-contract-knowledge.ts'
import { lanesContract } from './store-contract-lanes.ts'
import { morningContract } from './store-contract-morning.ts'
import { pagesContract } from './store-contract-pages.ts'
import { silenceContract } from './store-contract-silence.ts'
import { triageContract } from './store-contract-triage.ts'
import { DAY, drain, enrolled, MINUTE, moment, type StoreUnderTest, stored, T0 } from './store-under-test.ts'

/** What every implementation of Store must do. */
export const storeContract = (name: string, open: () => Promise<StoreUnderTest>): void => {
  describe(`store contract: ${name}`, () => {
    let under: StoreUnderTest
    let store: Store
    beforeEach(async () => {
      under = await open()
      store = under.store
    })
    afterEach(() => under.close())

    describe('reports', () => {
      it('stores once by terminal and id, whatever comes again', async () => {
        const a = stored({ terminal: 'T-1', sequence: 1 })
        const b = stored({ terminal: 'T-1', sequence: 2 })
        expect(await store.putReports([a, b, a])).toEqual(['stored', 'stored', 'duplicate'])
        expect(await store.putReports([b])).toEqual(['duplicate'])
        expect(await store.putReports([{ ...a, terminalId: 'T-2' }])).toEqual(['stored'])
        await drain(store)
        expect((await store.reportsOf('T-1', 10)).map((r) => r.sequence).toSorted()).toEqual([1, 2])
        expect(await store.reportsOf('T-2', 10)).toHaveLength(1)
      })

      it('gives a body back as it came, small or large', async () => {
        const small = stored({ terminal: 'T-1' })
        const large = { ...stored({ terminal: 'T-1' }), body: Buffer.from(JSON.stringify({ text: '纸用完 '.repeat(50_000) })) }
        await store.putReports([small, large])
        for (const one of [small, large]) expect(await store.report('T-1', one.id)).toEqual({ receivedAt: one.receivedAt, body: one.body.toString() })
        expect(await store.report('T-2', small.id)).toBeUndefined()
      })

      it('lists newest first, from a time on, and at most so many', async () => {
        await store.putReports([3, 1, 2].map((n) => stored({ sequence: n, at: T0 + n * MINUTE })))
        await drain(store)
        expect((await store.reportsOf('T-1', 2)).map((r) => r.sequence)).toEqual([3, 2])
        expect((await store.reportsOf('T-1', 9, T0 + 2 * MINUTE)).map((r) => r.sequence)).toEqual([3, 2])
      })

      it('pages through those of a time, terminal by terminal', async () => {
        await store.putReports([['T-2', 1], ['T-1', 2], ['T-1', 1], ['T-1', 4], ['T-3', 0]].map(([terminal, n]) => stored({ terminal: String(terminal), sequence: Number(n), at: T0 + Number(n) * DAY })))
        await drain(store)
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = await store.reportsBetween({ from: T0 + DAY, to: T0 + 4 * DAY, limit: 2, cursor: cursor })
          seen.push(...page.rows.map((r) => `${r.terminalId} ${r.sequence}`))
          cursor = page.next
        } while (cursor !== undefined)
        expect(seen).toEqual(['T-1 1', 'T-1 2', 'T-2 1'])
      })

      it('keeps what was stored when it is opened again', async () => {
        const one = stored({ found: ['PRN-PAPER-OUT'] })
        await store.putReports([one])
        store = await under.reopen()
        expect(await store.putReports([one])).toEqual(['duplicate'])
        await drain(store)
        store = await under.reopen()
        expect(await store.terminal('T-1', moment)).toMatchObject({ terminal: { id: 'T-1', store: 'Store 12' }, agentVersion: '0.1.0' })
      })

      it('deletes by age what was folded, and nothing else', async () => {
        await store.putReports([stored({ sequence: 1, at: T0 - DAY }), stored({ sequence: 2, at: T0 })])
        await store.tend(T0, T0, 0)
        await drain(store)
        expect((await store.reportsOf('T-1', 9)).map((r) => r.sequence)).toEqual([2, 1])
        await store.tend(T0, T0 - DAY, 0)
        expect((await store.reportsOf('T-1', 9)).map((r) => r.sequence)).toEqual([2, 1])
        expect(await store.tend(T0, T0, 0)).toBe(false)
        expect((await store.reportsOf('T-1', 9)).map((r) => r.sequence)).toEqual([2])
      })

      it('makes room ahead for every day whose ids are accepted', async () => {
        await store.tend(T0, T0 - 62 * DAY, 0)
        await store.putReports([T0 - ID_WINDOW.before, T0, T0 + ID_WINDOW.after].map((at, i) => stored({ sequence: i + 1, at })))
        await drain(store)
        expect(await store.reportsOf('T-1', 9)).toHaveLength(3)
      })
    })

    describe('folding', () => {
      const opened = [{ fault: 'PRN-PAPER-OUT', change: 'opened' as const }]

      it('passes each report once, in as many steps as it takes, across restarts', async () => {
        const seen: string[] = []
        const noting: typeof fold = (before, reports) => {
          seen.push(...reports.map((r) => r.id))
          return fold(before, reports)
        }
        const all = Array.from({ length: 25 }, (_, i) => stored({ terminal: `T-${i % 3}`, sequence: i + 1, at: T0 + i }))
        await store.putReports(all)
        expect((await store.foldNext(10, noting)).folded).toBe(10)
        store = await under.reopen()
        expect((await store.foldNext(10, noting)).folded).toBe(10)
        expect((await store.foldNext(10, noting)).folded).toBe(5)
        expect((await store.foldNext(10, noting)).folded).toBe(0)
        expect(seen.toSorted()).toEqual(all.map((r) => r.id).toSorted())
        expect((await store.figures(moment)).unfolded).toBe(0)
      })

      it('changes nothing when folding throws, and folds the same reports next time', async () => {
        await store.putReports([stored({ found: ['PRN-PAPER-OUT'], changes: opened })])
        await expect(
          store.foldNext(10, () => {
            throw new Error('a bug')
          }),
        ).rejects.toMatchObject({ name: 'StoreError' })
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toEqual([])
        await drain(store)
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toHaveLength(1)
      })

      it('opens, counts, closes and reopens one incident per fault and device', async () => {
        const closed = [{ fault: 'PRN-PAPER-OUT', change: 'closed' as const }]
        await store.putReports([
          stored({ sequence: 1, at: T0 + 1, found: ['PRN-PAPER-OUT'], changes: opened }),
          stored({ sequence: 2, at: T0 + 2, found: ['PRN-PAPER-OUT'] }),
        ])
        await drain(store)
        const [first] = (await store.incidents({ state: 'open', limit: 9 })).rows
        expect(first).toMatchObject({ terminalId: 'T-1', store: 'Store 12', fault: 'PRN-PAPER-OUT', device: 'printer-1', severity: 'block', count: 2, openedAt: T0 + 1, changedAt: T0 + 2, regression: false })
        expect(await store.terminal('T-1', moment)).toMatchObject({ openIncidents: 1, worst: 'block' })

        await store.putReports([stored({ sequence: 3, at: T0 + 3, changes: closed })])
        await drain(store)
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toEqual([])
        expect(await store.incident(first?.id ?? '')).toMatchObject({ closedAt: T0 + 3, count: 2 })
        expect(await store.terminal('T-1', moment)).not.toHaveProperty('worst')

        await store.putReports([stored({ sequence: 4, at: T0 + 4, found: ['PRN-PAPER-OUT'], changes: opened })])
        await drain(store)
        const [again] = (await store.incidents({ state: 'open', limit: 9 })).rows
        expect(again).toMatchObject({ regression: true, count: 1 })
        expect(again?.id).not.toBe(first?.id)
      })

      it('knows a fault again by names that no database can hold as they are', async () => {
        const wild = { found: ['PRN-PAPER-OUT@printer-\u0000\ud800'], store: 'Shop \u0000' }
        await store.putReports([stored({ ...wild, sequence: 1, at: T0, changes: [{ fault: 'PRN-PAPER-OUT', device: 'printer-\u0000\ud800', change: 'opened' }] })])
        await drain(store)
        await store.putReports([stored({ ...wild, sequence: 2, at: T0 + 1 }), stored({ terminal: 'T-2' })])
        await drain(store)
        expect((await store.incidents({ state: 'open', limit: 9 })).rows.map((r) => [r.device, r.count])).toEqual([['printer-\ufffd\ufffd', 2]])
        expect((await store.terminals({ q: 'shop \u0000', limit: 9 }, moment)).rows.map((r) => r.terminal.id)).toEqual(['T-1'])
      })

      it('takes a late report for history', async () => {
        await store.putReports([stored({ sequence: 9, at: T0 + 9 })])
        await drain(store)
        await store.putReports([stored({ sequence: 5, at: T0 + 5, found: ['PRN-PAPER-OUT'], changes: opened })])
        expect(await store.foldNext(10, fold)).toMatchObject({ folded: 1, late: 1 })
        expect((await store.incidents({ state: 'open', limit: 9 })).rows).toEqual([])
        expect((await store.reportsOf('T-1', 9)).map((r) => r.sequence)).toEqual([9, 5])
      })

      it('tells what changed', async () => {
        const events: LiveEvent[] = []
        store.onChange((e) => events.push(e))
        await store.putReports([stored({ found: ['PRN-PAPER-OUT'], changes: opened }), stored({ terminal: 'T-2' })])
        await drain(store)
        expect(events).toContainEqual({ type: 'incidents', terminals: ['T-1'], more: false })
        expect(events).toContainEqual({ type: 'reports', terminals: ['T-1', 'T-2'], more: false })
      })
    })

    describe('lists', () => {
      beforeEach(async () => {
        const faults = ['PRN-PAPER-LOW', 'PRN-PAPER-OUT', 'PRN-COVER-OPEN']
        await store.putReports(
          Array.from({ length: 12 }, (_, i) => {
            const fault = faults[i % 3] ?? ''
            return stored({ terminal: `T-${String(i).padStart(2, '0')}`, at: T0 + i, store: i === 3 ? '100% _Mart' : 'Store', found: [fault], changes: [{ fault, change: 'opened' }] })
          }),
        )
        await drain(store)
      })

      it('pages through open incidents, worst first, without a gap or a repeat', async () => {
        const rows = []
        let cursor: string | undefined
        do {
          const page = await store.incidents({ state: 'open', limit: 5, ...(cursor === undefined ? {} : { cursor }) })
          rows.push(...page.rows)
          cursor = page.next
        } while (cursor !== undefined)
        expect(rows).toHaveLength(12)
        expect(new Set(rows.map((r) => r.id)).size).toBe(12)
        expect(rows.map((r) => r.severity)).toEqual([...Array(8).fill('block'), ...Array(4).fill('advisory')])
        expect(rows.slice(0, 8).map((r) => r.openedAt)).toEqual(rows.slice(0, 8).map((r) => r.openedAt).toSorted((a, b) => b - a))
      })

      it('filters incidents', async () => {
        expect((await store.incidents({ state: 'open', severity: 'advisory', limit: 99 })).rows).toHaveLength(4)
        expect((await store.incidents({ state: 'open', fault: 'PRN-COVER-OPEN', limit: 99 })).rows).toHaveLength(4)
        expect((await store.incidents({ state: 'open', terminal: 'T-03', limit: 99 })).rows).toHaveLength(1)
        expect((await store.incidents({ state: 'closed', limit: 99 })).rows).toEqual([])
      })

      it('finds terminals by any word of their identity, letter by letter', async () => {
        const ids = async (q: string) => (await store.terminals({ q, limit: 99 }, moment)).rows.map((r) => r.terminal.id)
        expect(await ids('t-03')).toEqual(['T-03'])
        expect(await ids('100% _m')).toEqual(['T-03'])
        expect(await ids('%')).toEqual(['T-03'])
        expect(await ids("'; drop table terminal; --")).toEqual([])
        expect(await ids('east')).toHaveLength(12)
      })

      it('pages through terminals and tells contact by the age of the last word', async () => {
        const first = await store.terminals({ limit: 7 }, moment)
        const second = await store.terminals({ limit: 7, cursor: first.next ?? '' }, moment)
        expect([...first.rows, ...second.rows].map((r) => r.terminal.id)).toEqual(Array.from({ length: 12 }, (_, i) => `T-${String(i).padStart(2, '0')}`))
        expect(second.next).toBeUndefined()
        const count = async (contact: 'online' | 'stale' | 'offline', now: number) => (await store.terminals({ contact, limit: 99 }, { now, beatMs: MINUTE })).rows.length
        expect(await count('online', T0 + MINUTE)).toBe(12)
        expect(await count('stale', T0 + 5 * MINUTE)).toBe(12)
        expect(await count('offline', T0 + 11 * MINUTE)).toBe(12)
      })

      it('refuses a cursor that it did not make', async () => {
        for (const cursor of ['x', 'bnVsbA', Buffer.from('[1,2]').toString('base64url'), Buffer.from('[{},1,"x"]').toString('base64url')]) {
          await expect(store.incidents({ state: 'open', limit: 5, cursor })).rejects.toBeInstanceOf(CursorError)
        }
      })

      it('sums up', async () => {
        await enrolled(store, 'T-99')
        const overview = await store.overview({ now: T0 + MINUTE, beatMs: MINUTE })
        expect(overview.terminals).toEqual({ online: 12, stale: 0, offline: 0, closed: 0, never: 1 })
        expect(overview.incidents).toEqual({ block: 8, degraded: 0, advisory: 4 })
        expect(overview.tenders).toEqual({ chip: { ready: 0, degraded: 0, blocked: 12, unknown: 0 }, cash: { ready: 12, degraded: 0, blocked: 0, unknown: 0 } })
        expect(overview).toMatchObject({ opened24h: 12, closed24h: 0, reports24h: 12 })
        expect(overview.openedPerHour).toHaveLength(24)
        expect(overview.openedPerHour.at(-1)).toEqual({ at: T0, count: 12 })
        expect(overview.topFaults.map((f) => [f.fault, f.terminals])).toEqual([['PRN-COVER-OPEN', 4], ['PRN-PAPER-OUT', 4], ['PRN-PAPER-LOW', 4]])
        expect(overview.blocked).toHaveLength(12)
        expect(await store.figures({ now: T0, beatMs: MINUTE })).toMatchObject({ openIncidents: { block: 8 }, terminals: { never: 1 } })
      })
    })

    fleetContract(() => store)
    alertsContract(() => store)
    triageContract(() => store)
    morningContract(() => store)
    accessContract(() => store)
    knowledgeContract(() => store)
    lanesContract(() => store)
    pagesContract(() => store)
    silenceContract(() => store)
    bootsContract(() => store)

    it('can say that it is ready', () => expect(store.ready()).resolves.toBeUndefined())
  })
}
