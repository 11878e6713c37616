import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import { costOfRepair, mends, suspectOf } from '../../src/check/mend.ts'
import { nextStep } from '../../src/check/next.ts'
import { propose } from '../../src/check/propose.ts'
import { weigh } from '../../src/check/run.ts'
import { begin, focusOf, isGone, type Seen } from '../../src/check/session.ts'
import { guide } from '../../src/faults/guide.ts'
import { catalogue } from '../../src/faults/index.ts'
import { MONEY_FACTS, type MoneyKnown, mayDo } from '../../src/guard/money.ts'
import type { Verdict } from '../../src/model/diagnosis.ts'
import { fitted } from '../../src/model/fitted.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { Tried } from '../../src/model/repair.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const terminal = TerminalFile.parse({
  terminal: { id: 'T-1' },
  devices: [
    { id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '192.0.2.9', port: 9100 } },
    { id: 'reader-1', kind: 'reader', transport: { type: 'serial', path: '/dev/ttyS0' } },
  ],
  endpoints: [{ id: 'acquirer-1', role: 'acquirer', host: 'pay.example.com' }],
})
const devices = fitted(terminal)

const seen = (observations: readonly Omit<Observation, 'at' | 'source'>[]): Seen => {
  const whole = observations.map((o) => ({ ...o, at: 1, source: 'live' }) as Observation)
  const { symptoms, diagnosis, readiness } = weigh({ terminal, probes, knowledge: catalogue, now: 1 }, devices, whole)
  return { startedAt: 1, observations: whole, symptoms, diagnosis, readiness }
}
const gone = seen([
  { name: 'printer.transport', device: 'printer-1', value: 'tcp' }, { name: 'printer.port', device: 'printer-1', absent: 'silent', detail: '' },
  { name: 'network.carrier', device: 'link-1', value: true },
] as never)
const mute = seen([{ name: 'reader.port', device: 'reader-1', value: true }, { name: 'reader.answers', device: 'reader-1', absent: 'silent', detail: '' }] as never)

const sight = (check: Seen, money: MoneyKnown = {}) => ({ check, terminal, devices, knowledge: catalogue, guide, money })
const verdictOf = (check: Seen): Verdict => {
  const verdict = focusOf(check, check === mute ? 'CRD-READER-OFFLINE' : 'PRN-OFFLINE')
  if (!verdict) throw new Error('nothing is found')
  return verdict
}

const fail = (): never => {
  throw new Error('the catalogue has no such fault')
}

const money = fc.record(Object.fromEntries(MONEY_FACTS.map((fact) => [fact, fc.option(fc.boolean(), { nil: undefined })]))) as fc.Arbitrary<MoneyKnown>

/** Every fault of the catalogue, surely there, in every way that it can come about. */
const certain = catalogue.faults.filter((f) => f.remedy.steps.some((s) => s.id)).map((fault) => ({
  fault, diagnosis: { verdicts: [{ fault: fault.code, device: 'x', verdict: 'found' as const, posterior: 0.9, for: [], against: [], notLookedAt: [] }], unexplained: [], healthy: 0 },
}))

