// How many reports HQ on SQLite takes in, durable before the answer. Run: node bench/hq.ts [reports per case, 20000 unless told] [part of a case's name]
// HQ is one process, the load another (this one); both share the machine's cores. A report is stored once the answer says so.
// Every case is run in turn with a control: the same requests to a bare node:http server that reads the body and stores nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startHq } from '../src/hq/server.ts'
import { uuidv7 } from '../src/model/id.ts'

const http = process.getBuiltinModule('node:http')
type Agent = InstanceType<typeof http.Agent>

/** Terminals that send; each has its own token, as in a fleet. */
const TERMINALS = 200

interface Case { name: string; batch: number; inFlight: number }
const CASES: Case[] = [
  { name: 'one per request, 32 in flight', batch: 1, inFlight: 32 },
  { name: 'one per request, 64 in flight', batch: 1, inFlight: 64 },
  { name: 'batches of 50, 4 in flight', batch: 50, inFlight: 4 },
  { name: 'batches of 50, 16 in flight', batch: 50, inFlight: 16 },
]

const serve = async (dataDir: string): Promise<void> => {
  const log = { info: () => {}, warn: (m: string, f?: object) => console.error(m, f), error: (m: string, f?: object) => console.error(m, f) }
  const hq = await startHq({ dataDir, port: 0, version: 'bench', log, operatorToken: 'operator-token-of-the-bench' })
  const tokens: string[] = []
  for (let i = 0; i < TERMINALS; i++) tokens.push(await hq.createEnrolmentToken(`T-${i}`))
  console.log(JSON.stringify({ url: hq.url, tokens }))
  process.on('SIGTERM', () => void hq.stop())
}

