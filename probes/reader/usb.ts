import type { Files } from '../../src/model/bench.ts'
import { BenchError } from '../../src/model/bench.ts'

/** What to look for on the USB bus; ids are four lower-case hex digits. */
export interface UsbId {
  vendorId: string
  productId?: string | undefined
  serial?: string | undefined
}

/** A device on the USB bus, as the kernel shows it. */
export interface UsbDevice {
  /** Its place, as `1-1.4`. */
  place: string
  product?: string
  serial?: string
}

const BUS = '/sys/bus/usb/devices'

const attribute = async (files: Files, place: string, name: string): Promise<string | undefined> => {
  try {
    return (await files.read(`${BUS}/${place}/${name}`)).trim()
  } catch (error) {
    // Most attributes are optional, and a device may leave the bus while it is read.
    if (error instanceof BenchError && error.absence === 'missing') return undefined
    throw error
  }
}

/**
 * Looks for a device in /sys/bus/usb/devices; undefined if it is not on the bus. Rejects as Files.list if the bus cannot be
 * looked at, which says nothing about the device.
 */
export const findUsb = async (files: Files, wanted: UsbId): Promise<UsbDevice | undefined> => {
  const places = (await files.list(BUS)).filter((name) => !name.includes(':'))
  for (const place of places) {
    if ((await attribute(files, place, 'idVendor')) !== wanted.vendorId) continue
    if (wanted.productId !== undefined && (await attribute(files, place, 'idProduct')) !== wanted.productId) continue
    const serial = await attribute(files, place, 'serial')
    if (wanted.serial !== undefined && serial !== wanted.serial) continue
    const product = await attribute(files, place, 'product')
    return { place, ...(product === undefined ? {} : { product }), ...(serial === undefined ? {} : { serial }) }
  }
  return undefined
}

/** Reads an id as `072f:b100` or `072f`; undefined if it is not one. */
export const usbIdOf = (text: unknown): UsbId | undefined => {
  const match = typeof text === 'string' ? /^([0-9a-f]{4})(?::([0-9a-f]{4}))?$/.exec(text.toLowerCase()) : null
  return match?.[1] === undefined ? undefined : { vendorId: match[1], productId: match[2] }
}
