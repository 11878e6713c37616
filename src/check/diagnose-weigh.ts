import type { Cause, Finding, Hypothesis } from './diagnose-network.ts'

/** Posterior probability of each hypothesis, and of none of those with anything looked at. */
export interface Weighed {
  posterior(hypothesis: Hypothesis): number
  healthy: number
}

/**
 * Up to this many causes that compete for the same symptoms, every set of them is weighed: exact. Beyond it the least plausible
 * ones are weighed as single additions to every such set, which leaves out only two of them being true at once.
 */
const EXACT = 12
const NEGLIGIBLE = 25
const UNDERFLOW = 1e-200

/** Causes that compete, directly or through others, for the same present symptoms; those of different groups are independent. */
interface Group {
  members: Cause[]
  findings: Finding[]
  /** For each member and finding the probability that the member does not make it appear. */
  misses: Float64Array[]
  /** For each finding the probability that it does not appear by itself. */
  nothing: Float64Array
}

const groupOf = (members: Cause[]): Group => {
  const findings = [...new Set(members.flatMap((cause) => cause.present.map((link) => link.finding)))]
  const index = new Map(findings.map((finding, i) => [finding, i]))
  const misses = members.map((cause) => {
    const row = new Float64Array(findings.length).fill(1)
    for (const { finding, p } of cause.present) row[index.get(finding) ?? 0] = 1 - p
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

/** A set of causes taken for true, as bits over the jointly weighed members. */
interface World {
  mask: number
  log: number
  silent: Float64Array
}

const worldsOf = (group: Group, joint: readonly number[]): World[] => {
  const worlds: World[] = []
  const visit = (depth: number, mask: number, logit: number, silent: Float64Array): void => {
    const member = joint[depth]
    if (member === undefined) {
      worlds.push({ mask, log: logit + logAllAppear(silent), silent })
      return
    }
    visit(depth + 1, mask, logit, silent)
    visit(depth + 1, mask | (1 << depth), logit + (group.members[member]?.logit ?? 0), joined(silent, group, member))
  }
  visit(0, 0, 0, group.nothing)
  return worlds
}

/** The members of one hypothesis in a group: it is true where any of them is. */
interface Claim {
  hypothesis: Hypothesis
  mask: number
  others: number[]
}

const claimsOf = (group: Group, joint: readonly number[]): Claim[] =>
  Array.from(Map.groupBy(group.members.keys(), (i) => group.members[i]?.hypothesis), ([hypothesis, members]) => ({ hypothesis, members })).flatMap(({ hypothesis, members }) =>
    hypothesis ? [{ hypothesis, mask: joint.reduce((mask, i, depth) => (members.includes(i) ? mask | (1 << depth) : mask), 0), others: members.filter((i) => !joint.includes(i)) }] : [])

/** Posterior of each hypothesis that has members in the group, by these members alone, and of none of the members. */
const weighGroup = (group: Group): { posteriors: [Hypothesis, number][]; none: number } => {
  const joint = group.members.length <= EXACT ? group.members.map((_, i) => i) : mostTelling(group)
  const others = group.members.map((_, i) => i).filter((i) => !joint.includes(i))
  const claims = claimsOf(group, joint)
  const worlds = worldsOf(group, joint)
  const top = worlds.reduce((max, world) => Math.max(max, world.log), -Infinity)
  const mass = new Float64Array(claims.length)
  let total = 0
  let none = 0
  for (const { mask, log, silent } of worlds) {
    if (others.length > 0 && log < top - NEGLIGIBLE) continue
    const alone = Math.exp(log - top)
    const added = new Map(others.map((i) => [i, alone * Math.exp(gain(silent, group, i))]))
    const whole = alone + others.reduce((sum, i) => sum + (added.get(i) ?? 0), 0)
    claims.forEach((claim, c) => {
      mass[c] = at(mass, c) + ((claim.mask & mask) !== 0 ? whole : claim.others.reduce((sum, i) => sum + (added.get(i) ?? 0), 0))
    })
    total += whole
    if (mask === 0) none = alone
  }
  return { posteriors: claims.map(({ hypothesis }, c) => [hypothesis, Math.min(1, at(mass, c) / total)]), none: none / total }
}

const fromLogit = (logit: number): number => 1 / (1 + Math.exp(-logit))

/**
 * Weighs all hypotheses against all symptoms: exact inference in the leaky noisy-OR network, made small by two facts. An absent
 * symptom speaks about each of its causes separately, and causes that share no present symptom do not touch each other. The ways
 * of one fault are causes of their own; the fault is there if one of them is.
 */
export const weigh = (hypotheses: readonly Hypothesis[]): Weighed => {
  const notThere = new Map<Hypothesis, number>()
  const rule = (hypothesis: Hypothesis, posterior: number): void => { notThere.set(hypothesis, (notThere.get(hypothesis) ?? 1) * (1 - posterior)) }
  const causes = hypotheses.flatMap((hypothesis) => hypothesis.causes)
  let healthy = 1
  for (const group of grouped(causes.filter((cause) => cause.present.length > 0))) {
    const { posteriors, none } = weighGroup(group)
    for (const [hypothesis, posterior] of posteriors) rule(hypothesis, posterior)
    healthy *= none
  }
  for (const cause of causes) {
    if (cause.present.length > 0) continue
    const posterior = fromLogit(cause.logit)
    rule(cause.hypothesis, posterior)
    if (cause.hypothesis.present.length > 0 || cause.hypothesis.absent.length > 0) healthy *= 1 - posterior
  }
  return { posterior: (hypothesis) => 1 - (notThere.get(hypothesis) ?? 1), healthy }
}
