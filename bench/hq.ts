// How many reports HQ takes in, durable before the answer, on SQLite and on PostgreSQL.
// Run: npm run bench:hq [-- reports per case (20000 unless told) [sqlite | postgres [part of a case's name]]]
// HQ is one process, the load another (this one), and the database a third; all share the machine's cores. A report counts once the
// answer says that it is stored. Every case is run in turn with a control: the same requests to a server that stores nothing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, noPostgres, startCluster } from '../fixtures/servers/postgres.ts'
import { treeSeconds } from './figures.ts'
import { bodyBytes, type Case, requestsOf, send } from './hq-load.ts'
import { control, enrolAll, figure, fsyncRate, serve, start } from './hq-servers.ts'
import { hasZabbix, measureZabbix, type ZabbixFigures, type ZabbixRates } from './zabbix.ts'

const CASES: Case[] = [
  { name: 'one per request, 32 in flight', batch: 1, inFlight: 32 },
  { name: 'one per request, 64 in flight', batch: 1, inFlight: 64 },
  // As many reports as Zabbix's two senders have in flight (bench/zabbix.ts).
  { name: 'one per request, 500 in flight', batch: 1, inFlight: 500 },
  { name: 'batches of 50, 4 in flight', batch: 50, inFlight: 4 },
  { name: 'batches of 50, 16 in flight', batch: 50, inFlight: 16 },
]

/** Reports before the first figure: HQ runs for months, and its code is compiled during the first tens of thousands. */
const WARM_UP = 40_000

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN

/** What runs for one store. `database` is the CPU time (s) of its server so far; none for SQLite, which is inside of HQ. */
interface Bench { store: string; url: string; bare: string; own: readonly string[]; database?: () => number }

