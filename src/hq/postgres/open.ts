import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { CursorError } from '../queries/cursor.ts'
import type { Tables } from '../queries/tables.ts'
import { StoreError } from '../store.ts'

/** Connections of one process, and deadlines in ms: to be connected, of a statement at the server, of all that one connection is taken for. */
const POOL = { connections: 12, connectMs: 5000, statementMs: 20_000, takenMs: 25_000, idleMs: 60_000, keepAliveMs: 10_000 } as const

/** Deadlines of what may take long: bringing a large database to a new shape. */
export const PATIENT: Deadlines = { statementMs: 3_600_000, takenMs: 4 * 3_600_000 }

/** In ms: of a statement at the server, and of all that one connection is taken for. */
export interface Deadlines { statementMs: number; takenMs: number }

/** Where the database is, and the password if it is not in the address. */
export interface Address { url: string; password?: string }

/** A statement that is prepared once per connection, under its name. */
export interface Statement { name: string; text: string }

/** Runs a statement and answers its rows. */
export type Run = <R = never>(statement: Statement, values?: readonly unknown[]) => Promise<R[]>

/** A pool of connections: prepared statements for writing, kysely for reading. */
export interface Connections {
  run: Run
  /** Runs `work` in one transaction on one connection, rolled back if anything fails. */
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>
  read: Kysely<Tables>
  close(): Promise<void>
}

const DISK_FULL = '53100'

/** What the driver threw, as the store's own error; a CursorError passes. */
export const storeError = (error: unknown, doing: string): Error => {
  if (error instanceof StoreError || error instanceof CursorError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // Where a name has several addresses, the driver's own message is empty and the reasons are inside.
  const said = error instanceof AggregateError ? error.errors.map(String).join('; ') : error instanceof Error ? error.message : String(error)
  return code === DISK_FULL ? new StoreError('full', `no space left for the database (${doing})`, error) : new StoreError('unavailable', `the database failed (${doing}): ${said}`, error)
}

/** True if a row belonged to no partition. */
export const isWithoutPartition = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '23514' && error.message.startsWith('no partition')

const INT8 = 20
const NUMERIC = 1700

// Counts and times in ms are whole numbers below 2^53; the driver alone would give them as text.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)),
}

/** How to connect, for the pool and for a connection of one's own. */
export const configOf = ({ url, password }: Address, { statementMs }: Deadlines = POOL): pg.ClientConfig => ({
  connectionString: url,
  ...(password === undefined ? {} : { password }),
  application_name: 'posdiag-hq',
  connectionTimeoutMillis: POOL.connectMs,
  statement_timeout: statementMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: POOL.keepAliveMs,
})

/** Opens a pool; connects when first used. `lost` is told of connections that broke. */
export const openConnections = (address: Address, lost: (error: Error) => void, deadlines: Deadlines = POOL): Connections => {
  const pool = new pg.Pool({ ...configOf(address, deadlines), types, max: POOL.connections, idleTimeoutMillis: POOL.idleMs })
  pool.on('error', lost)
  // A server that vanished without a word answers nothing: then the connection is ended, and who waits is told.
  const take = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect()
    const { release } = client
    const late = setTimeout(() => void client.end().catch(lost), deadlines.takenMs)
    client.on('error', lost)
    client.release = (destroy) => {
      clearTimeout(late)
      client.off('error', lost)
      release.call(client, destroy)
    }
    return client
  }
  const runOn = (client: pg.PoolClient): Run => async (statement, values = []) => (await client.query({ ...statement, values: [...values] })).rows
  const read = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: { connect: take, end: () => pool.end(), options: pool.options } }) })
  return {
    run: async (statement, values) => {
      const client = await take()
      try {
        return await runOn(client)(statement, values)
      } finally {
        client.release()
      }
    },
    transaction: async (work) => {
      const client = await take()
      const run = runOn(client)
      try {
        await run({ name: 'begin', text: 'begin' })
        const result = await work(run)
        await run({ name: 'commit', text: 'commit' })
        client.release()
        return result
      } catch (error) {
        // What cannot even be rolled back goes with its connection.
        await run({ name: 'rollback', text: 'rollback' }).then(() => client.release(), () => client.release(true))
        throw error
      }
    },
    read,
    close: async () => {
      await read.destroy()
      // Where nothing was ever read, kysely has not begun and ends nothing.
      if (!pool.ending) await pool.end()
    },
  }
}
