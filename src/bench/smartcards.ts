import { BenchError, type CardSlot, type SmartCards } from '../model/bench.ts'
import { hex } from '../model/dialogue.ts'
import { codeOf, messageOf } from './causes.ts'
import { deadlineCame } from './deadline.ts'

/** The service names its readers at once; this long after the last word from it nothing more is to come. */
const QUIET_MS = 250
const LONGEST_MS = 2000

/** pcsc-mini's names of the PC/SC return codes (pcsclite.h) that say something of the host. */
const failure = (error: unknown): BenchError => {
  if (error instanceof BenchError) return error
  const code = codeOf(error)
  const message = messageOf(error)
  if (code === 'NoService' || code === 'ServiceStopped') return new BenchError('missing', 'pcscd is not running: install and start pcscd')
  if (code === 'SecurityViolation' || code === 'AccessDenied') return new BenchError('blocked', `the PC/SC service refuses this user: ${code}`)
  if (code === 'Timeout' || code === 'CommError') return new BenchError('silent', `the PC/SC service: ${code}`)
  if (message.includes('libpcsclite')) return new BenchError('missing', 'PC/SC needs a library: install libpcsclite1')
  return new BenchError('missing', `PC/SC cannot be used: ${message.split('\n')[0]}`)
}

/** SCARD_STATE bits of pcsclite.h: 10 empty, 20 present, 80 exclusive, 100 in use, 200 mute. */
const cardOf = (state: number): CardSlot['card'] => {
  if (state & 0x10) return 'none'
  if (!(state & 0x20)) return 'unavailable'
  if (state & 0x200) return 'mute'
  return state & 0x180 ? 'in-use' : 'present'
}

/** ISO 7816-3: it begins with 3B or 3F. pcsc-mini 0.1.3 on Linux often gives other bytes than the card's, which are worse than none. */
const isAtr = (bytes: Uint8Array): boolean => bytes[0] === 0x3b || bytes[0] === 0x3f

const load = async () => {
  try {
    return (await import('pcsc-mini')).default
  } catch (error) {
    throw failure(error)
  }
}

const slots = async (signal: AbortSignal): Promise<CardSlot[]> => {
  const { Client } = await load()
  const client = new Client()
  const seen = new Map<string, CardSlot>()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let quiet = setTimeout(resolve, QUIET_MS)
  const longest = setTimeout(resolve, LONGEST_MS)
  const stop = (): void => reject(deadlineCame())
  signal.addEventListener('abort', stop, { once: true })
  const note = (slot: CardSlot): void => {
    seen.set(slot.name, slot)
    clearTimeout(quiet)
    quiet = setTimeout(resolve, QUIET_MS)
  }
  client.on('error', (error) => (codeOf(error) === 'NoReadersAvailable' ? resolve() : reject(failure(error))))
  client.on('reader', (reader) => {
    note({ name: reader.name(), card: 'unavailable' })
    reader.on('change', (status, atr) => note({ name: reader.name(), card: cardOf(status.raw), ...(isAtr(atr) ? { atr: hex(atr) } : {}) }))
    reader.on('disconnect', () => seen.delete(reader.name()))
  })
  try {
    client.start()
    await promise
    return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  } finally {
    clearTimeout(quiet)
    clearTimeout(longest)
    signal.removeEventListener('abort', stop)
    if (client.running()) client.stop()
  }
}

/** PC/SC by the optional package pcsc-mini. Only looks: no card is connected to. */
export const hostSmartCards = (signal: AbortSignal): SmartCards => ({
  slots: () => slots(signal).catch((error: unknown) => { throw failure(error) }),
})
