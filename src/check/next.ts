import type { MoneyKnown, Ruling } from '../guard/money.ts'
import { mayDo } from '../guard/money.ts'
import type { Diagnosis, FaultAt, Verdict } from '../model/diagnosis.ts'
import type { Actor, Fault } from '../model/fault.ts'
import type { Guide, Test, Tried } from '../model/repair.ts'
import type { Symptom } from '../model/symptom.ts'
import { type DiagnoseRequest, diagnose, entropy } from './diagnose.ts'
import { worthOf } from './doubt.ts'
import { costOfRepair, type Mend, mends, priceOf, type Suspect, suspectOf } from './mend.ts'

/** A test that is worth doing before anything is tried. */
export interface Worthwhile {
  test: Test
  device: string
  /** Nats of doubt that it takes away on average, about all faults together. */
  reduction: number
  /** Seconds of repair that it saves on average, its own cost taken off. */
  saves: number
  cost: number
}

/** What to do next: the better of a test and a remedy, or neither if nothing promising is left; and what the guard rails hold back. */
export interface Next {
  best: { kind: 'test'; test: Worthwhile; ruling: Ruling } | { kind: 'remedy'; mend: Mend; ruling: Ruling } | undefined
  held: { mend: Mend; because: Extract<Ruling, { is: 'never' }>['because'] }[]
  suspects: readonly Suspect[]
  /** Doubt about the suspects, nats. */
  doubt: number
}

/** What a next step is chosen by. */
export interface NextRequest {
  given: DiagnoseRequest
  diagnosis: Diagnosis
  guide: Guide
  money: MoneyKnown
  /** The fault that the repair is about. */
  focus: FaultAt
  tried: readonly Tried[]
  here: ReadonlySet<Actor>
}

const same = (a: FaultAt, b: FaultAt): boolean => a.fault === b.fault && a.device === b.device

/** Suspects less likely than this do not make anybody try something. */
const SUSPECT = 0.02
const MOST_SUSPECTS = 8

/** The fault in question and those that contend with it for what was seen. */
const suspectsOf = ({ diagnosis, given, focus, tried }: NextRequest, now: Diagnosis = diagnosis): Suspect[] => {
  const faults = new Map(given.knowledge.faults.map((fault) => [fault.code, fault]))
  const own = diagnosis.verdicts.find((v) => same(v, focus))
  const seen = new Set(own?.for.map((e) => `${e.symptom} ${e.device}`))
  const contends = (v: Verdict): boolean => same(v, focus) || v.for.some((e) => seen.has(`${e.symptom} ${e.device}`))
  return now.verdicts.filter((v) => v.posterior >= SUSPECT && v.follows === undefined && contends(v) || same(v, focus)).slice(0, MOST_SUSPECTS).flatMap((v) => {
    const fault: Fault | undefined = faults.get(v.fault)
    return fault ? [suspectOf(v, fault, tried)] : []
  })
}

const readAs = (symptoms: readonly Symptom[], device: string, ids: readonly string[], readings: readonly ('present' | 'absent')[]): Symptom[] =>
  symptoms.map((s) => {
    const i = s.device === device ? ids.indexOf(s.id) : -1
    return i < 0 ? s : { ...s, is: readings[i] ?? s.is }
  })

/** Faults that a test may tell something of, so that others are not weighed at all. */
const speaksOf = (test: Test, suspects: readonly Suspect[]): boolean => suspects.some(({ fault }) => fault.shows.some((shows) => test.settles.includes(shows.symptom)))

const tests = (request: NextRequest, suspects: readonly Suspect[]): Worthwhile[] => {
  const { given, guide, tried, here } = request
  const now = costOfRepair(suspects, tried, guide.costs, here)
  return guide.tests.filter((test) => speaksOf(test, suspects)).flatMap((test) => given.devices.filter((d) => d.kind === test.on).flatMap((device): Worthwhile[] => {
    if (tried.some((t) => t.kind === 'test' && t.id === test.id && t.device === device.id)) return []
    const open = test.settles.filter((id) => given.symptoms.some((s) => s.id === id && s.device === device.id && s.is === 'unknown'))
    if (open.length === 0) return []
    const { reduction, endings } = worthOf(given, open.map((symptom) => ({ symptom, device: device.id })))
    const then = endings.reduce((sum, { readings, probability }) => {
      const diagnosis = diagnose({ ...given, symptoms: readAs(given.symptoms, device.id, open, readings) })
      return sum + probability * costOfRepair(suspectsOf(request, diagnosis), tried, guide.costs, here)
    }, 0)
    const cost = priceOf(test, guide.costs, here)
    return [{ test, device: device.id, reduction, saves: now - then - cost, cost }]
  })).filter(({ saves }) => saves > 0).sort((a, b) => b.reduction / b.cost - a.reduction / a.cost)
}

/** A step that cures less often than this is left to somebody who knows more. */
const WORTH_TRYING = 0.02

/** Chooses what to do next about a fault. Pure; what a guard rail forbids is never chosen. */
export const nextStep = (request: NextRequest): Next => {
  const { guide, money, tried, here } = request
  const suspects = suspectsOf(request)
  const doubt = suspects.reduce((sum, { ways }) => sum + entropy(Math.min(1, [...ways.values()].reduce((a, b) => a + b, 0))), 0)
  const all = mends(suspects, tried, guide.costs, here).filter(({ p }) => p >= WORTH_TRYING).map((mend) => ({ mend, ruling: mayDo(mend.step.disturbs ?? [], money) }))
  const held = all.flatMap(({ mend, ruling }) => (ruling.is === 'never' ? [{ mend, because: ruling.because }] : []))
  const remedy = all.find(({ ruling }) => ruling.is !== 'never')
  const test = tests(request, suspects).map((one) => ({ test: one, ruling: mayDo(one.test.disturbs, money) })).find(({ ruling }) => ruling.is !== 'never')
  const best: Next['best'] = test ? { kind: 'test', ...test } : remedy ? { kind: 'remedy', ...remedy } : undefined
  return { best, held, suspects, doubt }
}
