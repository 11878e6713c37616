import { isIP } from 'node:net'
import type { Bench, HttpFacts, TlsFacts } from '../../src/model/bench.ts'
import { looked, type Missed } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { askServers } from '../network/ask-servers.ts'

const CONNECT_MS = 2500
/** Another address of the same name is a second chance, not another full wait. */
const NEXT_CONNECT_MS = 1200
const TLS_MS = 4000
const HTTP_MS = 4000
const MOST_ADDRESSES = 3

/** What a look came to. */
export type Outcome<T> = { value: T } | Missed

/** One endpoint of the terminal file, as its device describes it. */
export interface Target {
  host: string
  port: number
  tls: boolean
  ca: string | undefined
  /** Part of the name of the issuer that the certificate must come from. */
  issuer: string | undefined
  httpPath: string | undefined
  resolvers: readonly string[]
}

/** The endpoint that a device stands for; undefined if the device is not reached over TCP. */
export const targetOf = ({ transport, settings }: Device): Target | undefined => {
  if (transport.type !== 'tcp') return undefined
  return {
    host: transport.host,
    port: transport.port,
    tls: settings.tls !== false,
    ca: typeof settings.ca === 'string' ? settings.ca : undefined,
    issuer: typeof settings.issuer === 'string' ? settings.issuer : undefined,
    httpPath: typeof settings.httpPath === 'string' ? settings.httpPath : undefined,
    resolvers: Array.isArray(settings.resolvers) ? settings.resolvers : [],
  }
}

/** Addresses of the target by name, from the declared name servers or else the system's resolver; undefined if the target is an address itself. */
export const resolveTarget = async (bench: Bench, { host, resolvers }: Target): Promise<Outcome<{ addresses: string[]; ms: number }> | undefined> => {
  if (isIP(host) !== 0) return undefined
  const asked = host === 'localhost' ? undefined : await askServers(bench, host, resolvers)
  return asked ?? looked(bench.net.lookup(host))
}

/** What one address of the target gave. `tls` and `http` are undefined where the ladder does not reach that far. */
export interface Climb {
  address: string
  connect: Outcome<{ ms: number; address: string }>
  tls: Outcome<TlsFacts> | undefined
  http: Outcome<HttpFacts> | undefined
}

/** Address of a page, with brackets around an IPv6 address. */
export const pageUrl = ({ host, port, tls }: Pick<Target, 'host' | 'port' | 'tls'>, path: string): string =>
  `${tls ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}${path}`

const page = (bench: Bench, target: Target, address: string, method: 'GET' | 'HEAD', path: string): Promise<Outcome<HttpFacts>> =>
  looked(bench.net.http(pageUrl(target, path), { method, ms: HTTP_MS, ...(target.ca === undefined ? {} : { ca: target.ca }), ...(address === target.host ? {} : { address }) }))

/** The rungs above the name, one after the other over one connection, as a client climbs them; the next one is tried only where the last one holds. */
const climb = async (bench: Bench, target: Target, address: string, connectMs: number): Promise<Climb> => {
  const connect = await looked(bench.net.connect(address, target.port, connectMs))
  if ('absent' in connect) return { address, connect, tls: undefined, http: undefined }
  const tls = target.tls ? await looked(bench.net.tls(address, target.port, { name: target.host, ms: TLS_MS, ...(target.ca === undefined ? {} : { ca: target.ca }) })) : undefined
  const http = target.httpPath === undefined || (tls !== undefined && 'absent' in tls) ? undefined : await page(bench, target, address, 'GET', target.httpPath)
  return { address, connect, tls, http }
}

const TELLING = ['refused', 'silent', 'blocked', 'missing']

/** The address that connects, or else the one whose failure says most: without a route nothing was tried at all. */
export const climbTo = async (bench: Bench, target: Target, addresses: readonly string[]): Promise<Climb | undefined> => {
  const failed: Climb[] = []
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    const one = await climb(bench, target, address, failed.length === 0 ? CONNECT_MS : NEXT_CONNECT_MS)
    if ('value' in one.connect) return one
    failed.push(one)
  }
  const weight = ({ connect }: Climb): number => ('absent' in connect ? TELLING.indexOf(connect.absent) : 0)
  return failed.sort((a, b) => weight(a) - weight(b))[0]
}

const DATES = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']

/**
 * The server's clock where a certificate's dates are in doubt and no page was asked for: whether the certificate or this host's
 * clock is wrong shows only in what the server says the time is. A HEAD changes nothing.
 */
export const clockBehind = async (bench: Bench, target: Target, { address, tls, http }: Climb): Promise<Outcome<HttpFacts> | undefined> => {
  if (http !== undefined || tls === undefined || !('value' in tls) || !DATES.includes(tls.value.problem ?? '')) return http
  return page(bench, target, address, 'HEAD', '/')
}

/** Offset of the server's clock against this host's in seconds, positive if the server is ahead. The Date header counts whole seconds, so half of one is added; RFC 9110 5.6.7. Good to half a second and half the round trip. */
export const clockOffset = ({ date, sentAt, receivedAt }: Pick<HttpFacts, 'date' | 'sentAt' | 'receivedAt'>): number | undefined =>
  date === undefined ? undefined : Math.round(date + 500 - (sentAt + receivedAt) / 2) / 1000
