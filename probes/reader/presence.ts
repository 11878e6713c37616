import { type Bench, BenchError, type HidDevice } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { EnqKind } from './enq-look.ts'
import { findUsb, type UsbDevice, type UsbId } from './usb.ts'

const named = ({ vendorId, productId, serial }: UsbId): string => `${vendorId}:${productId ?? 'any'}${serial === undefined ? '' : ` with serial ${serial}`}`

const identity = function* (kind: EnqKind, found: { product?: string | undefined; serial?: string | undefined }): Iterable<Sight> {
  if (found.product) yield { name: `${kind}.product`, value: found.product.slice(0, 200), source: 'passive' }
  if (found.serial) yield { name: `${kind}.serial`, value: found.serial.slice(0, 200), source: 'passive' }
}

/**
 * Presence on the USB bus by the kernel's own files: no library, no permission needed. Where the bus cannot be looked at the port is
 * `blocked`, never `missing`; `because` is then said beside it.
 */
export async function* lookOnUsb(kind: EnqKind, wanted: UsbId, bench: Bench, because = ''): AsyncIterable<Sight> {
  let found: UsbDevice | undefined
  try {
    found = await findUsb(bench.files, wanted)
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    yield { name: `${kind}.port`, absent: 'blocked', detail: [because, `the USB bus cannot be looked at: ${error.message}`].filter(Boolean).join('; ') }
    return
  }
  if (!found) {
    yield { name: `${kind}.port`, absent: 'missing', detail: `no USB device ${named(wanted)} on the bus` }
    return
  }
  yield { name: `${kind}.port`, value: true, source: 'passive' }
  yield* identity(kind, found)
}

const matches = (wanted: UsbId) => (device: HidDevice): boolean =>
  device.vendorId === Number.parseInt(wanted.vendorId, 16) &&
  (wanted.productId === undefined || device.productId === Number.parseInt(wanted.productId, 16)) &&
  (wanted.serial === undefined || device.serial === wanted.serial)

/** Presence among the USB HID devices; without the library for that, on the USB bus. */
export async function* lookAtHid(kind: EnqKind, wanted: UsbId, bench: Bench): AsyncIterable<Sight> {
  let devices: HidDevice[]
  try {
    devices = await bench.hid.list()
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    yield { name: `${kind}.tool`, absent: error.absence, detail: error.message }
    yield* lookOnUsb(kind, wanted, bench, error.message)
    return
  }
  yield { name: `${kind}.tool`, value: true, source: 'passive' }
  const found = devices.find(matches(wanted))
  if (!found) {
    // Devices whose nodes we may not open are left out of the list on some systems.
    yield* lookOnUsb(kind, wanted, bench)
    return
  }
  yield { name: `${kind}.port`, value: true, source: 'passive' }
  yield* identity(kind, found)
}
