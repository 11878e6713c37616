import type { Cause, Finding, Hypothesis } from './diagnose-network.ts'

/** Posterior probability of each hypothesis and of each of its ways, and of none of those with anything looked at. */
export interface Weighed {
  posterior(hypothesis: Hypothesis): number
  ofCause(cause: Cause): number
  healthy: number
  /** Logarithm of how probable everything seen is, up to a summand that does not depend on which faults explain it. */
  log: number
}

/**
 * Up to this many causes that compete for the same symptoms, every set of them is weighed: exact. Beyond it the least plausible
 * ones are weighed as single additions to every such set, which leaves out only two of them being true at once.
 */
const EXACT = 12
const NEGLIGIBLE = 25
const UNDERFLOW = 1e-200

/** A cause and what it touches among its group's findings: `miss` is the probability that it does not make that one appear. */
interface Member {
  cause: Cause
  logit: number
  touches: { index: number; miss: number }[]
}

/** Causes that compete, directly or through others, for the same present symptoms; those of different groups are independent. */
interface Group {
  members: Member[]
  findings: Finding[]
  /** For each member and finding the probability that the member does not make it appear. */
  misses: Float64Array[]
  /** For each finding the probability that it does not appear by itself. */
  nothing: Float64Array
}

const groupOf = (causes: readonly Cause[]): Group => {
  const findings = [...new Set(causes.flatMap((cause) => cause.present.map((link) => link.finding)))]
  const places = new Map(findings.map((finding, i) => [finding, i]))
  const members = causes.map((cause): Member => ({ cause, logit: cause.logit, touches: cause.present.map(({ finding, p }) => ({ index: places.get(finding) ?? 0, miss: 1 - p })) }))
  const misses = members.map(({ touches }) => {
    const row = new Float64Array(findings.length).fill(1)
    for (const { index, miss } of touches) row[index] = miss
    return row
  })
  return { members, findings, misses, nothing: Float64Array.from(findings, (finding) => 1 - finding.leak) }
}

const grouped = (causes: readonly Cause[]): Group[] => {
  const root = new Map<object, object>()
  const find = (node: object): object => {
    let at = node
    for (let next = root.get(at); next !== undefined && next !== at; next = root.get(at)) at = next
    return at
  }
  for (const cause of causes) for (const { finding } of cause.present) root.set(find(finding), find(cause))
  return Array.from(Map.groupBy(causes, find).values(), groupOf)
}

const at = (numbers: ArrayLike<number>, i: number): number => numbers[i] ?? 0

/** Log probability that all findings appear, given for each the probability that nothing makes it appear. */
const logAllAppear = (silent: Float64Array): number => {
  let log = 0
  let product = 1
  for (let s = 0; s < silent.length; s++) {
    product *= 1 - at(silent, s)
    if (product < UNDERFLOW) {
      log += Math.log(product)
      product = 1
    }
  }
  return log + Math.log(product)
}

/** What stays silent when this member is true as well. */
const joined = (silent: Float64Array, group: Group, member: number): Float64Array => {
  const miss = group.misses[member]
  return miss ? silent.map((q, s) => q * at(miss, s)) : silent
}

/** How much more probable everything seen becomes when this member joins those that left `silent`; in nats, its own odds included. */
const gain = (silent: Float64Array, group: Group, member: number): number =>
  (group.members[member]?.logit ?? -Infinity) + logAllAppear(joined(silent, group, member)) - logAllAppear(silent)

/** The members that must be weighed jointly: those that best explain everything together, then the best by themselves. */
const mostTelling = (group: Group): number[] => {
  const all = group.members.map((_, i) => i)
  const together = new Set<number>()
  for (let silent = group.nothing; together.size < EXACT - 2;) {
    const best = all.filter((i) => !together.has(i)).map((i) => ({ i, gain: gain(silent, group, i) })).reduce((a, b) => (b.gain > a.gain ? b : a))
    if (best.gain <= 0) break
    together.add(best.i)
    silent = joined(silent, group, best.i)
  }
  const alone = all.map((i) => ({ i, gain: gain(group.nothing, group, i) })).sort((a, b) => b.gain - a.gain)
  for (const { i } of alone) if (together.size < EXACT) together.add(i)
  return [...together]
}

/** Log weight of every set of the jointly weighed members, by its bits. */
const worldsOf = (group: Group, joint: readonly number[]): Float64Array => {
  const logs = new Float64Array(1 << joint.length)
  const buffers = joint.map(() => new Float64Array(group.findings.length))
  const visit = (depth: number, mask: number, logit: number, silent: Float64Array): void => {
    const [member, held] = [joint[depth], buffers[depth]]
    if (member === undefined || held === undefined) {
      logs[mask] = logit + logAllAppear(silent)
      return
    }
    visit(depth + 1, mask, logit, silent)
    const miss = group.misses[member] ?? group.nothing
    for (let s = 0; s < silent.length; s++) held[s] = at(silent, s) * at(miss, s)
    visit(depth + 1, mask | (1 << depth), logit + (group.members[member]?.logit ?? 0), held)
  }
  visit(0, 0, 0, group.nothing)
  return logs
}

