import type { Diagnosis, Evidence, FaultAt, Verdict } from '../model/diagnosis.ts'
import { upstream } from '../model/fitted.ts'
import { MOST_ELSEWHERE, NO_PAST, type Past } from '../model/past.ts'
import type { Device } from '../model/terminal.ts'
import { explained, type Judged, lostTo } from './diagnose-lost.ts'
import { type Finding, type Given, type Hypothesis, type Link, layOut, linksByReading, linksTogether, weightOfAbsent, weightOfPresent } from './diagnose-network.ts'
import { type Weighed, weigh } from './diagnose-weigh.ts'

/** From this posterior on a fault is found. */
const FOUND = 0.5
/** Below this posterior a fault that enough speaks against is ruled out, even where symptoms that it shares with others have raised it. */
const UNLIKELY = 0.05
/** Nats that make a fault seven times less likely. */
const TELLING = 2
/** A symptom that a healthy device shows this often is no surprise and needs no explanation. */
const ORDINARY = 0.02
const MOST_NOT_LOOKED_AT = 8
const SEVERITIES = ['block', 'degraded', 'advisory']
/** Ways less probable than this share of the fault's likeliest one are not worth telling. */
const WORTH_TELLING = 0.05
const DAY_MS = 86_400_000

const place = ({ finding }: Link): { symptom: string; device: string } => ({ symptom: finding.symptom.id, device: finding.symptom.device })

const byWeight = (a: Evidence, b: Evidence): number => Math.abs(b.weight) - Math.abs(a.weight)

const evidence = (links: readonly Link[], weight: (link: Link) => number): Evidence[] => links.map((link) => ({ ...place(link), weight: weight(link) })).sort(byWeight)

/** Entropy of a yes or no in nats. */
export const entropy = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p))

/** Expected reduction of doubt about a fault, in nats, if this symptom were looked at. */
const settles = ({ finding, p }: Link, posterior: number): number => {
  const shown = 1 - (1 - finding.leak) * (1 - p)
  const present = posterior * shown + (1 - posterior) * finding.leak
  return entropy(posterior) - present * entropy((posterior * shown) / present) - (1 - present) * entropy((posterior * (1 - shown)) / (1 - present))
}

const total = (links: readonly Evidence[]): number => links.reduce((sum, e) => sum + e.weight, 0)

const wordFor = (h: Hypothesis, posterior: number, against: readonly Evidence[]): Verdict['verdict'] | undefined => {
  if (posterior >= FOUND) return 'found'
  if (against.length > 0 && (posterior <= h.fault.prior.p || (posterior < UNLIKELY && total(against) <= -TELLING))) return 'ruled-out'
  return h.present.length > 0 ? 'open' : undefined
}

/** How a fault that is not ruled out comes about, likeliest way first; nothing where it has but one way. */
const waysOf = (h: Hypothesis, weighed: Weighed): NonNullable<Verdict['ways']> => {
  const ways = h.causes.filter(({ way }) => way !== '').map((cause) => ({ way: cause.way, posterior: weighed.ofCause(cause), ...(cause.group ? { devices: [...cause.group.devices] } : {}) })).sort((a, b) => b.posterior - a.posterior)
  return ways.filter(({ posterior }) => posterior >= WORTH_TELLING * (ways[0]?.posterior ?? 0))
}

/** Changes that speak about the likeliest way of a fault. */
const changesOf = (h: Hypothesis, weighed: Weighed): NonNullable<Verdict['changes']> =>
  h.causes.reduce<(typeof h.causes)[number] | undefined>((best, cause) => (best === undefined || weighed.ofCause(cause) > weighed.ofCause(best) ? cause : best), undefined)?.changes ?? []

type Recurrence = NonNullable<Verdict['recurrence']>

/** How often this fault was found on the other lanes; undefined if that is not known, or was too long ago to say anything of these days. */
const elsewhereOf = (fault: string, { elsewhere }: Past, now: number): Recurrence['elsewhere'] => {
  if (elsewhere === undefined || elsewhere.lanes === 0 || elsewhere.at <= now - 7 * DAY_MS) return undefined
  const { at, lanes: of, faults } = elsewhere
  const counted = faults.find((f) => f.fault === fault)
  if (counted) return { at, of, open: counted.open, days7: counted.days7, days30: counted.days30 }
  const none = { lanes: 0, times: 0 }
  return faults.length < MOST_ELSEWHERE ? { at, of, open: 0, days7: none, days30: none } : undefined
}

/** How often this fault was found before, here and on other lanes; undefined if never within 30 days, as far as is known. */
const recurrenceOf = ({ fault, device }: Hypothesis, found: boolean, past: Past, now: number): Verdict['recurrence'] => {
  const before = past.incidents.filter((i) => i.fault === fault.code && i.at <= now && i.at > now - 30 * DAY_MS)
  const here = before.filter((i) => i.lane === undefined && i.device === device.id)
  const lanes = [...new Set(before.flatMap((i) => i.lane ?? []))]
  const there = elsewhereOf(fault.code, past, now)
  // That the other lanes do without a fault says something only of one that is here.
  const elsewhere = found || (there?.days30.lanes ?? 0) > 0 ? there : undefined
  if (here.length === 0 && lanes.length === 0 && elsewhere === undefined) return undefined
  return { days7: here.filter((i) => i.at > now - 7 * DAY_MS).length, days30: here.length, lanes, ...(elsewhere ? { elsewhere } : {}) }
}

