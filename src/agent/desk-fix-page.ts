import type { FaultAt } from '../model/diagnosis.ts'
import { type Language, wording } from '../model/language.ts'
import type { Proposal, Repair, Session } from '../model/repair.ts'
import type { Text } from '../model/text.ts'
import { html } from '../texts/html.ts'
import { choices, endLine, endRows, proposalRows, type RepairWords, type Row, seenOf, stillText, sureOf, titleOf, told, triedText } from '../texts/repair.ts'
import { fill } from '../texts/say.ts'
import type { AgentStatus } from './agent.ts'
import { deskDocument, formOf, type Part } from './desk-frame.ts'
import { identityOf } from './desk-page.ts'
import { DESK_TEXTS } from './desk-texts.ts'
import type { FixView } from './fixer.ts'

/** What the page of a repair is made of. */
export interface FixFacts {
  status: AgentStatus
  view: FixView
  /** True while the terminal is looked at. */
  busy: boolean
  /** What came of the last thing asked, where it did not go on. */
  trouble?: Text
  words: RepairWords
  formKey: string
}

const BUSY_S = 1
const IDLE_S = 5

const list = (rows: readonly Row[]): string => `<dl>${rows.map(([label, text]) => `<dt>${html(label)}</dt><dd>${html(text)}</dd>`).join('')}</dl>`

const button = ({ key, label }: { key: string; label: string }, looks: string): string => `<button name="answer" value="${html(key)}"${looks}>${html(label)}</button>`

/** Answers that end the repair stand apart from those that go on with it. */
const ENDS: ReadonlySet<string> = new Set(['escalate', 'give-up'])

const stepPart = (session: Session, proposal: Proposal, { words, formKey }: FixFacts, language: Language): string => {
  const t = (key: keyof typeof DESK_TEXTS) => html(wording(DESK_TEXTS[key], language))
  const all = choices(proposal, language)
  const handsOver = proposal.kind === 'escalate'
  const on = all.filter(({ key }) => (handsOver ? key === 'escalate' : !ENDS.has(key)))
  const off = all.filter((one) => !on.includes(one))
  // Only what does the step hangs on being sure of it; the other answers may be given without.
  const free = (key: string): string => (proposal.confirm && (key === 'skip' || ENDS.has(key)) ? ' formnovalidate' : '')
  const sure = proposal.confirm ? `<label class="sure"><input type="checkbox" name="confirmed" value="yes" required><span>${html(wording(proposal.confirm, language))} ${t('sure')}</span></label>` : ''
  const asks = proposal.asks ? `<p class="asks">${html(wording(proposal.asks, language))}</p>` : ''
  const answers = `${sure}${asks}<div class="answers">${on.map((one, i) => button(one, `${i === 0 && one.key !== 'skip' ? ' class="first"' : ''}${free(one.key)}`)).join('')}</div>
<div class="answers">${off.map((one) => button(one, free(one.key))).join('')}</div>`
  return `<h2>${html(told('fix.step', language, { n: session.repair.tried.length + 1 }))}</h2><p class="step">${html(wording(proposal, language))}</p>
${list(proposalRows(session, proposal, words, language).filter(([label]) => label !== told('fix.first', language)))}
${formOf('/fix/reply', language, formKey, { revision: session.revision }, answers)}`
}

const OUTCOMES: Readonly<Record<Repair['tried'][number]['outcome'], { mark: string; text: Text }>> = {
  cured: { mark: '✓', text: { zh: '修好了', en: 'cured it' } },
  'not-cured': { mark: '✗', text: { zh: '没有修好', en: 'did not cure it' } },
  told: { mark: '→', text: { zh: '已回答', en: 'answered' } },
  skipped: { mark: '–', text: { zh: '没有做', en: 'not done' } },
}

