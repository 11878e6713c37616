import type { Check } from '../model/check.ts'
import type { Observation } from '../model/observation.ts'
import type { Loss } from '../model/past.ts'
import type { Symptom } from '../model/symptom.ts'

const GONE = /\.(missing|port-missing|silent|unreachable)$/

/** Devices that these symptoms say have gone from their port or fallen silent. */
const goneIn = (symptoms: readonly Symptom[]): Set<string> => new Set(symptoms.filter(({ id, is }) => is === 'present' && GONE.test(id)).map(({ device }) => device))

const THERE = /\.(port|present)$/

const seenThere = (observations: readonly Observation[], device: string): number | undefined =>
  observations.filter((o) => o.device === device && THERE.test(o.name) && 'value' in o && o.value === true).map(({ at }) => at).reduce<number | undefined>((latest, at) => Math.max(latest ?? at, at), undefined)

/** Devices that have gone since the check before, found at `now`; none without one, for nothing is known of when they went. */
export const lossesSince = (before: Pick<Check, 'symptoms' | 'observations'> | undefined, symptoms: readonly Symptom[], now: number): Loss[] => {
  if (before === undefined) return []
  const gone = goneIn(before.symptoms)
  return [...goneIn(symptoms)].filter((device) => !gone.has(device)).map((device) => {
    const seen = seenThere(before.observations, device)
    return { device, at: now, ...(seen === undefined ? {} : { seen }) }
  })
}
