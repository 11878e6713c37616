import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guide } from '../../src/faults/guide.ts'
import { catalogue } from '../../src/faults/index.ts'
import { MONEY_FACTS, type MoneyKnown, mayDo, moneyOf } from '../../src/guard/money.ts'
import { speaksOf } from '../../src/guard/rails.ts'

const steps = catalogue.faults.flatMap((fault) => fault.remedy.steps.flatMap((step) => (step.id === undefined ? [] : [{ fault, step, where: `${fault.code} ${step.id}` }])))

describe('the steps of the catalogue', () => {
  it('have all that a person must be told, where they may cure', () => {
    for (const { fault, step, where } of steps) {
      expect([where, step.by, step.seconds, step.cures, step.basis].every((value) => value !== undefined), where).toBe(true)
      if (typeof step.cures === 'object') expect(Object.keys(fault.ways), where).toEqual(expect.arrayContaining(Object.keys(step.cures)))
    }
    expect(new Set(steps.map(({ where }) => where)).size).toBe(steps.length)
  })

  it('are there for every fault that a probe can find', () => {
    expect(catalogue.faults.filter((f) => f.shows.length > 0 && !f.remedy.steps.some((s) => s.id !== undefined)).map((f) => f.code)).toEqual([])
  })

  it('say that they restart something, or take money, wherever their words do', () => {
    const told = steps.filter(({ step }) => step.disturbs?.includes('restarts') !== true && step.disturbs?.includes('updates') !== true && speaksOf('restart', step)).map(({ where }) => where)
    expect(told).toEqual([])
    const charging = steps.filter(({ step }) => step.disturbs?.includes('charges') !== true && speaksOf('charge-again', step)).map(({ where }) => where)
    expect(charging).toEqual([])
  })

  it('never touch a tampered terminal but to seal it', () => {
    for (const { step, where } of steps) expect([where, mayDo(step.disturbs ?? [], { tamper: true }).is]).toEqual([where, step.disturbs?.includes('seals') ? 'may' : 'never'])
    for (const test of guide.tests) expect(mayDo(test.disturbs, { tamper: true }).is).toBe('never')
  })
})

const money = fc.record(Object.fromEntries(MONEY_FACTS.map((fact) => [fact, fc.option(fc.boolean(), { nil: undefined })]))) as fc.Arbitrary<MoneyKnown>

describe('mayDo', () => {
  it('allows no restart of anything, and no update, while anything is open, unknown, to be reversed or to be uploaded', () => {
    fc.assert(fc.property(money, fc.constantFrom('restarts' as const, 'updates' as const), (state, disturbs) => {
      const ruling = mayDo([disturbs], state)
      if (MONEY_FACTS.some((fact) => state[fact] === true)) expect(ruling.is).toBe('never')
      else expect(ruling.is).toBe(MONEY_FACTS.every((fact) => state[fact] === false) ? 'may' : 'ask')
    }))
  })

  it('allows nobody to charge again before the state of the first attempt is known', () => {
    expect(mayDo(['charges'], { open: false, 'unknown-outcome': true, 'reversal-pending': false, tamper: false })).toEqual({ is: 'never', because: ['unknown-outcome'] })
    expect(mayDo(['charges'], { open: false, 'reversal-pending': false, tamper: false })).toEqual({ is: 'ask', about: ['unknown-outcome'] })
    expect(mayDo(['charges'], { open: false, 'unknown-outcome': false, 'reversal-pending': false, tamper: false })).toEqual({ is: 'may' })
  })

  it('names what forbids it, tampering alone before everything else', () => {
    expect(mayDo(['restarts'], { open: true, 'reversal-pending': true })).toEqual({ is: 'never', because: ['open', 'reversal-pending'] })
    expect(mayDo(['restarts'], { open: true, tamper: true })).toEqual({ is: 'never', because: ['tamper'] })
  })

  it('never becomes milder when more is known to be so', () => {
    const order = ['may', 'ask', 'never']
    fc.assert(fc.property(money, fc.constantFrom(...MONEY_FACTS), fc.constantFrom(...steps), (state, fact, { step }) => {
      const [calm, worse] = [mayDo(step.disturbs ?? [], { ...state, [fact]: false }), mayDo(step.disturbs ?? [], { ...state, [fact]: true })]
      expect(order.indexOf(worse.is)).toBeGreaterThanOrEqual(order.indexOf(calm.is))
    }))
  })
})

describe('moneyOf', () => {
  const symptom = (id: string, is: 'present' | 'absent' | 'unknown') => ({ id, device: 'journal', is, because: [] })
  it('knows what the journal says, and nothing where nobody looked', () => {
    expect(moneyOf([])).toEqual({})
    expect(moneyOf([symptom('journal.reversal-pending', 'unknown')], false)).toEqual({ open: false })
    expect(moneyOf([symptom('journal.reversal-pending', 'absent'), symptom('journal.reversal-failed', 'present'), symptom('journal.unknown-outcome', 'absent'), symptom('reader.unsent', 'absent')], true))
      .toEqual({ open: true, 'reversal-pending': true, 'unknown-outcome': false, 'upload-pending': false })
  })
})
