import type { Report } from '../model/report.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { CASES_SCHEMA } from './cases.ts'
import { JOURNAL_SCHEMA } from './journal-rows.ts'
import { makePrivateFile, makeStateDir } from './lock.ts'
import { asStoreError, type Cell, type Database, openDatabase, type Row, StoreError } from './sqlite.ts'
import { UPKEEP_SCHEMA } from './upkeep.ts'

/** waiting: in the outbox. delivered: HQ has it. rejected: HQ will never take it. lost: the bounds of the outbox pushed it out. local: no HQ to send it to. */
export type ReportState = 'waiting' | 'delivered' | 'rejected' | 'lost' | 'local'

/** How much the store keeps; bytes are those of the reports' JSON. */
export interface StoreBounds {
  outboxBytes: number
  outboxAgeMs: number
  /** Reports kept for the desk once they need no delivery; those with a fault stay longer, within the bytes. */
  recentReports: number
  recentBytes: number
  steps: number
}

/** What a till with a small disk can spare for a month without HQ. */
export const STANDARD_BOUNDS: StoreBounds = { outboxBytes: 64 << 20, outboxAgeMs: 30 * 86_400_000, recentReports: 200, recentBytes: 16 << 20, steps: 2_000 }

/** One report as lists show it. */
export interface StoredReport {
  id: string
  sequence: number
  at: number
  trigger: string
  found: number
  bytes: number
  state: ReportState
  reason?: string
}

/** What happens to the outbox while a report is kept. */
export interface Keeping {
  critical: boolean
  deliver: boolean
  /** The wall clock can be believed, so that what is too old may be given up. */
  clockTrusted: boolean
  /** More rows that must stand or fall with the report. */
  also?: (store: Store) => void
}

/** The agent's durable memory. Every method throws a StoreError and nothing else, and then has changed nothing. */
export interface Store {
  readonly db: Database
  readonly bounds: StoreBounds
  /** The last sequence number given; 0 if none. */
  sequence(): number
  /**
   * Gives the report its sequence number and keeps it, durably, in one transaction: a number exists if and only if its report does.
   * A spare store gives 0, because what it keeps is gone with the process.
   */
  keep(report: Report, keeping: Keeping): Report
  reports(limit: number): StoredReport[]
  /** JSON text of one report. */
  report(id: string): string | undefined
  addSteps(steps: readonly TransactionStep[]): void
  /** The last steps, oldest first. */
  steps(limit: number): TransactionStep[]
  meta(key: string): string | undefined
  setMeta(key: string, value: string): void
  close(): void
}

const VERSION = 1

// `reports_state` holds everything that bounds and delivery order need, so that neither reads a body.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at REAL NOT NULL, trigger TEXT NOT NULL,
  critical INTEGER NOT NULL, found INTEGER NOT NULL, bytes INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS reports_state ON reports (state, critical, sequence, found, bytes, at);