const silentIn = (group: Group, joint: readonly number[], mask: number): Float64Array =>
  joint.reduce((silent, member, depth) => ((mask & (1 << depth)) === 0 ? silent : joined(silent, group, member)), group.nothing)

/** How much likelier a world becomes when this member joins it, by the few findings that it touches. */
const factor = (silent: Float64Array, { logit, touches }: Member): number =>
  touches.reduce((product, { index, miss }) => (product * (1 - at(silent, index) * miss)) / (1 - at(silent, index)), Math.exp(logit))

/** Members of which the probability that at least one is true is wanted: one by itself, or all of one hypothesis. */
interface Claim<T> {
  of: T
  mask: number
  others: number[]
}

const claim = <T>(of: T, members: readonly number[], joint: readonly number[]): Claim<T> =>
  ({ of, mask: joint.reduce((mask, i, depth) => (members.includes(i) ? mask | (1 << depth) : mask), 0), others: members.filter((i) => !joint.includes(i)) })

const claimsOf = ({ members }: Group, joint: readonly number[]): Claim<Hypothesis | Cause>[] => [
  ...[...Map.groupBy(members.keys(), (i) => members[i]?.cause.hypothesis)].flatMap(([hypothesis, of]) => (hypothesis ? [claim(hypothesis, of, joint)] : [])),
  ...members.map(({ cause }, i) => claim(cause, [i], joint)),
]

/** Posterior of each hypothesis and cause that has members in the group, by these members alone, and of none of the members; `log` as of Weighed. */
const weighGroup = (group: Group): { posteriors: [Hypothesis | Cause, number][]; none: number; log: number } => {
  const joint = group.members.length <= EXACT ? group.members.map((_, i) => i) : mostTelling(group)
  const others = group.members.map((_, i) => i).filter((i) => !joint.includes(i))
  const claims = claimsOf(group, joint)
  const logs = worldsOf(group, joint)
  const top = logs.reduce((max, log) => Math.max(max, log))
  const mass = new Float64Array(claims.length)
  const added = new Float64Array(group.members.length)
  let total = 0
  let none = 0
  logs.forEach((log, mask) => {
    if (log < top - NEGLIGIBLE) return
    const alone = Math.exp(log - top)
    let whole = alone
    if (others.length > 0) {
      const silent = silentIn(group, joint, mask)
      for (const i of others) {
        const member = group.members[i]
        added[i] = member ? alone * factor(silent, member) : 0
        whole += at(added, i)
      }
    }
    claims.forEach((c, i) => {
      mass[i] = at(mass, i) + ((c.mask & mask) !== 0 ? whole : c.others.reduce((sum, other) => sum + at(added, other), 0))
    })
    total += whole
    if (mask === 0) none = alone
  })
  return { posteriors: claims.map(({ of }, i) => [of, Math.min(1, at(mass, i) / total)]), none: none / total, log: top + Math.log(total) }
}

const fromLogit = (logit: number): number => 1 / (1 + Math.exp(-logit))

/**
 * Weighs all hypotheses against all symptoms: exact inference in the leaky noisy-OR network, made small by two facts. An absent
 * symptom speaks about each of its causes separately, and causes that share no present symptom do not touch each other. The ways
 * of one fault are causes of their own; the fault is there if one of them is.
 */
export const weigh = (hypotheses: readonly Hypothesis[]): Weighed => {
  const notThere = new Map<Hypothesis, number>()
  const ofCause = new Map<Cause, number>()
  const rule = (hypothesis: Hypothesis, posterior: number): void => { notThere.set(hypothesis, (notThere.get(hypothesis) ?? 1) * (1 - posterior)) }
  const causes = hypotheses.flatMap((hypothesis) => hypothesis.causes)
  let healthy = 1
  let log = 0
  for (const group of grouped(causes.filter((cause) => cause.present.length > 0))) {
    const weighed = weighGroup(group)
    for (const [of, posterior] of weighed.posteriors) {
      if ('causes' in of) rule(of, posterior)
      else ofCause.set(of, posterior)
    }
    healthy *= weighed.none
    log += weighed.log
  }
  for (const cause of causes) {
    if (cause.present.length > 0) continue
    const posterior = fromLogit(cause.logit)
    ofCause.set(cause, posterior)
    rule(cause.hypothesis, posterior)
    log -= Math.log1p(-posterior)
    if (cause.hypothesis.present.length > 0 || cause.hypothesis.absent.length > 0) healthy *= 1 - posterior
  }
  return { posterior: (hypothesis) => 1 - (notThere.get(hypothesis) ?? 1), ofCause: (cause) => ofCause.get(cause) ?? 0, healthy, log }
}
