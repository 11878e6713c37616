import type { Compilable } from 'kysely'
import { Severity } from '../../model/fault.ts'
import { uuidv7 } from '../../model/id.ts'
import type { AbsenceCause, AbsenceRow, OpeningHours } from '../../model/triage.ts'
import type { AbsenceRecord, OpenIncident, SeenTerminal } from '../queries/triage/absences.ts'
import type { OutbreakRecord } from '../queries/triage/outbreaks.ts'
import type { StoreState } from '../queries/triage/stores.ts'
import { rankOf } from '../severity.ts'
import type { Moment } from '../store.ts'
import { explainAbsence, notSelling, type Silence } from './absence.ts'
import { costOfAbsence, weightOf } from './cost.ts'
import { isWithinOutage, lastWords } from './last-words.ts'
import type { SalesProfile } from './sales.ts'
import type { TriageStore } from './store.ts'

const PAGE = 4000
const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

/** Terminals silent for less are only late, in heartbeat intervals; as the bounds of contact. */
const SILENT_BEATS = 10
const ONLINE_BEATS = 2

/** Why somebody is silent is weighed anew while it is this young, in ms: neighbours fall silent one after the other. */
const YOUNG_MS = HOUR

/** A part of a region's terminals that falls silent within so many ms speaks of something that they share. */
const REGION = { part: 0.3, least: 10, withinMs: 30 * 60_000 } as const

/** What one round has seen of each region, for the next: how many terminals, and the last words of the silent. */
export type Regions = Map<string, { terminals: number; silentSince: number[] }>

/** What a sweep works with. `upSince` is from when on HQ has been there to hear: nobody is silent before that. */
export interface Sweep { triage: TriageStore; moment: Moment; upSince: number; before: Regions }

interface Place { scope: 'terminal' | 'store'; place: string; store: string; region: string | null; silent: SeenTerminal[]; rest: number }

const seenAt = (t: SeenTerminal): number => t.seen_at ?? 0

/** Who of a store is silent, as absences: all of it is one, else each terminal is its own. Nothing while others are about to fall silent too. */
const placesOf = (store: string, terminals: readonly SeenTerminal[], { moment: { now, beatMs }, upSince }: Sweep): Place[] | 'wait' => {
  const heard = terminals.filter((t) => t.seen_at !== null)
  const silentFor = (t: SeenTerminal): number => now - Math.max(seenAt(t), upSince)
  const silent = heard.filter((t) => silentFor(t) > SILENT_BEATS * beatMs)
  if (silent.length === 0) return []
  const region = terminals.find((t) => t.region !== null)?.region ?? null
  if (silent.length === heard.length && heard.length > 1) return [{ scope: 'store', place: store, store, region, silent, rest: 0 }]
  const online = heard.some((t) => silentFor(t) <= ONLINE_BEATS * beatMs)
  if (silent.length < heard.length && !online && silent.every((t) => silentFor(t) <= 2 * SILENT_BEATS * beatMs)) return 'wait'
  return silent.map((t) => ({ scope: 'terminal', place: t.id, store, region: t.region, silent: [t], rest: heard.length - silent.length }))
}

interface Known {
  open: Map<string, OpenIncident[]>
  goodbyes: Map<string, number>
  earlier: Map<string, number[]>
  hours: Map<string, OpeningHours>
  profiles: Map<string, SalesProfile>
  outbreaks: OutbreakRecord[]
}

const sinceOf = (place: Place): number => Math.max(...place.silent.map(seenAt))

const zoneOf = (t: SeenTerminal | undefined): string | undefined => (t === undefined ? undefined : (JSON.parse(t.identity) as { timeZone?: string }).timeZone)

const openOn = (place: Place, known: Known): OpenIncident[] => place.silent.flatMap((t) => known.open.get(t.id) ?? [])

const silenceOf = (place: Place, since: number, known: Known, { before: regions, moment: { now } }: Sweep): Silence => {
  const profile = place.silent.map((t) => known.profiles.get(t.id)).find((p) => p !== undefined)
  const hours = known.hours.get(place.store)
  const timeZone = zoneOf(place.silent[0])
  const region = place.region === null ? undefined : regions.get(place.region)
  const together = region?.silentSince.filter((at) => Math.abs(at - since) < REGION.withinMs).length ?? 0
  return {
    since,
    now,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(hours === undefined ? {} : { hours }),
    ...(profile === undefined ? {} : { profile }),
    faults: openOn(place, known).map((i) => i.fault),
    stoppedInOrder: place.silent.every((t) => Math.abs((known.goodbyes.get(t.id) ?? 0) - seenAt(t)) < 60_000),
    earlier: known.earlier.get(place.store) ?? [],
    store: place.scope === 'store' ? 'silent' : place.rest > 0 ? 'heard' : 'alone',
    regionSilent: region !== undefined && together >= REGION.least && together / region.terminals >= REGION.part,
    outage: known.outbreaks.some((o) => (o.factor === 'fleet' || (o.factor === 'region' && o.value === place.region)) && isWithinOutage(since, o)),
  }
}

