import { hash } from 'node:crypto'
import type { Fault } from '../../model/fault.ts'
import { type Language, wording } from '../../model/language.ts'
import type { TerminalIdentity } from '../../model/terminal.ts'
import type { Text } from '../../model/text.ts'
import type { Part, StoreCard, VisitRow } from '../../model/triage.ts'
import type { IncidentRow } from '../../model/wire.ts'
import { PARTS, PARTS_FOR, type PartId } from '../../texts/parts.ts'
import { WORK_ORDER } from '../../texts/work-order.ts'

/** One thing to settle: the incident, its terminal, and the entry of its fault as far as a stored report still tells. */
export interface Task { incident: IncidentRow; terminal?: TerminalIdentity; fault?: Fault }

/** Parts for these faults: one of each for every device that may need it. */
export const partsFor = (incidents: readonly { fault: string; terminalId: string; device: string }[]): Part[] => {
  const counts = new Map<PartId, Set<string>>()
  for (const { fault, terminalId, device } of incidents) {
    for (const id of PARTS_FOR[fault] ?? []) counts.set(id, (counts.get(id) ?? new Set()).add(`${terminalId} ${device}`))
  }
  return [...counts].map(([id, devices]) => ({ id, name: PARTS[id], count: devices.size }))
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] ?? c)

const STYLE = `@page{size:A4;margin:14mm}body{font:11pt/1.45 "Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;color:#111;background:#fff;max-width:190mm;margin:8mm auto;padding:0 4mm}
h1{font-size:18pt;margin:0 0 4mm}h2{font-size:13pt;margin:7mm 0 2mm;border-bottom:.5pt solid #777}h3{font-size:11.5pt;margin:0 0 1mm}table{border-collapse:collapse;width:100%}
th,td{border:.5pt solid #777;padding:1.2mm 2mm;text-align:left;vertical-align:top}th{background:#eee}dl{display:grid;grid-template-columns:max-content 1fr;gap:.6mm 4mm;margin:0}dt{color:#444}dd{margin:0}
section.task{break-inside:avoid;border:.5pt solid #777;padding:3mm;margin:0 0 3mm}.box{display:inline-block;width:4mm;height:4mm;border:.7pt solid #111;vertical-align:middle}.sign{height:14mm}ol{margin:1mm 0 1mm 6mm;padding:0}p{margin:1mm 0}`

/** The Content-Security-Policy of a work order: its one style, and nothing else. */
export const WORK_ORDER_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** A work order as a page of HTML that stands alone and prints on A4, in the reader's language. `timeZone` is the store's. */
export const workOrder = (visit: VisitRow, card: StoreCard, tasks: readonly Task[], language: Language, timeZone: string): string => {
  const say = (key: keyof typeof WORK_ORDER): string => escaped(wording(WORK_ORDER[key], language))
  const text = (t: Text): string => escaped(wording(t, language))
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const money = ({ cost }: IncidentRow): string | undefined =>
    cost === undefined || cost.lostMinor === 0 ? undefined
      : cost.currency === undefined ? (cost.lostMinor / 100).toFixed(2)
        : ((f) => f.format(cost.lostMinor / 10 ** (f.resolvedOptions().maximumFractionDigits ?? 2)))(new Intl.NumberFormat(language, { style: 'currency', currency: cost.currency }))
  const list = (pairs: readonly (readonly [keyof typeof WORK_ORDER, string | undefined])[]): string =>
    `<dl>${pairs.map(([key, value]) => (value === undefined || value === '' ? '' : `<dt>${say(key)}</dt><dd>${escaped(value)}</dd>`)).join('')}</dl>`
  const parts = visit.parts.length === 0 ? `<p>${say('noParts')}</p>`
    : `<table><tr><th>${say('part')}</th><th>${say('count')}</th><th>${say('taken')}</th><th>${say('used')}</th></tr>${visit.parts.map((p) => `<tr><td>${text(p.name)}</td><td>${p.count}</td><td><span class="box"></span></td><td></td></tr>`).join('')}</table>`
  const howTo = (fault: Fault | undefined, code: string): string => fault === undefined ? `<p>${say('gone').replaceAll('{fault}', escaped(code))}</p>`
    : `<p><b>${say('steps')}</b></p><ol>${fault.remedy.steps.map((s) => `<li>${text(s)}</li>`).join('')}</ol><p><b>${say('workaround')}</b> ${text(fault.remedy.workaround)}</p><p><b>${say('verify')}</b> ${text(fault.remedy.verify)}</p>`
  const task = ({ incident, terminal, fault }: Task): string => {
    const where = [terminal?.lane, incident.terminalId, incident.device, terminal?.model].filter((w) => w !== undefined).join(' · ')
    const facts = list([['since', format.format(incident.openedAt)], ['probability', `${Math.round(incident.posterior * 100)} %`], ['estimatedLoss', money(incident)]])
    return `<section class="task"><h3><span class="box"></span> ${escaped(where)}</h3><p><b>${text(incident.title)}</b> <code>${escaped(incident.fault)}</code></p>${incident.closedAt === undefined ? '' : `<p><b>${say('settled')}</b></p>`}${facts}${howTo(fault, incident.fault)}</section>`
  }
  const head = list([
    ['number', visit.id], ['store', visit.store], ['address', card.address], ['contact', card.contact], ['assignee', visit.assignee],
    ['planned', visit.plannedFor === undefined ? undefined : format.format(visit.plannedFor)], ['made', `${format.format(visit.madeAt)} · ${visit.madeBy}`], ['note', visit.note],
  ])
  const sign = `<table><tr><th>${say('signed')}</th><th>${say('signedStore')}</th><th>${say('date')}</th></tr><tr><td class="sign"></td><td class="sign"></td><td class="sign"></td></tr></table>`
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${say('title')} · ${escaped(visit.store)}</title><style>${STYLE}</style></head><body>
<h1>${say('title')} · ${escaped(visit.store)}</h1>${head}<h2>${say('parts')}</h2>${parts}<h2>${say('rules')}</h2><ul><li>${say('ruleMoney')}</li><li>${say('ruleTest')}</li><li>${say('ruleTamper')}</li></ul><h2>${say('tasks')}</h2>${tasks.map(task).join('')}<h2>${say('signed')}</h2>${sign}</body></html>`
}
