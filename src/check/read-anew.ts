import type { Check } from '../model/check.ts'
import type { Symptom } from '../model/symptom.ts'

/** The symptom, if it was read from something seen in this check rather than carried over from an earlier one; undefined if it was not, or could not be read. */
export const readAnew = (check: Pick<Check, 'observations' | 'symptoms'>, at: { symptom: string; device: string }): Symptom | undefined => {
  const symptom = check.symptoms.find((s) => s.id === at.symptom && s.device === at.device)
  if (symptom === undefined || symptom.is === 'unknown') return undefined
  return check.observations.some((o) => o.device === at.device && o.source !== 'cached' && symptom.because.includes(o.name)) ? symptom : undefined
}
