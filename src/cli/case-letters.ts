import { toldOf } from '../journal/reconcile.ts'
import { type Language, wording } from '../model/language.ts'
import type { Text } from '../model/text.ts'
import { APPEAL, CASE_EVIDENCE, CASE_REQUESTS, CASES, LETTERS } from '../texts/cases.ts'
import { fill, say } from '../texts/say.ts'
import { moneyText, timeText } from './amounts.ts'
import type { CaseFacts } from './case-facts.ts'

const listed = (words: readonly string[], language: Language): string => words.join(language === 'en' ? ', ' : '、')

/** What the devices said of themselves in the last check, in a few words. */
const selfCheck = ({ report }: CaseFacts, language: Language): string => {
  if (!report) return wording(CASES.unknown, language)
  const own = report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found' && v.device !== 'journal')
  if (own.length === 0) return wording(CASES.all, language)
  return listed(own.map((v) => `${v.fault} ${v.device}`), language)
}

const params = (facts: CaseFacts, language: Language): Record<string, string> => {
  const { one, fault, rows, report, terminal, rules } = facts
  const unknown = wording(CASES.unknown, language)
  const codes = [...new Set(rows.flatMap(({ code }) => (code === undefined ? [] : [code])))]
  const ways = report?.check.readiness.filter((r) => r.is === 'ready' || r.is === 'degraded').map((r) => say(language, `tender.${r.tender}`)) ?? []
  return {
    code: one.fault, mid: terminal.money.mid ?? terminal.terminal.merchant ?? unknown, tid: terminal.money.tid ?? terminal.terminal.id, serial: terminal.terminal.serial ?? unknown,
    since: timeText(Math.min(one.openedAt, ...rows.map(({ at }) => at)), language, rules.offsetMs), symptom: fault ? wording(fault.signs, language) : one.fault,
    n: String(rows.length), amount: moneyText(rows.reduce((sum, row) => sum + (row.amountMinor ?? 0), 0)), rc: codes.length === 0 ? '—' : listed(codes, language),
    selfcheck: selfCheck(facts, language), request: wording(CASE_REQUESTS[one.kind], language),
    reason: fault ? wording(fault.title, language) : one.fault, until: facts.next ? timeText(facts.next.dueAt, language, rules.offsetMs) : unknown, methods: ways.length === 0 ? say(language, 'tender.cash') : listed(ways, language), ref: one.id.slice(-8),
  }
}

/** Pieces of evidence of a matter, and which of them are at hand. */
export const evidenceOf = ({ one }: CaseFacts): { text: Text; has: boolean }[] => {
  const has = new Set(one.entries.flatMap((entry) => entry.has ?? []))
  return CASE_EVIDENCE[one.kind].map((text, i) => ({ text, has: has.has(i + 1) }))
}

const ANSWER_DAYS = 3

const appeal = (facts: CaseFacts, language: Language): string => {
  const { one, fault, terminal } = facts
  const w = (text: Text): string => wording(text, language)
  const blank = w(APPEAL.fill)
  const suspended = one.kind === 'suspension'
  const values = params(facts, language)
  const done = one.entries.filter((entry) => entry.note !== '').map((entry) => `- ${timeText(entry.at, language, facts.rules.offsetMs)} ${entry.note}`)
  const manager = terminal.service.contacts.find((c) => c.role === 'manager')
  return [
    w(APPEAL.title), '',
    w(APPEAL.subject), `${fault ? w(fault.title) : one.fault} · ${[terminal.terminal.store, values.mid, values.tid].filter(Boolean).join(' · ')}`, '',
    w(suspended ? APPEAL.when : APPEAL.began), `${values.since}${one.note === '' ? '' : ` · ${one.note}`}`, '',
    w(APPEAL.why), blank, fill(LETTERS.acquirer, language, values), '',
    w(APPEAL.measures), ...(done.length > 0 ? done : [blank]), '',
    w(APPEAL.evidence), ...evidenceOf(facts).map(({ text, has }, i) => `${i + 1}. ${w(text)}${has ? '' : w(APPEAL.missing)}`), '',
    w(APPEAL.request), fill(suspended ? APPEAL.asks : APPEAL.answers, language, { days: ANSWER_DAYS, request: values.request ?? '' }), '',
    w(APPEAL.contact), manager ? [manager.name, manager.phone, manager.email].filter(Boolean).join(' · ') : blank,
  ].join('\n')
}

/** A letter about a matter in a language: to the acquirer or provider, to customers, or an appeal. It holds nothing of a card beyond what the journal keeps. */
export const letterOf = (facts: CaseFacts, to: 'acquirer' | 'customer' | 'appeal', language: Language): string => {
  if (to === 'appeal') return appeal(facts, language)
  if (to === 'customer') return fill(facts.one.kind === 'payment' ? LETTERS['customer-unknown'] : LETTERS.customer, language, params(facts, language))
  const at = (moment: number): string => timeText(moment, language, facts.rules.offsetMs)
  const rows = facts.rows.slice(0, 20).map((row) => [at(row.at), row.transaction, row.rrn ?? '', row.panMasked ?? '', row.amountMinor === undefined ? '' : moneyText(row.amountMinor, row.currency), toldOf(row, language === 'en' ? 'en' : 'zh', { date: at, amount: moneyText }).tell].filter((cell) => cell !== '').join(' '))
  return [fill(LETTERS.acquirer, language, params(facts, language)), ...rows].join('\n')
}
