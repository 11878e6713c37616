import type { Check } from '../model/check.ts'
import type { FaultAt, Verdict } from '../model/diagnosis.ts'
import { uuidv7 } from '../model/id.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Repair, Session, Standing, Tried } from '../model/repair.ts'
import { readAnew } from './read-anew.ts'

/** What of a check a session is judged by. */
export type Seen = Pick<Check, 'startedAt' | 'observations' | 'symptoms' | 'diagnosis' | 'readiness'>

/** True if it is the same fault on the same device. */
export const same = (a: FaultAt, b: FaultAt): boolean => a.fault === b.fault && a.device === b.device

/** Probability of a fault by what was seen; 0 where nothing speaks for it. */
export const posteriorOf = ({ diagnosis }: Seen, at: FaultAt): number => diagnosis.verdicts.find((v) => same(v, at))?.posterior ?? 0

const standing = (check: Seen, at: FaultAt): Standing => ({
  at: check.startedAt,
  posterior: posteriorOf(check, at),
  symptoms: check.symptoms.filter((s) => s.is === 'present').map(({ id, device }) => ({ symptom: id, device })).slice(0, 200),
  readiness: check.readiness,
})

/** The fault that a repair should begin with: the one that is named (on `device`, where that is told), or what it follows from; else the first one found. A mere suspicion is taken up only where it is named. Undefined if there is nothing to begin with. */
export const focusOf = (check: Seen, named: string | undefined, device?: string): Verdict | undefined => {
  const { verdicts } = check.diagnosis
  const likely = verdicts.filter((v) => v.verdict === 'found' || (v.verdict === 'open' && v.posterior >= 0.05))
  const first = likely.find((v) => (named === undefined ? v.verdict === 'found' && v.follows === undefined : v.fault === named && (device ?? v.device) === v.device))
  const cause = first?.follows
  return cause ? (likely.find((v) => same(v, cause)) ?? first) : first
}

const facts = (observations: readonly Observation[], device: string, ending: RegExp): string | undefined => {
  const seen = observations.find((o) => o.device === device && ending.test(o.name) && hasValue(o))
  return seen && hasValue(seen) ? String(seen.value).slice(0, 200) : undefined
}

/** What a fault showed that nothing else was found beside. What found it was there by selection, and teaches nothing of how often it shows. */
const showedBy = (check: Seen, verdict: Verdict, foundBy: Repair['foundBy']): Pick<Repair, 'showed'> => {
  if (check.diagnosis.verdicts.some((v) => v.verdict === 'found' && v.follows === undefined && !same(v, verdict))) return {}
  const shown = new Map<string, { shown: number; hidden: number }>()
  const count = (symptom: string, n: { shown: number; hidden: number }): void => {
    const known = shown.get(symptom) ?? { shown: 0, hidden: 0 }
    if (symptom !== foundBy.symptom) shown.set(symptom, { shown: known.shown + n.shown, hidden: known.hidden + n.hidden })
  }
  for (const { symptom } of verdict.for) count(symptom, { shown: 1, hidden: 0 })
  for (const { symptom } of verdict.against) count(symptom, { shown: 0, hidden: 1 })
  return shown.size === 0 ? {} : { showed: [...shown].slice(0, 200).map(([symptom, n]) => ({ symptom, ...n })) }
}

/** A new session about a verdict. */
export const begin = (check: Seen, verdict: Verdict, regression: boolean): Session => {
  const at = { fault: verdict.fault, device: verdict.device }
  const [by] = [...verdict.for].sort((a, b) => b.weight - a.weight)
  const foundBy = by ? { symptom: by.symptom, device: by.device } : { symptom: '', device: at.device }
  const model = facts(check.observations, at.device, /\.model$/)
  const firmware = facts(check.observations, at.device, /\.firmware$/)
  const repair: Repair = {
    id: uuidv7(check.startedAt), ...at, ...(model === undefined ? {} : { model }), ...(firmware === undefined ? {} : { firmware }),
    foundBy, regression, state: 'open', startedAt: check.startedAt, before: standing(check, at), ...showedBy(check, verdict, foundBy), tried: [],
  }
  return { schema: 'posdiag.fix/1', revision: 0, repair, told: [], others: [] }
}

/** Whether what found the fault was looked at again and does not find it any more. */
export const isGone = ({ repair }: Session, check: Seen): boolean =>
  readAnew(check, repair.foundBy)?.is === 'absent' && !check.diagnosis.verdicts.some((v) => same(v, repair) && v.verdict === 'found')

/** Ends a session; `after` is how things stand now. The last step tried is the one that cured, where it is fixed. */
export const concluded = (session: Session, check: Seen, state: Repair['state'], at: number): Session => {
  const { repair, proposal: _, posterior: __, ...rest } = session
  const last = repair.tried.length - 1
  const tried = repair.tried.map((t, i): Tried => (state === 'fixed' && i === last && t.outcome === 'not-cured' ? { ...t, outcome: 'cured' } : t))
  return { ...rest, repair: { ...repair, tried, state, endedAt: at, after: standing(check, repair) } }
}

/** Other faults found that follow from nothing, causes first. */
export const others = (session: Session, check: Seen): FaultAt[] =>
  check.diagnosis.verdicts.filter((v) => v.verdict === 'found' && v.follows === undefined && !same(v, session.repair)).map(({ fault, device }) => ({ fault, device }))
