import { guide } from '../faults/guide.ts'
import { catalogue } from '../faults/index.ts'
import { wording } from '../model/language.ts'
import type { Proposal, Session } from '../model/repair.ts'
import { endLine, endRows, proposalRows, type RepairWords, type Row, seenOf, sureOf, titleOf, told } from '../texts/repair.ts'
import { pad, wrap } from './columns.ts'
import type { Context } from './context.ts'
import { meaningOf } from './meanings.ts'

/** Where posdiag fix finds its words. */
export const REPAIR_WORDS: RepairWords = { faults: catalogue.faults, tests: guide.tests, meaning: meaningOf }

const LABEL = 10

/** One line of a page: a label, then text that is wrapped beside it. */
const row = ([label, text]: Row, width: number): string[] =>
  wrap(text, Math.max(20, width - LABEL - 2)).map((line, i) => `  ${pad(i === 0 ? label : '', LABEL)}${line}`)

/** What a session is about. */
export const aboutLines = (session: Session, { language, width }: Context): string[] => [
  ...wrap(told('fix.about', language, { title: titleOf(REPAIR_WORDS, session.repair.fault, language), device: session.repair.device, code: session.repair.fault, percent: sureOf(session) }), width),
  ...row([told('fix.seen', language), seenOf(session.repair, REPAIR_WORDS, language)], width),
  ...(session.repair.regression ? [`  ${told('fix.regression', language)}`] : []),
]

/** A proposal as a page: what to do, and what stands beside it. */
export const proposalLines = (session: Session, proposal: Proposal, { language, width }: Context): string[] =>
  [[told('fix.step', language, { n: session.repair.tried.length + 1 }), wording(proposal, language)] as const, ...proposalRows(session, proposal, REPAIR_WORDS, language)].flatMap((one) => row(one, width))

/** How a repair ended, as a page. */
export const endLines = (session: Session, { language, width, colour }: Context): string[] => {
  const fixed = session.repair.state === 'fixed'
  const head = `${fixed ? '✓' : '!'} ${endLine(session, REPAIR_WORDS, language)}`
  const others = session.others.map((o) => `${titleOf(REPAIR_WORDS, o.fault, language)} (${o.device})`).join(language === 'en' ? ', ' : '、')
  return [
    colour && fixed ? `\u001b[1;32m${head}\u001b[0m` : head,
    ...endRows(session, REPAIR_WORDS, language).flatMap((one) => row(one, width)),
    ...(others === '' ? [] : ['', ...wrap(told('fix.others', language, { codes: others }), width)]),
  ]
}
