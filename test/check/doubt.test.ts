import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { believe, worthOf } from '../../src/check/doubt.ts'
import type { Presence } from '../../src/model/symptom.ts'
import { device, fault, knows, symptom } from './network-maker.ts'

const devices = [device('host', 'host')]

interface Small { priors: number[]; leaks: number[]; p: number[][]; is: Presence[] }

const small: fc.Arbitrary<Small> = fc.record({
  priors: fc.array(fc.double({ min: 0.01, max: 0.4, noNaN: true }), { minLength: 4, maxLength: 4 }),
  leaks: fc.array(fc.double({ min: 0.001, max: 0.3, noNaN: true }), { minLength: 5, maxLength: 5 }),
  p: fc.array(fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.05, max: 0.95, noNaN: true })), { minLength: 5, maxLength: 5 }), { minLength: 4, maxLength: 4 }),
  is: fc.tuple(fc.constant<Presence>('unknown'), fc.constant<Presence>('unknown'), ...[0, 1, 2].map(() => fc.constantFrom<Presence>('present', 'absent', 'unknown'))),
})

const requestOf = (net: Small) => ({
  knowledge: knows(
    net.priors.map((prior, f) => fault(`AAA-F${f}`, 'host', prior, (net.p[f] ?? []).flatMap((p, s) => (p === 0 ? [] : [{ symptom: `host.s${s}`, p, on: 'self' as const, basis: 'estimate' }])))),
    (id) => net.leaks[Number(id.slice('host.s'.length))] ?? 0.5,
  ),
  devices,
  symptoms: net.is.map((is, s) => symptom(`host.s${s}`, 'host', is)),
})

/** Probability of everything read so, by adding up all worlds. */
const evidence = ({ priors, leaks, p }: Small, is: readonly Presence[]): number =>
  Array.from({ length: 1 << priors.length }, (_, world) => {
    const on = (f: number): boolean => ((world >> f) & 1) === 1
    const silent = (s: number): number => p.reduce((q, row, f) => q * (on(f) ? 1 - (row[s] ?? 0) : 1), 1 - (leaks[s] ?? 0))
    return is.reduce((w, read, s) => (read === 'unknown' ? w : w * (read === 'absent' ? silent(s) : 1 - silent(s))), priors.reduce((w, prior, f) => w * (on(f) ? prior : 1 - prior), 1))
  }).reduce((a, b) => a + b, 0)

const AT = ['host.s0', 'host.s1'].map((id) => ({ symptom: id, device: 'host' }))

describe('the worth of a look', () => {
  it('knows how a look will end as often as the enumeration of all worlds does', () => {
    fc.assert(fc.property(small, (net) => {
      for (const { readings, probability } of worthOf(requestOf(net), AT).endings) {
        expect(probability).toBeCloseTo(evidence(net, [...readings, ...net.is.slice(2)]) / evidence(net, net.is), 8)
      }
    }), { numRuns: 100 })
  })

  it('is never less than nothing, and more with every symptom that it shows', () => {
    fc.assert(fc.property(small, (net) => {
      const [one, both] = [worthOf(requestOf(net), AT.slice(0, 1)).reduction, worthOf(requestOf(net), AT).reduction]
      expect(one).toBeGreaterThan(-1e-9)
      expect(both).toBeGreaterThanOrEqual(one - 1e-9)
    }), { numRuns: 100 })
  })

  it('believes, on average over the endings, what is believed before the look', () => {
    fc.assert(fc.property(small, (net) => {
      const request = requestOf(net)
      const { endings } = worthOf(request, AT)
      for (const { fault: code, posterior } of believe(request).faults) {
        const later = endings.reduce((sum, { probability, beliefs }) => sum + probability * (beliefs.faults.find((f) => f.fault === code)?.posterior ?? 0), 0)
        expect(later).toBeCloseTo(posterior, 8)
      }
    }), { numRuns: 60 })
  })

  it('prefers the look that tells the contenders apart', () => {
    const request = {
      knowledge: knows([
        fault('PRN-CABLE', 'printer', 0.01, [{ symptom: 'printer.silent', p: 0.9, on: 'self', basis: 'estimate' }, { symptom: 'printer.lamp-dark', p: 0.02, on: 'self', basis: 'estimate' }]),
        fault('PRN-POWER', 'printer', 0.01, [{ symptom: 'printer.silent', p: 0.9, on: 'self', basis: 'estimate' }, { symptom: 'printer.lamp-dark', p: 0.97, on: 'self', basis: 'estimate' }, { symptom: 'printer.warm', p: 0.4, on: 'self', basis: 'estimate' }]),
      ], () => 0.001),
      devices: [device('printer-1', 'printer')],
      symptoms: [symptom('printer.silent', 'printer-1', 'present'), symptom('printer.lamp-dark', 'printer-1', 'unknown'), symptom('printer.warm', 'printer-1', 'unknown')],
    }
    const worth = (id: string) => worthOf(request, [{ symptom: id, device: 'printer-1' }]).reduction
    expect(worth('printer.lamp-dark')).toBeGreaterThan(3 * worth('printer.warm'))
    const [likelier] = worthOf(request, [{ symptom: 'printer.lamp-dark', device: 'printer-1' }]).endings.filter(({ readings }) => readings[0] === 'present')
    expect(likelier?.beliefs.faults[0]?.fault).toBe('PRN-POWER')
  })

  it('is nothing for what was seen already and for what the terminal does not have', () => {
    const net: Small = { priors: [0.1, 0.1, 0.1, 0.1], leaks: [0.01, 0.01, 0.01, 0.01, 0.01], p: [[0.9, 0, 0, 0, 0], [], [], []], is: ['present', 'unknown', 'unknown', 'unknown', 'unknown'] }
    expect(worthOf(requestOf(net), [{ symptom: 'host.s0', device: 'host' }, { symptom: 'host.none', device: 'host' }])).toEqual({ reduction: 0, endings: [] })
  })
})
