import { BenchError, type ModemLines, type Port, type PortAddress } from '../model/bench.ts'
import type { Absence } from '../model/observation.ts'
import { messageOf } from './causes.ts'
import { settledWithin, within } from './deadline.ts'
import { inbox } from './inbox.ts'

type SerialAddress = Extract<PortAddress, { type: 'serial' }>

/** serialport 13 gives no error codes, only the system's words; these are what its Linux, Windows and macOS bindings print. */
const OPEN_CAUSES: readonly [RegExp, Absence][] = [
  [/cannot lock port|resource busy|resource temporarily unavailable|access denied/i, 'busy'],
  [/permission denied|operation not permitted/i, 'blocked'],
  [/too many open files|cannot allocate memory/i, 'broke'],
  [/./, 'missing'],
]

const openFailure = (error: unknown, path: string): BenchError => {
  const message = messageOf(error).replace(/^Error:? /, '')
  const [, absence] = OPEN_CAUSES.find(([words]) => words.test(message)) ?? [undefined, 'missing' as const]
  return new BenchError(absence, message.includes(path) ? message : `${path}: ${message}`)
}

/** What every question to a port says once its line was hung up (tty_io.c: EIO for every ioctl). */
const HUNG_UP = /input\/output error|bad file descriptor/i

/** How often a port is looked at during a long read, in milliseconds. */
const WATCH_MS = 200

/** ENOTTY and EINVAL: a pty or an adapter without modem lines. */
const NO_LINES = /inappropriate ioctl|invalid argument|not supported/i

const load = () => import('serialport').catch((error: unknown) => {
  throw new BenchError('missing', `the package serialport cannot be loaded: ${messageOf(error)}`)
})

/**
 * Opens a serial port, locked against other programs that lock. The kernel raises DTR and RTS when it opens; nothing here can prevent that.
 * A port that opens after the deadline is closed again at once.
 */
export const openSerial = async (address: SerialAddress, ms: number): Promise<Port> => {
  const { SerialPort } = await load()
  const { path } = address
  const port = new SerialPort({
    path,
    baudRate: address.baud,
    dataBits: address.dataBits ?? 8,
    parity: address.parity ?? 'none',
    stopBits: address.stopBits ?? 1,
    autoOpen: false,
    lock: true,
    rtscts: false,
  })
  const inside = inbox()
  port.on('data', (chunk: Uint8Array) => inside.push(chunk))
  // When the device vanishes there is only a close event; an error event without a listener would end the process.
  port.on('close', (error: unknown) => inside.end(new BenchError('missing', error ? `${path} went away: ${messageOf(error)}` : `${path} is closed`)))
  port.on('error', (error: unknown) => inside.end(new BenchError('missing', `${path}: ${messageOf(error)}`)))

  const close = (): Promise<void> =>
    settledWithin([new Promise<void>((resolve) => { port.isOpen ? port.close(() => resolve()) : resolve() })], 300)

  let late = false
  const opening = new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error) reject(openFailure(error, path))
      else resolve()
    })
  }).then(() => (late ? close() : undefined))
  await within(opening, ms, () => {
    late = true
    return new BenchError('silent', `${path} does not open within ${ms} ms`)
  })

  /**
   * Looks whether the device is still there. serialport does not always notice that it went away: a line that was hung up reads as
   * empty, and then it reads on for ever, until it is closed.
   */
  const watch = (): Promise<void> => new Promise((resolve) => {
    if (!port.isOpen) return resolve()
    port.get((error) => {
      if (error && HUNG_UP.test(error.message)) {
        inside.end(new BenchError('missing', `${path} went away: ${error.message}`))
        void close()
      }
      resolve()
    })
  })

  const read: Port['read'] = async (ms, enough) => {
    const watching = setInterval(watch, WATCH_MS)
    try {
      const got = await inside.read(ms, enough)
      if (got.length === 0) await settledWithin([watch()], WATCH_MS)
      const gone = inside.gone()
      if (got.length === 0 && gone) throw gone
      return got
    } finally {
      clearInterval(watching)
    }
  }

  return {
    read,
    write: (bytes, ms = 1000) => {
      const gone = inside.gone()
      if (gone) return Promise.reject(gone)
      const written = new Promise<void>((resolve, reject) => {
        port.write(Buffer.from(bytes), undefined, (error) => {
          if (error) reject(new BenchError('missing', `${path}: ${messageOf(error)}`))
          else resolve()
        })
      })
      return within(written, ms, () => new BenchError('silent', `${path} takes no bytes`))
    },
    lines: () => within(new Promise<ModemLines>((resolve, reject) => {
      port.get((error, status) => {
        if (!error && status) resolve({ cts: status.cts, dsr: status.dsr, dcd: status.dcd })
        else if (error && NO_LINES.test(error.message)) resolve(undefined)
        else reject(new BenchError('missing', `${path}: ${messageOf(error)}`))
      })
    }), 1000, () => new BenchError('silent', `${path} does not tell its lines`)),
    close,
  }
}
