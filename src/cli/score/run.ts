import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { probes } from '../../../probes/index.ts'
import { type Weighed, weigh } from '../../check/run.ts'
import { catalogue } from '../../faults/index.ts'
import type { FaultAt, Verdict } from '../../model/diagnosis.ts'
import type { Knowledge } from '../../model/fault.ts'
import { fitted } from '../../model/fitted.ts'
import type { Scenario } from '../../model/scenario.ts'
import { TerminalFile } from '../../model/terminal.ts'
import { PACKAGE_ROOT } from '../package.ts'

/** What a scenario may be a case of. */
export type Case = NonNullable<Scenario['case']>

const terminals = new Map<string, TerminalFile>()

const terminalOf = ({ terminal }: Scenario): TerminalFile => {
  if (typeof terminal !== 'string') return terminal
  const known = terminals.get(terminal) ?? TerminalFile.parse(parse(readFileSync(join(PACKAGE_ROOT, 'fixtures/terminals', terminal), 'utf8')))
  terminals.set(terminal, known)
  return known
}

/** Weighs what a scenario shows, as a check does. */
export const weighScenario = (scenario: Scenario, knowledge: Knowledge = catalogue): Weighed => {
  const terminal = terminalOf(scenario)
  return weigh({ terminal, probes, knowledge }, fitted(terminal), scenario.observations.map((o, at) => ({ ...o, at })))
}

/** One scenario held against what was said of it. */
export interface Outcome {
  name: string
  case: Case
  scenario: Scenario
  truth: readonly FaultAt[]
  weighed: Weighed
  /** What was said, likeliest first: found ones that follow from no other, then the rest by probability. */
  said: readonly Verdict[]
  /** Remedies tried until everything was cured; undefined where nothing was broken. */
  steps: number | undefined
  /** Milliseconds that the weighing took. */
  ms: number
}

const same = (a: FaultAt, b: FaultAt): boolean => a.fault === b.fault && a.device === b.device

/** Whether a fault is one of these. */
export const among = (at: FaultAt, all: readonly FaultAt[]): boolean => all.some((other) => same(other, at))

/** In the order in which a person would take them up. */
const inOrder = (verdicts: readonly Verdict[]): Verdict[] => {
  const found = verdicts.filter((v) => v.verdict === 'found' && v.follows === undefined)
  return [...found, ...verdicts.filter((v) => !found.includes(v)).toSorted((a, b) => b.posterior - a.posterior)]
}

const MOST_STEPS = 10

/** What is seen once these faults are cured, in a world of the scenario's own. */
type SeenAfter = (cured: readonly FaultAt[]) => Scenario['observations']

/** Tries the first fault said that was not tried yet, looks again, and goes on until all is cured; a cure takes what was there away. */
const stepsToCure = (scenario: Scenario, seenAfter: SeenAfter, knowledge: Knowledge): number => {
  const tried: FaultAt[] = []
  for (let step = 1; step <= MOST_STEPS; step += 1) {
    const said = inOrder(weighScenario({ ...scenario, observations: seenAfter(tried) }, knowledge).diagnosis.verdicts)
    const next = said.find((v) => !among(v, tried))
    if (!next) return MOST_STEPS
    tried.push(next)
    if (scenario.expect.found.every((at) => among(at, tried))) return step
  }
  return MOST_STEPS
}

/** A scenario without a world of its own: the rank at which the last of its faults is said. */
const rankOfLast = (truth: readonly FaultAt[], said: readonly Verdict[]): number =>
  Math.min(MOST_STEPS, Math.max(...truth.map((at) => said.findIndex((v) => same(v, at))).map((rank) => (rank < 0 ? MOST_STEPS : rank + 1))))

const caseOf = (scenario: Scenario): Case =>
  scenario.case ?? (['healthy', 'single', 'pair'] as const)[Math.min(2, scenario.expect.found.length)] ?? 'single'

/** Runs one scenario; one with a world of its own is cured step by step in it. */
export const outcomeOf = ({ name, scenario, knowledge = catalogue, seenAfter }: { name: string; scenario: Scenario; knowledge?: Knowledge; seenAfter?: SeenAfter }): Outcome => {
  const started = performance.now()
  const weighed = weighScenario(scenario, knowledge)
  const ms = performance.now() - started
  const truth = scenario.expect.found
  const said = inOrder(weighed.diagnosis.verdicts)
  const steps = truth.length === 0 ? undefined : seenAfter ? stepsToCure(scenario, seenAfter, knowledge) : rankOfLast(truth, said)
  return { name, case: caseOf(scenario), scenario, truth, weighed, said, steps, ms }
}
