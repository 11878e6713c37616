import type { Verdict } from '../model/diagnosis.ts'
import type { Actor, Fault, RemedyStep } from '../model/fault.ts'
import type { Costs, Tried } from '../model/repair.ts'

/** One fault that may be behind the trouble: how probable it is, by its ways, after what was tried in vain. */
export interface Suspect {
  fault: Fault
  device: string
  /** Probability of the fault in each way; '' where it has but one. They add up to that of the fault. */
  ways: ReadonlyMap<string, number>
}

/** A step of a suspect's remedy that might cure. */
export interface Mend {
  suspect: Suspect
  step: RemedyStep & { id: string; seconds: number }
  /** Probability that it cures what is wrong now. */
  p: number
  /** Seconds, disturbance and reaching who does it included. */
  cost: number
}

const curesOf = ({ cures }: RemedyStep, way: string): number => (typeof cures === 'number' ? cures : (cures?.[way] ?? 0))

/** The suspect after this step was done and the fault is still there: ways that it would mostly have cured are less likely now, and so is the fault. */
export const after = (suspect: Suspect, step: RemedyStep): Suspect => {
  const left = new Map([...suspect.ways].map(([way, p]) => [way, p * (1 - curesOf(step, way))] as const))
  const before = [...suspect.ways.values()].reduce((a, b) => a + b, 0)
  const rest = 1 - before + [...left.values()].reduce((a, b) => a + b, 0)
  return { ...suspect, ways: new Map([...left].map(([way, p]) => [way, rest > 0 ? p / rest : p])) }
}

const isDone = (tried: readonly Tried[], suspect: Suspect, id: string): boolean => tried.some((t) => t.kind === 'remedy' && t.id === id && t.fault === suspect.fault.code && t.device === suspect.device)

/** A verdict as a suspect, with what was tried in vain reckoned in. */
export const suspectOf = (verdict: Verdict, fault: Fault, tried: readonly Tried[]): Suspect => {
  const told = new Map((verdict.ways ?? []).map(({ way, posterior }) => [way, posterior]))
  const total = [...told.values()].reduce((a, b) => a + b, 0)
  const shares = total > 0 ? told : new Map(Object.entries(fault.ways))
  const all = [...shares.values()].reduce((a, b) => a + b, 0)
  const ways = shares.size === 0 ? new Map([['', verdict.posterior]]) : new Map([...shares].map(([way, p]) => [way, (verdict.posterior * p) / all]))
  const inVain = tried.filter((t) => t.outcome === 'not-cured' && t.fault === verdict.fault && t.device === verdict.device)
  return fault.remedy.steps.filter((step) => inVain.some((t) => t.id === step.id)).reduce(after, { fault, device: verdict.device, ways })
}

const costOf = (seconds: number, by: Actor, disturbs: readonly (keyof Costs['disturbs'])[], costs: Costs, here: ReadonlySet<Actor>): number =>
  seconds + (here.has(by) ? 0 : (costs.reach[by]?.seconds ?? 0)) + disturbs.reduce((sum, d) => sum + (costs.disturbs[d]?.seconds ?? 0), 0)

/** What doing this costs, in seconds of a cashier's time; whoever is here already need not be reached. */
export const priceOf = (thing: { seconds?: number | undefined; by?: Actor | undefined; disturbs?: readonly (keyof Costs['disturbs'])[] | undefined }, costs: Costs, here: ReadonlySet<Actor>): number =>
  costOf(thing.seconds ?? 60, thing.by ?? 'technician', thing.disturbs ?? [], costs, here)

/** Every step that might cure and was not tried, the best first: probability per cost. */
export const mends = (suspects: readonly Suspect[], tried: readonly Tried[], costs: Costs, here: ReadonlySet<Actor>): Mend[] =>
  suspects.flatMap((suspect) => suspect.fault.remedy.steps.flatMap((step): Mend[] => {
    const { id, seconds } = step
    if (id === undefined || seconds === undefined || isDone(tried, suspect, id)) return []
    const p = [...suspect.ways].reduce((sum, [way, share]) => sum + share * curesOf(step, way), 0)
    return p <= 0 ? [] : [{ suspect, step: { ...step, id, seconds }, p, cost: priceOf(step, costs, here) }]
  })).sort((a, b) => b.p / b.cost - a.p / a.cost)

/** Steps ahead that an estimate looks; what comes later hardly counts. */
const AHEAD = 10
const HOPELESS = 0.02

/** Expected cost of the repair in seconds if from now on only remedies were tried, the best first each time (Heckerman, Breese and Rommelse 1995). */
export const costOfRepair = (suspects: readonly Suspect[], tried: readonly Tried[], costs: Costs, here: ReadonlySet<Actor>): number => {
  let cost = 0
  let broken = 1
  let left = suspects
  let done = tried
  for (let i = 0; i < AHEAD; i += 1) {
    const [best] = mends(left, done, costs, here)
    if (!best || best.p < HOPELESS) break
    cost += broken * best.cost
    broken *= 1 - best.p
    done = [...done, { kind: 'remedy', id: best.step.id, device: best.suspect.device, fault: best.suspect.fault.code, outcome: 'not-cured', at: 0 }]
    left = left.map((suspect) => (suspect === best.suspect ? after(suspect, best.step) : suspect))
  }
  return cost + broken * costs.failure.seconds
}
