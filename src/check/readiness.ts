import type { Tender } from '../model/device.ts'
import type { Diagnosis, FaultAt, Readiness, Verdict } from '../model/diagnosis.ts'
import type { Knowledge } from '../model/fault.ts'
import { upstream } from '../model/fitted.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Device, TerminalFile } from '../model/terminal.ts'

type Effect = 'degraded' | 'blocked'

/** What one tender relies on. Devices within a group stand in for each other; without a `uses` group there is no tender, without a `wants` device it is worse. */
interface Needs {
  uses: Device[][]
  wants: Device[]
  /** Ids that the terminal file names and that are not fitted: nobody can say how they are. */
  strangers: string[]
}

/** A found fault and what it does to one tender through one device. */
interface Harm {
  at: FaultAt
  effect: Effect
}

const CARD: readonly Tender[] = ['chip', 'contactless', 'swipe']
const TENDERS: readonly Tender[] = [...CARD, 'qr', 'cash']

const ofKind = (devices: readonly Device[], kind: Device['kind']): Device[] => devices.filter((d) => d.kind === kind)
const withRole = (devices: readonly Device[], role: string): Device[] => ofKind(devices, 'endpoint').filter((d) => d.settings.role === role)

/** Interfaces of a card reader: its setting `reads`, or what its way of connection can carry. */
export const readsTender = (reader: Device, tender: Tender): boolean => {
  const reads = reader.settings.reads
  if (Array.isArray(reads)) return reads.includes(tender)
  if (reader.transport.type === 'pcsc') return tender !== 'swipe'
  return reader.transport.type !== 'hid' || tender === 'swipe'
}

/** Needs worked out from the devices fitted; undefined if the tender is not fitted. */
const derived = (tender: Tender, devices: readonly Device[]): Needs | undefined => {
  const printers = ofKind(devices, 'printer')
  if (tender === 'cash') return { uses: [], wants: [...printers, ...ofKind(devices, 'drawer')], strangers: [] }
  const acquirers = withRole(devices, 'acquirer')
  if (tender === 'qr') {
    const wallets = withRole(devices, 'wallet')
    const servers = wallets.length > 0 ? wallets : acquirers
    return servers.length === 0 ? undefined : { uses: [servers], wants: ofKind(devices, 'scanner'), strangers: [] }
  }
  const readers = ofKind(devices, 'reader').filter((reader) => readsTender(reader, tender))
  return readers.length === 0 ? undefined : { uses: [readers, ofKind(devices, 'pinpad'), acquirers], wants: printers, strangers: [] }
}

/** Needs that the terminal file names; servers of one role stand in for each other. */
const declared = (needs: NonNullable<TerminalFile['tenders']>[Tender], devices: readonly Device[]): Needs | undefined => {
  if (needs === undefined) return undefined
  const named = (ids: readonly string[]) => devices.filter((d) => ids.includes(d.id))
  const uses = named(needs.uses)
  const servers = Map.groupBy(uses.filter((d) => d.kind === 'endpoint'), (d) => d.settings.role)
  return { uses: [...uses.filter((d) => d.kind !== 'endpoint').map((d) => [d]), ...servers.values()], wants: named(needs.wants), strangers: needs.uses.filter((id) => !devices.some((d) => d.id === id)) }
}

const sumOf = (evidence: Verdict['for']): number => evidence.reduce((sum, e) => sum + e.weight, 0)

/** Evidence from which on a fault that follows another is taken for its consequence: nats that make it twenty times more likely. */
const CONSEQUENCE = 3

/** The found faults by the device that they strike: their own, and those below on which they bring about what looks like a fault in its own right. */
const strikes = (diagnosis: Diagnosis, devices: readonly Device[]): { at: FaultAt; by: string; device: string }[] =>
  diagnosis.verdicts.flatMap((v) => {
    if (v.verdict === 'found') return [{ at: { fault: v.fault, device: v.device }, by: v.fault, device: v.device }]
    // What only shows on the cause's own device is the cause itself, read otherwise.
    const consequence = v.follows !== undefined && v.for.some((e) => e.device !== v.follows?.device) && sumOf(v.for) + sumOf(v.against) > CONSEQUENCE && upstream(v.device, devices).has(v.follows.device)
    return consequence && v.follows ? [{ at: v.follows, by: v.fault, device: v.device }] : []
  })

/** Probability from which on a tender is taken to be harmed though no single cause is found. */
const LIKELY = 0.5

/**
 * Open faults that between them explain a symptom and all do the same harm: which of them it is may be in doubt, that it is one of
 * them is not. Verdicts that a found fault explains are left out.
 */
