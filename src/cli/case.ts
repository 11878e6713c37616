import { cameBack, findCase, keepCase, kindOf, readCases, stageOf, WATCH_MS, withEntry } from '../agent/cases.ts'
import { ladderOf, nextRung, type Rung } from '../agent/ladder.ts'
import type { Store } from '../agent/store.ts'
import { catalogue } from '../faults/index.ts'
import { rulesOf } from '../journal/reconcile.ts'
import { type Case, CaseEntry } from '../model/case.ts'
import { uuidv7 } from '../model/id.ts'
import { wording } from '../model/language.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { CASE_ADVICE, CASE_KINDS, CASE_STAGES, CASES } from '../texts/cases.ts'
import { fill, say } from '../texts/say.ts'
import { timeText } from './amounts.ts'
import { caseFacts, ladderFacts, lastReport } from './case-facts.ts'
import { evidenceOf, letterOf } from './case-letters.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { mistakesIn } from './issues.ts'
import { refresh } from './journal-import.ts'
import { loadTerminal } from './terminal-file.ts'
import { withStore } from './with-store.ts'

interface CaseOptions {
  terminal?: string
  state?: string
  json?: boolean
  by?: string
  note?: string
  transaction?: string[]
  agreement?: string
  stage?: string
  to?: string
  channel?: string
  reference?: string
  has?: string
  cause?: string
  lessons?: string
  informed?: boolean
}

const usage = (key: keyof typeof CASES, params: Record<string, string> = {}, code: number = EXIT.usage): Failure => new Failure(code, { zh: fill(CASES[key], 'zh-CN', params), en: fill(CASES[key], 'en', params) })

/** What a command on one matter works with. */
interface Place { store: Store; terminal: TerminalFile; stateDir: string; now: number; context: Context; options: CaseOptions }

const known = (store: Store, id: string): Case => {
  const one = findCase(store.db, id)
  if (!one) throw usage('no-case', { id }, EXIT.noInput)
  return one
}

const by = (options: CaseOptions): string => {
  const name = options.by?.trim()
  if (!name) throw usage('who')
  return name
}

const short = (id: string): string => id.slice(-8)

const list = ({ store, terminal, now, context, options }: Place): number => {
  const facts = ladderFacts(terminal, rulesOf(terminal.money, now))
  const rows = readCases(store.db).map((one) => ({ one, stage: stageOf(one, now, cameBack(store.db, one)), next: nextRung(ladderOf(one, facts)) }))
  const w = (text: Text): string => wording(text, context.language)
  if (options.json) context.out(JSON.stringify(rows.map(({ one, stage, next }) => ({ ...one, stage, ...(next ? { next } : {}) }))))
  else if (rows.length === 0) context.out(w(CASES.none))
  else {
    context.out(table(rows.map(({ one, stage, next }) => [
      short(one.id), timeText(one.openedAt, context.language, facts.offsetMs), one.fault, w(CASE_KINDS[one.kind]), w(CASE_STAGES[stage]), one.closing || !next ? '' : `${say(context.language, `role.${next.role}`)} ${clock(next, facts.offsetMs, now, context)}`,
    ]), context.width).join('\n'))
  }
  return EXIT.ready
}

const clock = ({ dueAt, doneAt }: Rung, offsetMs: number, now: number, { language }: Context): string => {
  if (doneAt !== undefined) return fill(CASES.done, language, { at: timeText(doneAt, language, offsetMs) })
  return fill(dueAt < now ? CASES.overdue : CASES.due, language, { at: timeText(dueAt, language, offsetMs) })
}

/** True if the last check found a fault by more than people's word. */
const measured = (store: Store, fault: string): boolean =>
  lastReport(store)?.check.diagnosis.verdicts.some((v) => v.fault === fault && v.verdict === 'found' && v.for.some(({ symptom }) => !symptom.startsWith('journal.told-'))) === true

const open = (code: string, { store, terminal, stateDir, now, context, options }: Place): number => {
  const kind = kindOf(code)
  if (!kind || !catalogue.faults.some((f) => f.code === code)) throw usage('no-fault', { code }, EXIT.noInput)
  const one = keepCase(store.db, { id: uuidv7(now), fault: code, kind, openedAt: now, openedBy: by(options), note: (options.note ?? '').slice(0, 500), told: !measured(store, code), transactions: options.transaction ?? [], ...(options.agreement === undefined ? {} : { agreement: options.agreement }), entries: [] })
  refresh(store, stateDir, terminal)
  context.out(options.json ? JSON.stringify(one) : fill(CASES.opened, context.language, { id: short(one.id), kind: wording(CASE_KINDS[kind], context.language), code }))
  return EXIT.ready
}

