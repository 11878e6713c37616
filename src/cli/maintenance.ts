import type { Store } from '../agent/store.ts'
import { type Done, doneLog, duePlan, dueTitle, journalCounters, keepDone } from '../agent/upkeep.ts'
import { upkeepFacts } from '../agent/upkeep-facts.ts'
import { mask } from '../guard/card-data.ts'
import { rulesOf } from '../journal/reconcile.ts'
import { wording } from '../model/language.ts'
import { Task } from '../model/maintenance.ts'
import { fill, say } from '../texts/say.ts'
import { TASKS } from '../texts/upkeep.ts'
import { timeText } from './amounts.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { readInspection } from './inspection.ts'
import { MAINTENANCE } from './maintenance-texts.ts'
import { loadTerminal } from './terminal-file.ts'
import { withStore } from './with-store.ts'

interface MaintenanceOptions {
  terminal?: string
  state?: string
  json?: boolean
  by?: string
  note?: string
}

const usage = (key: keyof typeof MAINTENANCE, params: Record<string, string> = {}): Failure => new Failure(EXIT.usage, { zh: fill(MAINTENANCE[key], 'zh-CN', params), en: fill(MAINTENANCE[key], 'en', params) })

const done = (store: Store, what: string, options: MaintenanceOptions, now: number): Done => {
  const task = Task.safeParse(what)
  if (!task.success) throw usage('no-task', { task: what, tasks: Task.options.join(', ') })
  if (task.data === 'inspection') throw usage('inspect')
  const by = options.by?.trim()
  if (!by) throw usage('who')
  const entry: Done = { task: task.data, at: now, by: mask(by).text.slice(0, 64), note: mask(options.note ?? '').text.slice(0, 500), counters: journalCounters(store.db) }
  keepDone(store.db, entry)
  return entry
}

/** What was done, newest first, with the last inspection, which is kept by itself. Throws a Failure (78) if that cannot be read. */
const doneWork = (store: Store, stateDir: string): Done[] => {
  const last = readInspection(stateDir)
  const inspected: Done[] = last ? [{ task: 'inspection', at: last.at, by: last.by, note: '', counters: {} }] : []
  return [...inspected, ...doneLog(store.db, 200)].sort((a, b) => b.at - a.at)
}

/** posdiag maintenance: what comes due and how it is done; `done TASK` records it, `log` lists what was done. Exit 1 if something is overdue. Throws a Failure for a wrong use. */
export const maintenanceCommand = async ([action = 'list', what]: readonly string[], options: MaintenanceOptions, context: Context): Promise<number> => {
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const stateDir = stateDirOf(options.state)
  const { language, width } = context
  const now = Date.now()
  return withStore(stateDir, (store) => {
    if (action === 'done' && what !== undefined) {
      const entry = done(store, what, options, now)
      context.out(options.json ? JSON.stringify(entry) : fill(MAINTENANCE.kept, language, { task: wording(TASKS[entry.task].title, language) }))
      return EXIT.ready
    }
    if (action === 'log' && what === undefined) {
      const log = doneWork(store, stateDir)
      if (options.json) context.out(JSON.stringify(log))
      else context.out(table(log.map((one) => [timeText(one.at, language, rulesOf(terminal.money, now).offsetMs), wording(TASKS[one.task].title, language), one.by, one.note]), width).join('\n'))
      return EXIT.ready
    }
    if (action !== 'list' || what !== undefined) throw usage('actions')
    const plan = duePlan(upkeepFacts(store, stateDir, terminal, now))
    const overdue = plan.filter(({ left }) => left < 0)
    if (options.json) context.out(JSON.stringify(plan))
    else {
      const when = (left: number): string => (left < 0 ? fill(MAINTENANCE.late, language, { n: -left }) : left === 0 ? wording(MAINTENANCE.today, language) : fill(MAINTENANCE.in, language, { n: left }))
      context.out(table(plan.map((due) => [when(due.left), due.task, wording(dueTitle(due), language), say(language, `actor.${TASKS[due.task].who}`), TASKS[due.task].steps.map((step) => wording(step, language)).join(language === 'en' ? '; ' : '；')]), width).join('\n'))
    }
    return overdue.length > 0 ? EXIT.degraded : EXIT.ready
  })
}
