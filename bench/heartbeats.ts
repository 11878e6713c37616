// How many heartbeats a second one PostgreSQL takes, coalesced as HQ writes them.
// Run: npm run bench:heartbeats [-- terminals (100000 unless told; a million is what is aimed at) [seconds (20)]]
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { noPostgres, startCluster } from '../fixtures/servers/postgres.ts'
import { HEARTBEATS } from '../src/hq/heartbeats.ts'
import { openPostgresStore } from '../src/hq/postgres/store.ts'
import type { ReceivedHeartbeat } from '../src/hq/store.ts'
import { treeSeconds } from './figures.ts'
import { fillPostgres } from './pages-fill.ts'

/** Seconds between heartbeats of one terminal in the fleet that is aimed at. */
const EVERY_S = 300

const READINESS = (['chip', 'contactless', 'swipe', 'qr', 'cash'] as const).map((tender) => ({ tender, is: 'ready' as const, because: [], unseen: [] }))

const beats = (terminals: number, count: number, now: number): ReceivedHeartbeat[] =>
  Array.from({ length: count }, () => ({
    terminalId: `T${String(Math.floor(Math.random() * terminals)).padStart(6, '0')}`,
    receivedAt: now,
    beat: { at: now + 40, agentVersion: '0.1.0', bootId: 'b', uptimeMs: now, sequence: 7, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: READINESS, checkedAt: now - 1000, openIncidents: 0 },
  }))

const [terminals = 100_000, seconds = 20] = process.argv.slice(2, 4).map(Number)

const main = async (): Promise<void> => {
  const cluster = await startCluster('shared_buffers=1GB', 'max_wal_size=8GB')
  try {
    const url = await cluster.database()
    const log = { info: () => {}, warn: (message: string, fields?: object) => console.error(message, fields), error: (message: string, fields?: object) => console.error(message, fields) }
    const store = await openPostgresStore({ url }, log)
    await fillPostgres(url, { terminals, reports: 0, now: Date.now() })
    const client = new pg.Client(url)
    await client.connect()
    const state = async (): Promise<{ wal: number; updates: number; hot: number }> => {
      // What backends count becomes visible after a moment.
      await pause(1500)
      const { rows } = await client.query<{ wal: string; updates: string; hot: string }>("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal, n_tup_upd as updates, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'terminal'")
      return { wal: Number(rows[0]?.wal), updates: Number(rows[0]?.updates), hot: Number(rows[0]?.hot) }
    }
    await store.putHeartbeats(beats(terminals, HEARTBEATS.atOnce, Date.now()))
    const before = await state()
    const cpu = { hq: process.cpuUsage(), database: treeSeconds(cluster.pid()) }
    const times: number[] = []
    let sent = 0
    const began = performance.now()
    while (performance.now() - began < seconds * 1000) {
      const batch = beats(terminals, HEARTBEATS.atOnce, Date.now())
      const start = performance.now()
      await store.putHeartbeats(batch)
      times.push(performance.now() - start)
      sent += batch.length
    }
    const took = (performance.now() - began) / 1000
    const hqSeconds = process.cpuUsage(cpu.hq)
    const databaseSeconds = treeSeconds(cluster.pid()) - cpu.database
    const after = await state()
    const sorted = times.toSorted((a, b) => a - b)
    const need = 1_000_000 / EVERY_S
    console.table([{
      terminals,
      'heartbeats/s': Math.round(sent / took),
      'of what a million at one per five minutes need': Number((sent / took / need).toFixed(1)),
      'batch p50 ms': Math.round(sorted[Math.floor(sorted.length * 0.5)] ?? 0),
      'batch p95 ms': Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? 0),
      'database CPU us each': Math.round((databaseSeconds / sent) * 1e6),
      'HQ CPU us each': Math.round((hqSeconds.user + hqSeconds.system) / sent),
      'WAL bytes each': Math.round((after.wal - before.wal) / sent),
      'without touching an index': Number(((after.hot - before.hot) / Math.max(1, after.updates - before.updates)).toFixed(3)),
    }])
    await client.end()
    await store.close()
  } finally {
    await cluster.end()
  }
}

if (noPostgres) console.log('PostgreSQL is not installed: apt-get install postgresql')
else await main()
