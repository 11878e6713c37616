import { probes } from '../../probes/index.ts'
import { catalogue } from '../faults/index.ts'
import type { FaultAt, Readiness } from '../model/diagnosis.ts'
import { type Language, wording } from '../model/language.ts'
import type { Proposal, Repair, Session, Standing } from '../model/repair.ts'
import type { Text } from '../model/text.ts'
import { FIX_TEXTS, spanOf } from '../texts/fix.ts'
import { fill, say } from '../texts/say.ts'
import { pad, wrap } from './columns.ts'
import type { Context } from './context.ts'

/** A text of guided repair in the reader's language. */
export const told = (key: keyof typeof FIX_TEXTS, language: Language, params: Record<string, string | number> = {}): string => fill(FIX_TEXTS[key], language, params)

const LABEL = 10

/** One line of a page: a label, then text that is wrapped beside it. */
const row = (label: string, text: string, width: number): string[] =>
  wrap(text, Math.max(20, width - LABEL - 2)).map((line, i) => `  ${pad(i === 0 ? label : '', LABEL)}${line}`)

/** Title of a fault of the catalogue. */
export const titleOf = (code: string, language: Language): string => {
  const fault = catalogue.faults.find((f) => f.code === code)
  return fault ? wording(fault.title, language) : code
}

const MEANINGS = new Map(probes.flatMap((probe) => probe.symptoms.map((rule) => [rule.id, rule.meaning] as const)))

const percent = (p: number): string => `${p > 0.995 ? '>99' : p > 0 && p < 0.005 ? '<1' : Math.round(p * 100)}%`

const span = (seconds: number, language: Language): string => {
  const { key, n } = spanOf(seconds)
  return told(key, language, { n })
}

/** What found a fault, in words. */
const seenOf = ({ foundBy }: Repair, language: Language): string => {
  const meaning = MEANINGS.get(foundBy.symptom)
  return `${foundBy.device}${language === 'en' ? ': ' : '：'}${meaning ? wording(meaning, language) : foundBy.symptom}`
}

/** What a session is about. */
export const aboutLines = ({ repair }: Session, { language, width }: Context): string[] => [
  ...wrap(told('fix.about', language, { title: titleOf(repair.fault, language), device: repair.device, code: repair.fault, percent: percent(repair.before.posterior) }), width),
  ...row(told('fix.seen', language), seenOf(repair, language), width),
  ...(repair.regression ? [`  ${told('fix.regression', language)}`] : []),
]

/** A proposal as a page: what to do, who, why, how to undo it, what to mind. */
export const proposalLines = ({ repair }: Session, proposal: Proposal, { language, width }: Context): string[] => {
  const rows: [string, Text | string | undefined][] = [
    [told('fix.step', language, { n: repair.tried.length + 1 }), proposal],
    ...proposal.notes.map((note): [string, Text] => [told('fix.note', language), note]),
    [told('fix.first', language), proposal.confirm],
    [told('fix.who', language), proposal.kind === 'escalate' ? undefined : told('fix.who-is', language, { actor: say(language, `actor.${proposal.by}`), time: span(proposal.seconds, language) })],
    [told('fix.why', language), proposal.why],
    [told('fix.undo', language), proposal.undo],
    ...proposal.held.map((held): [string, string] => [told('fix.held', language), `${wording(stepOf(repair, held.id), language)}${language === 'en' ? ': ' : '：'}${wording(held.why, language)}`]),
  ]
  return rows.flatMap(([label, text]) => (text === undefined ? [] : row(label, typeof text === 'string' ? text : wording(text, language), width)))
}

const stepOf = (repair: FaultAt, id: string): Text => {
  const steps = catalogue.faults.flatMap((f) => f.remedy.steps.filter((step) => step.id === id).map((step) => ({ code: f.code, step })))
  return (steps.find(({ code }) => code === repair.fault) ?? steps[0])?.step ?? { zh: id, en: id }
}

/** What may be answered to a proposal: the key and how it is called. */
export const choices = (proposal: Proposal, language: Language): { key: string; label: string }[] => {
  const own = proposal.kind === 'test' ? proposal.answers.map((a) => ({ key: a.key, label: wording(a, language) }))
    : proposal.kind === 'remedy' ? [{ key: 'done', label: told(proposal.confirm ? 'fix.sure' : 'fix.done', language) }] : []
  return [
    ...own,
    ...(proposal.kind === 'escalate' ? [] : [{ key: 'skip', label: told(proposal.kind === 'test' ? 'fix.cannot-tell' : 'fix.skip', language) }]),
    { key: 'escalate', label: told('fix.hand-over', language) },
    { key: 'give-up', label: told('fix.give-up', language) },
    { key: 'leave', label: told('fix.leave', language) },
  ]
}

const readinessOf = (readiness: readonly Readiness[], language: Language): string =>
  readiness.map((r) => `${say(language, `tender.${r.tender}`)} ${say(language, `readiness.${r.is}`)}`).join(language === 'en' ? ', ' : '，')

const standingOf = ({ posterior, readiness }: Standing, language: Language): string =>
  [told('fix.sure-of', language, { percent: percent(posterior) }), readinessOf(readiness, language)].filter((part) => part !== '').join(language === 'en' ? '; ' : '；')

const triedLine = (repair: Repair, i: number, language: Language): string => {
  const t = repair.tried[i]
  return t ? wording(stepOf({ fault: t.fault ?? repair.fault, device: t.device }, t.id), language) : ''
}

/** How a repair ended, as a page: before, after, proof, what worked, how long it took. */
export const endLines = (session: Session, { language, width, colour }: Context): string[] => {
  const { repair } = session
  const mark = repair.state === 'fixed' ? '✓' : '!'
  const head = `${mark} ${told(`fix.${repair.state === 'open' ? 'given-up' : repair.state}`, language, { title: titleOf(repair.fault, language), device: repair.device })}`
  const cured = repair.tried.findIndex((t) => t.outcome === 'cured')
  const remedies = repair.tried.flatMap((t, i) => (t.kind === 'remedy' && t.outcome === 'not-cured' ? [i] : []))
  const fixed = repair.state === 'fixed'
  return [
    colour && fixed ? `\u001b[1;32m${head}\u001b[0m` : head,
    ...row(told('fix.before', language), standingOf(repair.before, language), width),
    ...(repair.after ? row(told('fix.after', language), standingOf(repair.after, language), width) : []),
    ...(fixed ? row(told('fix.proof', language), told('fix.proof-is', language, { meaning: seenOf(repair, language) }), width) : []),
    ...(fixed ? row(told('fix.worked', language), cured < 0 ? told('fix.by-itself', language) : triedLine(repair, cured, language), width) : []),
    ...remedies.flatMap((i) => row(told('fix.tried', language), triedLine(repair, i, language), width)),
    ...row(told('fix.took', language), span(Math.max(1, ((repair.endedAt ?? repair.startedAt) - repair.startedAt) / 1000), language), width),
    ...(session.others.length > 0 ? ['', ...wrap(told('fix.others', language, { codes: session.others.map((o) => `${titleOf(o.fault, language)} (${o.device})`).join(language === 'en' ? ', ' : '、') }), width)] : []),
  ]
}
