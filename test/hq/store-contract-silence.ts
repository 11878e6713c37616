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
}
