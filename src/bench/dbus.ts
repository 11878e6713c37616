import { BenchError } from '../model/bench.ts'
import type { Absence } from '../model/observation.ts'
import { callMessage, type Method, messageLength, readMessage, type Wire } from './dbus-wire.ts'
import { type LocalSocket, openLocal } from './local-socket.ts'

/** Longest that one question takes with all that goes before it: the bus is on this host, and no answer waits for a device. */
const ANSWER_MS = 1500

/** Most messages that nobody asked for between a call and its answer. */
const MOST_UNASKED = 16

const LONGEST_LINE = 512
const STANDARD_PATH = '/run/dbus/system_bus_socket'
const BUS: Method = { service: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', name: 'Hello' }

const unescaped = (text: string): string => text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** Path of the first Unix socket in a bus address, as `unix:path=/run/dbus/system_bus_socket;tcp:host=...`; undefined without one. */
export const busPath = (address: string): string | undefined => {
  for (const one of address.split(';')) {
    const [, kind, name] = /^unix:(?:[^,]*,)*?(path|abstract)=([^,]+)/.exec(one) ?? []
    if (name !== undefined) return `${kind === 'abstract' ? '\0' : ''}${unescaped(name)}`
  }
  return undefined
}

const systemBus = () => ({
  path: busPath(process.env.DBUS_SYSTEM_BUS_ADDRESS ?? '') ?? STANDARD_PATH,
  missing: 'this host has no system bus (D-Bus)',
  silent: () => `the system bus: no answer within ${ANSWER_MS} ms`,
  ended: 'the system bus hung up',
})

const line = (bytes: Uint8Array): number | undefined => {
  const end = bytes.indexOf(0x0a)
  if (end < 0 && bytes.length > LONGEST_LINE) throw new BenchError('garbled', 'what listens as the system bus does not speak D-Bus')
  return end < 0 ? undefined : end + 1
}

/** Says who we are; the kernel tells the bus whether that is true (EXTERNAL). */
const introduce = async (socket: LocalSocket, left: () => number): Promise<void> => {
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')
  socket.send(Buffer.from(`\0AUTH EXTERNAL ${user}\r\n`, 'latin1'))
  const said = Buffer.from(await socket.next(line, left())).toString('latin1')
  if (said.startsWith('REJECTED')) throw new BenchError('blocked', 'the system bus does not let this user in')
  if (!said.startsWith('OK ')) throw new BenchError('garbled', 'what listens as the system bus does not speak D-Bus')
  socket.send(Buffer.from('BEGIN\r\n', 'latin1'))
}

const NO_SERVICE = ['org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus.Error.NameHasNoOwner']

const ERRORS: Readonly<Record<string, Absence>> = {
  'org.freedesktop.DBus.Error.AccessDenied': 'blocked',
  'org.freedesktop.DBus.Error.NoReply': 'silent',
  'org.freedesktop.DBus.Error.Timeout': 'silent',
}

const failed = ({ service }: Method, error: string): BenchError => {
  if (NO_SERVICE.includes(error)) return new BenchError('missing', `${service} does not run on this host`)
  return new BenchError(ERRORS[error] ?? 'refused', `${service} answers with an error: ${error.slice(0, 80)}`)
}

/** Calls a method and waits for its answer among whatever else comes. */
const called = async (socket: LocalSocket, serial: number, method: Method, left: () => number): Promise<{ signature: string; body: Wire[] }> => {
  socket.send(callMessage(serial, method))
  for (let unasked = 0; unasked < MOST_UNASKED; unasked += 1) {
    const answer = readMessage(await socket.next(messageLength, left()))
    if (answer?.to !== serial) continue
    if (answer.error !== undefined) throw failed(method, answer.error)
    return answer
  }
  throw new BenchError('garbled', 'the system bus sends what nobody asked for')
}

/**
 * Calls a method without arguments of a service of the system bus that already runs, and gives what it returns. Rejects: missing =
 * no system bus, or the service does not run; blocked = this user may not; silent; garbled = no D-Bus, or not what `signature` says;
 * refused = another error of the service.
 */
export const askSystemBus = async (method: Method, signature: string, signal: AbortSignal): Promise<Wire[]> => {
  const until = performance.now() + ANSWER_MS
  const left = (): number => Math.max(0, until - performance.now())
  const socket = await openLocal(systemBus(), signal)
  try {
    await introduce(socket, left)
    await called(socket, 1, BUS, left)
    const answer = await called(socket, 2, method, left)
    if (answer.signature !== signature) throw new BenchError('garbled', `${method.service} answers in another form: ${answer.signature.slice(0, 40)}`)
    return answer.body
  } finally {
    socket.close()
  }
}
