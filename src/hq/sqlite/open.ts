import { closeSync, fdatasync, openSync } from 'node:fs'
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { CursorError } from '../queries/cursor.ts'
import type { Tables } from '../queries/tables.ts'
import { StoreError } from '../store.ts'
import { flusher } from './flusher.ts'

/** An open database: prepared statements for writing, kysely for reading. One connection, so a transaction must begin and end within one turn of the event loop. */
export interface Database {
  /** A prepared statement, made once per text. */
  statement(sql: string): StatementSync
  exec(sql: string): void
  /** Runs a statement whose text is not likely to come again. */
  once(statement: { sql: string; parameters: readonly unknown[] }): void
  /** Runs `work` in one transaction; rolls back and throws a StoreError if anything fails. Synchronous by design. What it wrote outlives this process, but a power cut only after flushed(). */
  transaction<T>(work: () => T): T
  /** Resolves when every transaction so far is on disk; one flush serves all who wait. Once a flush has failed, rejects for ever: nobody knows what the disk holds. */
  flushed(): Promise<void>
  read: Kysely<Tables>
  /** Copies the database to that file, a few pages at a time, so that everybody else has their turn. */
  copyTo(file: string): Promise<void>
  /** Runs a read and turns what the engine throws into a StoreError; a CursorError passes. */
  reading<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

const SQLITE_FULL = 13
const SQLITE_BUSY = 5
const SQLITE_IOERR = 10
const SQLITE_IOERR_WRITE = 778
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

const extendedCodeOf = (error: unknown): number | undefined => (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined)

const codeOf = (error: unknown): number | undefined => {
  const code = extendedCodeOf(error)
  return code === undefined ? undefined : code & 0xff
}

/** What the engine threw, as the store's own error. An I/O error while writing is how a quota or a limit of file sizes shows. */
export const storeError = (error: unknown, doing: string): StoreError => {
  if (error instanceof StoreError) return error
  const kind = codeOf(error) === SQLITE_FULL || extendedCodeOf(error) === SQLITE_IOERR_WRITE ? 'full' : 'unavailable'
  const said = error instanceof Error ? error.message : String(error)
  return new StoreError(kind, kind === 'full' ? `no space left for the database (${doing})` : `the database failed (${doing}): ${said}`, error)
}

const openError = (path: string, error: unknown): StoreError => {
  const code = codeOf(error)
  if (code === SQLITE_BUSY) return new StoreError('unavailable', `${path} is in use by another HQ; stop it, or give this one another data folder`, error)
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new StoreError('unavailable', `${path} is damaged; stop HQ, move it aside and put a backup in its place (terminals send again what they still hold)`, error)
  }
  if (code === SQLITE_FULL || code === SQLITE_IOERR) return new StoreError('full', `${path} cannot be written; free space on its disk`, error)
  return new StoreError('unavailable', `${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`, error)
}

const dialect = (db: DatabaseSync): SqliteDialect =>
  new SqliteDialect({
    database: {
      close: () => db.close(),
      prepare: (sql) => {
        const prepared = db.prepare(sql)
        const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
        return {
          reader: prepared.columns().length > 0,
          all: (parameters) => prepared.all(...values(parameters)),
          run: (parameters) => prepared.run(...values(parameters)),
          iterate: (parameters) => prepared.iterate(...values(parameters)) as IterableIterator<unknown>,
        }
      },
    },
  })

const flushError = (error: NodeJS.ErrnoException): StoreError => {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT'
  return new StoreError(full ? 'full' : 'unavailable', `the disk did not take what was written (${error.message}); mend it and start HQ again`, error)
}

const databaseOn = (db: DatabaseSync, wal: number): Database => {
  const flushed = flusher(() => new Promise((resolve, reject) => fdatasync(wal, (error) => (error === null ? resolve() : reject(flushError(error))))))
  const statements = new Map<string, StatementSync>()
  const read = new Kysely<Tables>({ dialect: dialect(db) })
  return {
    statement: (sql) => {
      const known = statements.get(sql)
      if (known !== undefined) return known
      const made = db.prepare(sql)
      statements.set(sql, made)
      return made
    },
    exec: (sql) => db.exec(sql),
    once: ({ sql, parameters }) => void db.prepare(sql).run(...(parameters as SQLInputValue[])),
    transaction: (work) => {
      try {
        db.exec('BEGIN IMMEDIATE')
        const result = work()
        db.exec('COMMIT')
        return result
      } catch (error) {
        // After some errors the engine has rolled back by itself, and a second ROLLBACK would hide the first cause.
        if (db.isTransaction) db.exec('ROLLBACK')
        throw storeError(error, 'writing')
      }
    },
    flushed,
    read,
    copyTo: async (file) => void (await backup(db, file, { rate: 200 })),
    reading: async (work) => {
      try {
        return await work()
      } catch (error) {
        if (error instanceof CursorError) throw error
        throw storeError(error, 'reading')
      }
    },
    close: async () => {
      await read.destroy()
      closeSync(wal)
    },
  }
}

/**
 * Opens or makes the database file. Pages of 8 KiB hold three reports of the usual size and halve the cost of an insert against
 * 4 KiB; the exclusive lock keeps a second HQ off the same file, whose caches would contradict this one's. With synchronous = NORMAL
 * the engine flushes its log only before a checkpoint; flushed() does it for every answer instead, so that the event loop goes on
 * reading requests while the disk works. The lock is on the database file: opening the log beside the engine does not touch it.
 * Rejects with a StoreError that names the file and the remedy.
 */
export const openDatabase = (path: string): Database => {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 2000 })
    db.exec('PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    db.exec('PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY')
    db.exec('BEGIN IMMEDIATE; COMMIT')
    return databaseOn(db, openSync(`${path}-wal`, 'r+'))
  } catch (error) {
    if (db?.isOpen) db.close()
    throw openError(path, error)
  }
}
