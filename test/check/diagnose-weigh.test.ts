import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { givenFor } from '../../src/check/diagnose.ts'
import { layOut } from '../../src/check/diagnose-network.ts'
import { weigh } from '../../src/check/diagnose-weigh.ts'
import type { Presence } from '../../src/model/symptom.ts'
import { device, fault, knows, symptom } from './network-maker.ts'

interface Small {
  priors: number[]
  leaks: number[]
  /** p[fault][symptom]; 0 where the fault does not show the symptom. */
  p: number[][]
  is: Presence[]
}

const probability = fc.double({ min: 0.001, max: 0.45, noNaN: true })

const small = (faults: number, symptoms: number): fc.Arbitrary<Small> => fc.record({
  priors: fc.array(probability, { minLength: faults, maxLength: faults }),
  leaks: fc.array(fc.double({ min: 0.0001, max: 0.3, noNaN: true }), { minLength: symptoms, maxLength: symptoms }),
  p: fc.array(fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 0.99, noNaN: true })), { minLength: symptoms, maxLength: symptoms }), { minLength: faults, maxLength: faults }),
  is: fc.array(fc.constantFrom<Presence>('present', 'absent', 'unknown'), { minLength: symptoms, maxLength: symptoms }),
})

const devices = [device('host', 'host')]

const laid = (net: Small) => {
  const knowledge = knows(
    net.priors.map((prior, f) => fault(`AAA-F${f}`, 'host', prior, (net.p[f] ?? []).flatMap((p, s) => (p === 0 ? [] : [{ symptom: `host.s${s}`, p, on: 'self' as const, basis: 'estimate' }])))),
    (id) => net.leaks[Number(id.slice('host.s'.length))] ?? 0.5,
  )
  return layOut(givenFor({ knowledge, devices, symptoms: net.is.map((is, s) => symptom(`host.s${s}`, 'host', is)) }))
}

/** Posterior of each fault by adding up all 2^n worlds. */
const bruteForce = (net: Small): { posteriors: number[]; healthy: number; either(a: number, b: number): number } => {
  const n = net.priors.length
  const mass = new Array<number>(n).fill(0)
  let total = 0
  let healthy = 0
  const weights: number[] = []
  for (let world = 0; world < 1 << n; world++) {
    let weight = net.priors.reduce((w, prior, f) => w * ((world >> f) & 1 ? prior : 1 - prior), 1)
    net.is.forEach((is, s) => {
      const silent = net.p.reduce((q, row, f) => q * ((world >> f) & 1 ? 1 - (row[s] ?? 0) : 1), 1 - (net.leaks[s] ?? 0))
      if (is !== 'unknown') weight *= is === 'present' ? 1 - silent : silent
    })
    total += weight
    weights.push(weight)
    if (world === 0) healthy = weight
    mass.forEach((m, f) => { if ((world >> f) & 1) mass[f] = m + weight })
  }
  return { posteriors: mass.map((m) => m / total), healthy: healthy / total, either: (a, b) => weights.reduce((sum, weight, world) => (((world >> a) | (world >> b)) & 1 ? sum + weight : sum), 0) / total }
}

const posteriors = (net: Small): number[] => {
  const { hypotheses } = laid(net)
  const weighed = weigh(hypotheses)
  return hypotheses.map((h) => weighed.posterior(h))
}

