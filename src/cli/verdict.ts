import { styleText } from 'node:util'
import { catalogue } from '../faults/index.ts'
import { Tender } from '../model/device.ts'
import type { Diagnosis, FaultAt, Readiness, Verdict } from '../model/diagnosis.ts'
import type { Fault } from '../model/fault.ts'
import { type Language, wording } from '../model/language.ts'
import type { Report } from '../model/report.ts'
import { runnerUp } from '../model/runner-up.ts'
import { CARD_TEXTS } from '../texts/card.ts'
import { problemIn } from '../texts/details.ts'
import { explained, recurrence, wordingsIn } from '../texts/explained.ts'
import { seenIn } from '../texts/observed.ts'
import { say } from '../texts/say.ts'
import { unseen, whyIn, whyUnseen } from '../texts/unseen.ts'
import { cells, table, wrap } from './columns.ts'
import { EXIT } from './failure.ts'

/** Exit code of a check by its worst tender: 2 if one is blocked, else 1 if one is degraded, else 3 if one is unknown or there is none, else 0. */
export const exitCodeOf = (readiness: readonly Readiness[]): number => {
  const is = (state: Readiness['is']) => readiness.some((r) => r.is === state)
  if (is('blocked')) return EXIT.blocked
  if (is('degraded')) return EXIT.degraded
  return is('unknown') || readiness.length === 0 ? EXIT.unknown : EXIT.ready
}

const names = (readiness: readonly Readiness[], language: Language): string =>
  readiness.map((r) => say(language, `tender.${r.tender}`)).join(language === 'en' ? ', ' : '、')

/** The one sentence for the cashier: can I take money, and how? */
export const headline = (readiness: readonly Readiness[], language: Language): string => {
  const blocked = readiness.filter((r) => r.is === 'blocked')
  const degraded = readiness.filter((r) => r.is === 'degraded')
  const unknown = readiness.filter((r) => r.is === 'unknown')
  const usable = readiness.filter((r) => r.is === 'ready' || r.is === 'degraded')
  if (blocked.length > 0 && usable.length > 0) return say(language, 'check.some-blocked', { blocked: names(blocked, language), usable: names(usable, language) })
  if (blocked.length > 0) return say(language, 'check.none', { blocked: names(blocked, language) })
  if (unknown.length > 0) return say(language, 'check.unknown', { tenders: names(unknown, language) })
  if (degraded.length > 0) return say(language, 'check.degraded', { tenders: names(degraded, language) })
  return say(language, 'check.all-ready', { tenders: names(readiness, language) })
}

const MARK = { ready: ['✓', 'green'], degraded: ['!', 'yellow'], blocked: ['✗', 'red'], unknown: ['?', 'cyan'] } as const

const percent = (p: number): string => `${p > 0.995 && p < 1 ? '>99' : Math.round(p * 100)}%`

type SymptomAt = Diagnosis['unexplained'][number]

interface Page {
  language: Language
  width: number
  colour: boolean
}

const paint = (page: Page, style: Parameters<typeof styleText>[0], text: string): string => (page.colour ? styleText(style, text, { validateStream: false }) : text)

const paragraph = (page: Page, indent: number, label: string, text: string): string[] => {
  const lead = `${' '.repeat(indent)}${label}`
  const lines = wrap(text, Math.max(20, page.width - indent - 4))
  return label === '' ? lines.map((line) => ' '.repeat(indent) + line) : [lead, ...lines.map((line) => ' '.repeat(indent + 2) + line)]
}

const titleOf = (report: Report, at: FaultAt, language: Language): string => {
  // A report copies only the faults that were found.
  const fault = report.faults.find((f) => f.code === at.fault) ?? catalogue.faults.find((f) => f.code === at.fault)
  return fault ? wording(fault.title, language) : at.fault
}

/** Clauses in a row, which may have commas of their own. */
const listed = (items: readonly string[], language: Language): string => items.filter((item) => item !== '').join(language === 'en' ? '; ' : '；')

const meaningOf = (report: Report, { symptom, device }: SymptomAt, language: Language): string => {
  const meaning = report.check.symptoms.find((s) => s.id === symptom && s.device === device)?.meaning
  return meaning ? wording(meaning, language) : symptom
}