describe('the next step', () => {
  it('is never one that a guard rail forbids in the present state of the money, for any fault of the catalogue', () => {
    fc.assert(fc.property(fc.constantFrom(...certain), money, fc.nat(6), ({ fault, diagnosis }, state, skips) => {
      const tried: Tried[] = []
      for (let i = 0; i <= skips; i += 1) {
        const next = nextStep({ given: { knowledge: catalogue, devices: [], symptoms: [] }, diagnosis, guide, money: state, focus: { fault: fault.code, device: 'x' }, tried, here: new Set() })
        if (next.best?.kind !== 'remedy') return
        const { step } = next.best.mend
        expect(mayDo(step.disturbs ?? [], state).is).not.toBe('never')
        expect(next.best.ruling).toEqual(mayDo(step.disturbs ?? [], state))
        for (const { mend } of next.held) expect(mayDo(mend.step.disturbs ?? [], state).is).toBe('never')
        tried.push({ kind: 'remedy', id: step.id, device: 'x', fault: fault.code, outcome: 'not-cured', at: 0 })
      }
    }), { numRuns: 1000 })
  })

  it('holds back a restart while a reversal is pending, and says so in both languages', () => {
    const session = begin(mute, verdictOf(mute), false)
    const proposal = propose({ ...session, repair: { ...session.repair, tried: [{ kind: 'test', id: 'reader-lamp', device: 'reader-1', outcome: 'told', at: 0 }] } }, sight(mute, { open: false, 'reversal-pending': true }))
    expect(proposal.id).not.toBe('restart-reader')
    expect(proposal.held).toContainEqual({ id: 'restart-reader', why: { zh: '现在不能做：有冲正没有完成', en: 'not now: a reversal is pending' } })
  })

  it('has a person make sure of what nobody knows', () => {
    const session = begin(mute, verdictOf(mute), false)
    const all = ['power-light', 'reseat-cable', 'other-cable', 'call-service'].map((id): Tried => ({ kind: 'remedy', id, device: 'reader-1', fault: 'CRD-READER-OFFLINE', outcome: 'not-cured', at: 0 }))
    const tests = guide.tests.map((t): Tried => ({ kind: 'test', id: t.id, device: 'reader-1', outcome: 'skipped', at: 0 }))
    const proposal = propose({ ...session, repair: { ...session.repair, tried: [...tests, ...all] } }, sight(mute, { open: false }))
    expect(proposal).toMatchObject({ id: 'restart-reader', confirm: { en: expect.stringContaining('no reversal is pending'), zh: expect.stringContaining('没有未完成的冲正') } })
    expect(proposal.confirm?.en).not.toContain('in progress')
  })

  it('turns to another step once one has been tried in vain, and hands over when all have', () => {
    const session = begin(gone, verdictOf(gone), false)
    expect(session.repair).toMatchObject({ fault: 'PRN-OFFLINE', device: 'printer-1' })
    const proposed: string[] = []
    let tried: Tried[] = []
    for (let i = 0; i < 30; i += 1) {
      const proposal = propose({ ...session, repair: { ...session.repair, tried } }, sight(gone))
      if (proposal.kind === 'escalate') break
      proposed.push(`${proposal.kind} ${proposal.fault} ${proposal.device} ${proposal.id}`)
      tried = [...tried, { kind: proposal.kind, id: proposal.id, device: proposal.device, fault: proposal.fault, outcome: proposal.kind === 'test' ? 'skipped' : 'not-cured', at: 0 }]
    }
    expect(new Set(proposed).size).toBe(proposed.length)
    expect(proposed).toEqual(expect.arrayContaining(['remedy PRN-OFFLINE printer-1 power-lights', 'remedy PRN-OFFLINE printer-1 reseat-cable']))
    expect(propose({ ...session, repair: { ...session.repair, tried } }, sight(gone))).toMatchObject({ kind: 'escalate', by: 'technician' })
  })
})

describe('a repair', () => {
  it('is proved only where what found the fault was looked at again', () => {
    const session = begin(gone, verdictOf(gone), false)
    expect(isGone(session, gone)).toBe(false)
    const well = seen([{ name: 'printer.transport', device: 'printer-1', value: 'tcp' }, { name: 'printer.port', device: 'printer-1', value: true }, { name: 'printer.answers', device: 'printer-1', value: true }] as never)
    expect(isGone(session, well)).toBe(true)
    expect(isGone(session, { ...well, observations: well.observations.map((o) => ({ ...o, source: 'cached' as const })) })).toBe(false)
    expect(isGone(session, seen([]))).toBe(false)
  })
})

describe('what it costs', () => {
  const suspect = suspectOf({ ...verdictOf(gone), posterior: 0.9 }, catalogue.faults.find((f) => f.code === 'PRN-OFFLINE') ?? fail(), [])
  it('is less with better steps, and never more than the best step and giving up', () => {
    const here = new Set(['cashier' as const])
    const cost = costOfRepair([suspect], [], guide.costs, here)
    expect(cost).toBeLessThan(guide.costs.failure.seconds)
    expect(costOfRepair([suspect], mends([suspect], [], guide.costs, here).map(({ step }): Tried => ({ kind: 'remedy', id: step.id, device: 'printer-1', fault: 'PRN-OFFLINE', outcome: 'not-cured', at: 0 })), guide.costs, here)).toBe(guide.costs.failure.seconds)
  })

  it('makes what was tried in vain less likely to help again, and the fault less likely', () => {
    const after = suspectOf({ ...verdictOf(gone), posterior: 0.9 }, suspect.fault, [{ kind: 'remedy', id: 'reseat-cable', device: 'printer-1', fault: 'PRN-OFFLINE', outcome: 'not-cured', at: 0 }])
    const total = (s: typeof suspect) => [...s.ways.values()].reduce((a, b) => a + b, 0)
    expect(after.ways.get('unplugged')).toBeLessThan(suspect.ways.get('unplugged') ?? 0)
    expect(total(after)).toBeLessThan(total(suspect))
  })
})
