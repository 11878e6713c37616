import type { ChangeKind } from '../model/diagnosis.ts'
import type { Fault, Knowledge, Shows } from '../model/fault.ts'
import { upstream } from '../model/fitted.ts'
import type { Past } from '../model/past.ts'
import type { Symptom } from '../model/symptom.ts'
import type { Device, Node } from '../model/terminal.ts'
import { type Group, groupsOf } from './topology.ts'

/** A symptom as a node of the network: `leak` is the probability that it appears by itself. */
export interface Finding {
  symptom: Symptom
  leak: number
}

/** One way for a fault on a device to show: the finding, and the probability that the fault shows it. */
export interface Link {
  finding: Finding
  p: number
}

/** A change that came, or did not come, shortly before a fault began; `weight` in nats for the fault. */
export interface ChangeEvidence {
  what: ChangeKind
  /** When it came; undefined if none came although changes were watched. */
  at?: number
  weight: number
}

/** One way in which a fault on a device comes about; what the weighing takes for true or not. */
export interface Cause {
  hypothesis: Hypothesis
  /** Name of the way; empty where the fault has but one. */
  way: string
  /** The devices that it strikes together, where it strikes what hangs on one hub or strip. */
  group?: Group
  /** Probability before anything was seen. */
  prior: number
  /** Probability that it shows each finding, all that are not there included. */
  shows: ReadonlyMap<Finding, number>
  present: Link[]
  changes: ChangeEvidence[]
  /** Natural logarithm of the odds after every absent symptom and every change has spoken; present symptoms are weighed jointly, elsewhere. */
  logit: number
}

/** One fault on one fitted device. Its links are those of all its ways together, `p` being the mean by their shares. */
export interface Hypothesis {
  fault: Fault
  device: Device
  present: Link[]
  absent: Link[]
  unknown: Link[]
  causes: Cause[]
}

/** Everything that a diagnosis goes by. `now` is wall time in milliseconds since 1970. */
export interface Given {
  knowledge: Knowledge
  devices: readonly Device[]
  symptoms: readonly Symptom[]
  nodes: readonly Node[]
  past: Past
  now: number
  /** What hangs together; worked out from the rest where it is not given. */
  groups?: readonly Group[]
}

// The nearer the place, the more the catalogue means it: an entry for the device itself wins over one for any device.
const NEARNESS: readonly Shows['on'][] = ['self', 'below', 'any']

/** What a fault is laid over: findings by symptom id, devices by id, what each device needs, and what hangs together. */
interface Ground extends Omit<Given, 'symptoms' | 'nodes' | 'groups'> {
  findings: ReadonlyMap<string, readonly Finding[]>
  byId: ReadonlyMap<string, Device>
  above: ReadonlyMap<string, ReadonlySet<string>>
  groups: readonly Group[]
}

const matches = (shows: Shows, at: Device, faulty: Device, group: Group | undefined, { above, byId }: Ground): boolean => {
  if (!(shows.over?.includes(at.transport.type) ?? true)) return false
  if (shows.on === 'any') return true
  if (shows.on === 'self') return at.id === faulty.id
  const over = above.get(at.id)
  if (!group) return over?.has(faulty.id) === true
  // A hub takes from a UPS its data cable and nothing from what it feeds.
  return group.devices.has(at.id) || [...group.devices].some((id) => over?.has(id) && (group.is === 'outlet' || byId.get(id)?.kind !== 'power'))
}

const linksOf = (shown: readonly Shows[], faulty: Device, group: Group | undefined, ground: Ground): Map<Finding, number> => {
  const links = new Map<Finding, number>()
  for (const place of NEARNESS) {
    for (const shows of shown) {
      if (shows.on !== place) continue
      for (const finding of ground.findings.get(shows.symptom) ?? []) {
        const at = ground.byId.get(finding.symptom.device)
        if (at && !links.has(finding) && matches(shows, at, faulty, group, ground)) links.set(finding, shows.p)
      }
    }
  }
  return links
}

/** Log-likelihood ratio in nats of a symptom that is there, for a fault that shows it with probability `p`, all else healthy. */
export const weightOfPresent = ({ finding, p }: Link): number => Math.log((1 - (1 - finding.leak) * (1 - p)) / finding.leak)

/** The same for a symptom that is not there. */
export const weightOfAbsent = ({ p }: Link): number => Math.log(1 - p)

/** A symptom at least doubles the odds of a fault that explains it better than chance. */
export const BETTER_THAN_CHANCE = Math.log(2)

const logit = (p: number): number => Math.log(p / (1 - p))

/** Links of a fault's ways together, each way counting by its share: of the prior, or of the posterior. */
export const linksTogether = (ways: readonly { share: number; shows: ReadonlyMap<Finding, number> }[]): ReadonlyMap<Finding, number> => {
  if (ways.length === 1 && ways[0]) return ways[0].shows
  const whole = ways.reduce((sum, { share }) => sum + share, 0)
  const mean = new Map<Finding, number>()
  for (const { share, shows } of ways) for (const [finding, p] of shows) mean.set(finding, (mean.get(finding) ?? 0) + (share / whole) * p)
  return mean
}

/** Links by how their finding is read. */
export const linksByReading = (links: ReadonlyMap<Finding, number>): Record<Symptom['is'], Link[]> => {
  const read: Record<Symptom['is'], Link[]> = { present: [], absent: [], unknown: [] }
  for (const [finding, p] of links) read[finding.symptom.is].push({ finding, p })
  return read
}