const control = async (): Promise<void> => {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(202, { 'content-length': 12 }).end('{"items":[]}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens: [] }))
  process.on('SIGTERM', () => process.exit())
}

/** A report of a healthy terminal; 2 KB as JSON with its envelope. */
const event = (terminal: string, sequence: number, at: number) => {
  const id = uuidv7(at)
  const seen = (name: string, value: string | number | boolean, device = 'host') => ({ name, device, at: at - (sequence % 700), source: 'live', value })
  const data = {
    schema: 'posdiag.report/1', id, sequence, bootId: crypto.randomUUID(), at, clock: 'synchronised', uptimeMs: 86_400_000 + sequence,
    terminal: { id: terminal, merchant: 'M-77', store: `Store ${terminal}`, region: 'East', lane: '3', model: 'PX-20', serial: `SN${terminal}` },
    agent: { version: '0.1.0', node: '24.21.0', platform: 'linux x64' }, versions: { 'printer-1': '30.21' },
    check: {
      id: uuidv7(at), trigger: { by: 'schedule' }, startedAt: at - 800, ms: 812.25,
      runs: [{ device: 'host', kind: 'host', outcome: 'done', ms: 12.5 }, { device: 'printer-1', kind: 'printer', outcome: 'done', ms: 43.1 }],
      observations: [
        seen('host.cpu-percent', sequence % 100), seen('host.memory-free-percent', 43), seen('host.disk-free-percent', 61), seen('host.clock-synchronised', true),
        seen('printer.answers', true, 'printer-1'), seen('printer.cover-open', false, 'printer-1'), seen('printer.paper-end', false, 'printer-1'),
      ],
      symptoms: [
        { id: 'printer.paper-end', device: 'printer-1', is: 'absent', because: ['printer.paper-end'] },
        { id: 'printer.cover-open', device: 'printer-1', is: 'absent', because: ['printer.cover-open'] },
      ],
      diagnosis: { verdicts: [], unexplained: [], healthy: 0.99 },
      readiness: [{ tender: 'chip', is: 'ready', because: [], unseen: [] }, { tender: 'cash', is: 'ready', because: [], unseen: [] }],
      transcripts: [],
    },
    faults: [], incidents: [], transactions: [], agentProblems: [], masked: {},
  }
  return { specversion: '1.0', id, source: `posdiag/${terminal}`, type: 'posdiag.report.1', datacontenttype: 'application/json', data }
}

const post = (url: string, path: string, agent: Agent, headers: Record<string, string>, body: Uint8Array): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const request = http.request(`${url}${path}`, { method: 'POST', agent, timeout: 60_000, headers: { ...headers, 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    request.on('timeout', () => request.destroy(new Error('no answer within a minute')))
    request.on('error', reject)
    request.end(body)
  })

const figure = async (url: string, name: string): Promise<number> => {
  const text = await new Promise<string>((resolve, reject) => {
    http.get(`${url}/metrics`, (response) => {
      let all = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { all += chunk }).on('end', () => resolve(all))
    }).on('error', reject)
  })
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

/** Appends of 2 KB with fdatasync, per second, for half a second. */
const fsyncRate = (folder: string): number => {
  const fd = openSync(join(folder, 'fsync-probe'), 'w')
  const block = Buffer.alloc(2048, 'x')
  const began = performance.now()
  let n = 0
  while (performance.now() - began < 500) {
    writeSync(fd, block)
    fdatasyncSync(fd)
    n++
  }
  closeSync(fd)
  return (n / (performance.now() - began)) * 1000
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN

/** Requests as they go over the wire, made before the clock runs. */
const requestsOf = (own: readonly string[], { batch }: Case, reports: number, first: number): Buffer[] => {
  const at = Date.now()
  return Array.from({ length: reports / batch }, (_, i) => {
    const k = i % TERMINALS
    const body = Buffer.from(JSON.stringify(Array.from({ length: batch }, (_, j) => event(`T-${k}`, first + i * batch + j, at))))
    const head = ['POST /v1/reports HTTP/1.1', 'host: hq', `authorization: Bearer ${own[k]}`, 'content-type: application/cloudevents-batch+json', `content-length: ${body.length}`]
    return Buffer.concat([Buffer.from(head.join('\r\n') + HEAD_END), body])
  })
}

const HEAD_END = '\r\n\r\n'

/** One connection that sends a request after the other, made to cost as little as it can: what it takes of the cores HQ lacks. */
const connection = async (url: string) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1').setTimeout(60_000)
  await once(socket, 'connect')
  let text = ''
  let answered: ((text: string) => void) | undefined
  let failed: ((error: Error) => void) | undefined
  const fail = (why: string) => () => failed?.(new Error(why))
  socket.on('timeout', fail('no answer within a minute')).on('close', fail('the connection was closed')).on('error', (error) => failed?.(error))
  socket.on('data', (chunk: string) => {
    text += chunk
    const end = text.indexOf(HEAD_END)
    if (end === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
    if (!(text.length < end + HEAD_END.length + length)) answered?.(text)
  })
  return {
    ask: (request: Buffer): Promise<string> =>
      new Promise((resolve, reject) => {
        text = ''
        answered = resolve
        failed = reject
        socket.write(request)
      }),
    close: () => socket.removeAllListeners().destroy(),
  }
}

/** Sends all requests with so many in flight; answers milliseconds of each (sorted), of all, and how many reports were stored. */
const send = async (url: string, requests: readonly Buffer[], inFlight: number): Promise<{ times: number[]; ms: number; stored: number }> => {
  const connections = await Promise.all(Array.from({ length: inFlight }, () => connection(url)))
  const times: number[] = []
  let next = 0
  let stored = 0
  const began = performance.now()
  const worker = async ({ ask }: (typeof connections)[number]): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const start = performance.now()
      const answer = await ask(request)
      times.push(performance.now() - start)
      if (!answer.startsWith('HTTP/1.1 202 ')) throw new Error(`answered ${answer}`)
      stored += answer.split('"stored"').length - 1
    }
  }
  await Promise.all(connections.map(worker))
  const ms = performance.now() - began
  for (const { close } of connections) close()
  return { times: times.toSorted((a, b) => a - b), ms, stored }
}

const run = async (url: string, bare: string, own: readonly string[], one: Case, reports: number, first: number) => {
  const requests = requestsOf(own, one, reports, first)
  const bytes = requests.reduce((n, r) => n + r.length - r.indexOf(HEAD_END) - HEAD_END.length, 0)
  const bareMs = (await send(bare, requests, one.inFlight)).ms
  const commitsBefore = await figure(url, 'posdiag_hq_commit_seconds_count')
  const commitTimeBefore = await figure(url, 'posdiag_hq_commit_seconds_sum')
  const cpuBefore = await figure(url, 'process_cpu_seconds_total')
  const began = performance.now()
  const { times, ms, stored } = await send(url, requests, one.inFlight)
  const cpu = (await figure(url, 'process_cpu_seconds_total')) - cpuBefore
  const commits = (await figure(url, 'posdiag_hq_commit_seconds_count')) - commitsBefore
  const commitTime = (await figure(url, 'posdiag_hq_commit_seconds_sum')) - commitTimeBefore
  while ((await figure(url, 'posdiag_hq_unfolded_reports')) > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  const foldedMs = performance.now() - began
  if (stored !== reports) throw new Error(`${stored} of ${reports} were stored`)
  return {
    name: one.name,
    'report bytes': Math.round(bytes / reports),
    'reports/s': Math.round((reports / ms) * 1000),
    'of bare HTTP': Number((bareMs / ms).toFixed(2)),
    'folded/s': Math.round((reports / foldedMs) * 1000),
    'p50 ms': Number(quantile(times, 0.5).toFixed(2)),
    'p99 ms': Number(quantile(times, 0.99).toFixed(2)),
    'reports/commit': Math.round(reports / commits),
    'commit ms': Number(((commitTime / commits) * 1000).toFixed(2)),
    'CPU us/report': Number(((cpu / reports) * 1e6).toFixed(1)),
  }
}

interface Server { url: string; tokens: string[]; stop(): Promise<void> }

const start = async (...args: string[]): Promise<Server> => {
  const child = spawn(process.execPath, [...(process.env.POSDIAG_BENCH_NODE?.split(' ') ?? []), import.meta.filename, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const ended = once(child, 'exit')
  return {
    ...(JSON.parse(line) as { url: string; tokens: string[] }),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const main = async (reports: number, only: string): Promise<void> => {
  const folder = mkdtempSync(join(process.env.POSDIAG_BENCH_DIR ?? tmpdir(), 'posdiag-bench-hq-'))
  const hq = await start('serve', join(folder, 'data'))
  const bare = await start('control')
  try {
    const { url, tokens } = hq
    const agent = new http.Agent({ keepAlive: true })
    const own: string[] = []
    for (const [i, token] of tokens.entries()) {
      const body = Buffer.from(JSON.stringify({ token, terminal: { id: `T-${i}` }, agentVersion: 'bench' }))
      own.push((JSON.parse((await post(url, '/v1/enrol', agent, { 'content-type': 'application/json' }, body)).text) as { token: string }).token)
    }
    agent.destroy()
    await run(url, bare.url, own, { name: 'warm-up', batch: 1, inFlight: 32 }, 3000, 1)
    const rows = []
    let first = 3001
    for (const one of CASES.filter((c) => c.name.includes(only))) {
      const before = fsyncRate(folder)
      const row = await run(url, bare.url, own, one, reports, first)
      first += reports
      rows.push({ ...row, 'fsync/s': Math.round((before + fsyncRate(folder)) / 2) })
    }
    console.table(rows)
    console.log(JSON.stringify({ bench: 'hq', store: 'sqlite', reports, rows }))
  } finally {
    await hq.stop()
    await bare.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[2] === 'serve') await serve(process.argv[3] ?? '')
else if (process.argv[2] === 'control') await control()
else await main(Number(process.argv[2] ?? 20_000), process.argv[3] ?? '')