const rivals = (diagnosis: Diagnosis): Verdict[][] => {
  const open = diagnosis.verdicts.filter((v) => v.verdict === 'open' && v.follows === undefined)
  const bySymptom = new Map<string, Verdict[]>()
  for (const verdict of open) {
    for (const e of verdict.for) bySymptom.set(`${e.symptom} ${e.device}`, [...(bySymptom.get(`${e.symptom} ${e.device}`) ?? []), verdict])
  }
  return [...bySymptom.values()].filter((group) => group.length > 1)
}

const worst = (harms: readonly Harm[]): Effect | undefined => (harms.some((h) => h.effect === 'blocked') ? 'blocked' : harms[0]?.effect)

/**
 * Says of each way of taking money whether it can be used, and because of which found faults not. A fault counts where it strikes
 * a device that the tender relies on, or one that such a device depends on; devices that a tender merely wants can make it no
 * worse than degraded. Where several open faults contend for one symptom, what they have in common counts. The host and its configuration belong to every tender; the surroundings are wanted by each; what the journal says of terminal and merchant holds for each.
 */
export const readiness = ({ terminal, devices, knowledge, diagnosis, observations }: {
  terminal: TerminalFile
  devices: readonly Device[]
  knowledge: Knowledge
  diagnosis: Diagnosis
  observations: readonly Observation[]
}): Readiness[] => {
  const impacts = new Map(knowledge.faults.map((fault) => [fault.code, fault.impact]))
  const struck = strikes(diagnosis, devices)
  const looked = new Set(observations.filter(hasValue).map((o) => o.device))

  const rivalries = rivals(diagnosis)

  /** What rivals have in common: that a tender is harmed, by whichever of them. */
  const disputed = (closure: ReadonlySet<string>, tender: Tender): Harm[] =>
    rivalries.flatMap((group) => {
      const telling = group.filter((v) => closure.has(v.device) && impacts.get(v.fault)?.[tender] !== undefined)
      const sum = (of: readonly Verdict[]): number => of.reduce((p, v) => p + v.posterior, 0)
      if (sum(telling) < LIKELY) return []
      const effect = sum(telling.filter((v) => impacts.get(v.fault)?.[tender] === 'blocked')) >= LIKELY ? 'blocked' as const : 'degraded' as const
      return telling.map(({ fault, device }) => ({ at: { fault, device }, effect }))
    })

  const harms = (device: Device, tender: Tender): Harm[] => {
    const closure = upstream(device.id, devices).add(device.id)
    const found = struck.flatMap(({ at, by, device: where }) => {
      const effect = closure.has(where) ? impacts.get(by)?.[tender] : undefined
      return effect ? [{ at, effect }] : []
    })
    return [...found, ...disputed(closure, tender)]
  }

  /** Of devices that stand in for each other, one that is clear leaves at worst a degraded tender. */
  const ofGroup = (group: readonly Device[], tender: Tender): Harm[] => {
    const each = group.map((device) => harms(device, tender))
    const allBlocked = each.every((h) => worst(h) === 'blocked')
    return each.flat().map((h) => (allBlocked ? h : { ...h, effect: 'degraded' as const }))
  }

  return TENDERS.flatMap((tender): Readiness[] => {
    const needs = declared(terminal.tenders?.[tender], devices) ?? derived(tender, devices)
    if (!needs) return []
    const uses = [...needs.uses, ofKind(devices, 'host'), ofKind(devices, 'configuration')].filter((group) => group.length > 0)
    const wants = [...needs.wants, ...ofKind(devices, 'environment')]
    const all = [...uses.flatMap((group) => ofGroup(group, tender)), ...wants.flatMap((device) => harms(device, tender))
      .map((h) => ({ ...h, effect: 'degraded' as const })), ...ofKind(devices, 'journal').flatMap((device) => harms(device, tender))]
    // A device that a fault is known to strike is not a matter of doubt, though nothing could be read from it.
    const dark = [...needs.uses, ofKind(devices, 'host')].filter((group) => !group.some((device) => looked.has(device.id) || harms(device, tender).length > 0))
    const unseen = [...dark.flat().map((device) => device.id), ...needs.strangers]
    const state = worst(all)
    const because = new Map([...all.filter((h) => h.effect === 'blocked'), ...all].map(({ at }) => [`${at.fault} ${at.device}`, at]))
    return [{ tender, is: state === 'blocked' ? 'blocked' : unseen.length > 0 ? 'unknown' : (state ?? 'ready'), because: [...because.values()], unseen }]
  })
}
