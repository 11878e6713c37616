import type { RequestOptions } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { BenchError, type Clock, type HttpFacts, type Net } from '../model/bench.ts'
import { type Causes, CONNECT_CAUSES, causeOf, codeOf } from './causes.ts'
import { type Connections, overTcp, overTls } from './connections.ts'

const MOST_READ = 4096
const MOST_READ_OF_POST = 65_536

/** ENOENT is a Unix socket that is not there: its service does not run. */
const HTTP_CAUSES: Causes = { ...CONNECT_CAUSES, codes: { ...CONNECT_CAUSES.codes, ENOENT: 'missing', EPROTO: 'garbled', ERR_SSL_WRONG_VERSION_NUMBER: 'garbled', ERR_SSL_PACKET_LENGTH_TOO_LONG: 'garbled' } }

/** Why a request over HTTP failed. HPE_ codes are llhttp's: what came back is not HTTP. */
export const httpFailure = (error: unknown, what: string): BenchError =>
  causeOf(error, codeOf(error)?.startsWith('HPE_') ? { codes: {}, otherwise: 'garbled' } : HTTP_CAUSES, what)

const parsed = (url: string): URL => {
  const result = URL.canParse(url) ? new URL(url) : undefined
  if (result?.protocol !== 'http:' && result?.protocol !== 'https:') throw new BenchError('broke', `not an http or https address: ${url}`)
  return result
}

/** What is read of an answer's head. */
interface Head {
  statusCode?: number | undefined
  headers: { date?: string | undefined; location?: string | undefined }
}

const factsOf = (answer: Head, body: Buffer, times: { ms: number; sentAt: number; receivedAt: number }): HttpFacts => {
  const date = Date.parse(answer.headers.date ?? '')
  const { location } = answer.headers
  return {
    ...times,
    status: answer.statusCode ?? 0,
    ...(Number.isNaN(date) ? {} : { date }),
    ...(location === undefined ? {} : { location }),
    bodyStart: body.toString('utf8'),
  }
}

/** Where to connect, when that is not where the address points. */
const elsewhere = (target: URL, address: string | undefined): RequestOptions => {
  if (address === undefined) return {}
  const name = target.hostname.replace(/^\[|\]$/g, '')
  return { hostname: address, ...(isIP(name) === 0 ? { servername: name } : {}) }
}

/** The connection that was left for this address, if there is one. */
const ready = (connections: Connections, target: URL, address: string | undefined): Socket | undefined => {
  const name = target.hostname.replace(/^\[|\]$/g, '')
  const host = address ?? name
  return target.protocol === 'https:' ? connections.take(overTls(host, Number(target.port || 443), name)) : connections.take(overTcp(host, Number(target.port || 80)))
}

/** Asks HTTP servers; node:http is taken as a built-in module because importing it loads far more than is used. */
export const hostHttp = (signal: AbortSignal, clock: Clock, connections: Connections): Net['http'] => async (url, { method, ms, address, body }) => {
  const target = parsed(url)
  const most = method === 'POST' ? MOST_READ_OF_POST : MOST_READ
  const tools = target.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const socket = ready(connections, target, address)
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const sentAt = clock.now()
    const request = tools.request(target, {
      ...elsewhere(target, address),
      method,
      ...(socket ? { createConnection: () => socket } : { agent: false }),
      rejectUnauthorized: false,
      headers: { host: target.host, 'user-agent': 'posdiag', accept: '*/*', connection: 'close', ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body.json) } : {}) },
    })
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', silent)
      settle()
      request.on('error', () => undefined)
      request.destroy()
    }
    const silent = (): void => end(() => reject(new BenchError('silent', `${target.host}: no answer within ${ms} ms`)))
    const timer = setTimeout(silent, ms)
    signal.addEventListener('abort', silent, { once: true })
    request.once('error', (error) => end(() => reject(httpFailure(error, target.host))))
    request.once('response', (answer) => {
      const times = { ms: performance.now() - started, sentAt, receivedAt: clock.now() }
      const chunks: Buffer[] = []
      let length = 0
      const done = (): void => end(() => resolve(factsOf(answer, Buffer.concat(chunks).subarray(0, most), times)))
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length >= most) done()
      })
      answer.once('end', done)
      // The status came whole: a body that breaks off does not undo it.
      answer.once('error', done)
      answer.once('close', done)
    })
    request.end(body?.json)
    if (signal.aborted) silent()
  })
}
