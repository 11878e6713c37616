import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { BenchError, type Clock, type Net } from '../model/bench.ts'
import { CONNECT_CAUSES, causeOf } from './causes.ts'
import { connectionsUntil, overTcp } from './connections.ts'
import { hostNames } from './dns.ts'
import { hostHttp } from './http.ts'
import { hostIpp } from './ipp.ts'
import { hostPing } from './ping.ts'
import { hostSnmp } from './snmp.ts'
import { connected } from './tcp.ts'
import { hostTls } from './tls.ts'

const addresses: Net['addresses'] = async () => {
  try {
    return Object.entries(networkInterfaces()).flatMap(([name, list]) =>
      (list ?? []).map(({ address, family, cidr }) => ({ interface: name, address, family: family === 'IPv6' ? 6 as const : 4 as const, prefix: Number(cidr?.split('/')[1] ?? (family === 'IPv6' ? 128 : 32)) })))
  } catch (error) {
    throw causeOf(error, { codes: {}, otherwise: 'blocked' }, 'own interfaces')
  }
}

/** A connected socket also hears that nothing listens there. */
const datagram = (signal: AbortSignal): Net['datagram'] => (host, port, bytes, ms) =>
  new Promise((resolve, reject) => {
    const what = `${host}:${port}`
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    const started = performance.now()
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', silent)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.close()
      settle()
    }
    const fail = (error: unknown): void => end(() => reject(causeOf(error, CONNECT_CAUSES, what)))
    const silent = (): void => fail(new BenchError('silent', `${what}: no answer within ${ms} ms`))
    const timer = setTimeout(silent, ms)
    signal.addEventListener('abort', silent, { once: true })
    socket.once('error', fail)
    socket.once('message', (answer) => end(() => resolve({ bytes: Uint8Array.from(answer), ms: performance.now() - started })))
    socket.once('connect', () => socket.send(bytes, (error) => { if (error) fail(error) }))
    socket.connect(port, host)
    if (signal.aborted) silent()
  })

/** The network as this host sees it. `ca` (PEM text or a file) replaces Node's roots where a call names none. */
export const hostNet = (signal: AbortSignal, clock: Clock, ca: string | undefined): Net => {
  const connections = connectionsUntil(signal)
  return {
    ...hostNames,
    addresses,
    connect: async (host, port, ms) => {
      const started = performance.now()
      const socket = await connected(host, port, ms, signal)
      const facts = { ms: performance.now() - started, address: socket.remoteAddress ?? host }
      connections.leave(overTcp(host, port), socket)
      return facts
    },
    tls: hostTls(signal, ca, connections),
    http: hostHttp(signal, clock, connections),
    ping: hostPing(signal),
    datagram: datagram(signal),
    snmp: hostSnmp(signal),
    ipp: hostIpp(signal),
  }
}
