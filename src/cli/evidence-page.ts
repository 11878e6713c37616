import { type Attention, toldOf } from '../journal/reconcile.ts'
import { type Language, wording } from '../model/language.ts'
import type { Report } from '../model/report.ts'
import type { Text } from '../model/text.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { CASE_STAGES, CASES } from '../texts/cases.ts'
import { CLOCKS, EVIDENCE, VERIFY } from '../texts/evidence.ts'
import { html } from '../texts/html.ts'
import { seenIn } from '../texts/observed.ts'
import { fill, say } from '../texts/say.ts'
import { STEP_TEXTS } from '../texts/steps.ts'
import { moneyText } from './amounts.ts'
import type { CaseFacts } from './case-facts.ts'
import { evidenceOf } from './case-letters.ts'
import { headline } from './verdict.ts'

/** What the page shows. `offset` is the shop's, in milliseconds: times are told as the shop's clock shows them. */
export interface EvidenceFacts { report: Report; madeAt: number; steps: readonly TransactionStep[]; rows: readonly Attention[]; matter: CaseFacts | undefined; photos: readonly { name: string; bytes: number; sha256: string }[]; fingerprint: string; offset: string; offsetMs: number }

const STYLE = `body{font:15px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#16191f;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.6rem;border-bottom:1px solid #d9dee6}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid #eceff4}
td{overflow-wrap:anywhere}td.n{white-space:nowrap}pre{white-space:pre-wrap;background:#f6f7f9;padding:.8rem;overflow-wrap:anywhere}.worst{color:#b3141d}@media (max-width:40rem){thead{display:none}tr{display:block;padding:.3rem 0;border-bottom:1px solid #eceff4}td{display:block;border:0;padding:0}td.n{color:#5a6472}}@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}`

/** A moment by the shop's clock, with its offset, as evidence must say it. */
export const shopTime = (at: number, { offset, offsetMs }: Pick<EvidenceFacts, 'offset' | 'offsetMs'>): string => `${new Date(at + offsetMs).toISOString().slice(0, 19).replace('T', ' ')} ${offset}`

/** What a step says besides its name, in a line. */
const detailsOf = (step: TransactionStep): string =>
  Object.entries(step).filter(([name]) => !['transaction', 'step', 'at', 'source', 'profile', 'amountMinor', 'currency'].includes(name)).map(([name, value]) => `${name}=${String(value)}`)
    .concat(step.amountMinor === undefined ? [] : [`${moneyText(step.amountMinor, step.currency)}`]).join(' ')

