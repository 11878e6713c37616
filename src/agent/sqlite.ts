import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/**
 * Why the store cannot be used. corrupt: the file is damaged. full: no space left. denied: no permission, or a read-only disk.
 * busy: another program holds it. newer: a later posdiag made it. broken: anything else.
 */
export type StoreFailure = 'corrupt' | 'full' | 'denied' | 'busy' | 'newer' | 'broken'

/** A store that could not do what was asked; nothing of the unfinished work is in it. */
export class StoreError extends Error {
  readonly failure: StoreFailure
  constructor(failure: StoreFailure, detail: string) {
    super(detail)
    this.name = 'StoreError'
    this.failure = failure
  }
}

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html).
const FAILURES: Readonly<Record<number, StoreFailure>> = { 3: 'denied', 5: 'busy', 6: 'busy', 8: 'denied', 10: 'broken', 11: 'corrupt', 13: 'full', 14: 'denied', 26: 'corrupt' }

const FILE_FAILURES: Readonly<Record<string, StoreFailure>> = { ENOSPC: 'full', EDQUOT: 'full', EACCES: 'denied', EPERM: 'denied', EROFS: 'denied', ENOTDIR: 'denied', EEXIST: 'denied', ENOENT: 'denied' }

/** Says why an error of SQLite or of the file system keeps the store from working. */
export const asStoreError = (error: unknown, path: string): StoreError => {
  if (error instanceof StoreError) return error
  const detail = error instanceof Error ? error.message : String(error)
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
  const file = typeof error === 'object' && error !== null && 'code' in error ? FILE_FAILURES[String(error.code)] : undefined
  return new StoreError((code === undefined ? file : FAILURES[code]) ?? 'broken', `${path}: ${detail}`)
}

/** A value that a row holds or a statement takes. */
export type Cell = string | number | null

/** One row by column name. */
export type Row = Record<string, unknown>

/** An open database. Every method throws a StoreError and nothing else. */
export interface Database {
  readonly path: string
  /** Runs statements without parameters. */
  exec(sql: string): void
  /** Runs one statement and says how many rows it changed. */
  run(sql: string, ...cells: Cell[]): number
  get(sql: string, ...cells: Cell[]): Row | undefined
  all(sql: string, ...cells: Cell[]): Row[]
  /** Rows one after another, each as its cells in the order of the query, for results too large to hold. The database may not be written to before the last one. */
  each(sql: string, ...cells: Cell[]): Iterable<readonly unknown[]>
  /** All of the work or nothing of it; durable when it returns. Must not be nested. */
  transaction<T>(work: () => T): T
  close(): void
}

/** Opens a database file, or `:memory:`. `waitMs` is how long a statement waits for another writer. */
export const openDatabase = (path: string, { waitMs, readOnly = false }: { waitMs: number; readOnly?: boolean }): Database => {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw asStoreError(error, path)
    }
  }
  const db = guarded(() => new DatabaseSync(path, { timeout: waitMs, readOnly }))
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const statement = (sql: string) => {
    const known = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  const values = (cells: Cell[]): SQLInputValue[] => cells
  return {
    path,
    exec: (sql) => guarded(() => db.exec(sql)),
    run: (sql, ...cells) => guarded(() => Number(statement(sql).run(...values(cells)).changes)),
    get: (sql, ...cells) => guarded(() => statement(sql).get(...values(cells))),
    all: (sql, ...cells) => guarded(() => statement(sql).all(...values(cells))),
    each: function* (sql, ...cells) {
      const rows = guarded(() => {
        const one = db.prepare(sql)
        // A hundred thousand objects with names leave more behind than the values in them.
        one.setReturnArrays(true)
        return one.iterate(...values(cells)) as Iterator<unknown, void>
      })
      for (let next = guarded(() => rows.next()); !next.done; next = guarded(() => rows.next())) yield next.value as unknown[]
    },
    transaction: (work) => {
      guarded(() => db.exec('BEGIN IMMEDIATE'))
      try {
        const result = work()
        guarded(() => db.exec('COMMIT'))
        return result
      } catch (error) {
        // SQLite itself has already rolled back after some failures (a full disk); a second rollback would be refused.
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    close: () => {
      prepared.clear()
      if (db.isOpen) db.close()
    },
  }
}
