import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { asYaml, drawCorpus, SEED } from '../../bench/corpus.ts'
import { draw } from '../../bench/draw.ts'
import { loss, type Score, scoreOf } from '../../src/cli/score/figures.ts'
import { outcomeOf } from '../../src/cli/score/run.ts'
import { Scenario } from '../../src/model/scenario.ts'
import { keptDrawn } from './drawn-scenarios.ts'

const reachesTheAims = (score: Score): void => {
  expect(score.top1.single).toBeGreaterThanOrEqual(0.97)
  expect(score.top1.pair).toBeGreaterThanOrEqual(0.9)
  expect(score.top1.cascade).toBeGreaterThanOrEqual(0.97)
  expect(score.top1['look-alike']).toBeGreaterThanOrEqual(0.95)
  expect(score.falseAlarms).toBe(0)
}

describe('the score', () => {
  it('reaches its aims on the drawn scenarios of the repository', () => {
    const score = scoreOf(keptDrawn().map(({ name, scenario }) => outcomeOf({ name, scenario })))
    reachesTheAims(score)
    expect(score.readiness).toBeGreaterThanOrEqual(0.97)
    expect(score.exact).toBeGreaterThanOrEqual(0.95)
  })

  // A thousand diagnoses; no clock decides over them.
  it('reaches them on scenarios that are kept nowhere, with the calibration and the steps to cure', () => {
    const score = scoreOf(drawCorpus(SEED.heldOut).map(outcomeOf))
    expect(score.calibration).toBeLessThanOrEqual(0.055)
    expect(score.steps).toBeLessThanOrEqual(1.2)
    expect(score.top1.single).toBeGreaterThanOrEqual(0.97)
    expect(score.falseAlarms).toBe(0)
  }, 300_000)

  it('counts a miss as a miss', () => {
    const right = draw('single', 'a miss', 'PRN-COVER-OPEN')
    const wrong = { ...right, scenario: { ...right.scenario, expect: { ...right.scenario.expect, found: [{ fault: 'PRN-JAM', device: 'printer-1' }] } } }
    const [good, bad] = [right, wrong].map(({ name, scenario }) => outcomeOf({ name, scenario }))
    if (!good || !bad) throw new Error('two outcomes')
    expect([scoreOf([good]).top1.single, scoreOf([bad]).top1.single]).toEqual([1, 0])
    expect([scoreOf([good]).extra, scoreOf([bad]).extra]).toEqual([0, 1])
    expect([good.steps, bad.steps]).toEqual([1, 10])
    expect(loss(bad)).toBeGreaterThan(loss(good) + 5)
  })
})

describe('drawing', () => {
  it('gives the same scenario again for the same seed, and another for another', () => {
    for (const kind of ['single', 'pair', 'cascade', 'look-alike', 'healthy', 'blind'] as const) {
      const [one, again, other] = ['a', 'a', 'b'].map((seed) => asYaml(draw(kind, seed)))
      expect(again).toBe(one)
      expect(other).not.toBe(one)
    }
  })

  it('writes what reads back as it was', () => {
    const drawn = draw('pair', 'read back')
    expect(Scenario.parse(parse(asYaml(drawn)))).toEqual(Scenario.parse(drawn.scenario))
  })
})