/** Everything that happened, in the order of time: steps, the check, and what people did. */
export const timelineOf = (facts: EvidenceFacts, language: Language): { at: number; what: string; details: string }[] => {
  const { report, steps, matter } = facts
  const w = (text: Text): string => wording(text, language)
  const found = report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault} ${v.device}`)
  return [
    ...steps.map((step) => ({ at: step.at, what: w(STEP_TEXTS[step.step]), details: `${step.transaction} ${detailsOf(step)}` })),
    { at: report.check.startedAt, what: w(EVIDENCE.checked), details: found.length > 0 ? `${w(EVIDENCE.found)} ${found.join(', ')}` : w(EVIDENCE.nothing) },
    ...(matter?.one.entries ?? []).map((e) => ({ at: e.at, what: e.to ? `→ ${say(language, `role.${e.to}`)}` : w(EVIDENCE.matter), details: [e.by, e.stage && w(CASE_STAGES[e.stage]), e.channel, e.reference, e.note].filter(Boolean).join(' ') })),
    ...(matter ? [{ at: matter.one.openedAt, what: w(CASES.since), details: `${matter.one.openedBy} ${matter.one.note}` }] : []),
    ...(matter?.one.closing ? [{ at: matter.one.closing.at, what: w(CASES.closing), details: `${matter.one.closing.by} ${matter.one.closing.cause}` }] : []),
  ].sort((a, b) => a.at - b.at)
}

/** The human-readable part of an evidence bundle, in one language: one document without scripts that prints well. */
export const evidencePage = (facts: EvidenceFacts, language: Language): string => {
  const { report, rows, matter, photos } = facts
  const w = (text: Text): string => html(wording(text, language))
  const at = (moment: number): string => html(shopTime(moment, facts))
  const tableOf = (head: readonly Text[], body: readonly (readonly string[])[]): string => (body.length === 0 ? `<p>${w(EVIDENCE.none)}</p>` : `<table>${head.length === 0 ? '' : `<thead><tr>${head.map((h) => `<th>${w(h)}</th>`).join('')}</tr></thead>`}<tbody>${body.map((cells) => `<tr>${cells.map((cell, i) => `<td${i === 0 ? ' class="n"' : ''}>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table>`)
  const list = (items: readonly string[]): string => `<ol>${items.map((item) => `<li>${item}</li>`).join('')}</ol>`
  const { terminal } = report
  const meaning = (symptom: string, device: string): string => {
    const read = report.check.symptoms.find((s) => s.id === symptom && s.device === device)
    const seen = report.check.observations.filter((o) => o.device === device && read?.because.includes(o.name)).map((o) => seenIn(language, o)).filter((text) => text !== '')
    return html([read?.meaning ? wording(read.meaning, language) : symptom, seen.slice(0, 3).join(', ')].filter((text) => text !== '').join(': '))
  }
  const verdicts = report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => {
    const fault = report.faults.find((f) => f.code === v.fault)
    return `<h3>${fault ? w(fault.title) : html(v.fault)}</h3><p>${html(`${v.fault} · ${v.device} · ${Math.round(v.posterior * 100)}%`)}</p><p>${w(EVIDENCE.because)}</p>${list(v.for.slice(0, 6).map((e) => meaning(e.symptom, e.device)))}${fault ? `<p>${w(EVIDENCE.todo)}</p>${list(fault.remedy.steps.map(w))}` : ''}`
  })
  const money = rows.map((row) => {
    const { tell, next } = toldOf(row, language === 'en' ? 'en' : 'zh', { date: (moment) => shopTime(moment, facts), amount: moneyText })
    return [at(row.at), html(row.transaction), html(row.amountMinor === undefined ? '' : moneyText(row.amountMinor, row.currency)), html(tell), html(next)]
  })
  const ways = report.check.readiness.map((r) => [html(say(language, `tender.${r.tender}`)), html(say(language, `readiness.${r.is}`))])
  const about = matter && [
    `<p>${html(`${matter.one.id} · ${matter.one.fault} · ${wording(CASE_STAGES[matter.stage], language)}`)}</p>`,
    tableOf([], matter.ladder.map((rung) => [html(say(language, `role.${rung.role}`)), html(rung.contact ? [rung.contact.name, rung.contact.phone].filter(Boolean).join(' ') : ''), html(shopTime(rung.doneAt ?? rung.dueAt, facts)), rung.doneAt === undefined ? '' : '✓'])),
    `<p>${w(CASES.evidence)}</p>`, list(evidenceOf(matter).map(({ text, has }) => `${has ? '✓' : '☐'} ${w(text)}`)),
    ...(matter.one.closing ? [`<p>${w(CASES.cause)}: ${html(matter.one.closing.cause)}<br>${w(CASES.lessons)}: ${html(matter.one.closing.lessons)}<br>${w(matter.one.closing.customerInformed ? CASES.informed : CASES['not-informed'])}</p>`] : []),
  ].join('')
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${w(EVIDENCE.title)} · ${html(terminal.id)}</title><style>${STYLE}</style></head><body>
<h1>${w(EVIDENCE.title)}</h1>
${tableOf([], [
    [w(EVIDENCE.terminal), html([terminal.store, terminal.lane, terminal.id, terminal.merchant, terminal.model, terminal.serial].filter(Boolean).join(' · '))], [w(EVIDENCE.seen), at(report.check.startedAt)], [w(EVIDENCE.made), at(facts.madeAt)],
    [w(EVIDENCE.clock), w(CLOCKS[report.clock])], [w(EVIDENCE.software), html(`posdiag ${report.agent.version} · ${Object.entries(report.versions).map(([device, version]) => `${device} ${version}`).join(' · ')}`)],
  ])}
<h2>${w(EVIDENCE.verdict)}</h2><p class="worst">${html(headline(report.check.readiness, language))}</p>${verdicts.length > 0 ? verdicts.join('') : `<p>${w(EVIDENCE.nothing)}</p>`}
<h2>${w(EVIDENCE.ways)}</h2>${tableOf([], ways)}
<h2>${w(EVIDENCE.money)}</h2>${tableOf([EVIDENCE.time, EVIDENCE.payments, EVIDENCE.amount, EVIDENCE.state, EVIDENCE.next], money)}
${about === undefined ? '' : `<h2>${w(EVIDENCE.matter)}</h2>${about}`}
<h2>${w(EVIDENCE.timeline)}</h2>${tableOf([EVIDENCE.time, EVIDENCE.what, EVIDENCE.details], timelineOf(facts, language).map((one) => [at(one.at), html(one.what), html(one.details)]))}
${photos.length === 0 ? '' : `<h2>${w(EVIDENCE.photos)}</h2>${tableOf([], photos.map((photo) => [html(photo.name), String(photo.bytes), html(photo.sha256)]))}`}
<h2>${w(EVIDENCE.verify)}</h2><pre>${html(fill(VERIFY, language, { fingerprint: facts.fingerprint }))}</pre>
</body></html>
`
}