describe('weighing hypotheses', () => {
  it('equals the enumeration of all worlds on small networks', () => {
    fc.assert(fc.property(small(8, 7), (net) => {
      const truth = bruteForce(net)
      posteriors(net).forEach((p, f) => { expect(p).toBeCloseTo(truth.posteriors[f] ?? Number.NaN, 9) })
    }), { numRuns: 150 })
  })

  it('gives the probability that nothing is wrong as enumeration does, over the faults that were looked at', () => {
    fc.assert(fc.property(small(6, 5), (net) => {
      const { hypotheses } = laid(net)
      const notLookedAt = hypotheses.filter((h) => h.present.length === 0 && h.absent.length === 0).reduce((q, h) => q * (1 - h.fault.prior.p), 1)
      expect(weigh(hypotheses).healthy * notLookedAt).toBeCloseTo(bruteForce(net).healthy, 9)
    }), { numRuns: 100 })
  })

  it('counts those that are too many to be weighed jointly as often as the others', () => {
    const n = 16
    const all = (p: number) => Array.from({ length: n }, (_, f) => [p, f === 1 ? 0.01 : 0])
    // The first fault is sure to be there for the second symptom; any of the others may explain the first.
    const net: Small = { priors: new Array<number>(n).fill(0.001), leaks: [0.0001, 0.0001], p: all(0.3).map((row, f) => (f === 0 ? [0, 0.95] : row)), is: ['present', 'present'] }
    const truth = bruteForce(net)
    posteriors(net).forEach((p, f) => { expect(Math.abs(p / (truth.posteriors[f] ?? Number.NaN) - 1)).toBeLessThan(0.01) })
  })

  it('stays near the truth where too many hypotheses compete to weigh every set of them', () => {
    fc.assert(fc.property(small(15, 6), (net) => {
      const rare: Small = { ...net, priors: net.priors.map((p) => p / 30), leaks: net.leaks.map((l) => l / 30) }
      const truth = bruteForce(rare)
      posteriors(rare).forEach((p, f) => { expect(Math.abs(p - (truth.posteriors[f] ?? Number.NaN))).toBeLessThan(0.03) })
    }), { numRuns: 15 })
  })

  it('lets unknown symptoms change nothing', () => {
    fc.assert(fc.property(small(6, 6), (net) => {
      const known = net.is.map((is, s) => ({ is, s })).filter(({ is }) => is !== 'unknown')
      const without: Small = { ...net, leaks: known.map(({ s }) => net.leaks[s] ?? 0.5), p: net.p.map((row) => known.map(({ s }) => row[s] ?? 0)), is: known.map(({ is }) => is) }
      const [full, less] = [posteriors(net), posteriors(without)]
      full.forEach((p, f) => { expect(p).toBeCloseTo(less[f] ?? Number.NaN, 9) })
    }), { numRuns: 100 })
  })

  it('never lowers a fault when a symptom appears that only this fault explains', () => {
    fc.assert(fc.property(small(6, 6), fc.nat(5), fc.double({ min: 0.05, max: 0.99, noNaN: true }), (net, f, p) => {
      const more = (is: Presence): Small => ({ ...net, leaks: [...net.leaks, 0.01], p: net.p.map((row, i) => [...row, i === f ? p : 0]), is: [...net.is, is] })
      expect(posteriors(more('present'))[f]).toBeGreaterThanOrEqual((posteriors(more('unknown'))[f] ?? 1) - 1e-12)
    }), { numRuns: 100 })
  })

  it('takes a fault for true where one of its ways is, each way with its share of the prior', () => {
    fc.assert(fc.property(small(6, 5), (net) => {
      const pairs = [0, 1, 2]
      const whole = (f: number) => (net.priors[2 * f] ?? 0) + (net.priors[2 * f + 1] ?? 0)
      const scaled: Small = { ...net, priors: net.priors.map((p) => p / 3) }
      const shows = (f: number, way: string) => (net.p[f] ?? []).flatMap((p, s) => (p === 0 ? [] : [{ symptom: `host.s${s}`, p, on: 'self' as const, ways: [way], basis: 'estimate' }]))
      const faults = pairs.map((f) => fault(`AAA-F${f}`, 'host', whole(f) / 3, [...shows(2 * f, 'one'), ...shows(2 * f + 1, 'two')], { ways: { one: (net.priors[2 * f] ?? 0) / whole(f), two: (net.priors[2 * f + 1] ?? 0) / whole(f) } }))
      const { hypotheses } = layOut(givenFor({ knowledge: knows(faults, (id) => net.leaks[Number(id.slice('host.s'.length))] ?? 0.5), devices, symptoms: net.is.map((is, s) => symptom(`host.s${s}`, 'host', is)) }))
      const weighed = weigh(hypotheses)
      hypotheses.forEach((h, f) => { expect(weighed.posterior(h)).toBeCloseTo(bruteForce(scaled).either(2 * f, 2 * f + 1), 9) })
    }), { numRuns: 60 })
  })

  it('never raises a fault when something that it should show is not there, nor one that competes when its rival is confirmed', () => {
    fc.assert(fc.property(small(6, 6), fc.nat(5), fc.double({ min: 0.05, max: 0.99, noNaN: true }), (net, f, p) => {
      const more = (is: Presence): Small => ({ ...net, leaks: [...net.leaks, 0.01], p: net.p.map((row, i) => [...row, i === f ? p : 0]), is: [...net.is, is] })
      expect(posteriors(more('absent'))[f]).toBeLessThanOrEqual((posteriors(more('unknown'))[f] ?? 0) + 1e-12)
    }), { numRuns: 100 })
    fc.assert(fc.property(small(2, 1), fc.double({ min: 0.05, max: 0.99, noNaN: true }), (net, p) => {
      const rival = (is: Presence): Small => ({ ...net, leaks: [...net.leaks, 0.01], p: [[...(net.p[0] ?? []), p], [...(net.p[1] ?? []), 0]], is: ['present', is] })
      expect(posteriors(rival('present'))[1]).toBeLessThanOrEqual((posteriors(rival('unknown'))[1] ?? 0) + 1e-12)
    }), { numRuns: 100 })
  })

  it('gives each way of a fault its own posterior, none more than the fault', () => {
    fc.assert(fc.property(small(4, 5), (net) => {
      const { hypotheses } = laid(net)
      const weighed = weigh(hypotheses)
      for (const h of hypotheses) for (const cause of h.causes) expect(weighed.ofCause(cause)).toBeCloseTo(weighed.posterior(h), 9)
    }), { numRuns: 40 })
  })

  it('does not underflow when very many symptoms are there at once', () => {
    const n = 120
    const net: Small = { priors: [0.001], leaks: new Array<number>(n).fill(0.0001), p: [new Array<number>(n).fill(0.9)], is: new Array<Presence>(n).fill('present') }
    expect(posteriors(net)[0]).toBeGreaterThan(0.999999)
  })
})
