import { dateOf, dayNamed, dayOf, startOf, workdays, workdaysAfter } from '../journal/calendar.ts'
import type { Task } from '../model/maintenance.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { TASKS } from '../texts/upkeep.ts'
import type { Database } from './sqlite.ts'

/** Table of what was done for a terminal's upkeep, in the agent's store: who did which task when, what was found, and what the counters showed. */
export const UPKEEP_SCHEMA = 'CREATE TABLE IF NOT EXISTS upkeep (task TEXT NOT NULL, at REAL NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL, counters TEXT NOT NULL, PRIMARY KEY (task, at)) WITHOUT ROWID;'

/** Counters by observation name, as the last check saw them, summed over devices. */
export type Counters = Readonly<Record<string, number>>

/** What was done, as it is kept. */
export interface Done { task: Task; at: number; by: string; note: string; counters: Counters }

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : '')

/** Keeps what was done; a note passes the card-data filter before it comes here. */
export const keepDone = (db: Database, done: Done): void => {
  db.run('INSERT INTO upkeep (task, at, by, note, counters) VALUES (?, ?, ?, ?, ?)', done.task, done.at, done.by, done.note, JSON.stringify(done.counters))
}

/** The last time each task was done. */
export const lastDone = (db: Database): Map<string, Done> =>
  new Map(db.all('SELECT task, max(at) AS at, by, note, counters FROM upkeep GROUP BY task').map((row) => [text(row.task), { task: text(row.task) as Task, at: Number(row.at), by: text(row.by), note: text(row.note), counters: JSON.parse(text(row.counters)) as Counters }] as const))

/** Everything done, newest first: the maintenance log. */
export const doneLog = (db: Database, limit: number): Done[] =>
  db.all('SELECT task, at, by, note, counters FROM upkeep ORDER BY at DESC LIMIT ?', limit).map((row) => ({ task: text(row.task) as Task, at: Number(row.at), by: text(row.by), note: text(row.note), counters: JSON.parse(text(row.counters)) as Counters }))

/** How a task falls due by use: when this counter has grown by so much since it was done. Figures are estimates until a maker names his own. */
const BY_USE: Readonly<Partial<Record<Task, { counter: string; every: number }>>> = {
  'print-head': { counter: 'journal.transactions', every: 5_000 },
  reader: { counter: 'journal.transactions', every: 10_000 },
}

/** How often each task falls due by the calendar, in days. */
const EVERY_DAYS: Readonly<Record<Task, number>> = { inspection: 30, 'print-head': 30, reader: 30, scanner: 30, case: 30, update: 30, backup: 7, settlement: 1, spare: 30, training: 365, power: 180 }

/** What comes due: a task, or a fee or paper of the terminal file by its name. `left` is days; below 0 it is overdue. */
export interface Due { task: Task | 'fee' | 'paper'; name?: string; dueAt: number; left: number; lastAt?: number; lastBy?: string; byUse?: { counter: string; used: number; every: number } }

/** What is known of a terminal for its plan. `startedAt` is since when the terminal has been looked after; `counters` are those of now. */
export interface UpkeepFacts { terminal: TerminalFile; done: ReadonlyMap<string, Done>; counters: Counters; startedAt: number; now: number; offsetMs: number; /** Last settlement of a batch. */ settledAt?: number | undefined; /** Last `posdiag inspect --by`. */ inspectedAt?: number | undefined }

/** Tasks that a terminal has something for. */
const applies = (task: Task, { terminal, counters }: UpkeepFacts): boolean => {
  const has = (kind: string): boolean => terminal.devices.some((d) => d.kind === kind)
  if (task === 'print-head') return has('printer')
  if (task === 'reader' || task === 'inspection') return has('reader') || has('pinpad')
  if (task === 'scanner') return has('scanner')
  if (task === 'power') return has('power')
  if (task === 'spare') return terminal.service.spare
  if (task === 'settlement') return counters['journal.batches'] !== undefined && counters['journal.batches'] > 0
  return true
}

/** When a record other than somebody's word says that a task was done: the journal's settlement, the inspection that is kept with its units. */
const provedAt = (task: Task, { settledAt, inspectedAt }: UpkeepFacts): number | undefined => (task === 'settlement' ? settledAt : task === 'inspection' ? inspectedAt : undefined)

const PAPER_DAYS = 30
const FEE_DAYS = 7

/** The plan of a terminal, what is due first: tasks by calendar and by use, fees from a week and papers from a month before their day. */
export const duePlan = (facts: UpkeepFacts): Due[] => {
  const { terminal, now, offsetMs } = facts
  const today = dayOf(now, offsetMs)
  const works = workdays(terminal.money.settlement ?? { holidays: [], workdays: [] })
  const tasks = (Object.keys(EVERY_DAYS) as Task[]).flatMap((task): Due[] => {
    const every = terminal.maintenance.everyDays[task] ?? EVERY_DAYS[task]
    if (every === 0 || !applies(task, facts)) return []
    const last = facts.done.get(task)
    const lastAt = Math.max(last?.at ?? 0, provedAt(task, facts) ?? 0) || undefined
    const by = BY_USE[task]
    const used = by === undefined ? 0 : (facts.counters[by.counter] ?? 0) - (last?.counters[by.counter] ?? 0)
    const byDay = dayOf(lastAt ?? facts.startedAt, offsetMs) + every
    // Work that takes somebody to come falls on a working day; what is done daily falls on every day.
    const planned = every >= 7 ? workdaysAfter(byDay, 0, works) : byDay
    const day = by !== undefined && used >= by.every ? Math.min(planned, today) : planned
    return [{ task, dueAt: startOf(day, offsetMs), left: day - today, ...(lastAt === undefined ? {} : { lastAt }), ...(last === undefined || last.at !== lastAt ? {} : { lastBy: last.by }), ...(by === undefined || used <= 0 ? {} : { byUse: { ...by, used } }) }]
  })
  const dated = (task: 'fee' | 'paper', name: string, date: string, ahead: number): Due[] => {
    const left = dayNamed(date) - today
    return left > ahead ? [] : [{ task, name, dueAt: startOf(dayNamed(date), offsetMs), left }]
  }
  const fees = terminal.service.fees.filter(({ paidOn }) => paidOn === undefined).flatMap(({ name, dueOn }) => dated('fee', name, dueOn, FEE_DAYS))
  const papers = terminal.service.papers.flatMap(({ name, validUntil }) => dated('paper', name, validUntil, PAPER_DAYS))
  return [...tasks, ...fees, ...papers].sort((a, b) => a.dueAt - b.dueAt)
}

/** What one thing that comes due is called. */
export const dueTitle = (due: Due): Text => {
  const { title } = TASKS[due.task]
  return due.name === undefined ? title : { zh: `${title.zh}：${due.name}`, en: `${title.en}: ${due.name}` }
}

/** The day of a date as written in lists. */
export const dayText = (at: number, offsetMs: number): string => dateOf(dayOf(at, offsetMs))

/** Counters that the journal itself keeps: transactions told of, and batches settled. */
export const journalCounters = (db: Database): Counters => ({
  'journal.transactions': Number(db.get('SELECT count(*) AS n FROM attempts')?.n ?? 0), 'journal.batches': Number(db.get('SELECT count(*) AS n FROM batches')?.n ?? 0),
})
