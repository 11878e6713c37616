import { uuidv7 } from '../../model/id.ts'
import { ABSENT } from '../../model/triage.ts'
import type { Factor } from '../fold-types.ts'
import { CONFIGURATION, type OutbreakRecord } from '../queries/triage/outbreaks.ts'
import { COUNTED_MS, costOfIncident, shareOf } from './cost.ts'
import { isWithinOutage } from './last-words.ts'
import { type Fleet, factorKey, findOutbreaks, type Happening, LOOKED_MS, shares, sliceKey, type Usual } from './outbreaks.ts'
import type { TriageStore } from './store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PAGE = 500

/** Terminals may tell an hour this late before it is learned from; one told later is learned from all the same. */
const TOLD_LATE_MS = 2 * HOUR

/** Learns from the hours that have ended. */
export const learnSales = async (triage: TriageStore, now: number): Promise<void> => {
  const before = Math.floor((now - TOLD_LATE_MS) / HOUR) * HOUR
  while ((await triage.sales.learnNext(before)) > 0);
  await triage.sales.forget(now - COUNTED_MS - HOUR)
}

/** Works out anew what open incidents cost. */
export const costIncidents = async (triage: TriageStore, now: number): Promise<void> => {
  for (let after = ''; ; ) {
    const open = await triage.money.openAfter(after, PAGE)
    const last = open.at(-1)
    if (last === undefined) return
    after = last.id
    const ids = [...new Set(open.map((i) => i.terminal_id))]
    const profiles = await triage.sales.profiles(ids)
    const told = profiles.size === 0 ? new Map() : await triage.sales.told([...profiles.keys()], now - COUNTED_MS)
    await triage.together('noting costs', open.flatMap((i) => {
      const profile = profiles.get(i.terminal_id)
      const share = profile === undefined ? 0 : shareOf(JSON.parse(i.readiness), i)
      const cost = profile === undefined ? undefined : costOfIncident(profile, { openedAt: i.opened_at, share, ...(i.silent_since !== null && { silentSince: i.silent_since }) }, told.get(i.terminal_id) ?? new Map(), now)
      return (cost?.lostMinor ?? 0) === i.lost && (cost?.perHourMinor ?? 0) === i.per_hour ? [] : [triage.money.costing(i.id, cost)]
    }))
  }
}

/** Counts incidents into issues, each once. */
export const countIssues = async (triage: TriageStore): Promise<void> => {
  for (;;) {
    const born = await triage.issues.uncounted(PAGE)
    await triage.together('counting issues', triage.issues.counting(born))
    if (born.length < PAGE) return
  }
}

/** Days of the past that say what is usual. */
const PAST_DAYS = 28

const usualOf = async (triage: TriageStore, now: number): Promise<Usual> => {
  const today = Math.floor(now / DAY) * DAY
  const { began, rows } = await triage.issues.usual(today - PAST_DAYS * DAY, today)
  const fleet = new Map<string, number>()
  const slices = new Map<string, number>()
  const add = (to: Map<string, number>, key: string, n: number): void => void to.set(key, (to.get(key) ?? 0) + n)
  for (const row of rows) {
    add(fleet, row.fault, row.incidents)
    for (const [name, value] of [['region', row.region], ['model', row.model], ['agent', row.agent_version]] as const) if (value !== '') add(slices, sliceKey(row.fault, name, value), row.incidents)
  }
  return { days: began === undefined ? 0 : Math.max(0, Math.min(PAST_DAYS, (today - began) / DAY)), fleet, slices }
}

/** A terminal tries a configuration before it says that it took it, for so long at most (ms): what began before is not its doing. */
const TRIED_MS = 10 * 60_000

const happeningsOf = async (triage: TriageStore, now: number): Promise<{ happenings: Happening[]; titles: Map<string, { zh: string; en: string; severity: string }> }> => {
  const incidents = await triage.outbreaks.incidentsSince(now - LOOKED_MS)
  const absences = await triage.outbreaks.absencesSince(now - LOOKED_MS)
  const terminals = [...new Set([...incidents, ...absences].map((i) => i.terminal_id))]
  const factors = await triage.outbreaks.factorsOf(terminals)
  const configurations = await triage.outbreaks.configurationsOf(terminals)
  const titles = new Map(incidents.map((i) => [i.fault, { zh: i.title_zh, en: i.title_en, severity: i.severity }]))
  titles.set(ABSENT, { zh: '终端失联', en: 'Nothing is heard of the terminals', severity: 'block' })
  const of = (terminalId: string, at: number): Factor[] => {
    const taken = configurations.get(terminalId)
    return [...(factors.get(terminalId) ?? []), ...(taken !== undefined && at > taken.at - TRIED_MS ? [[CONFIGURATION, String(taken.revision)] satisfies Factor] : [])]
  }
  return {
    titles,
    happenings: [
      ...incidents.map((i) => ({ id: i.id, terminalId: i.terminal_id, store: i.store ?? i.terminal_id, fault: i.fault, at: i.opened_at, factors: of(i.terminal_id, i.opened_at) })),
      ...absences.map((a) => ({ id: a.id, terminalId: a.terminal_id, store: a.store, fault: ABSENT, at: a.since, factors: of(a.terminal_id, a.since), cause: a.cause })),
    ],
  }
}

