// Zabbix's trapper as a peer of HQ: the same 2 KB of JSON as text items, into the same PostgreSQL; in requests of 250 values from two
// senders, and one in a request, as HQ's first cases.
// Zabbix acknowledges from memory; what it has stored is counted in its database.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import type { Cluster } from '../fixtures/servers/postgres.ts'
import { treeSeconds } from './figures.ts'
import { event } from './hq-load.ts'

/** Where Debian's package is unpacked; elsewhere with POSDIAG_BENCH_ZABBIX. */
const ROOT = process.env.POSDIAG_BENCH_ZABBIX ?? '/'
const SERVER = join(ROOT, 'usr/sbin/zabbix_server')
const SQL = join(ROOT, 'usr/share/zabbix-server-pgsql')

/** How values are sent: its protocol ends the connection after every request. */
const WAYS = { batches: { values: 250, senders: 2 }, singly: { values: 1, senders: 64 } } as const
/** Of so many values one is sent singly. */
const SINGLY = 4
const ITEMS = 200
const LIMIT_MS = 60_000

/** True if Zabbix's server for PostgreSQL is here. */
export const hasZabbix = existsSync(SERVER) && existsSync(join(SQL, 'schema.sql.gz'))

/** Values per second accepted and stored, and CPU (µs) of server and database per value. */
export interface ZabbixRates { accepted: number; stored: number; cpuMicros: number }

/** Rates with many values in a request, and with one. */
export interface ZabbixFigures { batches: ZabbixRates; singly: ZabbixRates }

// Zabbix takes no port above 32767, and the kernel gives none below: then by trying.
const freePort = async (first = 20_000): Promise<number> => {
  const server = createServer()
  const free = await new Promise<boolean>((resolve) => server.once('error', () => resolve(false)).listen(first, '127.0.0.1', () => server.close(() => resolve(true))))
  if (free) return first
  if (first >= 32_000) throw new Error('no port for Zabbix is free')
  return freePort(first + 1)
}

/** One request of the trapper's protocol: `ZBXD`, version 1, length (8 bytes, little endian), JSON. */
const requestOf = (data: readonly object[]): Buffer => {
  const json = Buffer.from(JSON.stringify({ request: 'sender data', data }))
  const head = Buffer.alloc(13)
  head.write('ZBXD\x01', 'latin1')
  head.writeBigUInt64LE(BigInt(json.length), 5)
  return Buffer.concat([head, json])
}

/** Sends one request; answers how many values were processed. */
const trap = async (port: number, request: Buffer): Promise<number> => {
  const socket = connect(port, '127.0.0.1').setTimeout(LIMIT_MS)
  socket.on('timeout', () => socket.destroy(new Error('Zabbix gave no answer')))
  await once(socket, 'connect')
  socket.write(request)
  let answer = ''
  for await (const chunk of socket) answer += (chunk as Buffer).toString('latin1')
  return Number(/processed: (\d+)/.exec(answer)?.[1] ?? 0)
}

const prepare = async (url: string): Promise<pg.Client> => {
  const scripts = ['schema', 'images', 'data'].map((file) => gunzipSync(readFileSync(join(SQL, `${file}.sql.gz`))).toString())
  const client = new pg.Client(url)
  await client.connect()
  for (const script of scripts) await client.query(script)
  // Its own sample host would be looked at meanwhile.
  await client.query('update hosts set status = 1')
  await client.query("insert into hosts (hostid, host, name) values (99999, 'bench', 'bench')")
  await client.query(`insert into items (itemid, hostid, type, value_type, key_, name) select 900000 + i, 99999, 2, 4, 'report' || i, 'report' from generate_series(0, ${ITEMS - 1}) i`)
  await client.query(`insert into item_rtdata (itemid) select 900000 + i from generate_series(0, ${ITEMS - 1}) i`)
  return client
}

const waitFor = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + LIMIT_MS
  while (!(await is())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Measures `reports` values; `folder` holds its configuration and log. */
export const measureZabbix = async (cluster: Cluster, folder: string, reports: number): Promise<ZabbixFigures> => {
  const url = await cluster.database()
  const database = await prepare(url)
  const port = await freePort()
  const settings = {
    DBHost: cluster.folder, DBName: url.split('/').at(-1)?.split('?')[0], DBUser: 'posdiag', ListenPort: port, LogFile: join(folder, 'zabbix.log'), PidFile: join(folder, 'zabbix.pid'), SocketDir: folder,
    StartTrappers: 5, StartDBSyncers: 4, HistoryCacheSize: '256M', HistoryIndexCacheSize: '64M', CacheSize: '64M', AllowRoot: 1,
  }
  writeFileSync(join(folder, 'zabbix.conf'), Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''))
  const server = spawn(SERVER, ['-f', '-c', join(folder, 'zabbix.conf')], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  const pid = server.pid ?? 0
  const now = Date.now()
  let sent = 0
  const send = async ({ values, senders }: { values: number; senders: number }, wanted: number): Promise<ZabbixRates> => {
    const first = sent
    const value = (i: number): object => ({ host: 'bench', key: `report${i % ITEMS}`, value: JSON.stringify(event(`T-${i % ITEMS}`, i, now)), clock: Math.floor(now / 1000) + Math.floor(i / 1e6), ns: i })
    const requests = Array.from({ length: Math.floor(wanted / values) }, (_, r) => requestOf(Array.from({ length: values }, (_, i) => value(first + r * values + i))))
    const total = requests.length * values
    const cpuBefore = treeSeconds(pid) + treeSeconds(cluster.pid())
    const began = performance.now()
    let accepted = 0
    let next = 0
    await Promise.all(Array.from({ length: senders }, async () => {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        const processed = await trap(port, request)
        accepted += processed
      }
    }))
    const acceptedMs = performance.now() - began
    if (accepted !== total) throw new Error(`Zabbix accepted ${accepted} of ${total}`)
    sent += total
    await waitFor('the last value to be stored', async () => Number((await database.query('select count(*) from history_text where ns < 999999999')).rows[0]?.count) >= sent)
    const storedMs = performance.now() - began
    const cpu = treeSeconds(pid) + treeSeconds(cluster.pid()) - cpuBefore
    return { accepted: (total / acceptedMs) * 1000, stored: (total / storedMs) * 1000, cpuMicros: (cpu / total) * 1e6 }
  }
  try {
    // Up once it takes a value; it reads its items some seconds after its start.
    await waitFor('Zabbix', () => trap(port, requestOf([{ host: 'bench', key: 'report0', value: '{}', clock: Math.floor(now / 1000), ns: 999_999_999 }])).then((n) => n === 1, () => false))
    return { batches: await send(WAYS.batches, reports), singly: await send(WAYS.singly, reports / SINGLY) }
  } catch (error) {
    throw new Error(`Zabbix could not be measured; its log ends with: ${readFileSync(settings.LogFile, 'utf8').slice(-800)}`, { cause: error })
  } finally {
    server.kill('SIGTERM')
    await ended
    await database.end()
  }
}
