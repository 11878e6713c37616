import { learnt } from '../../check/learnt.ts'
import { mends, suspectOf } from '../../check/mend.ts'
import { guide } from '../../faults/guide.ts'
import { catalogue } from '../../faults/index.ts'
import type { Verdict } from '../../model/diagnosis.ts'
import type { Fault, Knowledge } from '../../model/fault.ts'
import type { Measured, PackBody } from '../../model/pack.ts'
import type { Kept } from './corpus.ts'
import { scoreOf } from './figures.ts'
import { type Outcome, outcomeOf } from './run.ts'

/** The catalogue with a pack, or as it is. */
export const knowing = (pack: PackBody | undefined): Knowledge => (pack === undefined ? catalogue : learnt(catalogue, pack))

/** An outcome without the evidence, of which a till has not the memory for hundreds at once. */
const withoutEvidence = (outcome: Outcome): Outcome => {
  const bare = (verdict: Verdict): Verdict => ({ fault: verdict.fault, device: verdict.device, verdict: verdict.verdict, posterior: verdict.posterior, ...(verdict.follows ? { follows: verdict.follows } : {}), for: [], against: [], notLookedAt: [] })
  const { diagnosis, ...weighed } = outcome.weighed
  return { ...outcome, said: outcome.said.map(bare), weighed: { ...weighed, symptoms: [], diagnosis: { ...diagnosis, verdicts: diagnosis.verdicts.map(bare) } } }
}

/** How right the diagnosis is on these scenarios with this knowledge. */
export const measure = (knowledge: Knowledge, scenarios: readonly Kept[]): Measured => {
  const { overall, ...score } = scoreOf(scenarios.map(({ name, scenario }) => withoutEvidence(outcomeOf({ name, scenario, knowledge }))))
  return { scenarios: score.scenarios, falseAlarms: score.falseAlarms, missed: score.missed.length, ...overall, extra: score.extra, readiness: score.readiness, calibration: score.calibration, brier: score.brier }
}

/** By how much each measure may be worse before a pack is worse, and whether more of it is better. A share of 0.01 is four of some four hundred scenarios. */
export const TOLERANCE = {
  falseAlarms: { by: 0, more: 'worse' },
  missed: { by: 0, more: 'worse' },
  top1: { by: 0.01, more: 'better' },
  top3: { by: 0.01, more: 'better' },
  extra: { by: 0.01, more: 'worse' },
  readiness: { by: 0.01, more: 'better' },
  calibration: { by: 0.01, more: 'worse' },
  brier: { by: 0.005, more: 'worse' },
} as const satisfies Partial<Record<keyof Measured, { by: number; more: 'better' | 'worse' }>>

/** A measure that a pack is judged by. */
export type Measure = keyof typeof TOLERANCE

/** The measures in their order. */
export const MEASURES = Object.keys(TOLERANCE) as Measure[]

/** Figures of the same count of scenarios differ by less than this through rounding alone. */
const ROUNDING = 1e-9

/** The measures by which one is worse than the other beyond what is tolerated; none where it may be offered. */
export const worseBy = (before: Measured, after: Measured): Measure[] =>
  MEASURES.filter((measure) => {
    const { by, more } = TOLERANCE[measure]
    const loss = more === 'better' ? before[measure] - after[measure] : after[measure] - before[measure]
    return !(loss <= by + ROUNDING)
  })

/** Steps of a fault that is certain, in the order in which they would be tried, each with its probability of curing. */
const stepsOf = (fault: Fault): { id: string; p: number }[] =>
  mends([suspectOf({ fault: fault.code, device: '', verdict: 'found', posterior: 1, for: [], against: [], notLookedAt: [] }, fault, [])], [], guide.costs, new Set(['cashier'])).map(({ step, p }) => ({ id: step.id, p }))

/** A fault whose remedy begins with another step than before. */
export interface Reordered { fault: string; before: string; after: string }

/** Faults whose first step is another one. */
export const reordered = (before: Knowledge, after: Knowledge): Reordered[] => {
  const now = new Map(after.faults.map((fault) => [fault.code, fault]))
  return before.faults.flatMap((fault): Reordered[] => {
    const then = now.get(fault.code)
    const [was, is] = [stepsOf(fault)[0]?.id, then && stepsOf(then)[0]?.id]
    return was === undefined || is === undefined || was === is ? [] : [{ fault: fault.code, before: was, after: is }]
  })
}