const judge = (h: Hypothesis, weighed: Weighed, { past, now }: Given): Judged[] => {
  const posterior = weighed.posterior(h)
  const against = evidence(h.absent, weightOfAbsent)
  const word = wordFor(h, posterior, against)
  if (word === undefined) return []
  // What a fault shows depends on how it came about: the evidence told is that of its ways as probable as they are now.
  const links = linksByReading(linksTogether(h.causes.map((cause) => ({ share: weighed.ofCause(cause), shows: cause.shows }))))
  const notLookedAt = links.unknown.map((link) => ({ ...place(link), settles: settles(link, posterior) })).sort((a, b) => b.settles - a.settles).slice(0, MOST_NOT_LOOKED_AT)
  const told = word === 'ruled-out' ? { ways: [], changes: [] } : { ways: waysOf(h, weighed), changes: changesOf(h, weighed) }
  const recurrence = word === 'ruled-out' ? undefined : recurrenceOf(h, word === 'found', past, now)
  return [{
    hypothesis: h,
    verdict: {
      fault: h.fault.code,
      device: h.device.id,
      verdict: word,
      posterior,
      for: evidence(links.present, weightOfPresent),
      against: evidence(links.absent, weightOfAbsent),
      notLookedAt,
      ...(told.ways.length > 0 ? { ways: told.ways } : {}),
      ...(told.changes.length > 0 ? { changes: told.changes } : {}),
      ...(recurrence ? { recurrence } : {}),
    },
  }]
}

/** Whether `cause` lies above the other's device and explains something that the other explains too. */
const leadsTo = (cause: Judged, effect: Judged, above: ReadonlySet<string>): boolean => above.has(cause.hypothesis.device.id) && [...explained(cause)].some((finding) => explained(effect).has(finding))

const byExplanation = (a: Judged, b: Judged): number =>
  SEVERITIES.indexOf(a.hypothesis.fault.severity) - SEVERITIES.indexOf(b.hypothesis.fault.severity) || total(b.verdict.for) - total(a.verdict.for)

/** Found faults, each after those that it may be a consequence of; among equals the worse first, then the one that explains more. */
const ordered = (found: readonly Judged[], devices: readonly Device[]): Judged[] => {
  const above = new Map(found.map((judged) => [judged, upstream(judged.hypothesis.device.id, devices)]))
  const waiting = [...found].sort(byExplanation)
  const result: Judged[] = []
  while (waiting.length > 0) {
    const free = waiting.findIndex((effect) => !waiting.some((cause) => cause !== effect && leadsTo(cause, effect, above.get(effect) ?? new Set())))
    // Devices that depend on each other in a circle have no first cause; the order by explanation then stands.
    result.push(...waiting.splice(Math.max(0, free), 1))
  }
  return result
}

/** The first of the causes that explains by itself all that speaks for this one. */
const followed = (judged: Judged, causes: readonly Judged[]): FaultAt | undefined => {
  const own = [...explained(judged)]
  const cause = own.length === 0 ? undefined : causes.find((c) => own.every((finding) => explained(c).has(finding)))
  return cause && { fault: cause.verdict.fault, device: cause.verdict.device }
}

const withFollows = (judged: Judged, causes: readonly Judged[]): Verdict => {
  const follows = followed(judged, causes)
  return follows ? { ...judged.verdict, follows } : judged.verdict
}

/** What to diagnose; without `nodes` no hub or strip is declared, without `past` nothing is known of before, without `now` nothing is as old as it. */
export type DiagnoseRequest = Pick<Given, 'knowledge' | 'devices' | 'symptoms'> & Partial<Given>

/** Everything that a diagnosis goes by, gaps filled. */
export const givenFor = (request: DiagnoseRequest): Given => ({ nodes: [], past: NO_PAST, now: 0, ...request })

/**
 * Weighs every fault of the catalogue on every fitted device against the symptoms: what is wrong, why, what it is not, what was
 * not looked at, and what nobody explains. Unknown symptoms say nothing. Faults of which nothing was looked at are left out.
 */
export const diagnose = (request: DiagnoseRequest): Diagnosis => {
  const given = givenFor(request)
  const { findings, hypotheses } = layOut(given)
  const weighed = weigh(hypotheses)
  const judged = hypotheses.flatMap((h) => judge(h, weighed, given)).sort((a, b) => b.verdict.posterior - a.verdict.posterior)
  const found = ordered(judged.filter(({ verdict }) => verdict.verdict === 'found'), given.devices)
  const rest = (word: Verdict['verdict']) => judged.filter(({ verdict }) => verdict.verdict === word).map((j): Verdict => {
    const lost = lostTo(j, found)
    return { ...withFollows(j, found), ...(lost ? { lost } : {}) }
  })
  const accounted = new Set<Finding>(found.flatMap((j) => [...explained(j)]))
  return {
    verdicts: [...found.map((j, i) => withFollows(j, found.slice(0, i))), ...rest('open'), ...rest('ruled-out')],
    unexplained: findings
      .filter((finding) => finding.symptom.is === 'present' && finding.leak < ORDINARY && !accounted.has(finding))
      .map(({ symptom }) => ({ symptom: symptom.id, device: symptom.device })),
    healthy: weighed.healthy,
  }
}
