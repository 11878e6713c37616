import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { probes } from '../../probes/index.ts'
import { diagnose } from '../../src/check/diagnose.ts'
import { readiness } from '../../src/check/readiness.ts'
import { type RuleProblem, readSymptoms } from '../../src/check/symptoms.ts'
import { catalogue } from '../../src/faults/index.ts'
import { fitted } from '../../src/model/fitted.ts'
import type { Observation } from '../../src/model/observation.ts'
import { Scenario } from '../../src/model/scenario.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const fixtures = join(import.meta.dirname, '../../fixtures')

const yaml = (path: string): unknown => parse(readFileSync(path, 'utf8'))

const terminalOf = (scenario: Scenario): TerminalFile =>
  typeof scenario.terminal === 'string' ? TerminalFile.parse(yaml(join(fixtures, 'terminals', scenario.terminal))) : scenario.terminal

const observed = (scenario: Scenario): Observation[] => scenario.observations.map((o, at) => ({ ...o, at }))

const weighed = (scenario: Scenario) => {
  const terminal = terminalOf(scenario)
  const devices = fitted(terminal)
  const observations = observed(scenario)
  const problems: RuleProblem[] = []
  const symptoms = readSymptoms(probes, devices, observations, terminal.limits, (problem) => problems.push(problem))
  const diagnosis = diagnose({ knowledge: catalogue, devices, symptoms })
  return { devices, problems, symptoms, diagnosis, readiness: readiness({ terminal, devices, knowledge: catalogue, diagnosis, observations }) }
}

const names = readdirSync(join(fixtures, 'scenarios')).filter((name) => name.endsWith('.yaml')).sort()
// Scenarios played by dialogues need a bench and are told apart by having no observations.
const scenarios = names.map((name) => ({ name, scenario: Scenario.parse(yaml(join(fixtures, 'scenarios', name))) })).filter(({ scenario }) => scenario.observations.length > 0)

const place = (v: { fault: string; device: string }): string => `${v.fault}@${v.device}`

describe('scenarios', () => {
  it('are there', () => { expect(scenarios.length).toBeGreaterThan(100) })

  it.each(scenarios)('$name', ({ scenario }) => {
    const { devices, problems, diagnosis, readiness: ready } = weighed(scenario)
    const verdicts = (word: string) => diagnosis.verdicts.filter((v) => v.verdict === word).map(place)
    const vocabulary = (id: string) => probes.find((p) => p.kind === devices.find((d) => d.id === id)?.kind)?.observes ?? {}
    expect(problems).toEqual([])
    expect(scenario.observations.filter((o) => !(o.name in vocabulary(o.device))).map((o) => o.name)).toEqual([])
    expect(verdicts('found')).toEqual(scenario.expect.found.map(place))
    expect(verdicts('ruled-out')).toEqual(expect.arrayContaining(scenario.expect.ruledOut.map(place)))
    expect(diagnosis.unexplained).toEqual(scenario.expect.unexplained)
    expect(Object.fromEntries(ready.map((r) => [r.tender, r.is]))).toEqual(scenario.expect.readiness)
  })

  const found = new Set(scenarios.flatMap(({ scenario }) => scenario.expect.found.map((f) => f.fault)))
  const ruledOut = new Set(scenarios.flatMap(({ scenario }) => weighed(scenario).diagnosis.verdicts.filter((v) => v.verdict === 'ruled-out').map((v) => v.fault)))

  it.each(catalogue.faults.filter((fault) => fault.shows.length > 0).map((fault) => fault.code))('find %s somewhere and rule it out elsewhere', (code) => {
    expect([found.has(code), ruledOut.has(code)]).toEqual([true, true])
  })
})
