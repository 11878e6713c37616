import type { Verdict } from '../../model/diagnosis.ts'
import { among, type Case, type Outcome } from './run.ts'

/** Whether every true fault is among the first so many said; so many more than there are are allowed. */
const within = ({ truth, said }: Outcome, more: number): boolean => truth.every((at) => among(at, said.slice(0, truth.length + more)))

const share = (of: readonly Outcome[], holds: (outcome: Outcome) => boolean): number => (of.length === 0 ? Number.NaN : of.filter(holds).length / of.length)

/** Faults found that are not there and follow from nothing that is. */
export const falselyFound = ({ truth, weighed }: Outcome): Verdict[] => weighed.diagnosis.verdicts.filter((v) => v.verdict === 'found' && v.follows === undefined && !among(v, truth))

/** Every probability that was given to a fault worth a thought, with whether the fault was there. */
const judgements = (outcomes: readonly Outcome[]): { p: number; there: boolean }[] =>
  outcomes.flatMap(({ truth, said }) => [
    ...said.filter((v) => v.posterior >= 0.01).map((v) => ({ p: v.posterior, there: among(v, truth) })),
    ...truth.filter((at) => !said.some((v) => v.fault === at.fault && v.device === at.device && v.posterior >= 0.01)).map(() => ({ p: 0, there: true })),
  ])

const missedIn = (broken: readonly Outcome[]): string[] => {
  const all = broken.flatMap(({ truth, said }) => truth.map((at) => ({ fault: at.fault, first: among(at, said.slice(0, truth.length)) })))
  return [...Map.groupBy(all, ({ fault }) => fault)].filter(([, some]) => !some.some(({ first }) => first)).map(([fault]) => fault)
}

const BINS = 10

/** Expected calibration error: how far, on average, the probability said lies from how often it was so, over ten bins. */
const calibrationError = (all: readonly { p: number; there: boolean }[]): number => {
  const bins = Map.groupBy(all, ({ p }) => Math.min(BINS - 1, Math.floor(p * BINS)))
  return [...bins.values()].reduce((sum, bin) => sum + Math.abs(bin.reduce((s, { p }) => s + p, 0) - bin.filter(({ there }) => there).length), 0) / all.length
}

/** What a set of scenarios came to. Shares are from 0 to 1. */
export interface Score {
  scenarios: number
  top1: Partial<Record<Case, number>>
  top3: Partial<Record<Case, number>>
  /** The same over all scenarios with faults. */
  overall: { top1: number; top3: number }
  counts: Partial<Record<Case, number>>
  /** Share of scenarios in which found, ruled out, unexplained and readiness are all exactly as stated. */
  exact: number
  /** Share of scenarios whose readiness is as stated. */
  readiness: number
  /** Healthy scenarios in which any fault was found. */
  falseAlarms: number
  /** Share of scenarios with faults in which a fault was found that is not there. */
  extra: number
  calibration: number
  brier: number
  /** Faults that are named first in none of their scenarios. */
  missed: string[]
  /** Remedies tried over the fewest possible. */
  steps: number
  msMedian: number
}

const CASES: readonly Case[] = ['single', 'pair', 'cascade', 'look-alike', 'blind']

/** Whether everything is exactly as the scenario states it. */
export const isExact = ({ scenario, truth, weighed }: Outcome): boolean => {
  const { verdicts, unexplained } = weighed.diagnosis
  const key = (at: { fault: string; device: string }) => `${at.fault} ${at.device}`
  const found = verdicts.filter((v) => v.verdict === 'found').map(key).toSorted()
  const out = verdicts.filter((v) => v.verdict === 'ruled-out')
  return found.join() === truth.map(key).toSorted().join() && scenario.expect.ruledOut.every((at) => among(at, out)) && readyAsStated({ scenario, weighed })
    && unexplained.map((u) => `${u.symptom} ${u.device}`).toSorted().join() === scenario.expect.unexplained.map((u) => `${u.symptom} ${u.device}`).toSorted().join()
}

const readyAsStated = ({ scenario, weighed }: Pick<Outcome, 'scenario' | 'weighed'>): boolean => weighed.readiness.every((r) => scenario.expect.readiness[r.tender] === r.is)

/** Scores a set of outcomes. */
export const scoreOf = (outcomes: readonly Outcome[]): Score => {
  const of = (kind: Case) => outcomes.filter((o) => o.case === kind && o.truth.length > 0)
  const by = (measure: (of: readonly Outcome[]) => number) => Object.fromEntries(CASES.map((kind) => [kind, measure(of(kind))]))
  const broken = outcomes.filter((o) => o.truth.length > 0)
  const all = judgements(outcomes)
  const steps = broken.map((o) => ({ taken: o.steps ?? 0, fewest: o.truth.length }))
  return {
    scenarios: outcomes.length,
    counts: by((some) => some.length),
    top1: by((some) => share(some, (o) => within(o, 0))),
    top3: by((some) => share(some, (o) => within(o, 2))),
    overall: { top1: share(broken, (o) => within(o, 0)), top3: share(broken, (o) => within(o, 2)) },
    exact: share(outcomes, isExact),
    readiness: share(outcomes, readyAsStated),
    falseAlarms: outcomes.filter((o) => o.truth.length === 0 && o.case === 'healthy' && o.weighed.diagnosis.verdicts.some((v) => v.verdict === 'found')).length,
    extra: share(broken, (o) => falselyFound(o).length > 0),
    missed: missedIn(broken),
    calibration: calibrationError(all),
    brier: all.reduce((sum, { p, there }) => sum + (p - Number(there)) ** 2, 0) / all.length,
    steps: steps.reduce((sum, { taken }) => sum + taken, 0) / steps.reduce((sum, { fewest }) => sum + fewest, 0),
    msMedian: outcomes.map((o) => o.ms).toSorted((a, b) => a - b)[Math.floor(outcomes.length / 2)] ?? Number.NaN,
  }
}

/** How badly a scenario went, in nats: what it cost not to have said the truth with certainty, and nothing else. */
export const loss = ({ truth, said }: Outcome): number => {
  const p = (at: { fault: string; device: string }) => said.find((v) => v.fault === at.fault && v.device === at.device)?.posterior ?? 0
  return truth.reduce((sum, at) => sum - Math.log(Math.max(1e-4, p(at))), 0) + said.filter((v) => v.follows === undefined && !among(v, truth)).reduce((sum, v) => sum - Math.log(Math.max(1e-4, 1 - v.posterior)), 0)
}
