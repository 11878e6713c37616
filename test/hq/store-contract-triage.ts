import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import { bringOn } from '../../src/hq/triage/rollout.ts'
import { backgroundOf, costIncidents, countIssues, learnSales, watchOutbreaks } from '../../src/hq/triage/rounds.ts'
import { type Regions, sweepStores } from '../../src/hq/triage/sweep.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { ABSENT, type VisitRow } from '../../src/model/triage.ts'
import { beat, DAY, drain, enrolled, MINUTE, stored, T0 } from './store-under-test.ts'

const HOUR = 60 * MINUTE
const OUT = 'PRN-PAPER-OUT'

/** The part of the store contract that triage relies on. Called within a describe whose beforeEach opens a fresh store. */
export const triageContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })

  const opened = (terminal: string, name: string, at: number, fault = OUT, sequence = 1) => stored({ terminal, store: name, at, sequence, found: [fault], changes: [{ fault, change: 'opened' }] })
  const open = async () => (await store.incidents({ state: 'open', byCost: true, limit: 200 })).rows

  describe('care', () => {
    it('is kept with who and when, and the first acknowledgement stays', async () => {
      await store.putReports([opened('T-1', 'Main St', T0), opened('T-2', 'Main St', T0)])
      await drain(store)
      const [a, b] = await open()
      const { care } = store.triage
      const subjects = await care.openIncidents([a?.id ?? '', b?.id ?? '', 'none'])
      expect(subjects.map((s) => s.id).toSorted()).toEqual([a?.id, b?.id].toSorted())
      await care.change(subjects, [], { acknowledged_at: T0 + 1, acknowledged_by: 'Li' }, { at: T0 + 1, who: 'Li', what: 'acknowledge' })
      await care.change(subjects, [], { acknowledged_at: T0 + 2, acknowledged_by: 'Wang', assignee: 'Chen \0' }, { at: T0 + 2, who: 'Wang', what: 'assign', detail: 'Chen \0' })
      expect((await store.incident(a?.id ?? ''))?.care).toEqual({ acknowledgedAt: T0 + 1, acknowledgedBy: 'Li', assignee: 'Chen \ufffd' })
      expect(await care.history({ place: a?.terminalId ?? '', id: a?.id ?? '' })).toMatchObject([{ at: T0 + 2, who: 'Wang', what: 'assign', detail: 'Chen \ufffd' }, { at: T0 + 1, who: 'Li', what: 'acknowledge' }])
      await care.change(subjects.slice(0, 1), [], { silence: 'suppressed', silenced_until: T0 + HOUR }, { at: T0 + 3, who: 'Li', what: 'suppress' })
      const ids = async (is: 'new' | 'acknowledged' | 'silenced', now: number) => (await store.incidents({ state: 'open', care: { is, now }, limit: 9 })).rows.length
      expect([await ids('new', T0 + 4), await ids('acknowledged', T0 + 4), await ids('silenced', T0 + 4), await ids('silenced', T0 + HOUR), await ids('acknowledged', T0 + HOUR)]).toEqual([0, 1, 1, 0, 2])
      expect(await store.triage.money.queue(T0 + 4, 9)).toHaveLength(1)
    })

    it('survives that the incident is found again, and ends with it', async () => {
      await store.putReports([opened('T-1', 'Main St', T0)])
      await drain(store)
      const [incident] = await open()
      const id = incident?.id ?? ''
      await store.triage.care.change([{ place: 'T-1', id }], [], { assignee: 'Chen' }, { at: T0, who: 'Li', what: 'assign' })
      await store.putReports([stored({ terminal: 'T-1', store: 'Main St', sequence: 2, at: T0 + 1, found: [OUT] })])
      await drain(store)
      expect(await store.incident(id)).toMatchObject({ count: 2, care: { assignee: 'Chen' }, region: 'East', actor: 'cashier', firmware: '30.21', agentVersion: '0.1.0' })
      await store.putReports([stored({ terminal: 'T-1', store: 'Main St', sequence: 3, at: T0 + 2, changes: [{ fault: OUT, change: 'closed' }] }), opened('T-1', 'Main St', T0 + 3, OUT, 4)])
      await drain(store)
      expect(await store.incident(id)).toMatchObject({ closedAt: T0 + 2, resolvedBy: 'check', resolvedReport: expect.stringMatching(/-/) })
      expect(await store.triage.care.openIncidents([id])).toEqual([])
      expect(await open()).toMatchObject([{ regression: true, previous: id }])
    })
  })

  describe('turns', () => {
    it('are of one holder at a time, and fall to another when theirs is over', async () => {
      const { turns } = store.triage
      expect(await turns.take('a', 'one', T0, T0 + 10)).toBe(true)
      expect(await turns.take('a', 'two', T0 + 9, T0 + 20)).toBe(false)
      expect(await turns.take('a', 'one', T0 + 9, T0 + 20)).toBe(true)
      expect(await turns.take('a', 'two', T0 + 20, T0 + 30)).toBe(true)
      expect(await turns.cursor('a')).toBe('')
      await store.triage.together('noting', [turns.moving('a', 'here')])
      expect([await turns.cursor('a'), await turns.take('a', 'one', T0 + 29, T0 + 40)]).toEqual(['here', false])
    })
  })

  describe('issues', () => {
    it('count each incident once, by what it was born with, and come back after they were resolved', async () => {
      await store.putReports([opened('T-1', 'A', T0), opened('T-2', 'B', T0 + 1), opened('T-3', 'C', T0 + 2, 'CRD-NFC-READ-FAIL')])
      await drain(store)
      await countIssues(store.triage)
      await countIssues(store.triage)
      const detail = await store.triage.issues.detail(OUT, T0)
      expect(detail).toMatchObject({ issue: { state: 'open', incidents: 2, open: 2, openTerminals: 2, week: 2, weekBefore: 0, firstSeenAt: T0, lastSeenAt: T0 + 1 }, by: { region: [{ value: 'East', incidents: 2 }], firmware: [{ value: '30.21', incidents: 2 }] } })
      expect(detail?.days.at(-1)).toEqual({ day: Math.floor(T0 / DAY) * DAY, incidents: 2 })
      await store.triage.together('resolving', [store.triage.issues.changing(OUT, { state: 'resolved', resolved_at: T0 + HOUR })])
      await store.putReports([opened('T-4', 'D', T0 + 2 * HOUR)])
      await drain(store)
      await countIssues(store.triage)
      expect((await store.triage.issues.list(['regressed'], T0)).map((i) => [i.fault, i.incidents, i.regressedAt])).toEqual([[OUT, 3, T0 + 2 * HOUR]])
    })
  })

  describe('silence', () => {
    const sweep = (now: number, before: Regions = new Map(), upSince = 0) => sweepStores({ triage: store.triage, moment: { now, beatMs: MINUTE }, upSince, before })
    beforeEach(async () => {
      await store.putReports(Array.from({ length: 12 }, (_, i) => stored({ terminal: `A-${i}`, store: 'Alpha', at: T0 })))
      await store.putReports([stored({ terminal: 'B-1', store: 'Beta', at: T0 }), stored({ terminal: 'B-2', store: 'Beta', at: T0 })])
      await drain(store)
    })

    it('of a whole store is one absence, of a lane its own, and ends when they are heard', async () => {
      await sweep(T0 + 5 * MINUTE)
      expect(await store.triage.absences.list('open', 9)).toEqual([])
      await store.putHeartbeats([beat('B-1', T0 + 25 * MINUTE)])
      const heard = async () => (await store.triage.stores.list({ limit: 9 })).rows.map((s) => [s.store, s.terminals, s.online, s.silent])
      // Beta's other lane is silent alone; all of Alpha is.
      await sweep(T0 + 25 * MINUTE)
      const gone = await store.triage.absences.list('open', 9)
      expect(gone.map((a) => [a.scope, a.place, a.terminals]).toSorted()).toEqual([['store', 'Alpha', 12], ['terminal', 'B-2', 1]])
      expect(gone.find((a) => a.scope === 'store')?.evidence.map((e) => e.id)).toContain('store-silent')
      expect(gone.find((a) => a.scope === 'terminal')?.evidence.map((e) => e.id)).toContain('store-heard')
      expect((await heard()).toSorted()).toEqual([['Alpha', 12, 0, 12], ['Beta', 2, 1, 1]])
      await sweep(T0 + 26 * MINUTE)
      expect(await store.triage.absences.list('open', 9)).toHaveLength(2)
      await store.putHeartbeats(Array.from({ length: 11 }, (_, i) => beat(`A-${i}`, T0 + 27 * MINUTE)))
      await sweep(T0 + 27 * MINUTE)
      expect((await store.triage.absences.list('open', 9)).map((a) => a.place).toSorted()).toEqual(['A-11', 'B-2'])
      expect((await store.triage.absences.list('ended', 9)).map((a) => [a.place, a.backAt])).toEqual([['Alpha', T0 + 27 * MINUTE]])
    })

    it('is not held against terminals while HQ was away to hear them', async () => {
      await sweep(T0 + DAY, new Map(), T0 + DAY - MINUTE)
      expect(await store.triage.absences.list('open', 9)).toEqual([])
      await sweep(T0 + DAY + HOUR, new Map(), T0 + DAY - MINUTE)
      expect(await store.triage.absences.list('open', 9)).toHaveLength(2)
    })

    it('after a word of farewell is taken for closing time', async () => {
      for (const id of ['B-1', 'B-2']) await store.triage.absences.bid(id, T0, 'SIGTERM')
      await sweep(T0 + HOUR)
      const beta = (await store.triage.absences.list('open', 9)).find((a) => a.place === 'Beta')
      expect([beta?.causes[0]?.cause, beta?.evidence.map((e) => e.id)]).toEqual(['closed', expect.arrayContaining(['stopped-in-order'])])
    })
  })

  describe('money', () => {
    /** Six weeks of sales: a hundred an hour from ten to ten, every day. */
    const weeks = async (terminal: string) => {
      const first = T0 - 42 * DAY
      const hours = Array.from({ length: 42 * 24 }, (_, i) => first + i * HOUR).filter((at) => new Date(at).getUTCHours() >= 2 && new Date(at).getUTCHours() < 14)
      await store.triage.sales.tell(hours.map((hour) => ({ terminalId: terminal, hour, count: 4, sum: 10_000, currency: 'CNY' })))
    }

    it('lost is what is missing against the same hours of the weeks before', async () => {
      await store.putReports([opened('T-1', 'A', T0), opened('T-2', 'B', T0)])
      await drain(store)
      await weeks('T-1')
      await learnSales(store.triage, T0)
      await store.triage.sales.tell([{ terminalId: 'T-1', hour: T0, count: 1, sum: 2_000, currency: 'CNY' }])
      await costIncidents(store.triage, T0 + HOUR)
      const [costly, other] = await open()
      expect([costly?.terminalId, costly?.cost]).toEqual(['T-1', { lostMinor: 8_000, perHourMinor: 8_000, currency: 'CNY' }])
      expect(other).not.toHaveProperty('cost')
      expect((await store.triage.money.queue(T0, 9)).map((q) => q.cost)).toEqual([16_000, 0])
    })

    it('told twice counts once, and the later word counts', async () => {
      const hour = T0 - 30 * DAY
      await store.triage.sales.tell([{ terminalId: 'T-1', hour, count: 1, sum: 5 }, { terminalId: 'T-1', hour, count: 2, sum: 7 }])
      await store.triage.sales.tell([{ terminalId: 'T-1', hour, count: 2, sum: 9 }])
      expect((await store.triage.sales.told(['T-1'], hour)).get('T-1')).toEqual(new Map([[hour, 9]]))
      expect([await store.triage.sales.learnNext(T0), await store.triage.sales.learnNext(T0)]).toEqual([1, 0])
    })
  })

  describe('outbreaks', () => {
    it('name what many stores have in common, take in late members, and end', async () => {
      const fleet = Array.from({ length: 60 }, (_, i) => stored({ terminal: `T-${i}`, store: `S-${i}`, at: T0 - HOUR, ...(i < 20 ? { region: 'West' } : {}) }))
      await store.putReports(fleet)
      await store.putReports(Array.from({ length: 12 }, (_, i) => stored({ terminal: `T-${i}`, store: `S-${i}`, region: 'West', at: T0, sequence: 2, found: ['HST-UNREACHABLE@acq-1'], changes: [{ fault: 'HST-UNREACHABLE', device: 'acq-1', change: 'opened' }] })))
      await store.putReports([opened('T-50', 'S-50', T0, OUT, 2)])
      await drain(store)
      const background = await backgroundOf(store.triage, T0)
      expect(background.fleet.terminals).toBe(60)
      await watchOutbreaks(store.triage, background, T0 + MINUTE)
      await watchOutbreaks(store.triage, background, T0 + 2 * MINUTE)
      const [outbreak, ...others] = await store.triage.outbreaks.list('open', 9)
      expect(others).toEqual([])
      expect(outbreak).toMatchObject({ fault: 'HST-UNREACHABLE', factor: 'region', value: 'West', stores: 12, terminals: 12, openNow: 12, among: 20 })
      expect((await store.triage.money.queue(T0, 99)).map((q) => q.kind === 'incident' && q.terminalId)).toEqual(['T-50'])
      const late = (n: number, at: number) => stored({ terminal: `T-${n}`, store: `S-${n}`, region: 'West', at, sequence: 2, found: ['HST-UNREACHABLE@acq-1'], changes: [{ fault: 'HST-UNREACHABLE', device: 'acq-1', change: 'opened' }] })
      await store.putReports([late(13, T0 + 3 * MINUTE)])
      await drain(store)
      await watchOutbreaks(store.triage, background, T0 + 4 * MINUTE)
      expect(await store.triage.outbreaks.one(outbreak?.id ?? '')).toMatchObject({ terminals: 13, lastAt: T0 + 3 * MINUTE })
      const back = [...Array.from({ length: 12 }, (_, i) => i), 13].map((i) => stored({ terminal: `T-${i}`, store: `S-${i}`, region: 'West', at: T0 + 10 * MINUTE, sequence: 3, changes: [{ fault: 'HST-UNREACHABLE', device: 'acq-1', change: 'closed' }] }))
      await store.putReports(back)
      await drain(store)
      await watchOutbreaks(store.triage, background, T0 + 11 * MINUTE)
      expect((await store.triage.outbreaks.list('open', 9)).map((o) => o.openNow)).toEqual([0])
      await watchOutbreaks(store.triage, background, T0 + 2 * HOUR)
      expect((await store.triage.outbreaks.list('closed', 9)).map((o) => o.id)).toEqual([outbreak?.id])
    })

    it('are made of silent stores too', async () => {
      await store.putReports(Array.from({ length: 40 }, (_, i) => stored({ terminal: `T-${i}`, store: `S-${i}`, at: T0, region: i < 15 ? 'West' : 'East' })))
      await drain(store)
      await store.putHeartbeats(Array.from({ length: 25 }, (_, i) => beat(`T-${i + 15}`, T0 + 15 * MINUTE)))
      await sweepStores({ triage: store.triage, moment: { now: T0 + 15 * MINUTE, beatMs: MINUTE }, upSince: 0, before: new Map() })
      await watchOutbreaks(store.triage, await backgroundOf(store.triage, T0), T0 + 15 * MINUTE)
      expect(await store.triage.outbreaks.list('open', 9)).toMatchObject([{ fault: ABSENT, factor: 'region', value: 'West', stores: 15, openNow: 15 }])
    })
  })

  describe('rollouts', () => {
    const rollout = (revision: number, region?: string) => store.triage.rollouts.making({ configuration: { revision, limits: { a: 1 } }, madeAt: T0, madeBy: 'Li', stages: [50, 100], soakMs: HOUR, state: 'running', stage: 0, stageAt: T0, ...(region === undefined ? {} : { region }) })
    const step = (now: number) => bringOn(store, { days: 0, fleet: new Map(), slices: new Map() }, 40, { now, beatMs: MINUTE })
    const answer = async (now: number, state: 'done' | 'failed', only: (id: string) => boolean = () => true) => {
      for (let i = 0; i < 40; i++) {
        if (!only(`T-${i}`)) continue
        for (const { id } of (await store.takeCommands(`T-${i}`, now)).commands) await store.progress(`T-${i}`, id, { state, looked: 0, total: 0, detail: 'why' }, now)
      }
    }
    const heard = (now: number) => store.putHeartbeats(Array.from({ length: 40 }, (_, i) => beat(`T-${i}`, now)))
    beforeEach(async () => {
      await store.putReports(Array.from({ length: 40 }, (_, i) => stored({ terminal: `T-${i}`, at: T0, region: i < 10 ? 'West' : 'East' })))
      await drain(store)
    })

    it('go from stage to stage when all have answered and nothing happened', async () => {
      await store.triage.together('making', [rollout(await store.triage.rollouts.next())])
      await step(T0 + MINUTE)
      const asked = (await store.triage.rollouts.one(1))?.asked ?? 0
      expect(asked).toBeGreaterThan(8)
      expect(asked).toBeLessThan(32)
      await step(T0 + MINUTE)
      expect((await store.triage.rollouts.one(1))?.asked).toBe(asked)
      await answer(T0 + MINUTE, 'done')
      await heard(T0 + 2 * HOUR)
      await step(T0 + 2 * HOUR)
      expect(await store.triage.rollouts.one(1)).toMatchObject({ stage: 1, applied: asked, asked: 0, state: 'running' })
      await step(T0 + 2 * HOUR)
      await answer(T0 + 2 * HOUR, 'done')
      await heard(T0 + 4 * HOUR)
      await step(T0 + 4 * HOUR)
      expect(await store.triage.rollouts.one(1)).toMatchObject({ applied: 40, state: 'done' })
      expect((await store.triage.care.history({ place: 'fleet', id: 'revision 1' })).map((h) => [h.who, h.what])).toEqual([['hq', 'done'], ['hq', 'stage']])
    })

    it('reach only their region, and halt where terminals fail', async () => {
      await store.triage.together('making', [rollout(1, 'West')])
      await step(T0 + MINUTE)
      await answer(T0 + MINUTE, 'failed')
      await step(T0 + 2 * MINUTE)
      const halted = await store.triage.rollouts.one(1)
      expect(halted).toMatchObject({ state: 'halted', reason: expect.stringContaining('failed to take it') })
      expect((await store.triage.rollouts.trouble(1)).every((t) => Number(t.terminalId.slice(2)) < 10 && t.detail === 'why')).toBe(true)
      expect(await store.triage.rollouts.next()).toBe(2)
    })

    it('halt where those who took them fall ill', async () => {
      await store.triage.together('making', [rollout(1)])
      await step(T0 + MINUTE)
      await answer(T0 + MINUTE, 'done')
      await step(T0 + 2 * MINUTE)
      await store.putReports(Array.from({ length: 40 }, (_, i) => opened(`T-${i}`, 'Store 12', T0 + 5 * MINUTE, OUT, 2)))
      await drain(store)
      await bringOn(store, { days: 28, fleet: new Map([[OUT, 28]]), slices: new Map() }, 40, { now: T0 + 10 * MINUTE, beatMs: MINUTE })
      expect(await store.triage.rollouts.one(1)).toMatchObject({ state: 'halted', reason: expect.stringContaining('incidents began') })
    })
  })

  describe('visits and logs', () => {
    it('are kept, and let their incidents go when cancelled', async () => {
      await store.putReports([opened('T-1', 'A', T0)])
      await drain(store)
      const [incident] = await open()
      const visit: VisitRow = { id: uuidv7(T0), store: 'A', state: 'planned', madeAt: T0, madeBy: 'Li', incidents: [incident?.id ?? ''], parts: [{ id: 'paper-roll', name: { zh: '纸', en: 'paper' }, count: 2 }], note: 'bell' }
      await store.triage.together('making', store.triage.visits.making(visit))
      expect([await store.triage.visits.list({ store: 'A', limit: 9 }), (await open())[0]?.visit]).toEqual([[visit], visit.id])
      await store.triage.together('moving', store.triage.visits.moving(visit, 'cancelled'))
      expect([(await store.triage.visits.one(visit.id))?.state, (await open())[0]?.visit]).toEqual(['cancelled', undefined])
    })

    it('are taken only where they were asked for, and forgotten by age', async () => {
      await enrolled(store, 'T-1')
      const id = uuidv7(T0)
      await store.addCommand({ id, type: 'logs', createdAt: T0, expiresAt: T0 + HOUR }, 'T-1')
      const bundle = { schema: 'posdiag.logs/1' as const, at: T0, parts: [{ name: 'agent.log', text: '纸 '.repeat(9000), cut: false }] }
      const { bundles } = store.triage
      expect([await bundles.keep('T-2', id, T0, bundle), await bundles.keep('T-1', id, T0, bundle), await bundles.keep('T-1', id, T0 + 1, bundle)]).toEqual([false, true, true])
      expect(await bundles.one('T-1', id)).toEqual(bundle)
      await bundles.forget(T0 + 2)
      expect(await bundles.one('T-1', id)).toBeUndefined()
    })

    it('a store lists what people know of it', async () => {
      const card = { address: '1 Main St \0', hours: { timeZone: 'UTC', days: [[], [], [], [], [], [], []] } }
      await store.triage.together('noting', [store.triage.stores.noting('A', card)])
      expect([await store.triage.stores.card('A'), await store.triage.stores.card('B')]).toEqual([card, {}])
    })
  })
}
