import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../fixtures/servers/postgres.ts'
import { fold } from '../../src/hq/fold.ts'
import { migrate } from '../../src/hq/migrate.ts'
import { STEPS } from '../../src/hq/postgres/migrations.ts'
import { openConnections } from '../../src/hq/postgres/open.ts'
import { LOCK } from '../../src/hq/postgres/partitions.ts'
import { openPostgresStore } from '../../src/hq/postgres/store.ts'
import type { Store } from '../../src/hq/store.ts'
import type { LiveEvent } from '../../src/model/wire.ts'
import { until } from './hq.ts'
import { storeContract } from './store-contract.ts'
import { DAY, drain, moment, stored, T0 } from './store-under-test.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

describe.skipIf(noPostgres)('PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  // Every test has a database of its own: some fifty thousand files to remove.
  afterAll(() => cluster.end(), 180_000)

  storeContract('PostgreSQL', async () => {
    const url = await cluster.database()
    let store = await openPostgresStore({ url }, log)
    return {
      store,
      reopen: async () => {
        await store.close()
        store = await openPostgresStore({ url }, log)
        return store
      },
      close: () => store.close(),
    }
  })

  it('is brought up to date while others work on it, though one of both must give way', async () => {
    const url = await cluster.database()
    const old = openConnections({ url }, () => undefined)
    const [first] = Object.entries(STEPS)
    if (first === undefined) throw new Error('there are no steps')
    await migrate(old.read, Object.fromEntries([first]))
    const working = new pg.Client(url)
    await working.connect()
    await working.query('begin; lock table incident in row exclusive mode')
    const upgrade = openPostgresStore({ url }, log)
    const waits = async (): Promise<boolean> => {
      const { rows } = await sql`select 1 from pg_locks where not granted and relation = 'incident'::regclass`.execute(old.read)
      return rows.length > 0
    }
    await until(waits, (is) => is)
    // Now each waits for what the other has.
    await working.query('lock table terminal in row exclusive mode')
    await working.query('commit')
    const store = await upgrade
    await store.ready()
    await store.close()
    await working.end()
    await old.close()
  })

  describe('two processes on one database', () => {
    const two = async (): Promise<{ url: string; stores: [Store, Store]; close(): Promise<void> }> => {
      const url = await cluster.database()
      const stores: [Store, Store] = [await openPostgresStore({ url }, log), await openPostgresStore({ url }, log)]
      return { url, stores, close: async () => void (await Promise.all(stores.map((s) => s.close()))) }
    }

    it('share the folding: every report passes once, and never two of one terminal at the same time', async () => {
      const { stores: [one, other], close } = await two()
      const all = Array.from({ length: 600 }, (_, i) => stored({ terminal: `T-${i % 60}`, sequence: i + 1, at: T0 + i, found: ['PRN-PAPER-OUT'], ...(i < 60 ? { changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' as const }] } : {}) }))
      const [early, late] = [all.slice(0, 300), all.slice(300)]
      const answers = (await Promise.all([one.putReports(early), other.putReports(early), other.putReports(late)])).map((a) => a.filter((s) => s === 'stored').length)
      expect([(answers[0] ?? 0) + (answers[1] ?? 0), answers[2]]).toEqual([300, 300])
      const seen: string[] = []
      const folding = [one, other].map(async (store) => {
        let folded = 0
        for (let empty = 0; empty < 3; ) {
          const outcome = await store.foldNext(25, (before, reports) => {
            seen.push(...reports.map((r) => r.id))
            return fold(before, reports)
          })
          folded += outcome.folded
          if (outcome.folded === 0) empty++
        }
        return folded
      })
      const shares = await Promise.all(folding)
      expect(seen.toSorted()).toEqual(all.map((r) => r.id).toSorted())
      expect(shares.every((n) => n > 0)).toBe(true)
      const { rows } = await one.incidents({ state: 'open', limit: 99 })
      expect(rows.map((r) => r.count)).toEqual(Array(60).fill(10))
      expect((await other.overview(moment)).reports24h).toBe(600)
      await close()
    })

    it('tell each other what changed, in full as far as it goes into a notice', async () => {
      const { stores: [one, other], close } = await two()
      const heard: LiveEvent[] = []
      other.onChange((event) => heard.push(event))
      await one.putReports(Array.from({ length: 150 }, (_, i) => stored({ terminal: `${'long-name-'.repeat(6)}${i}` })))
      await drain(one)
      await until(async () => heard.length, (n) => n > 0)
      expect(heard.every((e) => e.type === 'reports' && e.terminals.length <= 100)).toBe(true)
      expect(heard.some((e) => e.type === 'reports' && (e.more || e.terminals.length > 0))).toBe(true)
      await close()
    })

    it('tend the partitions one at a time', async () => {
      const { url, stores: [one, other], close } = await two()
      const client = new pg.Client(url)
      await client.connect()
      const partitions = async (): Promise<number> => Number((await client.query("select count(*) from pg_inherits where inhparent = 'report'::regclass")).rows[0]?.count)
      await client.query('select pg_advisory_lock($1, $2)', [LOCK.ours, LOCK.partitions])
      await one.tend(T0, T0 - 62 * DAY, 0)
      expect(await partitions()).toBe(0)
      await client.query('select pg_advisory_unlock($1, $2)', [LOCK.ours, LOCK.partitions])
      await Promise.all([one.tend(T0, T0 - 62 * DAY, 0), other.tend(T0, T0 - 62 * DAY, 0)])
      expect(await partitions()).toBe(64)
      await other.tend(T0 + 10 * DAY, T0 - 52 * DAY, 0)
      // Ten days further: ten new ones ahead, and those from before T0 - 52 days are gone.
      expect(await partitions()).toBe(65)
      await client.end()
      await close()
    })
  })

  it('keeps reports in the partition of their day, found by the terminal that Citus could distribute by', async () => {
    const url = await cluster.database()
    const store = await openPostgresStore({ url }, log)
    await store.putReports([stored({ at: T0 })])
    const client = new pg.Client(url)
    await client.connect()
    expect((await client.query("select tableoid::regclass::text as name from report")).rows).toEqual([{ name: 'report_20261120' }])
    // Citus distributes a table only if every unique index holds the column it is distributed by.
    const unique = await client.query(`select c.relname as table, array_agg(a.attname::text) as columns from pg_index i join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey) where i.indisunique and c.relname in ('report', 'unfolded', 'incident', 'command', 'terminal') group by c.relname, i.indexrelid`)
    expect(unique.rows.length).toBeGreaterThanOrEqual(6)
    for (const { table, columns } of unique.rows as { table: string; columns: string[] }[]) expect(columns, table).toContain(table === 'terminal' ? 'id' : 'terminal_id')
    await client.end()
    await store.close()
  })

  it('refuses a server that answers before it has stored', async () => {
    const url = await cluster.database()
    const client = new pg.Client(url)
    await client.connect()
    await client.query(`alter database ${new URL(url.replace('@/', '@x/')).pathname.slice(1)} set synchronous_commit = off`)
    await client.end()
    await expect(openPostgresStore({ url }, log)).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('synchronous_commit = off') })
  })

  it('says what is wrong when it cannot be reached', async () => {
    await expect(openPostgresStore({ url: cluster.address('nowhere') }, log)).rejects.toMatchObject({ name: 'StoreError', kind: 'unavailable', message: expect.stringContaining('database "nowhere" does not exist') })
  })
})
