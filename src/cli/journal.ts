import { accessSync, constants } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { systemClock } from '../agent/clock.ts'
import { followJournals } from '../agent/follow.ts'
import { createJournal } from '../agent/journal.ts'
import { keepSteps } from '../agent/journal-rows.ts'
import { reconcileJournal, unknownOutcomes } from '../agent/journal-state.ts'
import { createKeeper, STORE_FILE } from '../agent/keeper.ts'
import { AlreadyRunning } from '../agent/lock.ts'
import { SILENT_LOG } from '../agent/log.ts'
import { StoreError } from '../agent/sqlite.ts'
import { openStore, type Store } from '../agent/store.ts'
import { mask } from '../guard/card-data.ts'
import { connect } from '../journal/connect.ts'
import { POS_DATABASES, readDatabase } from '../journal/databases.ts'
import { decoder, lineReader } from '../journal/lines.ts'
import { type Attention, type Reconciliation, rulesOf, toldOf } from '../journal/reconcile.ts'
import { tail } from '../journal/tail.ts'
import { JournalSource } from '../model/journal.ts'
import { type Language, wording } from '../model/language.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { fill } from '../texts/say.ts'
import { untilAsked } from './agent.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { JOURNAL } from './journal-texts.ts'
import { loadTerminal } from './terminal-file.ts'

interface JournalOptions {
  terminal?: string
  state?: string
  json?: boolean
  source?: string
  format?: string
  pattern?: string
  profile?: string
  step?: string
  encoding?: string
  system?: string
  by?: string
  paid?: boolean
  notPaid?: boolean
}

const FORMATS: Readonly<Record<string, JournalSource['format']>> = { '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.json': 'jsonl', '.csv': 'csv', '.tsv': 'csv' }

/** How to read a file: as a journal of the terminal file is declared, or by the options and the file's name. Throws a Failure (64) that says what is missing. */
const sourceOf = (file: string, options: JournalOptions, terminal: TerminalFile): JournalSource => {
  if (options.source !== undefined) {
    const named = terminal.journals.find((s) => s.name === options.source)
    if (!named) throw new Failure(EXIT.usage, { zh: fill(JOURNAL['no-source'], 'zh-CN', { name: options.source }), en: fill(JOURNAL['no-source'], 'en', { name: options.source }) })
    return named
  }
  const ending = extname(file).toLowerCase()
  const given = {
    name: basename(file).toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-').slice(0, 32) || 'import',
    format: options.format ?? (options.pattern === undefined ? FORMATS[ending] : 'lines'), ...(ending === '.tsv' ? { delimiter: '\t' } : {}),
    ...Object.fromEntries((['pattern', 'profile', 'step', 'encoding'] as const).flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
  }
  const parsed = JournalSource.safeParse(given)
  if (!parsed.success || (parsed.data.format === 'lines' && parsed.data.pattern === undefined)) throw new Failure(EXIT.usage, JOURNAL['how-to-read'])
  return parsed.data
}

const readerOf = (source: JournalSource) => {
  try {
    return lineReader(source)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.usage, { zh: fill(JOURNAL['bad-pattern'], 'zh-CN', { why }), en: fill(JOURNAL['bad-pattern'], 'en', { why }) })
  }
}

/** Does something with the store of a state folder, beside an agent that may be using it. */
const withStore = async <T>(stateDir: string, work: (store: Store) => T | Promise<T>): Promise<T> => {
  let store: Store | undefined
  try {
    store = openStore(join(stateDir, STORE_FILE))
    // A million lines leave a million dead objects; in a small young generation they are found before they have grown the heap.
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--max-semi-space-size=2')
    store.db.exec('PRAGMA cache_size = -16384')
    return await work(store)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new Failure(error.failure === 'busy' ? EXIT.temporary : EXIT.unavailable, { zh: fill(JOURNAL['no-store'], 'zh-CN', { why: error.message }), en: fill(JOURNAL['no-store'], 'en', { why: error.message }) })
  } finally {
    store?.close()
  }
}

/** Steps kept in one transaction of the store: many enough that waiting for the disk is no matter, few enough that an agent is not kept waiting. */
const AT_ONCE = 2000
const MOST_PROBLEMS = 5

/** What an import did. */
interface Imported { file: string; lines: number; steps: number; fresh: number; silent: number; bad: number; problems: { at: number; why: string }[] }

const importFile = async (file: string, source: JournalSource, store: Store, progress: (lines: number) => void): Promise<Imported> => {
  const reader = readerOf(source)
  const decode = decoder(source.encoding)
  const done: Imported = { file, lines: 0, steps: 0, fresh: 0, silent: 0, bad: 0, problems: [] }
  let waiting: TransactionStep[] = []
  const flush = (): void => {
    done.fresh += store.db.transaction(() => keepSteps(store.db, waiting))
    waiting = []
    progress(done.lines)
  }
  const take = (bytes: Uint8Array): void => {
    done.lines += 1
    const read = reader.read(decode(bytes), String(done.lines))
    if (!read) done.silent += 1
    else if ('step' in read) {
      done.steps += 1
      waiting.push(read.step)
    } else {
      done.bad += 1
      if (done.problems.length < MOST_PROBLEMS) done.problems.push({ at: done.lines, why: mask(read.problem).text })
    }
    if (waiting.length >= AT_ONCE) flush()
  }
  const from = tail(file)
  try {
    for (let more = true; more;) {
      const batch = await from.next()
      for (const bytes of batch.lines) take(bytes)
      more = batch.more
    }
    const rest = await from.rest()
    if (rest) take(rest)
    flush()
  } finally {
    await from.close()
  }
  return done
}

