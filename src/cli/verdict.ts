import { styleText } from 'node:util'
import { Tender } from '../model/device.ts'
import type { FaultAt, Readiness, Verdict } from '../model/diagnosis.ts'
import type { Fault } from '../model/fault.ts'
import { type Language, wording } from '../model/language.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Report } from '../model/report.ts'
import type { Symptom } from '../model/symptom.ts'
import { say } from '../texts/say.ts'
import { pad, table, wrap } from './columns.ts'
import { EXIT } from './failure.ts'

/** How many ways of taking money make which exit code: any blocked 2, else any degraded 1, else any unknown 3, else 0. */
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

const shown = (o: Observation): string => `${o.name}=${hasValue(o) ? String(o.value) : `(${o.absent})`}`

const percent = (p: number): string => `${p > 0.995 && p < 1 ? '>99' : Math.round(p * 100)}%`

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
  const fault = report.faults.find((f) => f.code === at.fault)
  return fault ? wording(fault.title, language) : at.fault
}

const symptomLine = (report: Report, symptom: Pick<Symptom, 'id' | 'device'>, weight: string, language: Language, id: string): string[] => {
  const read = report.check.symptoms.find((s) => s.id === id && s.device === symptom.device)
  const meaning = read?.meaning ? wording(read.meaning, language) : id
  const seen = report.check.observations.filter((o) => o.device === symptom.device && (read?.because.includes(o.name) ?? false)).slice(0, 3)
  return [`    ${weight}`, symptom.device, meaning, seen.map(shown).join(' ')]
}

const foundFault = (report: Report, verdict: Verdict, fault: Fault | undefined, page: Page): string[] => {
  const { language } = page
  const severity = fault ? say(language, `severity.${fault.severity}`) : ''
  const head = `${paint(page, 'bold', titleOf(report, verdict, language))}  ${verdict.device}  ${verdict.fault}  ${percent(verdict.posterior)}  ${severity}`
  const follows = verdict.follows ? [`    ${say(language, 'check.follows', { fault: titleOf(report, verdict.follows, language) })}`] : []
  const evidence = table(verdict.for.slice(0, 4).map((e) => symptomLine(report, { id: e.symptom, device: e.device }, `+${e.weight.toFixed(1)}`, language, e.symptom)))
  if (!fault || verdict.follows) return [head, ...follows, ...evidence]
  const actor = fault.actors[0] ? say(language, `actor.${fault.actors[0]}`) : ''
  return [
    head,
    ...(evidence.length > 0 ? [`  ${say(language, 'check.because')}`, ...evidence] : []),
    `  ${say(language, 'check.do', { actor })}`,
    ...fault.remedy.steps.flatMap((step, i) => wrap(wording(step, language), page.width - 8).map((line, j) => `    ${j === 0 ? `${i + 1}.` : '  '} ${line}`)),
    ...paragraph(page, 2, say(language, 'check.workaround'), wording(fault.remedy.workaround, language)),
    ...paragraph(page, 2, say(language, 'check.verify'), wording(fault.remedy.verify, language)),
  ]
}

const readinessLines = (report: Report, page: Page): string[] => {
  const { language } = page
  const rows = report.check.readiness.map((r) => {
    const [mark, colour] = MARK[r.is]
    const because = r.because.slice(0, 2).map((at) => titleOf(report, at, language)).join(language === 'en' ? '; ' : '；')
    return [`  ${paint(page, colour, mark)} ${say(language, `tender.${r.tender}`)}`, say(language, `readiness.${r.is}`), because || r.unseen.join(' ')]
  })
  const absent = Tender.options.filter((t) => !report.check.readiness.some((r) => r.tender === t))
  const list = absent.map((t) => say(language, `tender.${t}`)).join(language === 'en' ? ', ' : '、')
  return [...table(rows), ...(absent.length > 0 ? [paint(page, 'gray', `  ${say(language, 'check.not-fitted', { tenders: list })}`)] : [])]
}

const unknowable = (report: Report): string[][] => {
  const told = new Map<string, string[]>()
  for (const o of report.check.observations) {
    if (hasValue(o) || o.absent === 'not-fitted' || o.detail === '') continue
    const key = `${o.device}\u0000${o.detail}`
    told.set(key, [`  ${o.device}`, `${o.name.split('.').slice(1).join('.')}`, o.detail])
  }
  return [...told.values()].slice(0, 8)
}

/** The whole verdict of a report as lines for a terminal of that many cells. */
export const verdictLines = (report: Report, page: Page): string[] => {
  const { language } = page
  const { verdicts, unexplained } = report.check.diagnosis
  const found = verdicts.filter((v) => v.verdict === 'found')
  const open = verdicts.filter((v) => v.verdict === 'open').slice(0, 3)
  const blind = unknowable(report)
  const code = exitCodeOf(report.check.readiness)
  const colour = code === EXIT.ready ? 'green' : code === EXIT.degraded ? 'yellow' : code === EXIT.blocked ? 'red' : 'cyan'
  return [
    paint(page, ['bold', colour], headline(report.check.readiness, language)),
    '',
    ...readinessLines(report, page),
    '',
    ...(found.length === 0 ? [`  ${say(language, 'check.nothing-found')}`] : []),
    ...found.flatMap((v) => [...foundFault(report, v, report.faults.find((f) => f.code === v.fault), page), '']),
    ...open.map((v) => `  ${say(language, 'check.also-possible')}: ${v.fault} ${v.device} ${percent(v.posterior)}${v.notLookedAt.length > 0 ? `  ${say(language, 'check.would-settle', { symptoms: v.notLookedAt.slice(0, 3).map((s) => s.symptom).join(', ') })}` : ''}`),
    ...(unexplained.length > 0 ? [`  ${say(language, 'check.unexplained')}`, ...table(unexplained.map((s) => symptomLine(report, { id: s.symptom, device: s.device }, '', language, s.symptom)))] : []),
    ...(blind.length > 0 ? [paint(page, 'gray', `  ${say(language, 'check.cannot-know')}`), ...table(blind.map((row) => row.map((cell) => cell))).map((line) => paint(page, 'gray', line))] : []),
    ...(report.agentProblems.length > 0 ? [`  ${say(language, 'check.agent-problem')}`, ...report.agentProblems.map((p) => `  ${pad(p.code, 20)} ${p.detail}`)] : []),
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
