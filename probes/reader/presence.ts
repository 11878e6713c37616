import { type Bench, BenchError, type HidDevice } from '../../src/model/bench.ts'
import type { Transport } from '../../src/model/device.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type Found, findBy } from '../presence.ts'
import type { EnqKind } from './enq-look.ts'

/** How a device on the USB bus is named; ids are four lower-case hex digits. */
type OnUsb = Extract<Transport, { type: 'usb' | 'hid' }>

/** Reads the setting `usb-id`, as `072f:b100` or `072f`; undefined if it is not one. */
export const usbIdOf = (text: unknown): OnUsb | undefined => {
  const match = typeof text === 'string' ? /^([0-9a-f]{4})(?::([0-9a-f]{4}))?$/.exec(text.toLowerCase()) : null
  return match?.[1] === undefined ? undefined : { type: 'usb', vendorId: match[1], productId: match[2] }
}

const onBus = findBy(() => Promise.reject(new BenchError('blocked', 'only devices on the USB bus are looked for there')))

const identity = function* (kind: EnqKind, found: Found): Iterable<Sight> {
  if (found.product) yield { name: `${kind}.product`, value: found.product.slice(0, 200), source: 'passive' }
  if (found.serial) yield { name: `${kind}.serial`, value: found.serial.slice(0, 200), source: 'passive' }
}

/**
 * Presence on the USB bus by the kernel's own files: no library, no permission needed. Where the bus cannot be looked at the port is
 * `blocked`, never `missing`; `because` is then said beside it.
 */
export async function* lookOnUsb(kind: EnqKind, device: Device, wanted: OnUsb, bench: Bench, because = ''): AsyncIterable<Sight> {
  let found: Found
  try {
    found = await onBus({ ...device, transport: wanted }, bench)
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    yield { name: `${kind}.port`, absent: error.absence, detail: [because, error.message].filter(Boolean).join('; '), source: 'passive' }
    return
  }
  yield { name: `${kind}.port`, value: true, source: 'passive' }
  yield* identity(kind, found)
}

const matches = (wanted: OnUsb) => (device: HidDevice): boolean =>
  device.vendorId === Number.parseInt(wanted.vendorId, 16) &&
  (wanted.productId === undefined || device.productId === Number.parseInt(wanted.productId, 16)) &&
  (wanted.serial === undefined || device.serial === wanted.serial)

/** Presence among the HID devices; where those cannot be listed, or it is not in the list, by the kernel's files. What is there may then be asked. */
export async function* lookAtHid(kind: EnqKind, device: Device, wanted: OnUsb, bench: Bench, ask?: (device: Device, found: readonly HidDevice[], bench: Bench) => AsyncIterable<Sight>): AsyncIterable<Sight> {
  let devices: HidDevice[]
  try {
    devices = await bench.hid.list()
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    yield { name: `${kind}.tool`, absent: error.absence, detail: error.message }
    yield* lookOnUsb(kind, device, wanted, bench, error.message)
    return
  }
  yield { name: `${kind}.tool`, value: true, source: 'passive' }
  const found = devices.filter(matches(wanted))
  if (found[0]) {
    yield { name: `${kind}.port`, value: true, source: 'passive' }
    yield* identity(kind, found[0])
    if (ask) yield* ask(device, found, bench)
  } else yield* lookOnUsb(kind, device, wanted, bench)
}
