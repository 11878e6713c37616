import type { Fault, Knowledge, Shows } from '../model/fault.ts'
import { upstream } from '../model/fitted.ts'
import type { Symptom } from '../model/symptom.ts'
import type { Device } from '../model/terminal.ts'

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

/** One way in which a fault on a device comes about; what the weighing takes for true or not. */
export interface Cause {
  hypothesis: Hypothesis
  present: Link[]
  /** Natural logarithm of the odds after every absent symptom has spoken; present symptoms are weighed jointly, elsewhere. */
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

// The nearer the place, the more the catalogue means it: an entry for the device itself wins over one for any device.
const NEARNESS: readonly Shows['on'][] = ['self', 'below', 'any']

/** What a fault is laid over: findings by symptom id, devices by id, and what each device needs. */
interface Ground {
  findings: ReadonlyMap<string, readonly Finding[]>
  byId: ReadonlyMap<string, Device>
  above: ReadonlyMap<string, ReadonlySet<string>>
}

const matches = (shows: Shows, at: Device, faulty: Device, above: ReadonlySet<string> | undefined): boolean =>
  (shows.on === 'any' || (shows.on === 'self' ? at.id === faulty.id : above?.has(faulty.id) === true)) && (shows.over?.includes(at.transport.type) ?? true)

const linksOf = (shown: readonly Shows[], faulty: Device, { findings, byId, above }: Ground): Map<Finding, number> => {
  const links = new Map<Finding, number>()
  for (const place of NEARNESS) {
    for (const shows of shown) {
      if (shows.on !== place) continue
      for (const finding of findings.get(shows.symptom) ?? []) {
        const at = byId.get(finding.symptom.device)
        if (at && !links.has(finding) && matches(shows, at, faulty, above.get(at.id))) links.set(finding, shows.p)
      }
    }
  }
  return links
}

/** Log-likelihood ratio in nats of a symptom that is there, for a fault that shows it with probability `p`, all else healthy. */
export const weightOfPresent = ({ finding, p }: Link): number => Math.log((1 - (1 - finding.leak) * (1 - p)) / finding.leak)

/** The same for a symptom that is not there. */
export const weightOfAbsent = ({ p }: Link): number => Math.log(1 - p)

const logit = (p: number): number => Math.log(p / (1 - p))

const where = (links: ReadonlyMap<Finding, number>, is: Symptom['is']): Link[] => [...links].flatMap(([finding, p]) => (finding.symptom.is === is ? [{ finding, p }] : []))

const hypothesisOf = (fault: Fault, device: Device, ground: Ground): Hypothesis => {
  const ways = Object.entries(fault.ways)
  const split = (ways.length > 0 ? ways : [['', 1] as const]).map(([way, share]) => ({ share, links: linksOf(fault.shows.filter((s) => s.ways?.includes(way) ?? true), device, ground) }))
  const mean = new Map<Finding, number>()
  for (const { share, links } of split) for (const [finding, p] of links) mean.set(finding, (mean.get(finding) ?? 0) + share * p)
  const hypothesis: Hypothesis = { fault, device, present: where(mean, 'present'), absent: where(mean, 'absent'), unknown: where(mean, 'unknown'), causes: [] }
  hypothesis.causes = split.map(({ share, links }) => {
    const absent = where(links, 'absent')
    return { hypothesis, present: where(links, 'present'), logit: absent.reduce((sum, link) => sum + weightOfAbsent(link), logit(fault.prior.p * share)) }
  })
  return hypothesis
}

const asFinding = (symptom: Symptom, knowledge: Knowledge): Finding => {
  const leak = knowledge.leak(symptom.id)
  if (!(leak > 0 && leak < 1)) throw new RangeError(`the leak of ${symptom.id} is ${leak}; it must lie between 0 and 1`)
  return { symptom, leak }
}

/**
 * Lays the catalogue over a terminal: one hypothesis per fault and fitted device of its kind, along the declared dependencies.
 * Throws RangeError if the knowledge names a leak that is no probability.
 */
export const layOut = (knowledge: Knowledge, devices: readonly Device[], symptoms: readonly Symptom[]): { findings: Finding[]; hypotheses: Hypothesis[] } => {
  const findings = symptoms.map((symptom) => asFinding(symptom, knowledge))
  const ground: Ground = {
    findings: Map.groupBy(findings, (finding) => finding.symptom.id),
    byId: new Map(devices.map((device) => [device.id, device])),
    above: new Map(devices.map((device) => [device.id, upstream(device.id, devices)])),
  }
  return { findings, hypotheses: knowledge.faults.flatMap((fault) => devices.filter((device) => device.kind === fault.on).map((device) => hypothesisOf(fault, device, ground))) }
}
