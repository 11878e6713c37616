import { describe, expect, it } from 'vitest'
import { type RuleProblem, readSymptoms } from '../../src/check/symptoms.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { Probe } from '../../src/model/probe.ts'
import { type SymptomRule, whenNumber, whenTrue } from '../../src/model/symptom.ts'
import { device } from './network-maker.ts'

const rule = (id: string, reads: string[], read: SymptomRule['read']): SymptomRule => ({ id, meaning: { zh: '测试', en: 'test' }, reads, read })

const probe = (symptoms: SymptomRule[]): Probe => ({
  kind: 'printer', touch: 'asks', isolate: false, deadlineMs: 100, observes: {}, symptoms,
  limits: { 'printer.queue-oldest-s': { standard: 60, unit: 's', basis: 'estimate' } },
  async *observe() { /* nothing is looked at here */ },
})

const printers = [device('printer-1', 'printer'), device('printer-2', 'printer')]

const open = rule('printer.cover-open', ['printer.cover-open'], (see) => whenTrue(see, 'printer.cover-open'))
const queue = rule('printer.queue-stuck', ['printer.queue-oldest-s'], (see, limit) => whenNumber(see, 'printer.queue-oldest-s', (n) => n > limit('printer.queue-oldest-s')))

const seen = (name: string, value: string | number | boolean, at = 0, on = 'printer-1'): Observation => ({ name, device: on, at, source: 'live', value })
const absent = (name: string, why: 'silent' | 'broke', at = 0): Observation => ({ name, device: 'printer-1', at, source: 'live', absent: why, detail: 'test' })

describe('reading symptoms', () => {
  it('reads every rule on every device of its kind, with the reason and, where present, the meaning', () => {
    expect(readSymptoms([probe([open])], printers, [seen('printer.cover-open', true)], {})).toEqual([
      { id: 'printer.cover-open', device: 'printer-1', is: 'present', because: ['printer.cover-open'], meaning: { zh: '测试', en: 'test' } },
      { id: 'printer.cover-open', device: 'printer-2', is: 'unknown', because: [] },
    ])
  })

  it('takes the latest of several observations of one name', () => {
    const both = [seen('printer.cover-open', false, 20), seen('printer.cover-open', true, 10)]
    expect(readSymptoms([probe([open])], printers, both, {})[0]?.is).toBe('absent')
    expect(readSymptoms([probe([open])], printers, both.toReversed(), {})[0]?.is).toBe('absent')
  })

  it('lets no rule read what broke, and falls back to what was seen before it', () => {
    expect(readSymptoms([probe([open])], printers, [absent('printer.cover-open', 'broke')], {})[0]).toMatchObject({ is: 'unknown', because: [] })
    expect(readSymptoms([probe([open])], printers, [seen('printer.cover-open', true, 1), absent('printer.cover-open', 'broke', 2)], {})[0]?.is).toBe('present')
  })

  it('uses the standard limit, and the terminal\'s own where it has one', () => {
    const waiting = [seen('printer.queue-oldest-s', 90)]
    expect(readSymptoms([probe([queue])], printers, waiting, {})[0]?.is).toBe('present')
    expect(readSymptoms([probe([queue])], printers, waiting, { 'printer.queue-oldest-s': 120 })[0]?.is).toBe('absent')
  })

  it('names what a prefix stood for', () => {
    const all = rule('printer.any', ['printer.error.'], (see) => (see.under('printer.error.').length > 0 ? 'present' : 'unknown'))
    expect(readSymptoms([probe([all])], printers, [seen('printer.error.a', true), seen('printer.error.b', false)], {})[0]?.because).toEqual(['printer.error.a', 'printer.error.b'])
  })

  it('makes a rule that throws unknown, tells of it, and goes on', () => {
    const problems: RuleProblem[] = []
    const bad = rule('printer.bad', [], (_, limit) => (limit('printer.nonsense') > 0 ? 'present' : 'absent'))
    const read = readSymptoms([probe([bad, open])], printers, [seen('printer.cover-open', true)], {}, (problem) => problems.push(problem))
    expect(read.map((s) => s.is)).toEqual(['unknown', 'present', 'unknown', 'unknown'])
    expect(problems[0]).toMatchObject({ symptom: 'printer.bad', device: 'printer-1', detail: 'the printer probe has no limit called printer.nonsense' })
  })

  it('does not take numbers that are none for numbers', () => {
    expect(readSymptoms([probe([queue])], printers, [seen('printer.queue-oldest-s', Number.NaN)], {})[0]?.is).toBe('unknown')
  })
})
