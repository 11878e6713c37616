import type { Lost, Verdict } from '../model/diagnosis.ts'
import { BETTER_THAN_CHANCE, type Cause, type Finding, type Hypothesis, weightOfPresent } from './diagnose-network.ts'

/** A hypothesis with what is said of it. */
export interface Judged {
  hypothesis: Hypothesis
  verdict: Verdict
}

/** The symptoms that a fault explains better than chance. */
export const explained = ({ hypothesis }: Judged): Set<Finding> => new Set(hypothesis.present.filter((link) => weightOfPresent(link) >= BETTER_THAN_CHANCE).map((link) => link.finding))

const MOST_REASONS = 4
/** Nats below which a difference is not worth a sentence: less than half as likely again. */
const FELT = 0.4

/** Probability that a fault, and no other, shows each finding: by the way that accounts best for everything seen. */
const predictions = ({ causes }: Hypothesis): ReadonlyMap<Finding, number> => {
  const fits = (cause: Cause): number => cause.logit + cause.present.reduce((sum, link) => sum + weightOfPresent(link), 0)
  return causes.reduce((best, cause) => (fits(cause) > fits(best) ? cause : best)).shows
}

const shows = (finding: Finding, p: number): number => 1 - (1 - finding.leak) * (1 - p)

/**
 * Why a fault lost against the found one that explains most of the same symptoms; undefined where none does, for then nothing has
 * beaten it.
 */
export const lostTo = (loser: Judged, found: readonly Judged[]): Lost | undefined => {
  const own = explained(loser)
  const shared = (winner: Judged): number => [...explained(winner)].filter((finding) => own.has(finding)).length
  const winner = found.filter((w) => shared(w) > 0).sort((a, b) => shared(b) - shared(a))[0]
  if (!winner) return undefined
  const [mine, theirs] = [predictions(loser.hypothesis), predictions(winner.hypothesis)]
  const by = [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((finding): Lost['by'] => {
    const { id, device, is } = finding.symptom
    if (is === 'unknown') return []
    const [p, q] = [shows(finding, mine.get(finding) ?? 0), shows(finding, theirs.get(finding) ?? 0)]
    const weight = is === 'present' ? Math.log(p / q) : Math.log((1 - p) / (1 - q))
    const leaves = is === 'present' && !mine.has(finding)
    return Math.abs(weight) < FELT ? [] : [{ symptom: id, device, is, weight, ...(leaves ? { leaves } : {}) }]
  }).sort((a, b) => a.weight - b.weight)
  return {
    fault: winner.verdict.fault,
    device: winner.verdict.device,
    prior: Math.log(loser.hypothesis.fault.prior.p / winner.hypothesis.fault.prior.p),
    by: by.filter(({ weight }) => weight < 0).slice(0, MOST_REASONS),
  }
}
