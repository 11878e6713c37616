import { readFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'

type IncomingMessage = import('node:http').IncomingMessage
type RequestOptions = import('node:http').RequestOptions

// By getBuiltinModule, because an ESM import of node:http or node:https loads undici: 12 MB more.
const http = () => process.getBuiltinModule('node:http')
const https = () => process.getBuiltinModule('node:https')

/** How the body of a request is compressed. */
export type Encoding = 'zstd' | 'gzip' | 'identity'

/** One question to HQ. */
export interface Ask {
  method: 'GET' | 'POST'
  /** Below the base address, as `/v1/reports`. */
  path: string
  token?: string
  body?: string | Uint8Array
  contentType?: string
  encoding?: Encoding
  /** Further headers. */
  headers?: Readonly<Record<string, string>>
  /** From the first byte sent to the last one received, in milliseconds. */
  deadlineMs: number
}

/** HQ's answer (`json` undefined where the text is none), or why there is none (`why` is a Node error code or `deadline`, `too-long`). */
export type Answer =
  | { ok: true; status: number; retryAfterMs?: number; contentType: string; text: string; json: unknown }
  | { ok: false; why: string; detail: string }

/** A connection to one server, kept alive between questions. */
export interface HttpClient {
  ask(ask: Ask): Promise<Answer>
  close(): void
}

const MOST_ANSWER_BYTES = 1 << 20
const LONGEST_RETRY_AFTER_MS = 3_600_000

/** Reads Retry-After (RFC 9110, 10.2.3): seconds or a date, as milliseconds from now, at most an hour. */
export const retryAfter = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : undefined
}

const compress = (body: string | Uint8Array, encoding: Encoding): Uint8Array => {
  if (encoding === 'zstd') return zstdCompressSync(body)
  return encoding === 'gzip' ? gzipSync(body) : Buffer.from(body)
}

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/.test(host)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is an answer too: a captive portal's page, say. The caller's schema refuses it.
    return undefined
  }
}

const read = (response: IncomingMessage): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_ANSWER_BYTES) {
        resolve(undefined)
        response.destroy()
      } else chunks.push(chunk)
    })
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    response.on('error', reject)
    response.on('aborted', () => reject(new Error('the connection was cut')))
  })

const asFailure = (error: unknown): Answer => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'broken'
  return { ok: false, why: code, detail: error instanceof Error && error.message !== '' ? error.message : code }
}

/**
 * A client for one base address. `ca` is a PEM file with the only roots to trust, `certificate` names two with who this client is. HTTPS_PROXY, HTTP_PROXY and NO_PROXY of `env` are
 * honoured, except towards this host itself. At most `sockets` connections are open, two unless told. Throws if the address is no http(s) URL or a file cannot be read.
 */
export const createHttpClient = (base: string, options: { ca?: string; certificate?: { cert: string; key: string }; version: string; env: Readonly<Record<string, string | undefined>>; now: () => number; sockets?: number }): HttpClient => {
  const url = new URL(base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`the address of HQ must start with https:// or http://, not ${url.protocol}//`)
  const secure = url.protocol === 'https:'
  const { env } = options
  const proxyEnv = isLoopback(url.hostname) ? {} : {
    HTTP_PROXY: env.HTTP_PROXY ?? env.http_proxy, HTTPS_PROXY: env.HTTPS_PROXY ?? env.https_proxy, NO_PROXY: env.NO_PROXY ?? env.no_proxy,
  }
  const ca = options.ca === undefined ? undefined : readFileSync(options.ca)
  const own = options.certificate && { cert: readFileSync(options.certificate.cert), key: readFileSync(options.certificate.key) }
  const maxSockets = options.sockets ?? 2
  const agent = secure
    ? new (https().Agent)({ keepAlive: true, maxSockets, proxyEnv, ...(ca ? { ca } : {}), ...own })
    : new (http().Agent)({ keepAlive: true, maxSockets, proxyEnv })
  const request = secure ? https().request : http().request

  const exchange = async ({ method, path, token, body, contentType, encoding = 'identity', headers }: Ask, signal: AbortSignal): Promise<Answer> => {
    const bytes = body === undefined ? undefined : compress(body, encoding)
    const settings: RequestOptions = {
      method, agent, signal,
      headers: {
        ...headers, accept: 'application/json', 'user-agent': `posdiag/${options.version}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(bytes === undefined ? {} : { 'content-type': contentType ?? 'application/json', 'content-length': bytes.length }),
        ...(bytes === undefined || encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      },
    }
    const send = (): Promise<IncomingMessage | 'stale'> =>
      new Promise((resolve, reject) => {
        const sent = request(new URL(url.pathname.replace(/\/$/, '') + path, url), settings, resolve)
        // A kept connection that the server has just closed says nothing about the server: once more on a new one.
        sent.on('error', (error) => (sent.reusedSocket && !signal.aborted ? resolve('stale') : reject(error)))
        sent.end(bytes)
      })
    const first = await send()
    const response = first === 'stale' ? await send() : first
    if (response === 'stale') return { ok: false, why: 'ECONNRESET', detail: 'the connection was cut twice' }
    const text = await read(response)
    if (text === undefined) return { ok: false, why: 'too-long', detail: `the answer is longer than ${MOST_ANSWER_BYTES} bytes` }
    const wait = retryAfter(response.headers['retry-after'], options.now())
    return { ok: true, status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', text, json: parse(text), ...(wait === undefined ? {} : { retryAfterMs: wait }) }
  }
  return {
    ask: async (ask) => {
      const deadline = AbortSignal.timeout(ask.deadlineMs)
      try {
        return await exchange(ask, deadline)
      } catch (error) {
        return deadline.aborted ? { ok: false, why: 'deadline', detail: `no answer within ${ask.deadlineMs} ms` } : asFailure(error)
      }
    },
    close: () => agent.destroy(),
  }
}
