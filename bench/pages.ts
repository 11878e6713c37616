// How long HQ takes to answer its page, over a store of a large fleet.
// Run: npm run bench:pages [-- terminals (20000 unless told) [reports (500000) [sqlite | postgres]]]. The size that is aimed at is 200000 5000000.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noPostgres, startCluster } from '../fixtures/servers/postgres.ts'
import { OPERATOR, type Server, start } from './hq-servers.ts'
import { fillPostgres, fillSqlite, partitionsOf, SPREAD_MS } from './pages-fill.ts'

/** p95 of an answer, in ms. */
const AIM_MS = 300
const ROUNDS = 40

/** Questions with parameters; those without are taken from HQ's own description, so that a new one is measured too. */
const asked = (terminals: number, sample: { incident: string; report: string; terminal: string; next: string; closed: string }): string[] => [
  // A control: it asks the store nothing, so what it takes is the machine's doing.
  '/healthz',
  '/metrics',
  '/api/incidents?limit=200',
  '/api/incidents?state=closed&limit=200',
  '/api/incidents?severity=advisory',
  '/api/incidents?fault=PED-OFFLINE',
  '/api/incidents?fault=PED-OFFLINE&state=closed',
  `/api/incidents?cursor=${sample.next}`,
  `/api/incidents?state=closed&cursor=${sample.closed}`,
  `/api/incidents/${sample.incident}`,
  '/api/terminals?limit=200',
  '/api/terminals?contact=online&limit=200',
  '/api/terminals?contact=offline&limit=200',
  '/api/terminals?contact=never',
  `/api/terminals?q=store%20${String(Math.floor(terminals / 10)).padStart(6, '0')}`,
  '/api/terminals?q=nowhere',
  '/api/terminals?contact=stale&q=t1',
  `/api/terminals/${sample.terminal}`,
  '/api/terminals?agent=0.1.0&limit=200',
  `/api/reports/${sample.terminal}/${sample.report}`,
]

const get = async (hq: Server, path: string): Promise<{ ms: number; status: number; body: unknown }> => {
  const began = performance.now()
  const response = await fetch(hq.url + path, { headers: { authorization: `Bearer ${OPERATOR}` }, signal: AbortSignal.timeout(60_000) })
  const text = await response.text()
  const ms = performance.now() - began
  return { ms, status: response.status, body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
}

/** Every GET of the page's API that needs nothing to be filled in; what is exported is as long as it is. */
const described = async (hq: Server): Promise<string[]> => {
  const { paths } = (await get(hq, '/openapi.json')).body as { paths: Record<string, { get?: { parameters?: { required?: boolean }[]; produces?: string[] } }> }
  return Object.entries(paths).filter(([path, { get: question }]) => path.startsWith('/api/') && path !== '/api/events' && !path.startsWith('/api/export/') && question !== undefined && !(question.parameters ?? []).some((p) => p.required === true)).map(([path]) => path)
}

interface Listed { rows: { id: string; terminalId: string; report: string }[]; next: string }

const measure = async (store: string, hq: Server, terminals: number) => {
  const open = (await get(hq, '/api/incidents')).body as Listed
  const closed = (await get(hq, '/api/incidents?state=closed')).body as Listed
  const [first] = open.rows
  if (first === undefined) throw new Error('the store was filled without incidents')
  const paths = [...new Set([...(await described(hq)), ...asked(terminals, { incident: first.id, report: first.report, terminal: first.terminalId, next: open.next, closed: closed.next })])]
  const times = new Map(paths.map((path) => [path, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const path of paths) {
      const { ms, status, body } = await get(hq, path)
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body).slice(0, 300)}`)
      // The first round prepares statements.
      if (round > 0) times.get(path)?.push(ms)
    }
  }
  return paths.map((path) => {
    const sorted = (times.get(path) ?? []).toSorted((a, b) => a - b)
    const [p50 = 0, p95 = 0] = [0.5, 0.95].map((q) => sorted[Math.floor(sorted.length * q)] ?? 0)
    return { store, path: path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/cursor=.*/, 'cursor=…'), 'p50 ms': Number(p50.toFixed(1)), 'p95 ms': Number(p95.toFixed(1)), 'within 300 ms': p95 <= AIM_MS }
  })
}

const bench = async (store: 'sqlite' | 'postgres', terminals: number, reports: number) => {
  const folder = mkdtempSync(join(process.env.POSDIAG_BENCH_DIR ?? tmpdir(), 'posdiag-bench-pages-'))
  const cluster = store === 'postgres' ? await startCluster('shared_buffers=1GB', 'max_wal_size=8GB') : undefined
  try {
    const database = cluster === undefined ? [] : [await cluster.database()]
    // The first start makes the tables.
    const empty = await start('serve', folder, ...database)
    if (database[0] !== undefined) await partitionsOf(database[0])
    await empty.stop()
    const began = performance.now()
    const size = { terminals, reports, now: Date.now() }
    if (database[0] === undefined) fillSqlite(join(folder, 'hq.sqlite'), size)
    else await fillPostgres(database[0], size)
    console.error(`${store}: ${terminals} terminals and ${reports} reports of ${SPREAD_MS / 86_400_000} days made in ${Math.round((performance.now() - began) / 1000)} s`)
    const hq = await start('serve', folder, ...database)
    try {
      return await measure(store, hq, terminals)
    } finally {
      await hq.stop()
    }
  } finally {
    await cluster?.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

const [terminals = 20_000, reports = 500_000] = process.argv.slice(2, 4).map(Number)
const only = process.argv[4] ?? ''
const rows = []
if ('sqlite'.includes(only)) rows.push(...(await bench('sqlite', terminals, reports)))
if ('postgres'.includes(only)) {
  if (noPostgres) console.log('PostgreSQL is not installed: apt-get install postgresql')
  else rows.push(...(await bench('postgres', terminals, reports)))
}
console.table(rows)
console.log(JSON.stringify({ bench: 'pages', terminals, reports, rows }))
