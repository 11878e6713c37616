import { createHash } from 'node:crypto'
import type { Card } from '../model/card.ts'
import type { Check } from '../model/check.ts'
import type { Readiness } from '../model/diagnosis.ts'
import type { Fault, Severity } from '../model/fault.ts'
import { type Language, wording } from '../model/language.ts'
import { CARD_TEXTS } from '../texts/card.ts'
import { html } from '../texts/html.ts'
import { fill, say } from '../texts/say.ts'
import { whyUnseen } from '../texts/unseen.ts'
import type { AgentStatus } from './agent.ts'
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
}

const STYLE = `
:root { color-scheme: light dark; --back: light-dark(#f6f7f9, #14171c); --card: light-dark(#fff, #1f242c); --text: light-dark(#16191f, #eceff4); --soft: light-dark(#566070, #a7b1c2);
  --line: light-dark(#d9dee6, #343b47); --ready: light-dark(#116329, #63d68a); --degraded: light-dark(#7d4e00, #f0b429); --blocked: light-dark(#b3141d, #ff8f8a); --unknown: light-dark(#0b5394, #7cc0ff); }
* { box-sizing: border-box; margin: 0; }
body { background: var(--back); color: var(--text); font: 1.125rem/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; padding: 1.5rem; }
main { max-width: 46rem; margin: 0 auto; display: grid; gap: 1rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem; color: var(--soft); font-size: .95rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; }
section > * + h2 { margin-top: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.25; } h2 { font-size: 1rem; color: var(--soft); font-weight: 600; margin-bottom: .5rem; } h3 { font-size: 1.3rem; }
.ready { color: var(--ready); } .degraded { color: var(--degraded); } .blocked { color: var(--blocked); } .unknown { color: var(--unknown); }
ul { list-style: none; padding: 0; } li.way { display: grid; grid-template-columns: 1.6em 7em 6em 1fr; gap: .5rem; padding: .35rem 0; border-top: 1px solid var(--line); } li.way:first-child { border-top: 0; }
li.way span:last-child, p.soft { color: var(--soft); } ol { padding-left: 1.6em; } ol li { padding: .15rem 0; } b { font-weight: 650; }
button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; border-radius: .5rem; border: 1px solid var(--line); background: var(--text); color: var(--back); cursor: pointer; }
a { color: inherit; } :focus-visible { outline: 3px solid var(--unknown); outline-offset: 2px; }
@media (max-width: 34rem) { body { padding: .75rem; } li.way { grid-template-columns: 1.6em 1fr auto; } li.way span:last-child { grid-column: 2 / -1; } }
`

/** Allows the page its own style and its own form, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`


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

const foundFaults = (check: Check, faults: FaultLookup): { fault: Fault; device: string }[] =>
  check.diagnosis.verdicts
    .filter((v) => v.verdict === 'found' && v.follows === undefined)
    .flatMap((v) => {
      const fault = faults(v.fault)
      return fault ? [{ fault, device: v.device }] : []
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
  return `<section><h2>${html(wording(CARD_TEXTS.title, language))}</h2><p>${html(wording(card.line, language))}</p>${list === '' ? '' : `<ol>${list}</ol>`}</section>`
}

const worstFault = (found: readonly { fault: Fault; device: string }[], language: Language): string => {
  const [worst] = found
  if (!worst) return `<section><p>${html(wording(DESK_TEXTS.fine, language))}</p></section>`
  const { fault, device } = worst
  const actor = fault.actors[0] ? fill(DESK_TEXTS.who, language, { actor: say(language, `actor.${fault.actors[0]}`) }) : ''
  const steps = fault.remedy.steps.slice(0, 4).map((s) => `<li>${html(wording(s, language))}</li>`).join('')
  const more = found.length > 1 ? `<p class="soft">${html(fill(DESK_TEXTS.more, language, { count: found.length - 1 }))}</p>` : ''
  return `<section><h2>${html(wording(DESK_TEXTS.fault, language))}</h2><h3>${html(wording(fault.title, language))}</h3>
<p class="soft">${html(`${device} · ${fault.code} · ${actor}`)}</p><h2>${html(wording(DESK_TEXTS.todo, language))}</h2><ol>${steps}</ol>
<h2>${html(wording(DESK_TEXTS.meanwhile, language))}</h2><p>${html(wording(fault.remedy.workaround, language))}</p>${more}</section>`
}

/** The cashier's page: can I take money, and how; what is wrong; what to do. One document without scripts that renews itself. */
export const renderPage = ({ status, check, ageMs, faults, due, formKey }: PageFacts, language: Language): string => {
  const t = (key: keyof typeof DESK_TEXTS, params?: Record<string, string | number>) => html(fill(DESK_TEXTS[key], language, params))
  const state = overall(status.readiness)
  const identity = [status.terminal.store, status.terminal.lane, status.terminal.id].filter((v) => v !== undefined).join(' · ')
  const other: Language = language === 'en' ? 'zh-CN' : 'en'
  const progress = status.running ? `<p class="soft" role="status">${t('running', { looked: status.running.looked, total: status.running.total })}</p>` : ''
  const notes = [
    ...(status.store ? [t('unstored')] : []),
    ...(status.spool.reports > 0 && status.hq ? [t('unsent', { count: status.spool.reports })] : []),
    ...(status.saleOpen ? [t('waits')] : []),
  ].map((note) => `<p class="soft">${note}</p>`).join('')
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${status.running || !check ? BUSY_REFRESH_S : REFRESH_S};url=/?lang=${language}"><title>${t('title')} · ${html(identity)}</title><style>${STYLE}</style></head>
<body><main><header><span>${html(identity)}</span><a href="/?lang=${other}" lang="${other}">${other === 'en' ? 'English' : '中文'}</a></header>
<section aria-live="polite"><h1 class="${check ? state.is : 'unknown'}">${check ? t(state.text) : t('first')}</h1>${check ? `<p class="soft">${html(agoText(ageMs, language))}</p>` : ''}${progress}</section>
${check?.card ? cardPart(check.card, language) : ''}${check ? `<section><h2>${t('ways')}</h2><ul>${status.readiness.map((r) => way(r, check, faults, language)).join('')}</ul></section>${worstFault(foundFaults(check, faults), language)}` : ''}
${due.length > 0 ? `<section><h2>${t('toDo')}</h2><ul>${due.map((one) => `<li${one.late ? ' class="blocked"' : ''}>${html(wording(one.text, language))}</li>`).join('')}</ul></section>` : ''}
<form method="post" action="/check?lang=${language}"><input type="hidden" name="key" value="${html(formKey)}"><button>${t('again')}</button></form>
<footer>${notes}</footer></main></body></html>
`
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
