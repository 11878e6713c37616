import { access, constants, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { HIDAsync } from 'node-hid'
import { keepOf } from '../guard/keep.ts'
import { BenchError, type Hid } from '../model/bench.ts'
import type { Absence } from '../model/observation.ts'
import { causeOf, FILE_CAUSES, messageOf } from './causes.ts'
import { settledWithin, untilAborted, within } from './deadline.ts'

const CALL_MS = 3000
/** Most input reports of one look: a device that floods is heard, not kept. */
const MOST_REPORTS = 256
const MOST_DESCRIPTOR = 4096

/** Shared libraries of the native part and the Debian packages that have them. */
const LIBRARIES: readonly [RegExp, string][] = [[/libusb-1\.0/, 'libusb-1.0-0'], [/libudev/, 'libudev1']]

/** hidapi gives no codes, only the system's words. A stalled or unknown report is refused by the device. */
const CAUSES: readonly [RegExp, Absence][] = [
  [/permission denied|not permitted|access denied/i, 'blocked'],
  [/resource busy/i, 'busy'],
  [/timed out/i, 'silent'],
  [/broken pipe|input\/output error|protocol error|invalid argument|value too large|inappropriate ioctl|not supported/i, 'refused'],
  [/no such (file|device)|cannot open device/i, 'missing'],
]

const failure = (error: unknown, what: string): BenchError => {
  if (error instanceof BenchError) return error
  const message = messageOf(error)
  const library = LIBRARIES.find(([file]) => file.test(message))
  if (library) return new BenchError('missing', `USB HID needs a library: install ${library[1]}`)
  const [, absence] = CAUSES.find(([words]) => words.test(message)) ?? [undefined, 'missing' as const]
  return new BenchError(absence, `${what}: ${message}`)
}

const load = async () => {
  try {
    return (await import('node-hid')).default
  } catch (error) {
    throw failure(error, 'the package node-hid cannot be loaded')
  }
}

const late = (what: string, ms: number) => () => new BenchError('silent', `${what}: no answer within ${ms} ms`)

/** hidapi says the same of a node that it may not open and of one that is not there. */
const permitted = async (path: string): Promise<void> => {
  if (!path.startsWith('/dev/')) return
  await access(path, constants.R_OK | constants.W_OK).catch((error: unknown) => { throw causeOf(error, FILE_CAUSES, path) })
}

/** USB HID by node-hid. Its native calls can hang; they are then left behind, which is why checks run in a process of their own. */
export const hostHid = (signal: AbortSignal, sys: string): Hid => {
  const opened = async <T>(path: string, work: (device: HIDAsync) => Promise<T>): Promise<T> => {
    const { HIDAsync } = await load()
    await permitted(path)
    const device = await HIDAsync.open(path)
    device.on('error', () => undefined)
    try {
      return await work(device)
    } finally {
      await settledWithin([device.close()], 500)
    }
  }
  const bounded = async <T>(what: string, work: () => Promise<T>, ms = CALL_MS): Promise<T> => {
    try {
      return await untilAborted(within(work(), ms, late(what, ms)), signal)
    } catch (error) {
      throw failure(error, what)
    }
  }
  return {
    list: () => bounded('list of HID devices', async () => {
      const { devicesAsync } = await load()
      return (await devicesAsync()).flatMap(({ path, vendorId, productId, usagePage, usage, manufacturer, product, serialNumber, interface: number }) => (path === undefined ? [] : [{
        path, vendorId, productId,
        ...(usagePage === undefined ? {} : { usagePage }),
        ...(usage === undefined ? {} : { usage }),
        ...(manufacturer ? { manufacturer } : {}),
        ...(product ? { product } : {}),
        ...(serialNumber ? { serial: serialNumber } : {}),
        ...(number < 0 ? {} : { interface: number }),
      }]))
    }),
    feature: (path, report, id, length) => bounded(path, () => opened(path, async (device) => {
      if (report) await device.sendFeatureReport(Buffer.from(report))
      return Uint8Array.from(await device.getFeatureReport(id, length))
    })),
    listen: (path, report, ms, _dialect, enough = () => false) => bounded(path, () => opened(path, async (device) => {
      const until = performance.now() + ms
      if (report) await device.write(Buffer.from(report))
      const got: Uint8Array[] = []
      while (got.length < MOST_REPORTS && !enough(got) && !signal.aborted) {
        const next = await device.read(Math.max(0, Math.ceil(until - performance.now())))
        // A node whose device is gone is read without end, and without bytes.
        if (next === undefined || next.length === 0) break
        got.push(Uint8Array.from(next))
      }
      return got
    }), CALL_MS + ms),
    descriptor: (path) => bounded(path, async () => {
      const at = `${sys}/class/hidraw/${basename(path)}/device/report_descriptor`
      const bytes = await readFile(at).catch((error: unknown) => { throw causeOf(error, FILE_CAUSES, path) })
      return Uint8Array.from(bytes.subarray(0, MOST_DESCRIPTOR))
    }),
    input: (path, report, ms, dialect) => bounded(path, async () => {
      const { HIDAsync } = await load()
      await permitted(path)
      const device = await HIDAsync.open(path)
      device.on('error', () => undefined)
      try {
        if (report) await device.write(Buffer.from(report))
        const got = await device.read(ms)
        if (!got) throw new BenchError('silent', `${path}: no answer within ${ms} ms`)
        const kept = keepOf(dialect, got)
        if (!kept) throw new BenchError('garbled', `${path}: a report that answers no question`)
        return kept
      } finally {
        await settledWithin([device.close()], 500)
      }
    }, ms + CALL_MS),
  }
}
