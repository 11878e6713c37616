import { createHash } from 'node:crypto'
import { type Language, wording } from '../model/language.ts'
import { html } from '../texts/html.ts'
import { DESK_TEXTS } from './desk-texts.ts'

const STYLE = `
:root { color-scheme: light dark; --back: light-dark(#f6f7f9, #14171c); --card: light-dark(#fff, #1f242c); --text: light-dark(#16191f, #eceff4); --soft: light-dark(#566070, #a7b1c2);
  --line: light-dark(#d9dee6, #343b47); --edge: light-dark(#7b8595, #7f8a9b); --ready: light-dark(#116329, #63d68a); --degraded: light-dark(#7d4e00, #f0b429); --blocked: light-dark(#b3141d, #ff8f8a); --unknown: light-dark(#0b5394, #7cc0ff); }
* { box-sizing: border-box; margin: 0; }
body { background: var(--back); color: var(--text); font: 1.125rem/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; padding: 1.5rem; overflow-wrap: anywhere; }
main { max-width: 46rem; margin: 0 auto; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem; color: var(--soft); font-size: .95rem; max-width: 46rem; margin: 0 auto 1rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; }
section > * + h2, section > * + form, section > * + dl { margin-top: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.25; } h2 { font-size: 1rem; color: var(--soft); font-weight: 600; margin-bottom: .5rem; } h3 { font-size: 1.3rem; }
.ready { color: var(--ready); } .degraded { color: var(--degraded); } .blocked { color: var(--blocked); } .unknown { color: var(--unknown); }
ul { list-style: none; padding: 0; } li.way { display: grid; grid-template-columns: 1.6em 7em 6em 1fr; gap: .5rem; padding: .35rem 0; border-top: 1px solid var(--line); } li.way:first-child { border-top: 0; }
li.way span:last-child, p.soft, .soft { color: var(--soft); } ol { padding-left: 1.6em; } ol li { padding: .15rem 0; } b { font-weight: 650; }
li.row { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .5rem 1rem; padding: .5rem 0; border-top: 1px solid var(--line); } li.row:first-child { border-top: 0; }
h2::first-letter, dt::first-letter, button::first-letter { text-transform: uppercase; } p.step { font-size: 1.4rem; line-height: 1.4; font-weight: 600; } p.asks { font-weight: 600; margin-bottom: .5rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1rem; } dt { color: var(--soft); } dd { margin: 0; }
label.sure { display: flex; gap: .7rem; align-items: flex-start; padding: .7rem .9rem; border: 2px solid var(--degraded); border-radius: .5rem; margin-bottom: .9rem; } label.sure input { width: 1.4rem; height: 1.4rem; margin-top: .2rem; flex: none; }
div.answers { display: flex; flex-wrap: wrap; gap: .6rem; } div.answers + div.answers { margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
button, a.button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; border-radius: .5rem; border: 1px solid var(--edge); background: var(--card); color: var(--text); cursor: pointer; text-align: start; text-decoration: none; display: inline-block; }
button.first, a.first { background: var(--text); color: var(--back); border-color: var(--text); }
a { color: inherit; } :focus-visible { outline: 3px solid var(--unknown); outline-offset: 2px; } [hidden] { display: none !important; }
@media (max-width: 34rem) { body { padding: .75rem; } li.way { grid-template-columns: 1.6em 1fr auto; } li.way span:last-child { grid-column: 2 / -1; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } div.answers button, section > form > button { width: 100%; } }
`

/**
 * Renews the parts of the page that have changed, so that nobody who reads, ticks or tabs is interrupted as a reload would; says so
 * while the agent does not answer. Parts are compared as they were served, because a person changes what stands in them.
 */
const SCRIPT = `
const main = document.querySelector('main'), parts = () => [...main.querySelectorAll(':scope > [id]')]
const served = new Map(parts().map((part) => [part.id, part.innerHTML]))
const take = (part, fresh) => {
  part.hidden = fresh.hidden
  if (served.get(part.id) === fresh.innerHTML) return
  served.set(part.id, fresh.innerHTML)
  const at = part.contains(document.activeElement) ? document.activeElement : undefined
  part.replaceChildren(...document.adoptNode(fresh).childNodes)
  if (!at) return
  const same = [...part.querySelectorAll('a, button, input')].find((one) => one.name === at.name && one.value === at.value && one.textContent === at.textContent)
  if (same) return same.focus()
  part.tabIndex = -1
  part.focus()
}
let silent = 0
const renew = async () => {
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(5000) })
    if (!answer.ok) throw new Error(answer.status)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html'), next = page.querySelector('main')
    document.title = page.title
    main.dataset.every = next.dataset.every
    for (const part of parts()) if (part.id !== 'lost') take(part, next.querySelector('#' + part.id))
    silent = 0
  } catch { silent += 1 }
  document.getElementById('lost').hidden = silent < 2
}
const later = () => setTimeout(async () => {
  if (!document.hidden) await renew()
  later()
}, main.dataset.every * 1000)
later()
document.addEventListener('visibilitychange', () => document.hidden || renew())
`

const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Allows the page its own style, its own script that asks only this desk, and its own forms; nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src ${sha(STYLE)}; script-src ${sha(SCRIPT)}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

/** A part of a page: content that is HTML already; nothing of it is shown where that is empty. `says` reads changes aloud. */
export interface Part {
  id: string
  content: string
  says?: boolean
  /** Without a card around it. */
  bare?: boolean
}

/** What every page of the desk is made of. Each part stands on every rendering of its page, so that the page can be renewed part by part. */
export interface Frame {
  /** Plain text. */
  title: string
  /** Which terminal this is, in plain text. */
  identity: string
  path: string
  /** Seconds after which it is renewed; left out for a page that stays as it is. */
  every?: number
  parts: readonly Part[]
}

const partOf = ({ id, content, says, bare }: Part): string => {
  const tag = bare ? 'div' : 'section'
  return `<${tag} id="${id}"${says ? ' role="status"' : ''}${content === '' ? ' hidden' : ''}>${content}</${tag}>`
}

/** A whole page of the desk. Without scripts it renews itself by loading again. */
export const deskDocument = ({ title, identity, path, every, parts }: Frame, language: Language): string => {
  const other: Language = language === 'en' ? 'zh-CN' : 'en'
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${every === undefined ? '' : `<noscript><meta http-equiv="refresh" content="${every};url=${path}?lang=${language}"></noscript>`}<title>${html(title)} · ${html(identity)}</title><style>${STYLE}</style></head>
<body><header><span>${html(identity)}</span><a href="${path}?lang=${other}" lang="${other}">${other === 'en' ? 'English' : '中文'}</a></header>
<main data-every="${every ?? ''}"><section id="lost" role="alert" hidden><b class="blocked">${html(wording(DESK_TEXTS.lost, language))}</b></section>
${parts.map(partOf).join('\n')}</main>${every === undefined ? '' : `<script>${SCRIPT}</script>`}</body></html>
`
}

/** The inside of a form of the desk's own pages: `key` proves that it came with one of them. */
export const formOf = (action: string, language: Language, key: string, fields: Readonly<Record<string, string | number>>, inside: string): string =>
  `<form method="post" action="${action}?lang=${language}">${Object.entries({ key, ...fields }).map(([name, value]) => `<input type="hidden" name="${name}" value="${html(String(value))}">`).join('')}${inside}</form>`
