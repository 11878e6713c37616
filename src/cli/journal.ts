import { systemClock } from '../agent/clock.ts'
import { followJournals } from '../agent/follow.ts'
import { createJournal, writeSummary } from '../agent/journal.ts'
import { keepSteps } from '../agent/journal-rows.ts'
import { reconcileJournal, unknownOutcomes } from '../agent/journal-state.ts'
import { createKeeper } from '../agent/keeper.ts'
import { AlreadyRunning } from '../agent/lock.ts'
import { SILENT_LOG } from '../agent/log.ts'
import { type Attention, type Reconciliation, rulesOf, toldOf } from '../journal/reconcile.ts'
import { wording } from '../model/language.ts'
import type { ContactRole, Service } from '../model/service.ts'
import { MONEY_STATES } from '../texts/money.ts'
import { fill, say } from '../texts/say.ts'
import { untilAsked } from './agent.ts'
import { moneyText, timeText } from './amounts.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { type ImportOptions, importCommand, refresh } from './journal-import.ts'
import { JOURNAL } from './journal-texts.ts'
import { loadTerminal } from './terminal-file.ts'
import { withStore } from './with-store.ts'

interface JournalOptions extends ImportOptions {
  by?: string
  paid?: boolean
  notPaid?: boolean
}

const contactIn = (service: Service, role: ContactRole): string => {
  const contact = service.contacts.find((c) => c.role === role)
  return contact ? [contact.name, contact.phone].filter((part) => part !== undefined).join(' ') : ''
}

const rowsOf = (rows: readonly Attention[], service: Service, offsetMs: number, context: Context): string[] => {
  const when = (at: number): string => timeText(at, context.language, offsetMs)
  const { language } = context
  const column = language === 'en' ? ('en' as const) : ('zh' as const)
  return table(rows.map((row) => {
    const { tell, next } = toldOf(row, column, { date: when, amount: moneyText })
    const { ask } = MONEY_STATES[row.state] as { ask?: ContactRole }
    const whom = ask === undefined ? '' : fill(JOURNAL.ask, language, { who: `${say(language, `role.${ask}`)} ${contactIn(service, ask)}`.trim() })
    const sums = (row.sums ?? []).map(({ what, minor }) => `${wording(JOURNAL[`sum-${what}`], language)} ${moneyText(minor)}`).join(language === 'en' ? ', ' : '，')
    return [when(row.at), row.transaction, row.amountMinor === undefined ? '' : moneyText(row.amountMinor, row.currency), row.code ?? '', tell, [sums, next, whom].filter((part) => part !== '').join(language === 'en' ? '; ' : '；')]
  }), context.width)
}

const SHOWN = 50

const reconcileCommand = async (options: JournalOptions, context: Context): Promise<number> => {
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const stateDir = stateDirOf(options.state)
  const rules = rulesOf(terminal.money, Date.now())
  const sum: Reconciliation = await withStore(stateDir, (store) => {
    const reconciled = reconcileJournal(store.db, rules, terminal.service)
    writeSummary(store, stateDir, terminal, Date.now())
    return reconciled
  })
  if (options.json) context.out(JSON.stringify({ schema: 'posdiag.reconciliation/1', ...sum }))
  else {
    context.out(fill(JOURNAL.sum, context.language, { n: sum.transactions, amount: moneyText(sum.collectedMinor) }))
    for (const [title, rows] of [['unknown', sum.unknown], ['attention', sum.attention]] as const) {
      if (rows.length === 0) continue
      context.out(`\n${fill(JOURNAL[title], context.language, { n: rows.length })}`)
      for (const line of rowsOf(rows.slice(0, SHOWN), terminal.service, rules.offsetMs, context)) context.out(line)
      if (rows.length > SHOWN || sum.more > 0) context.out(wording(JOURNAL.more, context.language))
    }
  }
  return sum.unknown.length > 0 ? EXIT.degraded : EXIT.ready
}

const followCommand = async (options: JournalOptions, context: Context): Promise<number> => {
  const stateDir = stateDirOf(options.state)
  const { terminal } = await loadTerminal(options.terminal, process.env)
  if (!terminal.journals.some((s) => s.path !== undefined)) throw new Failure(EXIT.config, JOURNAL['nothing-to-follow'])
  let keeper: ReturnType<typeof createKeeper>
  try {
    keeper = createKeeper(stateDir, { clock: systemClock, log: SILENT_LOG })
  } catch (error) {
    if (error instanceof AlreadyRunning) throw new Failure(EXIT.temporary, JOURNAL['agent-follows'])
    throw error
  }
  const log = { ...SILENT_LOG, warn: (message: string, fields?: object) => context.err(`${message} ${JSON.stringify(fields ?? {})}`), error: (message: string, fields?: object) => context.err(`${message} ${JSON.stringify(fields ?? {})}`) }
  const journal = createJournal({ keeper, stateDir, terminal, clock: systemClock, log })
  const followers = followJournals({
    sources: terminal.journals, keeper, clock: systemClock, log,
    hear: (steps, also) => {
      journal.add(steps, also)
      for (const step of steps) context.out(JSON.stringify(step))
    },
  })
  await untilAsked()
  await followers.stop()
  journal.stop()
  keeper.close()
  return EXIT.ready
}

const decideCommand = async (transaction: string, options: JournalOptions, context: Context): Promise<number> => {
  const by = options.by?.trim()
  if (!by || options.paid === options.notPaid) throw new Failure(EXIT.usage, JOURNAL['who-decides'])
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const stateDir = stateDirOf(options.state)
  await withStore(stateDir, (store) => {
    const rules = rulesOf(terminal.money, Date.now())
    if (!unknownOutcomes(store.db, rules).some((row) => row.transaction === transaction)) throw new Failure(EXIT.noInput, { zh: fill(JOURNAL['not-open'], 'zh-CN', { transaction }), en: fill(JOURNAL['not-open'], 'en', { transaction }) })
    store.db.transaction(() => keepSteps(store.db, [{ transaction, step: 'decided', at: rules.now, by, outcome: options.paid ? 'paid' : 'not-paid' }]))
    refresh(store, stateDir, terminal)
  })
  context.out(fill(JOURNAL.decided, context.language, { transaction, by }))
  return EXIT.ready
}

/** posdiag journal import, follow, reconcile and decide. Throws a Failure for a wrong use, file or store. */
export const journalCommand = async ([action = '', what]: readonly string[], options: JournalOptions, context: Context): Promise<number> => {
  if (action === 'import' && what !== undefined) return importCommand(what, options, context)
  if (action === 'reconcile' && what === undefined) return reconcileCommand(options, context)
  if (action === 'follow' && what === undefined) return followCommand(options, context)
  if (action === 'decide' && what !== undefined) return decideCommand(what, options, context)
  throw new Failure(EXIT.usage, JOURNAL.actions)
}
