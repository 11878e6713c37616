import type { AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import * as z from 'zod'
import { RegisterKey, SIGNATURE_HEADER, type TerminalKey } from '../../src/model/access.ts'
import { LogBundle } from '../../src/model/configuration.ts'
import type { Report } from '../../src/model/report.ts'
import { type BatchItem, CLOCK_HEADER, type Command, type CommandProgress, EnrolRequest, Heartbeat, ReportEvent } from '../../src/model/wire.ts'

type Response = import('node:http').ServerResponse

/** What an answer looks like instead of the usual one. */
export interface Interruption {
  status: number
  headers?: Record<string, string>
  body?: string
  /** Cut the connection: before anything is kept, or after it is. */
  cut?: 'before' | 'after'
}

/** As much of HQ as speaks the wire contract, in memory. */
export interface TinyHq {
  url: string
  /** Every report taken in, by id; a duplicate counts. */
  stored: Map<string, { report: Report; times: number }>
  batches: { encoding: string | undefined; clock: string | undefined; signature: string | undefined; text: string; ids: string[]; at: number }[]
  beats: Heartbeat[]
  progress: { id: string; progress: CommandProgress }[]
  commands: Command[]
  bundles: { id: string; bundle: LogBundle }[]
  enrolments: number
  /** The key that it was given, at enrolment or later. */
  key: TerminalKey | undefined
  /** False for one from before there were keys. */
  takesKeys: boolean
  /** One-time tokens that may still be used. */
  oneTime: Set<string>
  /** The terminal's own token, once enrolled. */
  token: string
  /** Asked before every batch. */
  interrupt: (ids: string[]) => Interruption | undefined
  judge: (report: Report) => BatchItem
  nextMs: number
  /** What its answers to heartbeats say beyond that. */
  adds: object
  close(): Promise<void>
}

const problem = (response: Response, status: number, title: string, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
  response.end(JSON.stringify({ type: 'about:blank', title, status }))
}

const json = (response: Response, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

export const tinyHq = async (now: () => number = Date.now): Promise<TinyHq> => {
  const http = process.getBuiltinModule('node:http')
  const hq: TinyHq = {
    url: '', stored: new Map(), batches: [], beats: [], progress: [], commands: [], bundles: [], enrolments: 0, key: undefined, takesKeys: true, oneTime: new Set(['one-time-token-0001']), token: 'the-terminals-own-token', nextMs: 30_000, adds: {},
    interrupt: () => undefined,
    judge: (report) => ({ id: report.id, status: hq.stored.has(report.id) ? 'duplicate' : 'stored' }),
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
  const decode = (bytes: Buffer, encoding: string | undefined): string => (encoding === 'zstd' ? zstdDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
  const batch = (response: Response, text: string, encoding: string | undefined, headers: import('node:http').IncomingHttpHeaders): void => {
    const events = z.array(ReportEvent).parse(JSON.parse(text))
    const ids = events.map((e) => e.id)
    hq.batches.push({ encoding, clock: headers[CLOCK_HEADER]?.toString(), signature: headers[SIGNATURE_HEADER]?.toString(), text, ids, at: now() })
    const interruption = hq.interrupt(ids)
    if (interruption?.cut === 'before') {
      response.destroy()
      return
    }
    if (interruption && !interruption.cut) {
      response.writeHead(interruption.status, { 'content-type': 'application/problem+json', ...interruption.headers })
      response.end(interruption.body ?? JSON.stringify({ type: 'about:blank', title: 'interrupted', status: interruption.status }))
      return
    }
    const items = events.map(({ data }) => {
      const item = hq.judge(data)
      if (item.status !== 'rejected') hq.stored.set(data.id, { report: hq.stored.get(data.id)?.report ?? data, times: (hq.stored.get(data.id)?.times ?? 0) + 1 })
      return item
    })
    if (interruption?.cut === 'after') response.destroy()
    else json(response, 202, { items })
  }
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const encoding = request.headers['content-encoding']
      const text = decode(Buffer.concat(chunks), encoding)
      if (request.url === '/v1/enrol') {
        const { token, terminal, key } = EnrolRequest.parse(JSON.parse(text))
        if (!hq.oneTime.delete(token)) return problem(response, 401, 'unknown token')
        hq.enrolments += 1
        hq.key = hq.takesKeys ? key : undefined
        return json(response, 200, { terminalId: terminal.id, token: hq.token })
      }
      if (request.headers.authorization !== `Bearer ${hq.token}`) return problem(response, 401, 'not enrolled')
      if (request.url === '/v1/reports') return batch(response, text, encoding, request.headers)
      if (request.url === '/v1/key' && hq.takesKeys) {
        const { key } = RegisterKey.parse(JSON.parse(text))
        if (hq.key !== undefined && hq.key.x !== key.x) return problem(response, 409, 'another key')
        hq.key = key
        response.writeHead(204).end()
        return
      }
      if (request.url === '/v1/heartbeats') {
        hq.beats.push(Heartbeat.parse(JSON.parse(text)))
        return json(response, 200, { at: now(), nextMs: hq.nextMs, commands: hq.commands, ...hq.adds })
      }
      const bundle = /^\/v1\/commands\/([^/]+)\/bundle$/.exec(request.url ?? '')
      if (bundle) {
        hq.bundles.push({ id: bundle[1] ?? '', bundle: LogBundle.parse(JSON.parse(text)) })
        return json(response, 200, {})
      }
      const command = /^\/v1\/commands\/([^/]+)\/progress$/.exec(request.url ?? '')
      if (command) {
        hq.progress.push({ id: command[1] ?? '', progress: JSON.parse(text) })
        return json(response, 200, {})
      }
      problem(response, 404, 'nothing here')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  hq.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return hq
}
