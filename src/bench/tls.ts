import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { checkServerIdentity, connect, createSecureContext, type DetailedPeerCertificate, type SecureContext, type TLSSocket } from 'node:tls'
import { BenchError, type Net, type TlsFacts } from '../model/bench.ts'
import { type Causes, CONNECT_CAUSES, causeOf, codeOf, FILE_CAUSES } from './causes.ts'
import { type Connections, overTcp, overTls } from './connections.ts'
import { connected } from './tcp.ts'

/** OpenSSL's names for answers that are no TLS at all; its other errors come from a peer that speaks it and does not agree. */
const TLS_CAUSES: Causes = {
  ...CONNECT_CAUSES,
  codes: { ...CONNECT_CAUSES.codes, ERR_SSL_WRONG_VERSION_NUMBER: 'garbled', ERR_SSL_PACKET_LENGTH_TOO_LONG: 'garbled', ERR_SSL_RECORD_LAYER_FAILURE: 'garbled', ERR_SSL_UNEXPECTED_MESSAGE: 'garbled', ERR_SSL_BAD_RECORD_TYPE: 'garbled', EPROTO: 'garbled' },
}

/** Chains longer than this are somebody's mistake or malice. */
const LONGEST_CHAIN = 10
const MOST_NAMES = 100

/** Reading the roots is most of the work of a handshake, so a context serves again; roots are few. Undefined are Node's own. */
const contexts = new Map<string | undefined, SecureContext>()
const MOST_CONTEXTS = 8

const contextFor = (roots: string | undefined): SecureContext => {
  const known = contexts.get(roots)
  if (known) return known
  if (contexts.size >= MOST_CONTEXTS) contexts.clear()
  const made = createSecureContext(roots === undefined ? {} : { ca: roots })
  contexts.set(roots, made)
  return made
}

const named = (name: DetailedPeerCertificate['subject'] | undefined): string =>
  Object.entries(name ?? {}).map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : value}`).join(', ')

const chainOf = (leaf: DetailedPeerCertificate): string[] => {
  const seen = new Set<string>()
  const issuers: string[] = []
  for (let link: DetailedPeerCertificate | undefined = leaf; link?.fingerprint256 && !seen.has(link.fingerprint256) && issuers.length < LONGEST_CHAIN; link = link.issuerCertificate) {
    seen.add(link.fingerprint256)
    issuers.push(named(link.issuer))
  }
  return issuers
}

/** Node's code for why the chain or the name is not trusted. */
const problemOf = (socket: TLSSocket, name: string, certificate: DetailedPeerCertificate): string | undefined => {
  if (socket.authorizationError) return codeOf(socket.authorizationError) ?? String(socket.authorizationError)
  const wrong = checkServerIdentity(name, certificate)
  return wrong && (codeOf(wrong) ?? wrong.message)
}

const factsOf = (socket: TLSSocket, name: string, ms: number): TlsFacts => {
  const certificate = socket.getPeerCertificate(true)
  if (!certificate?.raw) throw new BenchError('garbled', `${name} shows no certificate`)
  const problem = problemOf(socket, name, certificate)
  return {
    ms,
    protocol: socket.getProtocol() ?? '',
    ...(problem === undefined ? {} : { problem }),
    subject: named(certificate.subject),
    issuer: named(certificate.issuer),
    names: (certificate.subjectaltname ?? '').split(', ').filter((entry) => entry !== '').slice(0, MOST_NAMES).map((entry) => entry.replace(/^(DNS|IP Address):/, '')),
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    chain: chainOf(certificate),
  }
}

/** The roots to trust: PEM text as it is, or what a PEM file holds. */
const rootsOf = async (ca: string | undefined): Promise<string | undefined> => {
  if (ca === undefined || ca.includes('-----BEGIN')) return ca
  return readFile(ca, 'utf8').catch((error: unknown) => { throw causeOf(error, FILE_CAUSES, `roots to trust, ${ca}`) })
}

/** Asks servers who they are, over the connection that was left for it if there is one. Without `ca` in a call, `defaultCa` (PEM text or a file) is trusted, or Node's own roots. */
export const hostTls = (signal: AbortSignal, defaultCa: string | undefined, connections: Connections): Net['tls'] => async (host, port, { name, ca, ms }) => {
  const roots = await rootsOf(ca ?? defaultCa)
  const what = `${host}:${port}`
  const until = performance.now() + ms
  const raw = connections.take(overTcp(host, port)) ?? (await connected(host, port, ms, signal))
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: raw,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      secureContext: contextFor(roots),
      rejectUnauthorized: false,
      // Names are judged below, after the chain.
      checkServerIdentity: () => undefined,
    })
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', silent)
      socket.on('error', () => undefined)
      socket.once('close', () => raw.destroy())
      settle()
    }
    const fail = (error: BenchError): void => end(() => {
      socket.destroy()
      reject(error)
    })
    const silent = (): void => fail(new BenchError('silent', `${what}: no TLS answer within ${ms} ms`))
    const timer = setTimeout(silent, Math.max(1, until - performance.now()))
    signal.addEventListener('abort', silent, { once: true })
    socket.once('error', (error) => fail(causeOf(error, TLS_CAUSES, what)))
    socket.once('secureConnect', () => {
      try {
        const facts = factsOf(socket, name, performance.now() - started)
        end(() => {
          connections.leave(overTls(host, port, name), socket)
          resolve(facts)
        })
      } catch (error) {
        fail(causeOf(error, { codes: {}, otherwise: 'garbled' }, what))
      }
    })
  })
}
