import type { Card } from '../model/card.ts'
import type { Check } from '../model/check.ts'
import type { FaultAt, Readiness, Verdict } from '../model/diagnosis.ts'
import type { Fault, Severity } from '../model/fault.ts'
import { type Language, wording } from '../model/language.ts'
import { CARD_TEXTS } from '../texts/card.ts'
import { recurrence } from '../texts/explained.ts'
import { html } from '../texts/html.ts'
import { fill, say } from '../texts/say.ts'
import { whyUnseen } from '../texts/unseen.ts'
import type { AgentStatus } from './agent.ts'
import { deskDocument, formOf } from './desk-frame.ts'
import { DESK_TEXTS } from './desk-texts.ts'
import type { DueLine } from './due-lines.ts'
import type { FaultLookup } from './report.ts'

/** What the page is made of. */
export interface PageFacts {
  status: AgentStatus
  check: Check | undefined
  /** Milliseconds since that check. */
  ageMs: number
  faults: FaultLookup
  /** What somebody in the shop must see to. */
  due: readonly DueLine[]
  /** Lets this page, and no other, ask for a check. */
  formKey: string
  /** True if this agent guides repairs; the one under way, if there is one. */
  guides: boolean
  repair?: FaultAt
}

const MARK = { ready: '✓', degraded: '!', blocked: '✗', unknown: '?' } as const
const WEIGHT: Readonly<Record<Severity, number>> = { block: 0, degraded: 1, advisory: 2 }
const BUSY_REFRESH_S = 2
const REFRESH_S = 15

const overall = (readiness: readonly Readiness[]): { is: Readiness['is']; text: keyof typeof DESK_TEXTS } => {
  const some = (is: Readiness['is']) => readiness.some((r) => r.is === is)
  if (readiness.length === 0) return { is: 'unknown', text: 'unknown' }
  if (some('blocked')) return { is: 'blocked', text: some('ready') || some('degraded') ? 'partly' : 'none' }
  if (some('unknown')) return { is: 'unknown', text: 'unknown' }
  return some('degraded') ? { is: 'degraded', text: 'degraded' } : { is: 'ready', text: 'ready' }
}

const agoText = (ms: number, language: Language): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 5) return wording(DESK_TEXTS.now, language)
  if (seconds < 120) return fill(DESK_TEXTS.seconds, language, { n: seconds })
  if (seconds < 7200) return fill(DESK_TEXTS.minutes, language, { n: Math.round(seconds / 60) })
  return fill(DESK_TEXTS.hours, language, { n: Math.round(seconds / 3600) })
}

interface Found { fault: Fault; device: string; verdict: Verdict }

const foundFaults = (check: Check, faults: FaultLookup): Found[] =>
  check.diagnosis.verdicts
    .filter((v) => v.verdict === 'found' && v.follows === undefined)
    .flatMap((v) => {
      const fault = faults(v.fault)
      return fault ? [{ fault, device: v.device, verdict: v }] : []
    })
    .toSorted((a, b) => WEIGHT[a.fault.severity] - WEIGHT[b.fault.severity])

const unseenDevice = (device: string, check: Check, language: Language): string => {
  const why = whyUnseen(language, check.observations, device)
  return why === undefined ? fill(DESK_TEXTS.unseen, language, { device }) : say(language, 'check.unseen-device', { device, why })
}

const way = (r: Readiness, check: Check, faults: FaultLookup, language: Language): string => {
  const because = r.because.map((at) => faults(at.fault)?.title).filter((t) => t !== undefined).map((t) => wording(t, language))[0]
  const note = because ?? (r.is === 'unknown' ? r.unseen.map((device) => unseenDevice(device, check, language)).join(language === 'en' ? '; ' : '；') : '')
  return `<li class="way"><span class="${r.is}" aria-hidden="true">${MARK[r.is]}</span><b>${html(say(language, `tender.${r.tender}`))}</b><span class="${r.is}">${html(say(language, `readiness.${r.is}`))}</span><span>${html(note)}</span></li>`
}

const cardPart = (card: Card, language: Language): string => {
  const list = card.workarounds.map((w) => `<li><b>${html(wording(w, language))}</b> <span class="soft">${html(wording(w.note, language))}</span></li>`).join('')
  return `<h2>${html(wording(CARD_TEXTS.title, language))}</h2><p>${html(wording(card.line, language))}</p>${list === '' ? '' : `<ol>${list}</ol>`}`
}

/** Leads from a fault into its guided repair, or back into the one under way. */
const repairLink = ({ guides, repair, formKey }: PageFacts, at: FaultAt, language: Language, first: boolean): string => {
  if (!guides) return ''
  const shows = first ? ' class="first"' : ''
  if (repair?.fault === at.fault && repair.device === at.device) return `<a class="button${first ? ' first' : ''}" href="/fix?lang=${language}">${html(wording(DESK_TEXTS.goOn, language))}</a>`
  return formOf('/fix', language, formKey, { fault: at.fault, device: at.device }, `<button${shows}>${html(wording(DESK_TEXTS.repair, language))}</button>`)
}