const moneyOf = (place: Place, causes: AbsenceRow['causes'], known: Known, since: number, now: number) => {
  const cost = costOfAbsence(place.silent.flatMap((t) => known.profiles.get(t.id) ?? []), since, notSelling(causes), now)
  return { lost: cost?.lostMinor ?? 0, per_hour: cost?.perHourMinor ?? 0, cost: weightOf(cost), currency: cost?.currency ?? null }
}

const bornOf = (place: Place, known: Known, sweep: Sweep) => {
  const { now } = sweep.moment
  const explained = explainAbsence(silenceOf(place, sinceOf(place), known, sweep))
  return {
    place: place.place, id: uuidv7(now), scope: place.scope, store: place.store, region: place.region, terminals: place.silent.length, since: sinceOf(place), noticed_at: now, back_at: null,
    cause: explained.causes[0]?.cause ?? 'link', reasons: JSON.stringify(explained), ...moneyOf(place, explained.causes, known, sinceOf(place), now),
  }
}

const renewed = (place: Place, open: AbsenceRecord, known: Known, sweep: Sweep): Partial<AbsenceRecord> => {
  const { now } = sweep.moment
  const kept = JSON.parse(open.reasons) as Pick<AbsenceRow, 'causes' | 'evidence'>
  const explained = explainAbsence(silenceOf(place, open.since, known, sweep), now - open.noticed_at < YOUNG_MS ? undefined : kept)
  return { terminals: place.silent.length, cause: explained.causes[0]?.cause ?? open.cause, reasons: JSON.stringify(explained), ...moneyOf(place, explained.causes, known, open.since, now) }
}

const differs = (set: Partial<AbsenceRecord>, row: AbsenceRecord): boolean => Object.entries(set).some(([key, value]) => row[key as keyof AbsenceRecord] !== value)

const worstOf = (worst: string | null): number => (worst === null ? 0 : rankOf(Severity.parse(worst)))

const CLOSED: AbsenceCause = 'closed'

interface Money { lost: number; per_hour: number; currency: string | null }
type Standing = Money & { id: string; place: string; scope: string; cause: string }

/** The terminals of a store of which nothing is heard as it is closed. */
const closedOf = (places: readonly Place[], absences: readonly Standing[]): Set<string> =>
  new Set(places.filter((p) => absences.some((a) => a.place === p.place && a.scope === p.scope && a.cause === CLOSED)).flatMap((p) => p.silent.map((t) => t.id)))

const stateOf = (store: string, terminals: readonly SeenTerminal[], places: readonly Place[], absences: readonly Standing[], money: Money | undefined, { moment: { now, beatMs } }: Sweep): StoreState => {
  const sums = [...absences, ...(money === undefined ? [] : [money])]
  const lost = sums.reduce((n, m) => n + m.lost, 0)
  const perHour = sums.reduce((n, m) => n + m.per_hour, 0)
  const closed = closedOf(places, absences)
  return {
    store, region: terminals.find((t) => t.region !== null)?.region ?? null, terminals: terminals.length,
    online: terminals.filter((t) => t.seen_at !== null && now - t.seen_at <= ONLINE_BEATS * beatMs).length,
    silent: places.reduce((n, p) => n + p.silent.length, 0) - closed.size,
    closed: closed.size,
    blocked: terminals.filter((t) => t.blocked > 0 && !closed.has(t.id)).length,
    open_incidents: terminals.reduce((n, t) => n + t.open_incidents, 0),
    rank: Math.max(0, ...terminals.map((t) => worstOf(t.worst))),
    cost: lost + perHour, lost, per_hour: perHour, currency: sums.find((m) => m.currency !== null)?.currency ?? null,
    absence: absences.find((a) => a.scope === 'store')?.id ?? null,
  }
}