/** What the fleet shares and what is usual changes slowly; a job asks for it now and then and keeps it in between. */
export interface Background { fleet: Fleet; usual: Usual }

/** Reads the background of outbreaks. */
export const backgroundOf = async (triage: TriageStore, now: number): Promise<Background> => ({
  fleet: { terminals: await triage.outbreaks.fleetSize(), sharing: new Map((await triage.outbreaks.sharing()).map((s) => [factorKey(s.name, s.value), s.n])) },
  usual: await usualOf(triage, now),
})

/** An outbreak is over when hardly anybody has it any more and nobody new got it for an hour. */
const OVER = { part: 0.05, quietMs: HOUR } as const

/** An absence without last words belongs to an outage that others told of, as they had a battery. */
const belongsTo = (h: Happening, o: OutbreakRecord): boolean => h.fault === ABSENT && h.cause === 'power' && shares(h, o) && isWithinOutage(h.at, o)

/** Opens outbreaks, takes new members in, and closes those that are over. */
export const watchOutbreaks = async (triage: TriageStore, { fleet, usual }: Background, now: number): Promise<void> => {
  const { happenings: all, titles } = await happeningsOf(triage, now)
  const before = await triage.outbreaks.open()
  const open = new Map(before.map((o) => [`${o.fault}\0${factorKey(o.factor, o.value)}`, o]))
  const outages = Map.groupBy(all, (h) => before.find((o) => belongsTo(h, o))?.id)
  for (const [id, members] of outages) if (id !== undefined) await triage.together('counting an outage', triage.outbreaks.joining(id, members.map((h) => h.id)))
  const happenings = outages.get(undefined) ?? []
  for (const found of findOutbreaks(happenings, fleet, usual, now)) {
    const key = `${found.fault}\0${factorKey(found.factor, found.value)}`
    const title = titles.get(found.fault)
    const first = Math.min(...found.happenings.map((h) => h.at))
    const known = open.get(key)
    const id = known?.id ?? uuidv7(now)
    const { fault, factor, value, stores, among, expected, log10p, windowMs } = found
    await triage.together('noting an outbreak', [
      ...(known === undefined
        ? [triage.outbreaks.opening({
            id, fault, title_zh: title?.zh ?? fault, title_en: title?.en ?? fault, severity: title?.severity ?? 'degraded', factor, value, opened_at: first, last_at: now, closed_at: null,
            terminals: found.happenings.length, stores, open_now: found.happenings.length, among, expected, log10p, window_ms: windowMs, lost: 0, per_hour: 0, currency: null,
          })]
        : known.log10p > log10p ? [triage.outbreaks.changing(id, { among, expected, log10p, window_ms: windowMs })] : []),
      ...triage.outbreaks.joining(id, found.happenings.map((h) => h.id)),
    ])
    if (known === undefined) await triage.tell(found.happenings.map((h) => h.terminalId))
  }
  for (const outbreak of await triage.outbreaks.open()) {
    const late = happenings.filter((h) => h.fault === outbreak.fault && h.at >= outbreak.opened_at && (outbreak.factor === 'fleet' || h.factors.some(([n, v]) => n === outbreak.factor && v === outbreak.value)))
    await triage.together('counting an outbreak', triage.outbreaks.joining(outbreak.id, late.map((h) => h.id)))
    const { last_at, ...tally } = await triage.outbreaks.tally(outbreak.id, outbreak.fault)
    const over = tally.open_now <= OVER.part * tally.terminals && now - last_at > OVER.quietMs
    const set = { ...tally, last_at, closed_at: over ? now : null }
    if (Object.entries(set).some(([k, v]) => outbreak[k as keyof typeof set] !== v)) await triage.together('counting an outbreak', [triage.outbreaks.changing(outbreak.id, set)])
  }
}
