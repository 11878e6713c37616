import type { MoneyFact, MoneyKnown, Ruling } from '../guard/money.ts'
import type { FaultAt } from '../model/diagnosis.ts'
import type { Actor, Disturbance, Fault, Knowledge } from '../model/fault.ts'
import type { Guide, Proposal, Session, Test, Tried } from '../model/repair.ts'
import type { Device, TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { FIX_TEXTS, MONEY_TEXTS, spanOf } from '../texts/fix.ts'
import { fill, say } from '../texts/say.ts'
import { nextStep } from './next.ts'
import type { Seen } from './session.ts'

/** What a next step is proposed by: what was seen last, and what is known besides. */
export interface Sight {
  check: Seen
  terminal: TerminalFile
  devices: readonly Device[]
  knowledge: Knowledge
  guide: Guide
  money: MoneyKnown
}

const both = (key: keyof typeof FIX_TEXTS, params: (language: 'zh-CN' | 'en') => Record<string, string>): Text => ({
  zh: fill(FIX_TEXTS[key], 'zh-CN', params('zh-CN')), en: fill(FIX_TEXTS[key], 'en', params('en')),
})

const span = (seconds: number, language: 'zh-CN' | 'en'): string => {
  const { key, n } = spanOf(seconds)
  return fill(FIX_TEXTS[key], language, { n })
}

const percent = (p: number): string => `${Math.round(Math.min(p, 0.99) * 100)}%`

const factsOf = (facts: readonly MoneyFact[], is: 'none' | 'so'): ((language: 'zh-CN' | 'en') => Record<string, string>) => (language) => ({
  facts: facts.map((fact) => fill(MONEY_TEXTS[fact][is], language)).join(language === 'en' ? '; ' : '；'),
})

const actorsHere = (tried: readonly Tried[], sight: Sight): ReadonlySet<Actor> => {
  const steps = sight.knowledge.faults.flatMap((f) => f.remedy.steps.map((step) => ({ fault: f.code, ...step })))
  const came = tried.filter((t) => t.kind === 'remedy' && t.outcome === 'not-cured').flatMap((t) => steps.find((s) => s.fault === t.fault && s.id === t.id)?.by ?? [])
  return new Set<Actor>(['cashier', ...came])
}

/** Cautions that stand by a step: those after it up to the next step, and before it where it is the first. */
const notesOf = (fault: Fault, id: string): Text[] => {
  const { steps } = fault.remedy
  const i = steps.findIndex((step) => step.id === id)
  const next = steps.findIndex((step, j) => j > i && step.id !== undefined)
  const first = steps.findIndex((step) => step.id !== undefined) === i
  return [...(first ? steps.slice(0, i) : []), ...steps.slice(i + 1, next < 0 ? undefined : next)].map(({ zh, en }) => ({ zh, en }))
}

const confirmOf = (ruling: Ruling): Pick<Proposal, 'confirm'> => (ruling.is === 'ask' ? { confirm: both('confirm.make-sure', factsOf(ruling.about, 'none')) } : {})

const disturbing = (disturbs: readonly Disturbance[] = []): Pick<Proposal, 'disturbs'> => (disturbs.length > 0 ? { disturbs: [...disturbs] } : {})

const testAt = (test: Test, at: FaultAt): Pick<Proposal, 'kind' | 'id' | 'fault' | 'device' | 'by' | 'seconds' | 'zh' | 'en' | 'notes' | 'asks' | 'answers' | 'disturbs'> => ({
  kind: 'test', id: test.id, ...at, by: test.by, seconds: test.seconds, zh: test.zh, en: test.en, notes: [], ...(test.asks ? { asks: test.asks } : {}), answers: test.answers.map(({ key, zh, en }) => ({ key, zh, en })), ...disturbing(test.disturbs),
})

/** Where a person's word found the fault and something was done since, only a person can prove that it is gone: the test is asked again. */
const proofOf = ({ repair }: Session, { check, guide }: Sight): Proposal | undefined => {
  const by = repair.foundBy
  const unread = check.symptoms.some((s) => s.id === by.symptom && s.device === by.device && s.is === 'unknown')
  const test = guide.tests.find((t) => t.settles.includes(by.symptom))
  const last = repair.tried.at(-1)
  if (!unread || !test || last?.kind !== 'remedy' || last.outcome !== 'not-cured') return undefined
  return { ...testAt(test, { fault: repair.fault, device: by.device }), why: both('why.proof', () => ({})), held: [] }
}

const LADDER: readonly Actor[] = ['cashier', 'manager', 'technician', 'acquirer', 'HQ']

/** What to do next in a session, as it is told to a person. */
export const propose = (session: Session, sight: Sight): Proposal => {
  const { repair } = session
  const { check, devices, knowledge, guide, money, terminal } = sight
  const next = nextStep({
    given: { knowledge, devices, symptoms: check.symptoms, nodes: terminal.nodes, now: check.startedAt }, diagnosis: check.diagnosis, guide, money, focus: repair, tried: repair.tried, here: actorsHere(repair.tried, sight),
  })
  const proof = proofOf(session, sight)
  if (proof) return proof
  const held = next.held.map(({ mend, because }) => ({ id: mend.step.id, why: both('held.because', factsOf(because, 'so')) }))
  if (next.best?.kind === 'test') {
    const { test, device, reduction, cost } = next.best.test
    return {
      ...testAt(test, { fault: repair.fault, device }), reduction, held, ...confirmOf(next.best.ruling),
      why: both('why.test', (language) => ({ time: span(cost, language), percent: percent(next.doubt > 0 ? reduction / next.doubt : 0) })),
    }
  }
  if (next.best?.kind === 'remedy') {
    const { suspect, step, p } = next.best.mend
    return {
      kind: 'remedy', id: step.id, fault: suspect.fault.code, device: suspect.device, by: step.by ?? 'technician', seconds: step.seconds, zh: step.zh, en: step.en, notes: notesOf(suspect.fault, step.id),
      why: both('why.remedy', (language) => ({ percent: percent(p), time: span(step.seconds, language) })), ...(step.undo ? { undo: step.undo } : {}), answers: [], cures: p, held, ...disturbing(step.disturbs), ...confirmOf(next.best.ruling),
    }
  }
  const fault = knowledge.faults.find((f) => f.code === repair.fault)
  const actor = fault?.actors.toSorted((a, b) => LADDER.indexOf(b) - LADDER.indexOf(a))[0] ?? 'technician'
  return {
    kind: 'escalate', id: 'escalate', fault: repair.fault, device: repair.device, by: actor, seconds: 0, ...both('escalate', (language) => ({ actor: say(language, `actor.${actor}`) })), notes: [],
    why: both(held.length > 0 ? 'why.held' : 'why.escalate', () => ({})), answers: [], held,
  }
}
