import { holdsCard } from '../journal/exposed.ts'
import type { LineReader } from '../journal/lines.ts'
import type { Cursor, Tail } from '../journal/tail.ts'
import type { JournalSource } from '../model/journal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { type AgentClock, spread } from './clock.ts'
import { noteExposed } from './journal-rows.ts'
import type { Keeper } from './keeper.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

/** Journals that are being followed. */
export interface Followers { stop(): Promise<void> }

/** What followers work with. `hear` takes steps in and writes, in the same transaction, what `also` writes: how far the file was read. */
export interface FollowParts {
  sources: readonly JournalSource[]
  keeper: Keeper
  hear: (steps: readonly TransactionStep[], also: (store: Store) => void) => void
  clock: AgentClock
  log: Log
  /** Settles when earlier followers have stopped. */
  after?: Promise<void>
}

const EVERY_MS = 1_000
/** Blocks read at once before the rest of the agent gets a turn. */
const AT_ONCE = 8
const MOST_EVERY_MS = 60_000

const cursorOf = (store: Store, name: string): Cursor | undefined => {
  const body = store.db.get('SELECT body FROM cursors WHERE source = ?', name)?.body
  return typeof body === 'string' ? (JSON.parse(body) as Cursor) : undefined
}

const keepCursor = (store: Store, name: string, cursor: Cursor): void => {
  store.db.run('INSERT INTO cursors (source, body) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET body = excluded.body', name, JSON.stringify(cursor))
}

interface Reading { file: Tail; reader: LineReader; decode: (bytes: Uint8Array) => string; headed: boolean }

/** What is known of one followed file between polls. */
interface Followed { source: JournalSource; reading?: Reading; told: Set<string>; waitMs: number }

const begin = async (source: JournalSource, path: string, from: Cursor | undefined): Promise<Reading> => {
  // Shops without a journal to follow do not carry the readers in memory.
  const { tail } = await import('../journal/tail.ts')
  const { decoder, lineReader } = await import('../journal/lines.ts')
  return { file: tail(path, from), reader: lineReader(source), decode: decoder(source.encoding), headed: from === undefined || from.offset === 0 }
}

const readOn = async (followed: Followed, path: string, parts: FollowParts): Promise<boolean> => {
  const { keeper, hear, log } = parts
  const { source } = followed
  followed.reading ??= await begin(source, path, keeper.use((store) => cursorOf(store, source.name)))
  const { reading } = followed
  const batch = await reading.file.next()
  if (!reading.headed) {
    // After a restart in the middle of a file its columns are named at its top.
    const head = source.format === 'csv' ? await reading.file.firstLine() : undefined
    if (head) reading.reader.read(reading.decode(head), 'head')
    reading.headed = true
  }
  for (const note of batch.notes) {
    if (!followed.told.has(note)) log.warn('a followed journal changed', { source: source.name, what: note })
    followed.told.add(note)
  }
  if (!batch.notes.includes('missing')) followed.told.delete('missing')
  const steps: TransactionStep[] = []
  let exposed = 0
  for (const [i, bytes] of batch.lines.entries()) {
    const text = reading.decode(bytes)
    if (holdsCard(text)) exposed += 1
    const read = reading.reader.read(text, String(batch.starts[i]))
    if (read && 'step' in read) steps.push(read.step)
    else if (read) {
      if (!followed.told.has(read.problem)) log.warn('a line of a followed journal is not understood', { source: source.name, why: read.problem })
      if (followed.told.size < 100) followed.told.add(read.problem)
    }
  }
  const { cursor } = batch
  if (cursor && (batch.lines.length > 0 || batch.notes.length > 0)) {
    hear(steps, (store) => {
      keepCursor(store, source.name, cursor)
      if (exposed > 0) noteExposed(store.db, source.name, exposed, parts.clock.now())
    })
  }
  return batch.more
}

/** Follows every journal that has a path, each from where it was read before; a file that cannot be read is tried again, more and more seldom. */
export const followJournals = (parts: FollowParts): Followers => {
  const { clock, log } = parts
  let stopped = false
  let running: Promise<void> = parts.after ?? Promise.resolve()
  const followed: Followed[] = parts.sources.filter((s) => s.path !== undefined).map((source) => ({ source, told: new Set(), waitMs: EVERY_MS }))
  const cancels = new Map<string, () => void>()

  const poll = async (one: Followed): Promise<void> => {
    const path = one.source.path ?? ''
    try {
      for (let i = 0; i < AT_ONCE && !stopped; i++) if (!(await readOn(one, path, parts))) break
      one.waitMs = EVERY_MS
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!one.told.has(detail)) log.error('a journal cannot be followed', { source: one.source.name, detail })
      if (one.told.size < 100) one.told.add(detail)
      await one.reading?.file.close()
      delete one.reading
      one.waitMs = Math.min(MOST_EVERY_MS, one.waitMs * 2)
    }
    if (!stopped) plan(one)
  }
  const plan = (one: Followed): void => {
    cancels.set(one.source.name, clock.after(spread(one.waitMs, 0.1, clock.random), () => {
      running = running.then(() => poll(one))
    }))
  }
  for (const one of followed) running = running.then(() => poll(one))
  return {
    stop: async () => {
      stopped = true
      for (const cancel of cancels.values()) cancel()
      await running
      await Promise.all(followed.map((one) => one.reading?.file.close()))
    },
  }
}