const symptomLine = (report: Report, at: SymptomAt, weight: string, language: Language): string[] => {
  const because = report.check.symptoms.find((s) => s.id === at.symptom && s.device === at.device)?.because ?? []
  const seen = report.check.observations.filter((o) => o.device === at.device && because.includes(o.name))
  return [`    ${weight}`.trimEnd(), at.device, meaningOf(report, at, language), listed(seen.map((o) => seenIn(language, o)).slice(0, 3), language)]
}

const foundFault = (report: Report, verdict: Verdict, fault: Fault | undefined, page: Page): string[] => {
  const { language } = page
  const severity = fault ? say(language, `severity.${fault.severity}`) : ''
  const layer = fault?.layer ? `  ${say(language, `layer.${fault.layer}`)}` : ''
  const title = titleOf(report, verdict, language)
  const told = `${verdict.device}  ${verdict.fault}  ${percent(verdict.posterior)}  ${severity}${layer}`
  const head = cells(title) + 2 + cells(told) <= page.width ? [`${paint(page, 'bold', title)}  ${told}`] : [...wrap(title, page.width).map((line) => paint(page, 'bold', line)), `  ${told}`]
  const follows = verdict.follows ? [`    ${say(language, 'check.follows', { fault: titleOf(report, verdict.follows, language) })}`] : []
  const evidence = table(verdict.for.slice(0, 4).map((e) => symptomLine(report, e, `+${e.weight.toFixed(1)}`, language)), page.width)
  if (!fault || verdict.follows) return [...head, ...follows, ...evidence]
  const actor = fault.actors[0] ? say(language, `actor.${fault.actors[0]}`) : ''
  const again = recurrence(verdict, report.check.startedAt, language)
  return [
    ...head,
    ...(evidence.length > 0 ? [`  ${say(language, 'check.because')}`, ...evidence] : []),
    ...(again.length > 0 ? [`  ${say(language, 'check.recurrence')}`, ...again.flatMap((sentence) => wrap(sentence, page.width - 4).map((line) => `    ${line}`))] : []),
    `  ${say(language, 'check.do', { actor })}`,
    ...fault.remedy.steps.flatMap((step, i) => wrap(wording(step, language), page.width - 8).map((line, j) => `    ${j === 0 ? `${i + 1}.` : '  '} ${line}`)),
    ...paragraph(page, 2, say(language, 'check.workaround'), wording(fault.remedy.workaround, language)),
    ...paragraph(page, 2, say(language, 'check.verify'), wording(fault.remedy.verify, language)),
  ]
}

const unseenDevice = (report: Report, device: string, language: Language): string => {
  const why = whyUnseen(language, report.check.observations, device)
  return why === undefined ? device : say(language, 'check.unseen-device', { device, why })
}

const readinessLines = (report: Report, page: Page): string[] => {
  const { language } = page
  const rows = report.check.readiness.map((r) => {
    const [mark, colour] = MARK[r.is]
    const because = r.because.slice(0, 2).map((at) => titleOf(report, at, language)).join(language === 'en' ? '; ' : '；')
    return [`  ${paint(page, colour, mark)} ${say(language, `tender.${r.tender}`)}`, say(language, `readiness.${r.is}`), because || listed(r.unseen.map((device) => unseenDevice(report, device, language)), language)]
  })
  const absent = Tender.options.filter((t) => !report.check.readiness.some((r) => r.tender === t))
  const list = absent.map((t) => say(language, `tender.${t}`)).join(language === 'en' ? ', ' : '、')
  return [...table(rows, page.width), ...(absent.length > 0 ? [paint(page, 'gray', `  ${say(language, 'check.not-fitted', { tenders: list })}`)] : [])]
}

/** What to do instead for a customer who wants to pay by card, and what to mind. */
const cardLines = (report: Report, page: Page): string[] => {
  const { card } = report.check
  if (!card) return []
  const { language } = page
  const rows = card.workarounds.map((w, i) => [`    ${i + 1}. ${wording(w, language)}`, wording(w.note, language)])
  return [`  ${wording(CARD_TEXTS.title, language)}`, ...(card.queryFirst || rows.length === 0 ? wrap(wording(card.line, language), page.width - 4).map((line) => `    ${line}`) : []), ...table(rows, page.width), '']
}

/** Most lines on what could not be looked at; `--json` has them all. */
const MOST_UNSEEN = 5

