import type { Query } from './databases.ts'

/** An open database of a POS system. */
export interface Connection { query: Query; close(): Promise<void> }

const WAIT_MS = 10_000

const postgres = async (url: string): Promise<Connection> => {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: WAIT_MS, query_timeout: WAIT_MS, options: '-c default_transaction_read_only=on' })
  await client.connect()
  return {
    query: async (sql, cells) => {
      let n = 0
      return (await client.query<Record<string, unknown>>(sql.replaceAll('?', () => `$${++n}`), [...cells])).rows
    },
    close: () => client.end(),
  }
}

const sqlite = async (path: string): Promise<Connection> => {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS })
  return { query: async (sql, cells) => db.prepare(sql).all(...cells), close: async () => db.close() }
}

/** Opens a database for reading only: postgres://… or the path of an SQLite file. Rejects with the driver's error. */
export const connect = (address: string): Promise<Connection> => (/^postgres(?:ql)?:\/\//.test(address) ? postgres(address) : sqlite(address))
