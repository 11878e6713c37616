import { describe, expect, it } from 'vitest'
import { knowing, MEASURES, measure, reordered, TOLERANCE, worseBy } from '../../../src/cli/score/compare.ts'
import { keptScenarios } from '../../../src/cli/score/corpus.ts'
import { catalogue } from '../../../src/faults/index.ts'
import type { Fault } from '../../../src/model/fault.ts'
import type { Measured } from '../../../src/model/pack.ts'
import { bodyOf } from '../../hq/taught.ts'

const scenarios = keptScenarios()
const before: Measured = { scenarios: 400, falseAlarms: 1, missed: 1, top1: 0.9, top3: 0.95, extra: 0.05, readiness: 0.9, calibration: 0.05, brier: 0.02 }

describe('measuring a pack', () => {
  it('finds the built-in catalogue as good as npm run score does', () => {
    expect(scenarios.length).toBeGreaterThan(300)
    expect(measure(catalogue, scenarios)).toMatchObject({ scenarios: scenarios.length, falseAlarms: 0, missed: 0, top1: 1, top3: 1 })
  })

  it('finds one worse that says that faults never show what they show', () => {
    const blind = bodyOf(1, { remedies: [], symptoms: catalogue.faults.flatMap((f) => f.shows.map((s) => ({ fault: f.code, symptom: s.symptom, shown: 0, hidden: 1_000_000 }))) })
    const after = measure(knowing(blind), scenarios)
    expect(after.top1).toBeLessThan(0.9)
    expect(worseBy(measure(catalogue, scenarios), after)).toContain('top1')
  })

  it('finds one that counts what the catalogue estimates as good as that', () => {
    const rate = (fault: Fault, symptom: string): number => Math.min(0.99, fault.shows.filter((s) => s.symptom === symptom).reduce((sum, s) => sum + s.p * (s.ways?.reduce((share, way) => share + (fault.ways[way] ?? 0), 0) ?? 1), 0))
    const counted = catalogue.faults.flatMap((fault) => [...new Set(fault.shows.map((s) => s.symptom))].map((symptom) => ({ fault: fault.code, symptom, shown: Math.round(rate(fault, symptom) * 200), hidden: 200 - Math.round(rate(fault, symptom) * 200) })))
    const same = bodyOf(1, { symptoms: counted })
    expect(worseBy(measure(catalogue, scenarios), measure(knowing(same), scenarios))).toEqual([])
  })
})

describe('a pack is worse', () => {
  it.each(MEASURES)('by %s where that is lost beyond what is tolerated, and not before', (name) => {
    const { by, more } = TOLERANCE[name]
    const sign = more === 'worse' ? 1 : -1
    expect(worseBy(before, { ...before, [name]: before[name] + sign * by })).toEqual([])
    expect(worseBy(before, { ...before, [name]: before[name] + sign * (by + (Number.isInteger(by) ? 1 : 0.001)) })).toEqual([name])
    expect(worseBy(before, { ...before, [name]: before[name] - sign * 0.5 })).toEqual([])
    expect(worseBy(before, { ...before, [name]: Number.NaN })).toEqual([name])
  })
})

describe('the first step', () => {
  it('is told where counts make it another', () => {
    const body = bodyOf(1, { remedies: [{ fault: 'PRN-PAPER-OUT', remedy: 'load-paper', worked: 0, failed: 30 }, { fault: 'PRN-PAPER-OUT', remedy: 'turn-roll', worked: 30, failed: 0 }] })
    expect(reordered(catalogue, knowing(body))).toEqual([{ fault: 'PRN-PAPER-OUT', before: 'load-paper', after: 'turn-roll' }])
    expect(reordered(catalogue, knowing(bodyOf(1, { remedies: [] })))).toEqual([])
  })
})