const unseenLines = (report: Report, page: Page): string[] => {
  const { language } = page
  const groups = unseen(report.check.observations)
  const told = groups.length > MOST_UNSEEN ? groups.slice(0, MOST_UNSEEN - 1) : groups
  const rows = told.map((group) => [`    ${group.devices.join(' ')}`, whyIn(language, group)])
  const more = groups.length - told.length
  if (rows.length === 0) return []
  return [`  ${say(language, 'check.cannot-know')}`, ...table(rows, page.width), ...(more > 0 ? [`    ${say(language, 'check.more-unseen', { more })}`] : [])].map((line) => paint(page, 'gray', line))
}

/** Open faults less likely than this are not worth a person's while. */
const LIKELY = 0.05

const openFault = (report: Report, verdict: Verdict, page: Page): string[] => {
  const { language } = page
  const symptoms = listed(verdict.notLookedAt.slice(0, 3).map((at) => meaningOf(report, at, language)), language)
  return [
    `  ${say(language, 'check.also-possible', { fault: titleOf(report, verdict, language) })}  ${verdict.device}  ${verdict.fault}  ${percent(verdict.posterior)}`,
    ...(symptoms === '' ? [] : wrap(say(language, 'check.would-settle', { symptoms }), page.width - 4).map((line) => `    ${line}`)),
  ]
}

/** Why the fault that came nearest lost, so that nobody who thought of it first has to ask. */
const runnerUpLines = (report: Report, page: Page): string[] => {
  const near = runnerUp(report.check.diagnosis)
  if (!near) return []
  const words = wordingsIn(report.check, [...report.faults, ...catalogue.faults])
  return [`  ${say(page.language, 'check.why-not')}`, ...explained(near, words, page.language).flatMap((sentence) => wrap(sentence, page.width - 4).map((line) => `    ${line}`))]
}

/** The whole verdict of a report as lines for a terminal of that many cells. */
export const verdictLines = (report: Report, page: Page): string[] => {
  const { language } = page
  const { verdicts, unexplained } = report.check.diagnosis
  const found = verdicts.filter((v) => v.verdict === 'found')
  const open = verdicts.filter((v) => v.verdict === 'open' && v.posterior >= LIKELY).slice(0, 3)
  const code = exitCodeOf(report.check.readiness)
  const colour = code === EXIT.ready ? 'green' : code === EXIT.degraded ? 'yellow' : code === EXIT.blocked ? 'red' : 'cyan'
  return [
    paint(page, ['bold', colour], headline(report.check.readiness, language)),
    '',
    ...readinessLines(report, page),
    '',
    ...cardLines(report, page),
    ...(found.length === 0 ? [`  ${say(language, 'check.nothing-found')}`] : []),
    ...found.flatMap((v) => [...foundFault(report, v, report.faults.find((f) => f.code === v.fault), page), '']),
    ...open.flatMap((v) => openFault(report, v, page)),
    ...runnerUpLines(report, page),
    ...(unexplained.length > 0 ? [`  ${say(language, 'check.unexplained')}`, ...table(unexplained.map((at) => symptomLine(report, at, '', language).slice(1)).map(([device = '', ...rest]) => [`    ${device}`, ...rest]), page.width)] : []),
    ...unseenLines(report, page),
    ...(report.agentProblems.length > 0 ? [`  ${say(language, 'check.agent-problem')}`, ...table(report.agentProblems.map((p) => [`    ${p.code}`, problemIn(language, p)]), page.width)] : []),
    paint(page, 'gray', say(language, 'check.took', { seconds: (report.check.ms / 1000).toFixed(1), devices: report.check.runs.length })),
  ]
}

/** One line as monitoring plugins print it: `POSDIAG OK - text | label=value;warn;crit;min;max`. */
export const nagiosLine = (report: Report, language: Language): string => {
  const word = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][exitCodeOf(report.check.readiness)] ?? 'UNKNOWN'
  const first = report.check.diagnosis.verdicts.find((v) => v.verdict === 'found')
  const why = first ? ` (${first.fault} ${first.device})` : ''
  const found = report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').length
  return `POSDIAG ${word} - ${headline(report.check.readiness, language)}${why} | time=${(report.check.ms / 1000).toFixed(3)}s;;;0 faults=${found};;;0`
}
