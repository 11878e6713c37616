import { describe, expect, it } from 'vitest'
import { writtenScenarios } from '../../bench/corpus.ts'
import { probes } from '../../probes/index.ts'
import { weighScenario } from '../../src/cli/score/run.ts'
import { catalogue } from '../../src/faults/index.ts'
import { keptDrawn } from './drawn-scenarios.ts'

const written = writtenScenarios()
const drawn = keptDrawn()

const place = (v: { fault: string; device: string }): string => `${v.fault}@${v.device}`

const VOCABULARY = new Set(probes.flatMap((probe) => Object.keys(probe.observes)))

describe('scenarios', () => {
  it('are there', () => {
    expect(written.length).toBeGreaterThan(100)
    expect(written.length + drawn.length).toBeGreaterThanOrEqual(300)
    const cases = Map.groupBy(drawn, ({ scenario }) => scenario.case)
    expect(cases.get('pair')?.length).toBeGreaterThanOrEqual(60)
    expect(cases.get('cascade')?.length).toBeGreaterThanOrEqual(40)
    expect(cases.get('look-alike')?.length).toBeGreaterThanOrEqual(40)
  })

  it.each([...written, ...drawn])('$name is read without a problem, in the words of the probes', ({ scenario }) => {
    expect(weighScenario(scenario).problems).toEqual([])
    expect(scenario.observations.filter((o) => !VOCABULARY.has(o.name)).map((o) => o.name)).toEqual([])
  })

  it.each(written)('$name', ({ scenario }) => {
    const { diagnosis, readiness: ready } = weighScenario(scenario)
    const verdicts = (word: string) => diagnosis.verdicts.filter((v) => v.verdict === word).map(place)
    expect(verdicts('found')).toEqual(scenario.expect.found.map(place))
    expect(verdicts('ruled-out')).toEqual(expect.arrayContaining(scenario.expect.ruledOut.map(place)))
    expect(diagnosis.unexplained).toEqual(scenario.expect.unexplained)
    expect(Object.fromEntries(ready.map((r) => [r.tender, r.is]))).toEqual(scenario.expect.readiness)
  })

  const everywhere = [...written, ...drawn]
  const found = new Set(everywhere.flatMap(({ scenario }) => scenario.expect.found.map((f) => f.fault)))
  const ruledOut = new Set(everywhere.flatMap(({ scenario }) => scenario.expect.ruledOut.map((f) => f.fault)))

  it.each(catalogue.faults.filter((fault) => fault.shows.length > 0).map((fault) => fault.code))('state that %s is found somewhere and ruled out elsewhere', (code) => {
    expect([found.has(code), ruledOut.has(code)]).toEqual([true, true])
  })
})
