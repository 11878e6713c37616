import type { FaultAt, SymptomAt } from '../model/diagnosis.ts'
import type { Presence, Symptom } from '../model/symptom.ts'
import { type DiagnoseRequest, entropy, givenFor } from './diagnose.ts'
import { type Given, layOut } from './diagnose-network.ts'
import { weigh } from './diagnose-weigh.ts'
import { groupsOf } from './topology.ts'

/** What is believed of a terminal. */
export interface Beliefs {
  /** Faults that something seen speaks for, likeliest first. */
  faults: (FaultAt & { posterior: number })[]
  /** Doubt about all faults together, nats: the sum of their entropies; 0 if every fault is certain to be there or not. */
  doubt: number
}

/** One way in which a look may end. */
export interface Ending {
  /** How each of its symptoms is then read, in the order asked. */
  readings: ('present' | 'absent')[]
  probability: number
  beliefs: Beliefs
}

/** What a look at something not yet seen is worth. */
export interface Worth {
  /** Doubt that it takes away, in nats, averaged over its endings; never negative but for rounding. */
  reduction: number
  /** Its possible endings, likeliest first. Empty if everything that it would show has been seen. */
  endings: Ending[]
}

/** Endings double with every symptom, so a look that shows more is valued by the first so many. */
const MOST_AT_ONCE = 5

interface Believed { beliefs: Beliefs; log: number }

const weighed = (given: Given): Believed => {
  const { findings, hypotheses } = layOut(given)
  const result = weigh(hypotheses)
  const linked = new Set(hypotheses.flatMap((h) => h.causes.flatMap((cause) => cause.present.map((link) => link.finding))))
  const faults = hypotheses.filter((h) => h.present.length > 0).map((h) => ({ fault: h.fault.code, device: h.device.id, posterior: result.posterior(h) })).sort((a, b) => b.posterior - a.posterior)
  const byItself = findings.reduce((sum, { symptom, leak }) => sum + (symptom.is === 'absent' ? Math.log(1 - leak) : 0), 0)
  const unlinked = findings.reduce((sum, finding) => sum + (finding.symptom.is === 'present' && !linked.has(finding) ? Math.log(finding.leak) : 0), 0)
  return { beliefs: { faults, doubt: hypotheses.reduce((sum, h) => sum + entropy(result.posterior(h)), 0) }, log: result.log + byItself + unlinked }
}

/** What is believed after what was seen. */
export const believe = (request: DiagnoseRequest): Beliefs => weighed(givenFor(request)).beliefs

const readAs = (symptoms: readonly Symptom[], at: readonly SymptomAt[], readings: readonly Presence[]): Symptom[] =>
  symptoms.map((symptom) => {
    const i = at.findIndex((a) => a.symptom === symptom.id && a.device === symptom.device)
    return i < 0 ? symptom : { ...symptom, is: readings[i] ?? symptom.is }
  })

/**
 * Values a look, automatic or by hand, before it is taken: `at` are the symptoms that it would show, at most five of which count.
 * Symptoms that have been read already, or that the terminal does not have, add nothing. The network is re-weighed once per ending.
 */
export const worthOf = (request: DiagnoseRequest, at: readonly SymptomAt[]): Worth => {
  const asked = givenFor(request)
  // Which devices may hang together is judged by what was seen, not by what might be.
  const given: Given = { ...asked, groups: groupsOf(asked.devices, asked.nodes, asked.symptoms, asked.past) }
  const open = at.filter((a) => asked.symptoms.some((s) => s.id === a.symptom && s.device === a.device && s.is === 'unknown')).slice(0, MOST_AT_ONCE)
  if (open.length === 0) return { reduction: 0, endings: [] }
  const now = weighed(given)
  const all = Array.from({ length: 1 << open.length }, (_, bits) => open.map((_, i) => ((bits >> i) & 1 ? 'present' as const : 'absent' as const)))
  const endings = all.map((readings): Ending => {
    const then = weighed({ ...given, symptoms: readAs(given.symptoms, open, readings) })
    return { readings, probability: Math.exp(then.log - now.log), beliefs: then.beliefs }
  })
  const total = endings.reduce((sum, { probability }) => sum + probability, 0)
  const shared = endings.map((ending) => ({ ...ending, probability: ending.probability / total })).sort((a, b) => b.probability - a.probability)
  return { reduction: now.beliefs.doubt - shared.reduce((sum, { probability, beliefs }) => sum + probability * beliefs.doubt, 0), endings: shared }
}
