// The processes of bench/hq.ts: HQ on a store, a bare HTTP server as a control, and what is asked of them besides reports.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startHq } from '../src/hq/server.ts'
import { TERMINALS } from './hq-load.ts'

const http = process.getBuiltinModule('node:http')
type Agent = InstanceType<typeof http.Agent>

/** The operator token of every HQ that is measured. */
export const OPERATOR = 'operator-token-of-the-bench'

/** HQ in this process, on SQLite in the folder or on the database of that address; says its address and one-time tokens. */
export const serve = async (dataDir: string, database: string | undefined): Promise<void> => {
  const log = { info: () => {}, warn: (m: string, f?: object) => console.error(m, f), error: (m: string, f?: object) => console.error(m, f) }
  const hq = await startHq({ dataDir, port: 0, version: 'bench', log, operatorToken: OPERATOR, ...(database ? { database: { url: database } } : {}) })
  const tokens: string[] = []
  for (let i = 0; i < TERMINALS; i++) tokens.push(await hq.createEnrolmentToken(`T-${i}`))
  console.log(JSON.stringify({ url: hq.url, tokens }))
  process.on('SIGTERM', () => void hq.stop())
}

/** A server that reads bodies and stores nothing. */
export const control = async (): Promise<void> => {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(202, { 'content-length': 12 }).end('{"items":[]}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens: [] }))
  process.on('SIGTERM', () => process.exit())
}

/** One of the above in a process of its own. */
export interface Server { url: string; tokens: string[]; stop(): Promise<void> }

/** Starts bench/hq.ts again with these arguments and waits until it has said where it is. */
export const start = async (...args: string[]): Promise<Server> => {
  const child = spawn(process.execPath, [...(process.env.POSDIAG_BENCH_NODE?.split(' ') ?? []), join(import.meta.dirname, 'hq.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => undefined)])
  if (first === undefined) throw new Error(`bench/hq.ts ${args[0]} ended before it was up`)
  return {
    ...(JSON.parse(String(first[0])) as { url: string; tokens: string[] }),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
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

/** The value of one of HQ's metrics without labels. */
export const figure = async (url: string, name: string): Promise<number> => {
  const text = await new Promise<string>((resolve, reject) => {
    http.get(`${url}/metrics`, (response) => {
      let all = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { all += chunk }).on('end', () => resolve(all))
    }).on('error', reject)
  })
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

/** Enrols all terminals; answers their own tokens. */
export const enrolAll = async ({ url, tokens }: Server): Promise<string[]> => {
  const agent = new http.Agent({ keepAlive: true })
  const own: string[] = []
  for (const [i, token] of tokens.entries()) {
    const body = Buffer.from(JSON.stringify({ token, terminal: { id: `T-${i}` }, agentVersion: 'bench' }))
    own.push((JSON.parse((await post(url, '/v1/enrol', agent, { 'content-type': 'application/json' }, body)).text) as { token: string }).token)
  }
  agent.destroy()
  return own
}

/** Appends of 2 KB with fdatasync, per second, for half a second. */
export const fsyncRate = (folder: string): number => {
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
