import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Tables } from './queries/tables.ts'
import { StoreError } from './store.ts'

/** The steps that bring a database to its current shape: each a list of statements, run once, in the order of their names. Never change one that was released; add another. */
export type Steps = Readonly<Record<string, readonly string[]>>

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
  const { error, results } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error !== undefined) {
    const step = results?.find((r) => r.status === 'Error')?.migrationName ?? 'reading which steps were done'
    throw new StoreError('unavailable', `the database could not be brought up to date (${step}): ${error instanceof Error ? error.message : String(error)}`, error)
  }
}
