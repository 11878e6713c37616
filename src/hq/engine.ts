import type { Compilable, Kysely } from 'kysely'
import type { Tables } from './queries/tables.ts'

/** What both database engines offer to statements that are written once, with kysely, and not on the way of every report or heartbeat. Rejects with a StoreError. */
export interface Engine {
  read: Kysely<Tables>
  /** Runs a read. */
  reading<T>(work: () => Promise<T>): Promise<T>
  /** Runs one statement that changes something and answers; on disk when it resolves. */
  writing<T>(doing: string, work: () => Promise<T>): Promise<T>
  /** Runs statements in one transaction, all or none, in this order; on disk when it resolves. */
  together(doing: string, statements: readonly Compilable[]): Promise<void>
  /** Tells every open page, in every process, that something of these terminals' incidents changed. */
  tell(terminals: readonly string[]): Promise<void>
}