const importDatabase = async (address: string, system: string, options: JournalOptions, context: Context): Promise<number> => {
  const database = POS_DATABASES.find((d) => d.system === system)
  if (!database) throw new Failure(EXIT.usage, { zh: fill(JOURNAL['no-system'], 'zh-CN', { system }), en: fill(JOURNAL['no-system'], 'en', { system }) })
  const source = JournalSource.parse({ name: system, format: 'lines' })
  const mark = `database:${system}`
  const failed = (error: unknown): Failure => {
    // Addresses hold passwords; what the driver says is told, the address is not.
    const why = mask(error instanceof Error ? error.message : String(error)).text.replaceAll(/\/\/[^@\s]*@/g, '//***@')
    return new Failure(EXIT.unavailable, { zh: fill(JOURNAL['no-database'], 'zh-CN', { why }), en: fill(JOURNAL['no-database'], 'en', { why }) })
  }
  const connection = await connect(address).catch((error: unknown) => { throw failed(error) })
  try {
    return await withStore(stateDirOf(options.state), async (store) => {
      const sum = { rows: 0, fresh: 0, bad: 0 }
      for (let more = true; more;) {
        const from = store.meta(mark) ?? ''
        const { read, after } = await readDatabase(database, connection.query, source, from).catch((error: unknown) => { throw failed(error) })
        const steps = read.flatMap((one) => ('step' in one ? [one.step] : []))
        store.db.transaction(() => {
          sum.fresh += keepSteps(store.db, steps)
          store.setMeta(mark, after)
        })
        sum.rows += read.length
        sum.bad += read.length - steps.length
        more = after !== from
      }
      context.out(options.json ? JSON.stringify(sum) : fill(JOURNAL.imported, context.language, { lines: sum.rows, fresh: sum.fresh, known: sum.rows - sum.fresh - sum.bad, silent: 0, bad: sum.bad }))
      return EXIT.ready
    })
  } finally {
    await connection.close()
  }
}

const importCommand = async (file: string, options: JournalOptions, context: Context): Promise<number> => {
  if (options.system !== undefined) return importDatabase(file, options.system, options, context)
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取 ${file}：${why}`, en: `cannot read ${file}: ${why}` })
  }
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const source = sourceOf(file, options, terminal)
  const done = await withStore(stateDirOf(options.state), (store) => importFile(file, source, store, (lines) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${lines}`)
  }))
  if (options.json) context.out(JSON.stringify(done))
  else {
    context.out(fill(JOURNAL.imported, context.language, { lines: done.lines, fresh: done.fresh, known: done.steps - done.fresh, silent: done.silent, bad: done.bad }))
    for (const { at, why } of done.problems) context.out(fill(JOURNAL['bad-line'], context.language, { file, at, why }))
  }
  return done.bad > 0 && done.steps === 0 ? EXIT.noInput : EXIT.ready
}

const moneyOf = (minor: number, currency = ''): string => `${(minor / 100).toFixed(2)}${currency === '' ? '' : ` ${currency}`}`

const timeOf = (at: number, language: Language): string => new Date(at).toLocaleString(language, { hour12: false })

const rowsOf = (rows: readonly Attention[], context: Context): string[] => {
  const { language } = context
  const column = language === 'en' ? ('en' as const) : ('zh' as const)
  return table(rows.flatMap((row) => {
    const { tell, next } = toldOf(row, column, { date: (at) => timeOf(at, language), amount: (minor) => moneyOf(minor) })
    return [[timeOf(row.at, language), row.transaction, row.amountMinor === undefined ? '' : moneyOf(row.amountMinor, row.currency), row.code ?? '', tell, next]]
  }), context.width)
}

const SHOWN = 50

const reconcileCommand = async (options: JournalOptions, context: Context): Promise<number> => {
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const sum: Reconciliation = await withStore(stateDirOf(options.state), (store) => reconcileJournal(store.db, rulesOf(terminal.money, Date.now())))
  if (options.json) context.out(JSON.stringify({ schema: 'posdiag.reconciliation/1', ...sum }))
  else {
    context.out(fill(JOURNAL.sum, context.language, { n: sum.transactions, amount: moneyOf(sum.collectedMinor) }))
    for (const [title, rows] of [['unknown', sum.unknown], ['attention', sum.attention]] as const) {
      if (rows.length === 0) continue
      context.out(`\n${fill(JOURNAL[title], context.language, { n: rows.length })}`)
      for (const line of rowsOf(rows.slice(0, SHOWN), context)) context.out(line)
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
  await withStore(stateDirOf(options.state), (store) => {
    const rules = rulesOf(terminal.money, Date.now())
    if (!unknownOutcomes(store.db, rules).some((row) => row.transaction === transaction)) throw new Failure(EXIT.noInput, { zh: fill(JOURNAL['not-open'], 'zh-CN', { transaction }), en: fill(JOURNAL['not-open'], 'en', { transaction }) })
    store.db.transaction(() => keepSteps(store.db, [{ transaction, step: 'decided', at: rules.now, by, outcome: options.paid ? 'paid' : 'not-paid' }]))
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
