import type { FaultAt, Readiness } from '../model/diagnosis.ts'
import type { Fault } from '../model/fault.ts'
import { type Language, wording } from '../model/language.ts'
import type { Proposal, Repair, Session, Standing, Test } from '../model/repair.ts'
import type { Text } from '../model/text.ts'
import { FIX_TEXTS, spanOf } from './fix.ts'
import { fill, say } from './say.ts'

/** Where a guided repair finds its words: the catalogue's faults, the tests of the guide, and what symptoms mean. */
export interface RepairWords {
  faults: readonly Fault[]
  tests: readonly Test[]
  meaning(symptom: string): Text | undefined
}

/** A label and what stands beside it. */
export type Row = readonly [label: string, text: string]

/** A text of guided repair in the reader's language. */
export const told = (key: keyof typeof FIX_TEXTS, language: Language, params: Record<string, string | number> = {}): string => fill(FIX_TEXTS[key], language, params)

const colon = (language: Language): string => (language === 'en' ? ': ' : '：')

/** Title of a fault, or its code where the catalogue does not know it. */
export const titleOf = ({ faults }: RepairWords, code: string, language: Language): string => {
  const fault = faults.find((f) => f.code === code)
  return fault ? wording(fault.title, language) : code
}

/** A probability as people read it. */
export const percentOf = (p: number): string => `${p > 0.995 ? '>99' : p > 0 && p < 0.005 ? '<1' : Math.round(p * 100)}%`

const span = (seconds: number, language: Language): string => {
  const { key, n } = spanOf(seconds)
  return told(key, language, { n })
}

/** What found the fault of a repair, in words. */
export const seenOf = ({ foundBy }: Repair, words: RepairWords, language: Language): string => {
  const meaning = words.meaning(foundBy.symptom)
  return `${foundBy.device}${colon(language)}${meaning ? wording(meaning, language) : foundBy.symptom}`
}

const stepOf = ({ faults, tests }: RepairWords, code: string, id: string): Text => {
  const steps = faults.flatMap((f) => f.remedy.steps.filter((step) => step.id === id).map((step) => ({ code: f.code, step })))
  return (steps.find((one) => one.code === code) ?? steps[0])?.step ?? tests.find((test) => test.id === id) ?? { zh: id, en: id }
}

/** What stands beside a proposal: cautions, what to make sure of, who does it, what it costs, why this one, how to undo it, what is held back. */
export const proposalRows = ({ repair }: Session, proposal: Proposal, words: RepairWords, language: Language): Row[] => {
  const beside = (key: keyof typeof FIX_TEXTS, text: Text | undefined): Row[] => (text ? [[told(key, language), wording(text, language)]] : [])
  const costs = (proposal.disturbs ?? []).map((one) => told(`disturbs.${one}`, language)).join(language === 'en' ? '; ' : '；')
  return [
    ...proposal.notes.flatMap((note) => beside('fix.note', note)),
    ...beside('fix.first', proposal.confirm),
    ...(proposal.kind === 'escalate' ? [] : [[told('fix.who', language), told('fix.who-is', language, { actor: say(language, `actor.${proposal.by}`), time: span(proposal.seconds, language) })] as const]),
    ...(costs === '' ? [] : [[told('fix.costs', language), costs] as const]),
    ...beside('fix.why', proposal.why),
    ...beside('fix.undo', proposal.undo),
    ...proposal.held.map(({ id, why }): Row => [told('fix.held', language), `${wording(stepOf(words, repair.fault, id), language)}${colon(language)}${wording(why, language)}`]),
  ]
}

/** What may be answered to a proposal: the key, and how it is called. */
export const choices = (proposal: Proposal, language: Language): { key: string; label: string }[] => [
  ...proposal.answers.map((a) => ({ key: a.key, label: wording(a, language) })),
  ...(proposal.kind === 'remedy' ? [{ key: 'done', label: told(proposal.confirm ? 'fix.sure' : 'fix.done', language) }] : []),
  ...(proposal.kind === 'escalate' ? [] : [{ key: 'skip', label: told(proposal.kind === 'test' ? 'fix.cannot-tell' : 'fix.skip', language) }]),
  { key: 'escalate', label: told('fix.hand-over', language) },
  { key: 'give-up', label: told('fix.give-up', language) },
]

/** How sure one is of the fault now. */
export const sureOf = ({ repair, posterior }: Session): string => percentOf(posterior ?? repair.before.posterior)

/** That the step done last has not cured, and how sure one is of the fault now; undefined if no step was done last. */
export const stillText = (session: Session, words: RepairWords, language: Language): string | undefined => {
  const { repair } = session
  const last = repair.tried.at(-1)
  if (repair.state !== 'open' || last?.kind !== 'remedy' || last.outcome !== 'not-cured') return undefined
  return told('fix.still', language, { title: titleOf(words, repair.fault, language), percent: sureOf(session) })
}

const readinessOf = (readiness: readonly Readiness[], language: Language): string =>
  readiness.map((r) => `${say(language, `tender.${r.tender}`)} ${say(language, `readiness.${r.is}`)}`).join(language === 'en' ? ', ' : '，')

const standingOf = ({ posterior, readiness }: Standing, language: Language): string =>
  [told('fix.sure-of', language, { percent: percentOf(posterior) }), readinessOf(readiness, language)].filter((part) => part !== '').join(language === 'en' ? '; ' : '；')

/** One thing tried, in words: the step, or the test with what was answered. */
export const triedText = (one: Repair['tried'][number], repair: FaultAt, words: RepairWords, language: Language): string => {
  const step = wording(stepOf(words, one.fault ?? repair.fault, one.id), language)
  const answer = one.answer === undefined ? undefined : words.tests.find((test) => test.id === one.id)?.answers.find(({ key }) => key === one.answer)
  return answer ? `${step}${colon(language)}${wording(answer, language)}` : step
}

/** How a repair ended, in one line. */
export const endLine = ({ repair }: Session, words: RepairWords, language: Language): string =>
  told(`fix.${repair.state === 'open' ? 'given-up' : repair.state}`, language, { title: titleOf(words, repair.fault, language), device: repair.device })

/** How a repair ended: before, after, proof, what worked, what was tried in vain, how long it took. */
export const endRows = ({ repair }: Session, words: RepairWords, language: Language): Row[] => {
  const fixed = repair.state === 'fixed'
  const cure = repair.tried.find((one) => one.outcome === 'cured')
  return [
    [told('fix.before', language), standingOf(repair.before, language)],
    ...(repair.after ? [[told('fix.after', language), standingOf(repair.after, language)] as const] : []),
    ...(fixed ? [[told('fix.proof', language), told('fix.proof-is', language, { meaning: seenOf(repair, words, language) })] as const] : []),
    ...(fixed ? [[told('fix.worked', language), cure ? triedText(cure, repair, words, language) : told('fix.by-itself', language)] as const] : []),
    ...repair.tried.filter((one) => one.kind === 'remedy' && one.outcome === 'not-cured').map((one): Row => [told('fix.tried', language), triedText(one, repair, words, language)]),
    [told('fix.took', language), span(Math.max(1, ((repair.endedAt ?? repair.startedAt) - repair.startedAt) / 1000), language)],
  ]
}