const HOUR_MS = 3_600_000

/** When the trouble that these symptoms tell of began: as long ago as the oldest of them has been there. */
const onsetOf = (present: readonly Link[], { past, now }: Ground): number => {
  const telling = present.filter((link) => weightOfPresent(link) >= BETTER_THAN_CHANCE).map(({ finding }) => finding.symptom)
  return Math.min(now, ...past.since.filter((s) => telling.some(({ id, device }) => id === s.symptom && device === s.device)).map((s) => s.at))
}

/** What changes before the onset say of one way of a fault. A change after it says nothing. */
const changesOf = (fault: Fault, way: string, device: Device, present: readonly Link[], ground: Ground): ChangeEvidence[] => {
  const { past, knowledge } = ground
  if (present.length === 0 || fault.after === undefined) return []
  const onset = onsetOf(present, ground)
  return fault.after.filter((after) => after.ways?.includes(way) ?? true).flatMap((after): ChangeEvidence[] => {
    const { hours, p: anyway } = knowledge.changes[after.change]
    const start = onset - hours * HOUR_MS
    const came = past.changes.filter((c) => c.what === after.change && c.at <= onset && c.at >= start && (c.what !== 'port' || c.device === undefined || c.device === device.id)).at(-1)
    if (came) return [{ what: after.change, at: came.at, weight: Math.log(after.p / anyway) }]
    return past.from !== undefined && past.from <= start ? [{ what: after.change, weight: Math.log((1 - after.p) / (1 - anyway)) }] : []
  })
}

interface Way { way: string; share: number; group?: Group }

/** Ways of a fault on a device: those through hubs or strips once for every group that hangs there. */
const waysOf = (fault: Fault, device: Device, { groups, knowledge, byId }: Ground): Way[] => {
  const ways = Object.entries(fault.ways)
  if (ways.length === 0) return [{ way: '', share: 1 }]
  return ways.flatMap(([way, share]): Way[] => {
    const through = fault.through?.[way]
    if (through === undefined) return [{ way, share }]
    return groups.filter((group) => group.is === through && group.on.some((id) => id === device.id || (fault.shared === true && byId.get(id)?.kind === fault.on))).map((group) => ({ way, share: share * knowledge.groups[group.basis], group }))
  })
}

const hypothesisOf = (fault: Fault, device: Device, ground: Ground): Hypothesis => {
  const ways = waysOf(fault, device, ground)
  const split = ways.map(({ way, share, group }) => ({ way, share, ...(group ? { group } : {}), shows: linksOf(fault.shows.filter((s) => s.ways?.includes(way) ?? true), device, group, ground) }))
  const mean = linksTogether(split)
  const hypothesis: Hypothesis = { fault, device, ...linksByReading(mean), causes: [] }
  hypothesis.causes = split.map(({ way, share, shows, group }): Cause => {
    const { absent, present } = linksByReading(shows)
    const changes = changesOf(fault, way, device, present, ground)
    const prior = fault.prior.p * share
    const against = absent.reduce((sum, link) => sum + weightOfAbsent(link), logit(prior))
    return { hypothesis, way, ...(group ? { group } : {}), prior, shows, present, changes, logit: changes.reduce((sum, change) => sum + change.weight, against) }
  })
  return hypothesis
}

/** The devices that a fault may be on: all of its kind, or of one that they share the one whose own symptoms tell most of it. */
const placesOf = (fault: Fault, { devices, findings }: Ground): Device[] => {
  const fitted = devices.filter((device) => device.kind === fault.on)
  if (fault.shared !== true) return fitted
  const own = new Set(fault.shows.filter((s) => s.on === 'self').map((s) => s.symptom))
  const tells = (device: Device): number =>
    [...own].flatMap((id) => findings.get(id) ?? []).filter(({ symptom }) => symptom.device === device.id).reduce((sum, { symptom }) => sum + { present: 100, absent: 1, unknown: 0 }[symptom.is], 0)
  return fitted.toSorted((a, b) => tells(b) - tells(a)).slice(0, 1)
}

const asFinding = (symptom: Symptom, knowledge: Knowledge): Finding => {
  const leak = knowledge.leak(symptom.id)
  if (!(leak > 0 && leak < 1)) throw new RangeError(`the leak of ${symptom.id} is ${leak}; it must lie between 0 and 1`)
  return { symptom, leak }
}

/** The network of a terminal: every finding, and every fault on every device that could have it. */
export interface Network {
  findings: Finding[]
  hypotheses: Hypothesis[]
}

/**
 * Lays the catalogue over a terminal: one hypothesis per fault and fitted device of its kind, along the dependencies declared and
 * learnt. Throws RangeError if the knowledge names a leak that is no probability.
 */
export const layOut = ({ symptoms, nodes, ...given }: Given): Network => {
  const { knowledge, devices, past } = given
  const findings = symptoms.map((symptom) => asFinding(symptom, knowledge))
  const ground: Ground = {
    ...given,
    findings: Map.groupBy(findings, (finding) => finding.symptom.id),
    byId: new Map(devices.map((device) => [device.id, device])),
    above: new Map(devices.map((device) => [device.id, upstream(device.id, devices)])),
    groups: given.groups ?? groupsOf(devices, nodes, symptoms, past),
  }
  return { findings, hypotheses: knowledge.faults.flatMap((fault) => placesOf(fault, ground).map((device) => hypothesisOf(fault, device, ground))) }
}
