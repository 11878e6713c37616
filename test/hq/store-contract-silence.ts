import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/hq/store.ts'
import { backgroundOf, costIncidents, learnSales, watchOutbreaks } from '../../src/hq/triage/rounds.ts'
import { sweepStores } from '../../src/hq/triage/sweep.ts'
import { ABSENT } from '../../src/model/triage.ts'
import { beat, DAY, drain, MINUTE, stored, T0 } from './store-under-test.ts'

const HOUR = 60 * MINUTE
const LOST = 'PWR-AC-LOST'
/** What a lane sells in an hour, and the part of its ways of taking money that these faults stop. */
const SUM = 10_000
const PART = 0.5

/** What the store contract says of terminals that fall silent: what they said before, and closing time. Called within a describe whose beforeEach opens a fresh store. */
export const silenceContract = (current: () => Store): void => {
  let store: Store
  beforeEach(() => {
    store = current()
  })
  const sweep = (now: number) => sweepStores({ triage: store.triage, moment: { now, beatMs: MINUTE }, upSince: 0, before: new Map() })
  const dark = (terminal: string, name: string, at: number, region = 'East') => stored({ terminal, store: name, region, at, sequence: 2, found: [`${LOST}@ups-1`], changes: [{ fault: LOST, device: 'ups-1', change: 'opened' }] })
  const well = (terminal: string, name: string, at: number, region = 'East', sequence = 1) => stored({ terminal, store: name, region, at, sequence })
  const queued = async () => (await store.triage.money.queue(T0 + DAY, 99)).map((q) => `${q.terminalId} ${q.fault}`)

  describe('last words', () => {
    beforeEach(async () => {
      await store.putReports([well('A-1', 'Alpha', T0 - HOUR), well('A-2', 'Alpha', T0 - HOUR), dark('A-1', 'Alpha', T0), dark('A-2', 'Alpha', T0 + MINUTE)])
      await drain(store)
    })

    it('of lost power are part of the absence that they explain, and a matter of their own again when it is over', async () => {
      expect((await queued()).toSorted()).toEqual([`A-1 ${LOST}`, `A-2 ${LOST}`])
      await sweep(T0 + 15 * MINUTE)
      const [gone, ...others] = await store.triage.absences.list('open', 9)
      expect(others).toEqual([])
      expect(gone).toMatchObject({ scope: 'store', place: 'Alpha', causes: [{ cause: 'power' }, {}, {}, {}, {}], lastWords: [{ terminalId: 'A-1', fault: LOST, device: 'ups-1', openedAt: T0 }, { terminalId: 'A-2' }] })
      expect(await queued()).toEqual([])
      expect(await store.incident(gone?.lastWords?.[0]?.id ?? '')).toMatchObject({ absence: gone?.id })
      await store.putHeartbeats([beat('A-1', T0 + 20 * MINUTE), beat('A-2', T0 + 20 * MINUTE)])
      await sweep(T0 + 20 * MINUTE)
      expect((await queued()).toSorted()).toEqual([`A-1 ${LOST}`, `A-2 ${LOST}`])
      expect((await store.triage.absences.list('ended', 9))[0]).not.toHaveProperty('lastWords')
      expect(await store.incident(gone?.lastWords?.[0]?.id ?? '')).not.toHaveProperty('absence')
    })

    it('go over from the absence of the store to that of the lane that stays silent', async () => {
      await sweep(T0 + 15 * MINUTE)
      await store.putHeartbeats([beat('A-1', T0 + 20 * MINUTE)])
      await sweep(T0 + 20 * MINUTE)
      expect((await store.triage.absences.list('open', 9)).map((a) => [a.place, a.causes[0]?.cause, a.lastWords?.map((w) => w.terminalId)])).toEqual([['A-2', 'power', ['A-2']]])
      expect(await queued()).toEqual([`A-1 ${LOST}`])
    })

    it('spoken long before the silence explain nothing', async () => {
      await store.putHeartbeats([beat('A-1', T0 + 3 * HOUR), beat('A-2', T0 + 3 * HOUR)])
      await sweep(T0 + 4 * HOUR)
      expect((await store.triage.absences.list('open', 9)).map((a) => [a.place, a.lastWords])).toEqual([['Alpha', undefined]])
      expect(await queued()).toHaveLength(2)
    })

    it('cost until the silence begins, which costs from then on, and all of it when it is over', async () => {
      const first = T0 - 42 * DAY
      await store.triage.sales.tell(Array.from({ length: 42 * 24 }, (_, i) => ({ terminalId: 'A-1', hour: first + i * HOUR, count: 4, sum: SUM, currency: 'CNY' })))
      await learnSales(store.triage, T0)
      const now = T0 + 31 * MINUTE
      await sweep(now)
      await costIncidents(store.triage, now)
      const [gone] = await store.triage.absences.list('open', 9)
      const cost = async () => (await store.incident(gone?.lastWords?.[0]?.id ?? ''))?.cost
      // The store's last word is that of its other lane, a minute later.
      expect(await cost()).toEqual({ lostMinor: Math.round((PART * SUM) / 60), perHourMinor: 0, currency: 'CNY' })
      expect(gone?.cost?.lostMinor).toBeGreaterThan(0.2 * SUM)
      await store.putHeartbeats([beat('A-1', now + MINUTE), beat('A-2', now + MINUTE)])
      await sweep(now + MINUTE)
      await costIncidents(store.triage, T0 + 45 * MINUTE)
      expect(await cost()).toEqual({ lostMinor: PART * 0.75 * SUM, perHourMinor: PART * SUM, currency: 'CNY' })
    })
  })

  it('a region without power is one outbreak: who said so, fell silent after, or had no battery to say it by', async () => {
    const lanes = Array.from({ length: 60 }, (_, i) => ({ id: `T-${i}`, shop: `S-${i}`, region: i < 20 ? 'West' : 'East' }))
    await store.putReports(lanes.map((l) => well(l.id, l.shop, T0 - HOUR, l.region)))
    // All are heard until the power goes; twelve of the West have a battery.
    await store.putReports(lanes.slice(0, 12).map((l) => dark(l.id, l.shop, T0, 'West')))
    await drain(store)
    await store.putHeartbeats(lanes.slice(12, 20).map((l) => beat(l.id, T0)))
    const background = await backgroundOf(store.triage, T0)
    await watchOutbreaks(store.triage, background, T0 + MINUTE)
    const now = T0 + 20 * MINUTE
    await store.putHeartbeats(lanes.slice(20).map((l) => beat(l.id, now)))
    await sweep(now)
    await watchOutbreaks(store.triage, background, now)
    const [outage, ...others] = await store.triage.outbreaks.list('open', 9)
    expect(others).toEqual([])
    expect(outage).toMatchObject({ fault: LOST, factor: 'region', value: 'West', stores: 20, terminals: 20, openNow: 20 })
    const gone = await store.triage.absences.list('open', 99)
    expect(gone.map((a) => [a.outbreak, a.causes[0]?.cause])).toEqual(Array(20).fill([outage?.id, 'power']))
    expect(gone.find((a) => a.place === 'T-15')?.evidence.map((e) => e.id)).toContain('outage')
    await store.putHeartbeats(lanes.map((l) => beat(l.id, now + MINUTE)))
    await sweep(now + MINUTE)
    await watchOutbreaks(store.triage, background, now + MINUTE)
    expect(await store.triage.outbreaks.one(outage?.id ?? '')).toMatchObject({ terminals: 20, openNow: 12 })
    expect((await store.triage.outbreaks.list('open', 9)).map((o) => o.fault)).not.toContain(ABSENT)
  })

  describe('closing time', () => {
    const closes = T0 + 10 * HOUR
    const opens = T0 + DAY
    const at = { now: closes + 30 * MINUTE, beatMs: MINUTE }
    beforeEach(async () => {
      const day: [number, number][] = [[480, 1080]]
      await store.triage.together('hours', ['Alpha', 'Solo'].map((name) => store.triage.stores.noting(name, { hours: { timeZone: 'UTC', days: Array(7).fill(day) } })))
      const block = (id: string, shop: string) => stored({ terminal: id, store: shop, at: T0, found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] })
      await store.putReports([block('A-1', 'Alpha'), well('A-2', 'Alpha', T0), well('S-1', 'Solo', T0), well('O-1', 'Other', T0), block('O-2', 'Other')])
      await drain(store)
      // The last beat comes before the store closes, as tills are switched off by then.
      await store.putHeartbeats([...['A-1', 'A-2', 'S-1'].map((id) => beat(id, closes - 5 * MINUTE)), ...['O-1', 'O-2'].map((id) => beat(id, closes - 3 * HOUR))])
      await sweep(at.now)
    })
    const contacts = async (moment = at) => Object.fromEntries((await store.terminals({ limit: 9 }, moment)).rows.map((t) => [t.terminal.id, t.contact]))
    const standing = async () => Object.fromEntries((await store.triage.stores.map(at.now)).regions.flatMap((r) => r.stores).map(([name, is]) => [name, is]))

    it('makes terminals closed: neither silent nor blocked, in lists, counts and on the map', async () => {
      expect(await contacts()).toEqual({ 'A-1': 'closed', 'A-2': 'closed', 'S-1': 'closed', 'O-1': 'offline', 'O-2': 'offline' })
      const only = async (contact: 'closed' | 'offline') => (await store.terminals({ contact, limit: 9 }, at)).rows.map((t) => t.terminal.id)
      expect([await only('closed'), await only('offline')]).toEqual([['A-1', 'A-2', 'S-1'], ['O-1', 'O-2']])
      const overview = await store.overview(at)
      expect([overview.terminals, overview.blocked.map((t) => t.terminal.id)]).toEqual([{ online: 0, stale: 0, offline: 2, closed: 3, never: 0 }, ['O-2']])
      expect(overview.tenders.chip).toEqual({ ready: 1, degraded: 0, blocked: 1, unknown: 0 })
      expect((await store.triage.stores.list({ limit: 9 })).rows.map((s) => [s.store, s.silent, s.closed, s.blocked]).toSorted()).toEqual([['Alpha', 0, 2, 0], ['Other', 2, 0, 1], ['Solo', 0, 1, 0]])
      expect(await standing()).toEqual({ Alpha: 'closed', Solo: 'closed', Other: 'silent' })
    })

    it('is over for who is heard, and for who is not heard although the store has opened', async () => {
      await sweep(opens + 20 * MINUTE)
      expect((await contacts())['A-1']).toBe('closed')
      await store.putHeartbeats([beat('S-1', opens + 30 * MINUTE)])
      await sweep(opens + 31 * MINUTE)
      const moment = { now: opens + 31 * MINUTE, beatMs: MINUTE }
      expect(await contacts(moment)).toMatchObject({ 'A-1': 'offline', 'A-2': 'offline', 'S-1': 'online' })
      const alpha = (await store.triage.absences.list('open', 9)).find((a) => a.place === 'Alpha')
      expect([alpha?.since, alpha?.causes[0]?.cause === 'closed', alpha?.evidence.map((e) => e.id)]).toEqual([closes - 5 * MINUTE, false, expect.arrayContaining(['opened-since', 'store-silent'])])
      expect(alpha?.evidence.map((e) => e.id)).not.toContain('outside-hours')
      expect(await standing()).toMatchObject({ Alpha: 'silent', Solo: 'well' })
      // The next night it is still a silence that nobody has explained.
      await sweep(opens + 11 * HOUR)
      expect((await contacts({ now: opens + 11 * HOUR, beatMs: MINUTE }))['A-1']).toBe('offline')
    })
  })
}