CREATE TABLE IF NOT EXISTS incidents (id TEXT PRIMARY KEY, closed_at REAL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS boots (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, started_at REAL NOT NULL, clean INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS commands (id TEXT PRIMARY KEY, received_at REAL NOT NULL, state TEXT NOT NULL, report TEXT) WITHOUT ROWID;
${JOURNAL_SCHEMA}${CASES_SCHEMA}${UPKEEP_SCHEMA}
PRAGMA user_version = ${VERSION};
`

const prepare = (db: Database): void => {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -512; PRAGMA journal_size_limit = 4194304')
  const version = Number(db.get('PRAGMA user_version')?.user_version ?? 0)
  if (version > VERSION) throw new StoreError('newer', `${db.path} was made by a later posdiag (its version ${version}, ours ${VERSION}); install that one again or give this one another state folder`)
  db.exec(SCHEMA)
  const damage = db.get('PRAGMA quick_check(1)')?.quick_check
  if (damage !== 'ok') throw new StoreError('corrupt', `${db.path}: ${String(damage)}`)
}

const number = (cell: unknown): number => (typeof cell === 'number' ? cell : 0)
const words = (cell: unknown): string => (typeof cell === 'string' ? cell : '')

const asStored = (row: Row): StoredReport => ({
  id: words(row.id), sequence: number(row.sequence), at: number(row.at), trigger: words(row.trigger), found: number(row.found), bytes: number(row.bytes),
  state: words(row.state) as ReportState,
  ...(typeof row.reason === 'string' ? { reason: row.reason } : {}),
})

/** Times before this are no dates but a clock that was never set. */
export const EARLIEST_DATE = Date.UTC(2026, 0, 1)

/** Opens the store, or makes it: WAL with synchronous=FULL, the only setting that lost nothing to power cuts. Throws StoreError. */
export const openStore = (path: string, options: { bounds?: StoreBounds; spare?: boolean } = {}): Store => {
  const bounds = options.bounds ?? STANDARD_BOUNDS
  const spare = options.spare ?? path === ':memory:'
  if (path !== ':memory:') {
    try {
      makeStateDir(path.slice(0, Math.max(1, path.lastIndexOf('/'))))
      makePrivateFile(path)
    } catch (error) {
      throw asStoreError(error, path)
    }
  }
  const db = openDatabase(path, { waitMs: 2_000 })
  try {
    prepare(db)
  } catch (error) {
    db.close()
    throw error
  }

  const meta = (key: string): string | undefined => {
    const value = db.get('SELECT value FROM meta WHERE key = ?', key)?.value
    return typeof value === 'string' ? value : undefined
  }
  const setMeta = (key: string, value: string): void => {
    db.run('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, value)
  }
  const sequence = (): number => Number(meta('sequence') ?? 0)

  const lose = (sequences: readonly number[]): void => {
    for (const one of sequences) db.run("UPDATE reports SET state = 'lost' WHERE sequence = ?", one)
    if (sequences.length > 0) setMeta('lost', String(Number(meta('lost') ?? 0) + sequences.length))
  }
  const trimOutbox = (now: number, clockTrusted: boolean): void => {
    if (clockTrusted) {
      const old = db.all("SELECT sequence FROM reports WHERE state = 'waiting' AND at >= ? AND at < ?", EARLIEST_DATE, now - bounds.outboxAgeMs)
      lose(old.map((row) => number(row.sequence)))
    }
    let over = number(db.get("SELECT sum(bytes) AS total FROM reports WHERE state = 'waiting'")?.total) - bounds.outboxBytes
    if (over <= 0) return
    const given: number[] = []
    for (const row of db.all("SELECT sequence, bytes FROM reports WHERE state = 'waiting' ORDER BY critical, sequence")) {
      if (over <= 0) break
      given.push(number(row.sequence))
      over -= number(row.bytes)
    }
    lose(given)
  }
  const trimRecent = (): void => {
    const settled = "state IN ('delivered', 'rejected', 'lost', 'local')"
    db.run(`DELETE FROM reports WHERE ${settled} AND found = 0 AND sequence <= coalesce((SELECT sequence FROM reports ORDER BY sequence DESC LIMIT 1 OFFSET ?), 0)`, bounds.recentReports)
    let over = number(db.get(`SELECT sum(bytes) AS total FROM reports WHERE ${settled}`)?.total) - bounds.recentBytes
    if (over <= 0) return
    for (const row of db.all(`SELECT sequence, bytes FROM reports WHERE ${settled} ORDER BY sequence`)) {
      if (over <= 0) break
      db.run('DELETE FROM reports WHERE sequence = ?', number(row.sequence))
      over -= number(row.bytes)
    }
  }

  const store: Store = {
    db, bounds, sequence, meta, setMeta,
    keep: (report, { critical, deliver, clockTrusted, also }) =>
      db.transaction(() => {
        const row = sequence() + 1
        const numbered: Report = { ...report, sequence: spare ? 0 : row }
        const body = JSON.stringify(numbered)
        const found = report.check.diagnosis.verdicts.filter((v) => v.verdict === 'found').length
        const cells: Cell[] = [row, report.id, report.at, report.check.trigger.by, critical ? 1 : 0, found, Buffer.byteLength(body), deliver ? 'waiting' : 'local', body]
        db.run('INSERT INTO reports (sequence, id, at, trigger, critical, found, bytes, state, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', ...cells)
        setMeta('sequence', String(row))
        also?.(store)
        trimOutbox(report.at, clockTrusted)
        trimRecent()
        return numbered
      }),
    reports: (limit) => db.all('SELECT sequence, id, at, trigger, found, bytes, state, reason FROM reports ORDER BY sequence DESC LIMIT ?', limit).map(asStored),
    report: (id) => {
      const body = db.get('SELECT body FROM reports WHERE id = ?', id)?.body
      return typeof body === 'string' ? body : undefined
    },
    addSteps: (steps) =>
      db.transaction(() => {
        for (const step of steps) db.run('INSERT INTO steps (body) VALUES (?)', JSON.stringify(step))
        db.run('DELETE FROM steps WHERE id <= (SELECT max(id) FROM steps) - ?', bounds.steps)
      }),
    steps: (limit) => db.all('SELECT body FROM steps ORDER BY id DESC LIMIT ?', limit).map((row): TransactionStep => JSON.parse(words(row.body))).reverse(),
    close: () => db.close(),
  }
  return store
}
