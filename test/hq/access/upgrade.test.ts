import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../../fixtures/servers/postgres.ts'
import { migrate, type Steps } from '../../../src/hq/migrate.ts'
import { STEPS as POSTGRES } from '../../../src/hq/postgres/migrations.ts'
import { openConnections } from '../../../src/hq/postgres/open.ts'
import { openPostgresStore } from '../../../src/hq/postgres/store.ts'
import { STEPS as SQLITE } from '../../../src/hq/sqlite/migrations.ts'
import { openDatabase } from '../../../src/hq/sqlite/open.ts'
import { openSqliteStore } from '../../../src/hq/sqlite/store.ts'
import type { Store } from '../../../src/hq/store.ts'
import { moment, T0 } from '../store-under-test.ts'

/** The shape before anybody had a scope. */
const before = (steps: Steps): Steps => Object.fromEntries(Object.entries(steps).filter(([name]) => name === '0001-first'))

const OLD = [{ id: 'T-1', region: 'East', store: 'Main "St"' }, { id: 'T-2', region: '华北' }, { id: 'T-3' }, { id: 'T-4', store: 'Shop \u0000\ud800' }]
const insert = ({ id, ...rest }: { id: string }): string => `insert into terminal (id, identity, search, token_hash) values ('${id}', '${JSON.stringify({ id, ...rest })}', '', 'own-${id}')`

const isUsable = async (store: Store): Promise<void> => {
  const ids = async (scope: { region?: string; store?: string }[]) => (await store.terminals({ limit: 9, scope }, moment)).rows.map((r) => r.terminal.id)
  expect([await ids([{ region: 'East', store: 'Main "St"' }]), await ids([{ region: '华北' }]), await ids([{ region: 'South' }])]).toEqual([['T-1'], ['T-2'], []])
  expect((await store.terminals({ limit: 9 }, moment)).rows).toHaveLength(4)
  // They go on with their tokens, have no key and wait for nobody.
  expect(await store.terminalOfToken('own-T-4')).toMatchObject({ terminalId: 'T-4', waits: false })
  expect(await store.access.countUnsigned()).toBe(4)
}

const line = { id: 'a', at: T0, who: 'li', by: 'session', action: 'x', target: '', status: 200, address: '', detail: '' }
const CHANGES = ["update audit set who = 'nobody'", 'delete from audit']

describe('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'posdiag-upgrade-'))
  const path = join(folder, 'hq.sqlite')
  afterAll(() => rmSync(folder, { recursive: true }))

  it('from before there were scopes goes on with its terminals, and its audit log is only added to', async () => {
    const db = openDatabase(path)
    await migrate(db.read, before(SQLITE))
    for (const terminal of OLD) db.exec(insert(terminal))
    await db.close()
    const store = await openSqliteStore(path)
    await isUsable(store)
    await store.access.record(line)
    await store.close()
    const raw = new DatabaseSync(path)
    for (const change of CHANGES) expect(() => raw.exec(change)).toThrow('only added to')
    raw.close()
  })
})

describe.skipIf(noPostgres)('PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.end())

  it('from before there were scopes goes on with its terminals, and its audit log is only added to', async () => {
    const url = await cluster.database()
    const db = openConnections({ url }, () => undefined)
    await migrate(db.read, before(POSTGRES))
    for (const terminal of OLD) await db.run({ name: '', text: insert(terminal) })
    await db.close()
    const store = await openPostgresStore({ url }, { info: () => {}, warn: () => {}, error: () => {} })
    await isUsable(store)
    await store.access.record(line)
    await store.close()
    const client = new pg.Client(url)
    await client.connect()
    for (const change of [...CHANGES, 'truncate audit']) await expect(client.query(change)).rejects.toThrow('only added to')
    await client.end()
  })
})
