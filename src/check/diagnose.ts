import type { Diagnosis, Evidence, FaultAt, Verdict } from '../model/diagnosis.ts'
import type { Knowledge } from '../model/fault.ts'
import { upstream } from '../model/fitted.ts'
import type { Symptom } from '../model/symptom.ts'
import type { Device } from '../model/terminal.ts'
import { type Finding, type Hypothesis, type Link, layOut, weightOfAbsent, weightOfPresent } from './diagnose-network.ts'
import { weigh } from './diagnose-weigh.ts'

/** From this posterior on a fault is found. */
const FOUND = 0.5
/** Below this posterior a fault that enough speaks against is ruled out, even where symptoms that it shares with others have raised it. */
const UNLIKELY = 0.05
/** Nats that make a fault seven times less likely. */
const TELLING = 2
/** A symptom that a healthy device shows this often is no surprise and needs no explanation. */
const ORDINARY = 0.02
/** A symptom at least doubles the odds of a fault that explains it better than chance. */
const BETTER_THAN_CHANCE = Math.log(2)
const MOST_NOT_LOOKED_AT = 8
const SEVERITIES = ['block', 'degraded', 'advisory']

interface Judged {
  hypothesis: Hypothesis
  verdict: Verdict
}

const place = ({ finding }: Link): { symptom: string; device: string } => ({ symptom: finding.symptom.id, device: finding.symptom.device })

const byWeight = (a: Evidence, b: Evidence): number => Math.abs(b.weight) - Math.abs(a.weight)

const evidence = (links: readonly Link[], weight: (link: Link) => number): Evidence[] => links.map((link) => ({ ...place(link), weight: weight(link) })).sort(byWeight)

const entropy = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p))

/** Expected reduction of doubt about a fault, in nats, if this symptom were looked at. */
const tells = ({ finding, p }: Link, posterior: number): number => {
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

const judge = (h: Hypothesis, posterior: number): Judged[] => {
  const against = evidence(h.absent, weightOfAbsent)
  const word = wordFor(h, posterior, against)
  if (word === undefined) return []
  const notLookedAt = [...h.unknown].sort((a, b) => tells(b, posterior) - tells(a, posterior)).slice(0, MOST_NOT_LOOKED_AT)
  return [{
    hypothesis: h,
    verdict: {
      fault: h.fault.code,
      device: h.device.id,
      verdict: word,
      posterior,
      for: evidence(h.present, weightOfPresent),
      against,
      notLookedAt: notLookedAt.map(place),
    },
  }]
}

const explained = ({ hypothesis }: Judged): Set<Finding> => new Set(hypothesis.present.filter((link) => weightOfPresent(link) >= BETTER_THAN_CHANCE).map((link) => link.finding))

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

/**
 * Weighs every fault of the catalogue on every fitted device against the symptoms: what is wrong, why, what it is not, what was
 * not looked at, and what nobody explains. Unknown symptoms say nothing. Faults of which nothing was looked at are left out.
 */
export const diagnose = ({ knowledge, devices, symptoms }: { knowledge: Knowledge; devices: readonly Device[]; symptoms: readonly Symptom[] }): Diagnosis => {
  const { findings, hypotheses } = layOut(knowledge, devices, symptoms)
  const weighed = weigh(hypotheses)
  const judged = hypotheses.flatMap((h) => judge(h, weighed.posterior(h))).sort((a, b) => b.verdict.posterior - a.verdict.posterior)
  const found = ordered(judged.filter(({ verdict }) => verdict.verdict === 'found'), devices)
  const rest = (word: Verdict['verdict']) => judged.filter(({ verdict }) => verdict.verdict === word).map((j) => withFollows(j, found))
  const accounted = new Set(found.flatMap((j) => [...explained(j)]))
  return {
    verdicts: [...found.map((j, i) => withFollows(j, found.slice(0, i))), ...rest('open'), ...rest('ruled-out')],
    unexplained: findings
      .filter((finding) => finding.symptom.is === 'present' && finding.leak < ORDINARY && !accounted.has(finding))
      .map(({ symptom }) => ({ symptom: symptom.id, device: symptom.device })),
    healthy: weighed.healthy,
  }
}
