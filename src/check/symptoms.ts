import { type Absence, hasValue, type Observation, type ObservedValue } from '../model/observation.ts'
import type { Probe } from '../model/probe.ts'
import type { Seen, Symptom, SymptomRule } from '../model/symptom.ts'
import type { Device } from '../model/terminal.ts'

/** A rule that threw: our bug, never the customer's fault. */
export interface RuleProblem {
  symptom: string
  device: string
  detail: string
}

/** Observations of one device by name, the latest of each; those that broke do not exist for a rule. */
const latest = (observations: readonly Observation[]): Map<string, Observation> => {
  const byName = new Map<string, Observation>()
  for (const o of observations) {
    if (!hasValue(o) && o.absent === 'broke') continue
    const known = byName.get(o.name)
    if (!known || o.at >= known.at) byName.set(o.name, o)
  }
  return byName
}

const seenThrough = (byName: ReadonlyMap<string, Observation>): Seen => {
  const value = (name: string): ObservedValue | undefined => {
    const o = byName.get(name)
    return o && hasValue(o) ? o.value : undefined
  }
  return {
    value,
    number: (name) => {
      const v = value(name)
      return typeof v === 'number' && Number.isFinite(v) ? v : undefined
    },
    absence: (name): Absence | undefined => {
      const o = byName.get(name)
      return o && !hasValue(o) ? o.absent : undefined
    },
    under: (prefix) => [...byName.values()].filter((o) => o.name.startsWith(prefix)),
  }
}

const readFrom = ({ reads }: SymptomRule, byName: ReadonlyMap<string, Observation>): string[] =>
  reads.some((name) => name.endsWith('.'))
    ? [...byName.keys()].filter((seen) => reads.some((name) => (name.endsWith('.') ? seen.startsWith(name) : seen === name)))
    : reads.filter((name) => byName.has(name))

/**
 * Reads the symptoms of every device from what was seen on it, by the rules of the probe of its kind. Of several observations of
 * one name the latest counts. A device's own limits go before `limits`, which go before the probes' standard values. A rule that throws, or asks for a limit
 * that its probe does not have, gives unknown and is told to `onProblem`.
 */
export const readSymptoms = (
  probes: readonly Probe[],
  devices: readonly Device[],
  observations: readonly Observation[],
  limits: Readonly<Record<string, number>>,
  onProblem: (problem: RuleProblem) => void = () => undefined,
): Symptom[] => {
  const byDevice = Map.groupBy(observations, ({ device }) => device)
  return devices.flatMap((device) => {
    const probe = probes.find((p) => p.kind === device.kind)
    if (!probe) return []
    const byName = latest(byDevice.get(device.id) ?? [])
    const see = seenThrough(byName)
    const limit = (name: string): number => {
      const standard = probe.limits[name]
      if (!standard) throw new Error(`the ${probe.kind} probe has no limit called ${name}`)
      return device.limits?.[name] ?? limits[name] ?? standard.standard
    }
    return probe.symptoms.map((rule): Symptom => {
      const because = readFrom(rule, byName)
      try {
        const is = rule.read(see, limit)
        return { id: rule.id, device: device.id, is, because, ...(is === 'present' ? { meaning: rule.meaning } : {}) }
      } catch (error) {
        onProblem({ symptom: rule.id, device: device.id, detail: error instanceof Error ? error.message : String(error) })
        return { id: rule.id, device: device.id, is: 'unknown', because }
      }
    })
  })
}