const triedPart = ({ repair }: Session, { words }: FixFacts, language: Language): string => {
  if (repair.tried.length === 0) return ''
  const lines = repair.tried.map((one) => `<li>${OUTCOMES[one.outcome].mark} ${html(triedText(one, repair, words, language))} <span class="soft">${html(wording(OUTCOMES[one.outcome].text, language))}</span></li>`)
  return `<h2>${html(wording(DESK_TEXTS.tried, language))}</h2><ul>${lines.join('')}</ul>`
}

const othersPart = (others: readonly FaultAt[], { words, formKey }: FixFacts, language: Language): string => {
  if (others.length === 0) return ''
  const rows = others.map((at) => `<li class="row"><span>${html(titleOf(words, at.fault, language))} <span class="soft">${html(at.device)}</span></span>${formOf('/fix', language, formKey, { fault: at.fault, device: at.device }, `<button>${html(wording(DESK_TEXTS.repair, language))}</button>`)}</li>`)
  return `<h2>${html(wording(DESK_TEXTS.also, language))}</h2><ul>${rows.join('')}</ul>`
}

const aboutPart = (session: Session, { words }: FixFacts, language: Language): string => {
  const { repair } = session
  const about = [repair.device, repair.fault, ...(repair.state === 'open' ? [told('fix.sure-of', language, { percent: sureOf(session) })] : [])].join(' · ')
  return `<h1>${html(titleOf(words, repair.fault, language))}</h1><p class="soft">${html(about)}</p>
${list([[told('fix.seen', language), seenOf(repair, words, language)]])}${repair.regression ? `<p class="degraded">${html(told('fix.regression', language))}</p>` : ''}`
}

/** What is said aloud: whether it is being looked at, what the last step came to, how it ended. */
const saidPart = ({ status, view, busy, trouble, words }: FixFacts, language: Language): string => {
  const running = status.running
  if (busy && status.saleOpen) return wording(DESK_TEXTS.waits, language)
  if (busy) return running ? fill(DESK_TEXTS.lookingOf, language, { looked: running.looked, total: running.total }) : wording(DESK_TEXTS.looking, language)
  if (trouble) return wording(trouble, language)
  if (view.is === 'none') return wording(DESK_TEXTS.nothing, language)
  if (view.is !== 'open') return `${view.is === 'fixed' ? '✓' : '!'} ${endLine(view.session, words, language)}`
  return stillText(view.session, words, language) ?? ''
}

/** The page of the guided repair: what to do next and why, the answers, what was tried, and how it ended. */
export const renderFix = (facts: FixFacts, language: Language): string => {
  const { status, view, busy } = facts
  const session = view.is === 'none' ? undefined : view.session
  const said = saidPart(facts, language)
  const open = view.is === 'open' && !busy
  const tone = view.is === 'fixed' && !busy ? 'ready' : busy ? 'unknown' : 'degraded'
  const parts: Part[] = [
    { id: 'said', says: true, content: said === '' ? '' : `<h3 class="${tone}">${html(said)}</h3>` },
    { id: 'about', content: session ? aboutPart(session, facts, language) : '' },
    { id: 'step', content: open && session?.proposal ? stepPart(session, session.proposal, facts, language) : '' },
    { id: 'end', content: session && view.is !== 'open' && !busy ? list(endRows(session, facts.words, language)) : '' },
    { id: 'tried', content: session && view.is === 'open' ? triedPart(session, facts, language) : '' },
    { id: 'others', content: session && view.is !== 'open' && !busy ? othersPart(session.others, facts, language) : view.is === 'none' ? othersPart(view.likely, facts, language) : '' },
    { id: 'leave', bare: true, content: `${open ? `<p class="soft">${html(wording(DESK_TEXTS.later, language))}</p>` : ''}<p><a href="/?lang=${language}">${html(wording(DESK_TEXTS.back, language))}</a></p>` },
  ]
  return deskDocument({ title: wording(DESK_TEXTS.repairTitle, language), identity: identityOf(status), path: '/fix', every: busy ? BUSY_S : IDLE_S, parts }, language)
}