const show = (id: string, { store, terminal, now, context, options }: Place): number => {
  const facts = caseFacts(store, known(store, id), terminal, now)
  const { one, fault, stage, ladder, back, restoredAt } = facts
  if (options.json) {
    context.out(JSON.stringify({ ...one, stage, ladder, ...(back === undefined ? {} : { back }), ...(restoredAt === undefined ? {} : { restoredAt }), rows: facts.rows }))
    return EXIT.ready
  }
  const { language, width } = context
  const { offsetMs } = facts.rules
  const w = (text: Text): string => wording(text, language)
  const at = (moment: number): string => timeText(moment, language, offsetMs)
  const block = (title: Text, rows: readonly string[][]): string[] => (rows.length === 0 ? [] : ['', w(title), ...table(rows.map((row) => ['  ', ...row]), width)])
  context.out([
    `${short(one.id)}  ${w(CASE_KINDS[one.kind])}  ${one.fault}  ${fault ? w(fault.title) : ''}`,
    `${w(CASES.stage)}: ${w(CASE_STAGES[stage])}  ${w(CASES.since)}: ${at(one.openedAt)} ${one.openedBy}  ${one.note}`.trimEnd(),
    ...(back === undefined ? [] : [fill(CASES.back, language, { at: at(back) })]),
    ...(one.kind === 'suspension' ? [restoredAt === undefined ? w(CASES['not-restored']) : fill(CASES.restored, language, { at: at(restoredAt) })] : []),
    ...block(CASES.remedy, (fault?.remedy.steps ?? []).map((step, i) => [`${i + 1}.`, w(step)])),
    ...block(CASES.ladder, ladder.map((rung) => [say(language, `role.${rung.role}`), clock(rung, offsetMs, now, context), rung.contact ? [rung.contact.name, rung.contact.phone, rung.contact.email, rung.contact.address, rung.contact.hours].filter(Boolean).join(' ') : w(CASES['no-contact'])])),
    ...block(CASES.evidence, evidenceOf(facts).map(({ text, has }, i) => [has ? '✓' : '·', `${i + 1}. ${w(text)}`])),
    ...block(CASES.log, one.entries.map((e) => [at(e.at), e.by, [e.stage && w(CASE_STAGES[e.stage]), e.to && `→ ${say(language, `role.${e.to}`)}`, e.channel, e.reference, e.has && `✓ ${e.has.join(', ')}`, e.note].filter(Boolean).join(' ')])),
    ...block(CASES.advice, CASE_ADVICE[one.kind].map((text) => [w(text)])),
    ...(one.closing ? block(CASES.closing, [[w(CASES.cause), one.closing.cause], [w(CASES.lessons), one.closing.lessons], ['', w(one.closing.customerInformed ? CASES.informed : CASES['not-informed'])]]) : []),
  ].join('\n'))
  return EXIT.ready
}

const note = (id: string, { store, terminal, stateDir, now, context, options }: Place): number => {
  const one = known(store, id)
  const given = { note: options.note, stage: options.stage, to: options.to, channel: options.channel, reference: options.reference, has: options.has?.split(',').map(Number) }
  const entry = CaseEntry.safeParse({ at: now, by: by(options), ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }, { reportInput: true })
  if (!entry.success) throw new Failure(EXIT.usage, mistakesIn(entry.error).told)
  if (Object.values(given).every((value) => value === undefined)) throw usage('what-note')
  keepCase(store.db, withEntry(one, entry.data))
  refresh(store, stateDir, terminal)
  context.out(fill(CASES.noted, context.language, { id: short(one.id) }))
  return EXIT.ready
}

const message = (id: string, { store, terminal, now, context, options }: Place): number => {
  const { to } = options
  if (to !== 'acquirer' && to !== 'customer' && to !== 'appeal') throw usage('actions')
  const facts = caseFacts(store, known(store, id), terminal, now)
  context.out(letterOf(facts, to, context.language))
  const missing = to === 'appeal' ? evidenceOf(facts).filter(({ has }) => !has).length : 0
  if (missing > 0) context.err(fill(CASES['evidence-missing'], context.language, { n: missing, id: short(facts.one.id) }))
  return missing > 0 ? EXIT.degraded : EXIT.ready
}

const close = (id: string, { store, terminal, stateDir, now, context, options }: Place): number => {
  const one = known(store, id)
  const cause = options.cause?.trim()
  const name = by(options)
  if (!cause) throw usage('what-cause')
  if (measured(store, one.fault)) throw usage('still-there', { code: one.fault }, EXIT.degraded)
  keepCase(store.db, { ...one, closing: { at: now, by: name, cause: cause.slice(0, 500), lessons: (options.lessons ?? '').slice(0, 500), customerInformed: options.informed === true } })
  refresh(store, stateDir, terminal)
  context.out(fill(CASES.closed, context.language, { id: short(one.id), until: timeText(now + WATCH_MS, context.language, rulesOf(terminal.money, now).offsetMs) }))
  return EXIT.ready
}

/** posdiag case list, open, show, note, message and close. Throws a Failure for a wrong use, an unknown matter or a store that cannot be used. */
export const caseCommand = async ([action = 'list', what]: readonly string[], options: CaseOptions, context: Context): Promise<number> => {
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const stateDir = stateDirOf(options.state)
  return withStore(stateDir, (store) => {
    const place: Place = { store, terminal, stateDir, now: Date.now(), context, options }
    if (action === 'list' && what === undefined) return list(place)
    const one = { open, show, note, message, close }[action]
    if (one === undefined || what === undefined) throw usage('actions')
    return one(what, place)
  })
}
