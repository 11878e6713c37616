import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { learnt, type Unit } from '../../src/check/learnt.ts'
import { catalogue } from '../../src/faults/index.ts'
import { Fault } from '../../src/model/fault.ts'
import type { PackBody } from '../../src/model/pack.ts'

const body = (more: Partial<PackBody>): PackBody => ({ schema: 'posdiag.pack/1', sequence: 1, issuedAt: 0, remedies: [], symptoms: [], ...more })
const cureOf = (pack: PackBody, code: string, id: string) => learnt(catalogue, pack).faults.find((f) => f.code === code)?.remedy.steps.find((s) => s.id === id)?.cures

describe('the catalogue with what a pack has counted', () => {
  it('is the built-in one where nothing was counted, or only what it does not know', () => {
    expect(learnt(catalogue, body({})).faults).toEqual(catalogue.faults)
    expect(learnt(catalogue, body({ remedies: [{ fault: 'NO-SUCH', remedy: 'x', worked: 1, failed: 0 }], symptoms: [{ fault: 'PRN-OFFLINE', symptom: 'no.such', shown: 1, hidden: 1 }] })).faults).toEqual(catalogue.faults)
  })

  it('moves from the estimate to the count: 0.85 and 90 of 90 make (0.85·10 + 90) / 100', () => {
    expect(cureOf(body({ remedies: [{ fault: 'PRN-COVER-OPEN', remedy: 'close-cover', worked: 90, failed: 0 }] }), 'PRN-COVER-OPEN', 'close-cover')).toBeCloseTo(0.985, 9)
    const halves = [{ fault: 'PRN-COVER-OPEN', remedy: 'close-cover', model: 'a', worked: 50, failed: 0 }, { fault: 'PRN-COVER-OPEN', remedy: 'close-cover', model: 'b', worked: 40, failed: 0 }]
    expect(cureOf(body({ remedies: halves }), 'PRN-COVER-OPEN', 'close-cover')).toBeCloseTo(0.985, 9)
  })

  it('moves how often a symptom is shown, but not where the catalogue tells several places or connections apart', () => {
    const shows = (pack: PackBody, code: string, symptom: string) => learnt(catalogue, pack).faults.find((f) => f.code === code)?.shows.filter((s) => s.symptom === symptom).map((s) => s.p)
    const counted = (fault: string, symptom: string) => body({ symptoms: [{ fault, symptom, shown: 0, hidden: 50 }] })
    const [p = 0, ...more] = shows(body({}), 'PRN-PAPER-OUT', 'printer.paper-end') ?? []
    expect([p > 0.5, more]).toEqual([true, []])
    expect(shows(counted('PRN-PAPER-OUT', 'printer.paper-end'), 'PRN-PAPER-OUT', 'printer.paper-end')).toEqual([expect.closeTo(p / 2, 9)])
    const several = shows(body({}), 'PRN-OFFLINE', 'printer.silent')
    expect(several?.length).toBeGreaterThan(1)
    expect(shows(counted('PRN-OFFLINE', 'printer.silent'), 'PRN-OFFLINE', 'printer.silent')).toEqual(several)
  })

  it('believes what was counted of a model, and of its firmware, more than what was counted of others', () => {
    const row = { fault: 'PRN-COVER-OPEN', remedy: 'close-cover' }
    const pack = body({ remedies: [{ ...row, worked: 90, failed: 0 }, { ...row, model: 'a', worked: 0, failed: 20 }, { ...row, model: 'a', firmware: '2', worked: 30, failed: 0 }] })
    const of = (unit: Unit) => learnt(catalogue, pack, unit).faults.find((f) => f.code === row.fault)?.remedy.steps.find((s) => s.id === row.remedy)?.cures
    expect(of({})).toBeCloseTo((0.85 * 10 + 120) / 150, 9)
    expect(of({ model: 'b', firmware: '2' })).toBe(of({}))
    // What holds for all others, 0.985, is what one begins with; then come all of the model, then those of its firmware.
    expect(of({ model: 'a', firmware: '1' })).toBeCloseTo((0.985 * 10 + 30) / 60, 9)
    expect(of({ model: 'a', firmware: '2' })).toBeCloseTo((((0.985 * 10) / 30) * 10 + 30) / 40, 9)
  })

  it('stays a catalogue whatever was counted, and a remedy that failed more is not believed more', () => {
    const steps = catalogue.faults.flatMap((f) => f.remedy.steps.flatMap((s) => (s.id === undefined ? [] : [{ fault: f.code, remedy: s.id }])))
    const shows = catalogue.faults.flatMap((f) => f.shows.map((s) => ({ fault: f.code, symptom: s.symptom })))
    fc.assert(fc.property(fc.constantFrom(...steps), fc.constantFrom(...shows), fc.nat(1e6), fc.nat(1e6), fc.integer({ min: 1, max: 1000 }), (step, show, worked, failed, more) => {
      const better = learnt(catalogue, body({ remedies: [{ ...step, worked, failed }], symptoms: [{ ...show, shown: worked, hidden: failed }] }))
      for (const code of [step.fault, show.fault]) Fault.parse(better.faults.find((f) => f.code === code))
      const sum = (cures: unknown): number => (typeof cures === 'number' ? cures : Object.values(cures as Record<string, number>).reduce((a, b) => a + b, 0))
      expect(sum(cureOf(body({ remedies: [{ ...step, worked, failed: failed + more }] }), step.fault, step.remedy))).toBeLessThanOrEqual(sum(cureOf(body({ remedies: [{ ...step, worked, failed }] }), step.fault, step.remedy)) + 1e-12)
    }), { numRuns: 60 })
  })
})
