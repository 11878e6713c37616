import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Tables } from './queries/tables.ts'
import { StoreError } from './store.ts'

/** The steps that bring a database to its current shape: each a list of statements, run once, in the order of their names. Never change one that was released; add another. */
export type Steps = Readonly<Record<string, readonly string[]>>

/** Other processes work on while one brings the database up to date. Where each waits for the other, the database ends one of them: then once more, after a pause (ms). */
const DEADLOCK = { code: '40P01', tries: 8, pauseMs: 500 } as const

const isDeadlock = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === DEADLOCK.code

/**
 * Brings a database to the current shape; processes that start together wait for each other. Rejects with a StoreError; a failed step
 * leaves the database as it was before it.
 */
export const migrate = async (db: Kysely<Tables>, steps: Steps): Promise<void> => {
  const migrations = Object.fromEntries(
    Object.entries(steps).map(([name, statements]) => [
      name,
      {
        up: async (at: Kysely<unknown>): Promise<void> => {
          for (const statement of statements) await sql.raw(statement).execute(at)
        },
      },
    ]),
  )
  for (let tries = 1; ; tries++) {
    const { error, results } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
    if (error === undefined) return
    if (isDeadlock(error) && tries < DEADLOCK.tries) {
      await pause(DEADLOCK.pauseMs * Math.random())
      continue
    }
    const step = results?.find((r) => r.status === 'Error')?.migrationName ?? 'reading which steps were done'
    throw new StoreError('unavailable', `the database could not be brought up to date (${step}): ${error instanceof Error ? error.message : String(error)}`, error)
  }
}
