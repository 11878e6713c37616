import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Varbind } from 'net-snmp'
import { guardWrites } from '../guard/deny.ts'
import { BenchError, type Net, type SnmpValue } from '../model/bench.ts'
import { CONNECT_CAUSES, causeOf } from './causes.ts'
import { untilAborted, within } from './deadline.ts'

/** Most values of one walk; a printer has a few dozen. */
const MOST_VALUES = 256

/** Values that one answer may bring. */
const AT_ONCE = 10

/** A socket in the form that net-snmp uses: connected, so that it hears that nothing listens and takes answers from nobody else, and guarded. */
const guardedSocket = (host: string, port: number, failed: (error: unknown) => void) => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const { promise: connected, resolve } = Promise.withResolvers<void>()
  socket.once('connect', resolve)
  // The session would emit an event called like the error.
  socket.on('error', failed)
  socket.connect(port, host)
  return {
    on: (event: 'message' | 'error' | 'close', hear: () => void) => (event === 'error' ? socket : socket.on(event, hear)),
    ref: () => socket.ref(),
    unref: () => socket.unref(),
    close: () => socket.close(),
    send: (bytes: Uint8Array, _from: number, _length: number, _port: number, _host: string, sent: (error: Error | null) => void) => {
      // Each datagram is a message of its own.
      const why = guardWrites('snmp')(bytes)
      if (why !== undefined) sent(new BenchError('blocked', why))
      else void connected.then(() => socket.send(bytes, sent))
    },
  }
}

const read = ({ oid, value }: Varbind): SnmpValue[] => {
  if (typeof value === 'number') return [{ oid, value }]
  if (value instanceof Uint8Array) return [{ oid, value: Buffer.from(value).toString('hex') }]
  return typeof value === 'string' || typeof value === 'bigint' ? [{ oid, value: Buffer.from(String(value)).toString('hex') }] : []
}

/** Asks SNMP agents; the package is loaded when the first one is asked. Only reading passes the deny-list. */
export const hostSnmp = (signal: AbortSignal): Net['snmp'] => async (host, { port, community, version, ms }, roots) => {
  const { default: snmp } = await import('net-snmp').catch((error: unknown) => { throw causeOf(error, { codes: {}, otherwise: 'missing' }, 'the package net-snmp') })
  const what = `${host}:${port}`
  const late = (): BenchError => new BenchError('silent', `${what}: no answer within ${ms} ms`)
  const causeOfAnswer = (error: unknown): BenchError => {
    if (error instanceof snmp.RequestTimedOutError) return late()
    return causeOf(error, { ...CONNECT_CAUSES, otherwise: error instanceof snmp.RequestFailedError ? 'refused' : 'garbled' }, what)
  }
  const { promise: failure, reject: fail } = Promise.withResolvers<never>()
  const session = snmp.createSession(host, community, {
    version: version === '1' ? snmp.Version1 : snmp.Version2c,
    // One repetition within the time: datagrams get lost.
    timeout: Math.max(1, Math.floor(ms / 2)),
    retries: 1,
    backwardsGetNexts: false,
    dgramModule: { createSocket: () => guardedSocket(host, port, (error) => fail(causeOfAnswer(error))) },
  })
  session.on('error', (error) => fail(causeOfAnswer(error)))
  const values: SnmpValue[] = []
  const walk = (root: string): Promise<void> =>
    new Promise((resolve, reject) => {
      session.subtree(root, AT_ONCE, (varbinds) => {
        values.push(...varbinds.filter((varbind) => !snmp.isVarbindError(varbind)).flatMap(read))
        return values.length >= MOST_VALUES
      }, (error) => (error ? reject(causeOfAnswer(error)) : resolve()))
    })
  const walkAll = async (): Promise<SnmpValue[]> => {
    for (const root of roots) await walk(root)
    return values.slice(0, MOST_VALUES)
  }
  try {
    return await untilAborted(within(Promise.race([walkAll(), failure]), ms, late), signal)
  } finally {
    // What is still being walked ends with this.
    session.close()
  }
}