const worstFault = (check: Check, facts: PageFacts, language: Language): string => {
  const t = (key: keyof typeof DESK_TEXTS, params?: Record<string, string | number>) => html(fill(DESK_TEXTS[key], language, params))
  const [worst, ...more] = foundFaults(check, facts.faults)
  if (!worst) return `<p>${t('fine')}</p>`
  const { fault, device, verdict } = worst
  const again = recurrence(verdict, check.startedAt, language).map((sentence) => `<p class="soft">${html(sentence)}</p>`).join('')
  const actor = fault.actors[0] ? fill(DESK_TEXTS.who, language, { actor: say(language, `actor.${fault.actors[0]}`) }) : ''
  const steps = fault.remedy.steps.slice(0, 4).map((s) => `<li>${html(wording(s, language))}</li>`).join('')
  const rows = more.map((one) => `<li class="row"><span>${html(wording(one.fault.title, language))} <span class="soft">${html(one.device)}</span></span>${repairLink(facts, { fault: one.fault.code, device: one.device }, language, false)}</li>`).join('')
  return `<h2>${t('fault')}</h2><h3>${html(wording(fault.title, language))}</h3>
<p class="soft">${html(`${device} · ${fault.code} · ${actor}`)}</p>${again}<h2>${t('todo')}</h2><ol>${steps}</ol>${repairLink(facts, { fault: fault.code, device }, language, true)}
<h2>${t('meanwhile')}</h2><p>${html(wording(fault.remedy.workaround, language))}</p>${rows === '' ? '' : `<h2>${t('more', { count: more.length })}</h2><ul>${rows}</ul>`}`
}

/** Which terminal a page is about, in a few words. */
export const identityOf = ({ terminal }: AgentStatus): string => [terminal.store, terminal.lane, terminal.id].filter((v) => v !== undefined).join(' · ')

/** The cashier's page: can I take money, and how; what is wrong; what to do. */
export const renderPage = (facts: PageFacts, language: Language): string => {
  const { status, check, ageMs, faults, due, formKey, repair } = facts
  const t = (key: keyof typeof DESK_TEXTS, params?: Record<string, string | number>) => html(fill(DESK_TEXTS[key], language, params))
  const state = overall(status.readiness)
  const progress = status.running ? `<p class="soft">${t('running', { looked: status.running.looked, total: status.running.total })}</p>` : ''
  const notes = [
    ...(status.store ? [t('unstored')] : []),
    ...(status.spool.reports > 0 && status.hq ? [t('unsent', { count: status.spool.reports })] : []),
    ...(status.saleOpen ? [t('waits')] : []),
  ].map((note) => `<p class="soft">${note}</p>`).join('')
  const underWay = repair && faults(repair.fault)
  return deskDocument({
    title: wording(DESK_TEXTS.title, language), identity: identityOf(status), path: '/', every: status.running || !check ? BUSY_REFRESH_S : REFRESH_S,
    parts: [
      { id: 'state', says: true, content: `<h1 class="${check ? state.is : 'unknown'}">${check ? t(state.text) : t('first')}</h1>` },
      { id: 'age', bare: true, content: check ? `<p class="soft">${html(agoText(ageMs, language))}</p>${progress}` : progress },
      { id: 'repair', content: repair ? `<h2>${t('underWay')}</h2><ul><li class="row"><span>${html(underWay ? wording(underWay.title, language) : repair.fault)} <span class="soft">${html(repair.device)}</span></span>${repairLink(facts, repair, language, true)}</li></ul>` : '' },
      { id: 'card', content: check?.card ? cardPart(check.card, language) : '' },
      { id: 'ways', content: check ? `<h2>${t('ways')}</h2><ul>${status.readiness.map((r) => way(r, check, faults, language)).join('')}</ul>` : '' },
      { id: 'fault', content: check ? worstFault(check, facts, language) : '' },
      { id: 'due', content: due.length > 0 ? `<h2>${t('toDo')}</h2><ul>${due.map((one) => `<li${one.late ? ' class="blocked"' : ''}>${html(wording(one.text, language))}</li>`).join('')}</ul>` : '' },
      { id: 'again', bare: true, content: formOf('/check', language, formKey, {}, `<button>${t('again')}</button>`) },
      { id: 'notes', bare: true, content: notes },
    ],
  }, language)
}

/** What a button of a page answers that was made by an agent before this one, or by nobody here: nothing was done. */
export const renderOld = (status: AgentStatus, path: string, language: Language): string => {
  const content = `<h1 class="degraded">${html(wording(DESK_TEXTS.oldPage, language))}</h1><p><a href="${path}?lang=${language}">${html(wording(DESK_TEXTS.anew, language))}</a></p>`
  return deskDocument({ title: wording(DESK_TEXTS.title, language), identity: identityOf(status), path, parts: [{ id: 'old', content }] }, language)
}

/** The language that a request asks for: `?lang=`, else Accept-Language, else the given one. */
export const pageLanguage = (asked: string | null, acceptLanguage: string | undefined, standard: Language): Language => {
  const first = (text: string): Language | undefined => (/^zh/i.test(text) ? 'zh-CN' : /^en/i.test(text) ? 'en' : undefined)
  const accepted = (acceptLanguage ?? '').split(',')
    .map((part) => ({ text: part.trim(), q: Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1) }))
    .toSorted((a, b) => b.q - a.q)
    .map(({ text }) => first(text))
    .find((language) => language !== undefined)
  return first(asked ?? '') ?? accepted ?? standard
}