const run = async ({ store, url, bare, own, database = () => 0 }: Bench, one: Case, reports: number, first: number) => {
  const requests = requestsOf(own, one, reports, first)
  const bareMs = (await send(bare, requests, one.inFlight)).ms
  const now = async () => ({
    commits: await figure(url, 'posdiag_hq_commit_seconds_count'), commitTime: await figure(url, 'posdiag_hq_commit_seconds_sum'), cpu: await figure(url, 'process_cpu_seconds_total'), databaseCpu: database(),
  })
  const before = await now()
  const began = performance.now()
  const { times, ms, stored } = await send(url, requests, one.inFlight)
  const after = await now()
  while ((await figure(url, 'posdiag_hq_unfolded_reports')) > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  const foldedMs = performance.now() - began
  const folded = await now()
  if (stored !== reports) throw new Error(`${stored} of ${reports} were stored`)
  const micros = (seconds: number): number => Number(((seconds / reports) * 1e6).toFixed(1))
  const commits = after.commits - before.commits
  return {
    store,
    name: one.name,
    'report bytes': Math.round(bodyBytes(requests) / reports),
    'reports/s': Math.round((reports / ms) * 1000),
    'of bare HTTP': Number((bareMs / ms).toFixed(2)),
    'folded/s': Math.round((reports / foldedMs) * 1000),
    'p50 ms': Number(quantile(times, 0.5).toFixed(2)),
    'p99 ms': Number(quantile(times, 0.99).toFixed(2)),
    'reports/commit': Math.round(reports / commits),
    'commit ms': Number((((after.commitTime - before.commitTime) / commits) * 1000).toFixed(2)),
    'CPU us/report': micros(after.cpu - before.cpu + after.databaseCpu - before.databaseCpu),
    'of it database': micros(after.databaseCpu - before.databaseCpu),
    // With all folding, also what of it came after the last answer.
    'CPU us, folded': micros(folded.cpu - before.cpu + folded.databaseCpu - before.databaseCpu),
  }
}

type Row = Awaited<ReturnType<typeof run>> & { 'fsync/s': number }

const measure = async (store: string, folder: string, cases: readonly Case[], reports: number, cluster?: Cluster): Promise<Row[]> => {
  const hq = await start('serve', join(folder, `data-${store}`), ...(cluster === undefined ? [] : [await cluster.database()]))
  const bare = await start('control')
  try {
    const bench: Bench = { store, url: hq.url, bare: bare.url, own: await enrolAll(hq), ...(cluster === undefined ? {} : { database: () => treeSeconds(cluster.pid()) }) }
    await run(bench, { name: 'warm-up', batch: 1, inFlight: 64 }, WARM_UP, 1)
    const rows: Row[] = []
    let first = WARM_UP + 1
    for (const one of cases) {
      const before = fsyncRate(folder)
      const row = await run(bench, one, reports, first)
      first += reports
      rows.push({ ...row, 'fsync/s': Math.round((before + fsyncRate(folder)) / 2) })
    }
    return rows
  } finally {
    await hq.stop()
    await bare.stop()
  }
}

/** What Zabbix 6.0 did on another day on a machine like this one (2 cores of an AMD EPYC) with 250 values in a request, in the middle of five rounds: an anchor, no measurement of this run. */
const ANCHOR: ZabbixRates = { accepted: 9500, stored: 9000, cpuMicros: 100 }

const saidOf = ({ accepted, stored, cpuMicros }: ZabbixRates): string => `accepts ${Math.round(accepted)} values/s (from memory) and stores ${Math.round(stored)} at ${Math.round(cpuMicros)} µs`

const againstZabbix = (rows: readonly Row[], measured: ZabbixFigures | undefined): void => {
  console.log(measured === undefined
    ? `Zabbix is not installed (zabbix-server-pgsql): the ratios are to figures of another run on another day, in which it ${saidOf(ANCHOR)}; take them for a hint`
    : `Zabbix, measured in this run beside HQ: with 250 values in a request it ${saidOf(measured.batches)}; with one it ${saidOf(measured.singly)}`)
  const zabbix = measured?.batches ?? ANCHOR
  console.table(rows.map((row) => ({
    store: row.store,
    name: row.name,
    'acknowledged ÷ accepted': Number((row['reports/s'] / zabbix.accepted).toFixed(2)),
    'folded ÷ stored': Number((row['folded/s'] / zabbix.stored).toFixed(2)),
    'acknowledged ÷ stored': Number((row['reports/s'] / zabbix.stored).toFixed(2)),
    'CPU ÷ CPU': Number((row['CPU us/report'] / zabbix.cpuMicros).toFixed(2)),
    // Like with like: one report, one value in a request.
    ...(measured && row.name.startsWith('one per request') ? { '÷ accepted, one in a request': Number((row['reports/s'] / measured.singly.accepted).toFixed(2)) } : {}),
  })))
}

/** Each on a server of its own: what one has left behind is in nobody's way. */
const onServer = async <T>(work: (cluster: Cluster) => Promise<T>): Promise<T> => {
  const cluster = await startCluster('shared_buffers=256MB', 'max_wal_size=4GB')
  try {
    return await work(cluster)
  } finally {
    await cluster.end()
  }
}

const main = async (reports: number, store: string, only: string): Promise<void> => {
  const folder = mkdtempSync(join(process.env.POSDIAG_BENCH_DIR ?? tmpdir(), 'posdiag-bench-hq-'))
  const cases = CASES.filter((c) => c.name.includes(only))
  const rows: Row[] = []
  let zabbix: ZabbixFigures | undefined
  try {
    if ('sqlite'.includes(store)) rows.push(...(await measure('sqlite', folder, cases, reports)))
    if ('postgres'.includes(store)) {
      if (noPostgres) {
        console.log('PostgreSQL is not installed: apt-get install postgresql')
      } else {
        rows.push(...(await onServer((cluster) => measure('postgres', folder, cases, reports, cluster))))
        if (hasZabbix) zabbix = await onServer((cluster) => measureZabbix(cluster, folder, reports))
      }
    }
    console.table(rows)
    againstZabbix(rows, zabbix)
    console.log(JSON.stringify({ bench: 'hq', reports, rows }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[2] === 'serve') await serve(process.argv[3] ?? '', process.argv[4])
else if (process.argv[2] === 'control') await control()
else await main(Number(process.argv[2] ?? 20_000), process.argv[3] ?? '', process.argv[4] ?? '')
