import { accessSync, constants } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { writeSummary } from '../agent/journal.ts'
import { keepSteps, noteExposed } from '../agent/journal-rows.ts'
import { matchBooks } from '../agent/journal-state.ts'
import type { Store } from '../agent/store.ts'
import { mask } from '../guard/card-data.ts'
import { MOST_CAMT_BYTES, readCamt } from '../journal/camt.ts'
import { connect } from '../journal/connect.ts'
import { POS_DATABASES, readDatabase } from '../journal/databases.ts'
import { holdsCard } from '../journal/exposed.ts'
import { decoder, lineReader } from '../journal/lines.ts'
import { rulesOf } from '../journal/reconcile.ts'
import type { Read } from '../journal/record.ts'
import { tail } from '../journal/tail.ts'
import { JournalSource } from '../model/journal.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { fill } from '../texts/say.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { JOURNAL } from './journal-texts.ts'
import { statusLine } from './progress.ts'
import { loadTerminal } from './terminal-file.ts'
import { withStore } from './with-store.ts'

/** How `posdiag journal import` is told to read a file. */
export interface ImportOptions {
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
}

const FORMATS: Readonly<Record<string, JournalSource['format']>> = { '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.json': 'jsonl', '.csv': 'csv', '.tsv': 'csv' }

const nameOf = (file: string): string => mask(basename(file)).text.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-').slice(0, 32) || 'import'

/** How to read a file: as a journal of the terminal file is declared, or by the options and the file's name. Throws a Failure (64) that says what is missing. */
const sourceOf = (file: string, options: ImportOptions, terminal: TerminalFile): JournalSource => {
  if (options.source !== undefined) {
    const named = terminal.journals.find((s) => s.name === options.source)
    if (!named) throw new Failure(EXIT.usage, { zh: fill(JOURNAL['no-source'], 'zh-CN', { name: options.source }), en: fill(JOURNAL['no-source'], 'en', { name: options.source }) })
    return named
  }
  const ending = extname(file).toLowerCase()
  const given = {
    name: nameOf(file),
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

/** Matches anew what the books say, and tells a check that comes next. */
export const refresh = (store: Store, stateDir: string, terminal: TerminalFile): void => {
  const now = Date.now()
  matchBooks(store.db, rulesOf(terminal.money, now))
  writeSummary(store, stateDir, terminal, now)
}

/** Steps kept in one transaction of the store: many enough that waiting for the disk is no matter, few enough that an agent is not kept waiting. */
const AT_ONCE = 2000
const MOST_PROBLEMS = 5

/** What an import did. */
interface Imported { file: string; lines: number; steps: number; fresh: number; silent: number; bad: number; problems: { at: number; why: string }[] }

/** Takes what was read into the store, some thousand steps at a time. */
const taker = (done: Imported, source: string, store: Store, progress: (lines: number) => void) => {
  let waiting: TransactionStep[] = []
  let exposed = 0
  const flush = (): void => {
    done.fresh += store.db.transaction(() => {
      if (exposed > 0) noteExposed(store.db, source, exposed, Date.now())
      return keepSteps(store.db, waiting)
    })
    waiting = []
    exposed = 0
    progress(done.lines)
  }
  const take = (read: Read, text = ''): void => {
    done.lines += 1
    if (holdsCard(text)) exposed += 1
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
  return { take, flush }
}

const importFile = async (file: string, source: JournalSource, store: Store, progress: (lines: number) => void): Promise<Imported> => {
  const reader = readerOf(source)
  const decode = decoder(source.encoding)
  const done: Imported = { file, lines: 0, steps: 0, fresh: 0, silent: 0, bad: 0, problems: [] }
  const { take, flush } = taker(done, source.name, store, progress)
  const line = (bytes: Uint8Array): void => {
    const text = decode(bytes)
    take(reader.read(text, String(done.lines + 1)), text)
  }
  const from = tail(file)
  try {
    for (let more = true; more;) {
      const batch = await from.next()
      for (const bytes of batch.lines) line(bytes)
      more = batch.more
    }
    const rest = await from.rest()
    if (rest) line(rest)
    flush()
  } finally {
    await from.close()
  }
  return done
}

/** A statement of a bank in camt.053. */
const importStatement = async (file: string, offset: string, store: Store): Promise<Imported> => {
  const done: Imported = { file, lines: 0, steps: 0, fresh: 0, silent: 0, bad: 0, problems: [] }
  const { take, flush } = taker(done, 'bank', store, () => undefined)
  const bad = (why: string): Failure => new Failure(EXIT.noInput, { zh: fill(JOURNAL['bad-statement'], 'zh-CN', { file, why }), en: fill(JOURNAL['bad-statement'], 'en', { file, why }) })
  if ((await stat(file)).size > MOST_CAMT_BYTES) throw bad(`> ${MOST_CAMT_BYTES >> 20} MB`)
  const read = await readCamt(await readFile(file, 'utf8'), nameOf(file), offset).catch((error: unknown) => { throw bad(error instanceof Error ? error.message : String(error)) })
  for (const one of read) take(one)
  flush()
  return done
}

const importDatabase = async (address: string, system: string, options: ImportOptions, context: Context): Promise<number> => {
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
    const stateDir = stateDirOf(options.state)
    const { terminal } = await loadTerminal(options.terminal, process.env)
    return await withStore(stateDir, async (store) => {
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
      refresh(store, stateDir, terminal)
      context.out(options.json ? JSON.stringify(sum) : fill(JOURNAL.imported, context.language, { lines: sum.rows, fresh: sum.fresh, known: sum.rows - sum.fresh - sum.bad, silent: 0, bad: sum.bad }))
      return EXIT.ready
    })
  } finally {
    await connection.close()
  }
}

/** posdiag journal import FILE. Throws a Failure for a wrong use, file or store. */
export const importCommand = async (file: string, options: ImportOptions, context: Context): Promise<number> => {
  if (options.system !== undefined) return importDatabase(file, options.system, options, context)
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取 ${file}：${why}`, en: `cannot read ${file}: ${why}` })
  }
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const stateDir = stateDirOf(options.state)
  const isStatement = options.format === 'camt053' || (options.format === undefined && options.source === undefined && extname(file).toLowerCase() === '.xml')
  const status = statusLine()
  const progress = (lines: number): void => status.show(fill(JOURNAL.reading, context.language, { lines }))
  const source = isStatement ? undefined : sourceOf(file, options, terminal)
  const done = await withStore(stateDir, async (store) => {
    const imported = await (source ? importFile(file, source, store, progress) : importStatement(file, terminal.money.offset, store))
    refresh(store, stateDir, terminal)
    return imported
  }).finally(status.end)
  if (options.json) context.out(JSON.stringify(done))
  else {
    context.out(fill(JOURNAL.imported, context.language, { lines: done.lines, fresh: done.fresh, known: done.steps - done.fresh, silent: done.silent, bad: done.bad }))
    for (const { at, why } of done.problems) context.out(fill(JOURNAL['bad-line'], context.language, { file, at, why }))
  }
  return done.bad > 0 && done.steps === 0 ? EXIT.noInput : EXIT.ready
}