const sweepPage = async (sweep: Sweep, byStore: ReadonlyMap<string, SeenTerminal[]>, after: string, upTo: string | undefined): Promise<void> => {
  const { triage, moment: { now } } = sweep
  const stores = [...byStore.keys()]
  const places = new Map([...byStore].map(([store, terminals]) => [store, placesOf(store, terminals, sweep)]))
  const silent = [...places.values()].flatMap((p) => (p === 'wait' ? [] : p))
  const ids = silent.flatMap((p) => p.silent.map((t) => t.id))
  const quiet = [...new Set(silent.map((p) => p.store))]
  const open = await triage.absences.openIn(stores)
  const known: Known = {
    open: await triage.absences.incidentsOn(ids), goodbyes: await triage.absences.goodbyes(ids), earlier: await triage.absences.earlier(quiet, now - WEEK),
    hours: await triage.absences.hoursOf(quiet), profiles: await triage.sales.profiles(ids), outbreaks: ids.length === 0 ? [] : await triage.outbreaks.open(),
  }
  const money = await triage.stores.costs(stores)
  const states = new Map((await triage.stores.states(stores)).map((s) => [s.store, s]))
  const statements: Compilable[] = []
  const changed: StoreState[] = []
  const closing = new Map<string, boolean>()
  for (const [store, terminals] of byStore) {
    const gone = places.get(store)
    if (gone === undefined || gone === 'wait') continue
    const mine = open.filter((a) => a.store === store)
    const standing: Standing[] = []
    for (const back of mine.filter((a) => !gone.some((p) => p.place === a.place && p.scope === a.scope))) statements.push(...triage.absences.ending(back.id, now))
    for (const place of gone) {
      const already = mine.find((a) => a.place === place.place && a.scope === place.scope)
      const found = already === undefined ? bornOf(place, known, sweep) : { ...already, ...renewed(place, already, known, sweep) }
      const told = openOn(place, known)
      const words = lastWords(told, found)
      // With what it was told by it is part of the same outbreak.
      const row = { ...found, outbreak: already?.outbreak ?? words.find((w) => w.outbreak !== null)?.outbreak ?? null }
      if (already === undefined) statements.push(triage.absences.beginning(row))
      else if (differs(row, already)) statements.push(triage.absences.changing(already.id, row))
      statements.push(
        ...triage.absences.explaining(row.id, words.flatMap((w) => (w.absence === row.id ? [] : [w.id]))),
        ...triage.absences.explaining(undefined, told.flatMap((i) => (i.absence === row.id && !words.includes(i) ? [i.id] : []))),
      )
      standing.push(row)
    }
    const closed = closedOf(gone, standing)
    for (const { id, closed: was } of terminals) if ((was === 1) !== closed.has(id)) closing.set(id, closed.has(id))
    const state = stateOf(store, terminals, gone, standing, money.get(store), sweep)
    if (JSON.stringify(state, Object.keys(state).toSorted()) !== JSON.stringify(states.get(store), Object.keys(state).toSorted())) changed.push(state)
  }
  await triage.together('sweeping stores', [...statements, ...triage.absences.closing(closing), ...triage.stores.keeping(changed), triage.stores.droppingOthers(after, upTo, stores)])
}

/** Goes once through all stores: who is silent and why, who is back, and how each store stands. Answers what it saw of the regions. */
export const sweepStores = async (sweep: Sweep): Promise<Regions> => {
  const { triage, moment: { now, beatMs }, upSince } = sweep
  const regions: Regions = new Map()
  let after = ''
  for (;;) {
    const rows = await triage.absences.terminalsAfter(after, PAGE)
    const byStore = Map.groupBy(rows, (r) => r.store)
    const last = rows.at(-1)?.store
    // The last store of a full page goes on behind it, unless it fills the page alone.
    const whole = rows.length < PAGE || byStore.size === 1
    if (!whole && last !== undefined) byStore.delete(last)
    for (const t of [...byStore.values()].flat()) {
      if (t.region === null) continue
      const region = regions.get(t.region) ?? { terminals: 0, silentSince: [] }
      region.terminals++
      if (t.seen_at !== null && now - Math.max(t.seen_at, upSince) > SILENT_BEATS * beatMs) region.silentSince.push(t.seen_at)
      regions.set(t.region, region)
    }
    const end = rows.length < PAGE
    const upTo = [...byStore.keys()].at(-1)
    await sweepPage(sweep, byStore, after, end ? undefined : upTo)
    if (end || upTo === undefined) return regions
    after = upTo
  }
}
