import { boundedMap } from './bounded.ts'
import type { Told } from './match.ts'
import { type Moment, secondsBetween } from './moment.ts'

/** What a device says that it is. */
export type Fitting = 'ups' | 'reader' | 'printer'

/** What happened on one USB path. */
export interface UsbPath {
  device: string
  is?: Fitting
  attached: number
  gone: boolean
  lastGone?: Moment
  /** Times that something came back soon after it went. */
  replugs: number
  /** Replugs in a row, each soon after the one before. */
  inARow: number
  mostInARow: number
  /** Bus number of the device that was attached last; the kernel counts them up. */
  lastNumber?: number
  /** A device that came back had the number after the last one, and the count is far advanced: it has come and gone before. */
  worn: boolean
  /** Descriptor errors since the device was last set up, and all of them. */
  unread: number
  unreadEver: number
  /** What it hung on went first. */
  withParent?: string
}

/** A device that comes back later than this was plugged in again by somebody. */
const SOON_S = 120
/** Numbers below this are those of an ordinary day. */
const WORN_NUMBER = 20
const PARENT_S = 2
const MOST_PATHS = 512

const numberIn = (text: string): number | undefined => {
  const digits = /(?:device number|and address) (\d+)/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Path of what a USB device hangs on, as `usb 1-1` of `usb 1-1.3`; undefined for a root port. */
const parentOf = (device: string): string | undefined => /^(usb .*)\.\d+$/.exec(device)?.[1]

/** Follows devices on USB as they come and go. */
export const watchUsb = () => {
  const paths = boundedMap<string, UsbPath>(MOST_PATHS)
  let latest: UsbPath | undefined
  const of = (device: string): UsbPath => paths.make(device, () => ({ device, attached: 0, gone: false, replugs: 0, inARow: 0, mostInARow: 0, worn: false, unread: 0, unreadEver: 0 }))

  const attach = (path: UsbPath, at: Moment, text: string): void => {
    const number = numberIn(text)
    if (path.gone && path.lastGone) {
      const soon = secondsBetween(path.lastGone, at) <= SOON_S
      if (soon) path.replugs += 1
      path.inARow = soon ? path.inARow + 1 : 0
      path.mostInARow = Math.max(path.mostInARow, path.inARow)
      if (soon && number !== undefined && number >= WORN_NUMBER && number === (path.lastNumber ?? -1) + 1) path.worn = true
    }
    path.attached += 1
    path.gone = false
    if (number !== undefined) path.lastNumber = number
    latest = path
  }

  const go = (path: UsbPath, at: Moment, text: string): void => {
    const parent = paths.get(parentOf(path.device) ?? '')
    if (parent?.gone && parent.lastGone && secondsBetween(parent.lastGone, at) <= PARENT_S) path.withParent = parent.device
    path.gone = true
    path.lastGone = at
    const number = numberIn(text)
    if (number !== undefined) path.lastNumber = number
    path.unread = 0
  }

  const recognise = (is: Fitting, device: string): void => {
    // The line of a HID driver names no path: it is about what was attached last.
    const path = device.startsWith('usb ') ? of(device) : latest
    if (path) path.is = is
  }

  return {
    /** Every path, in the order of appearance. */
    paths: (): UsbPath[] => paths.values(),
    see: ({ tells, device }: Told, at: Moment, text: string): void => {
      if (tells === 'usb.attached') attach(of(device), at, text)
      else if (tells === 'usb.disconnect') go(of(device), at, text)
      else if (tells === 'usb.found') of(device).unread = 0
      else if (tells === 'usb.descriptor') {
        const path = of(device)
        path.unread += 1
        path.unreadEver += 1
      } else if (tells === 'usb.is-ups') recognise('ups', device)
      else if (tells === 'usb.is-reader') recognise('reader', device)
      else if (tells === 'usb.is-printer') recognise('printer', device)
    },
    /** The kernel started anew: what was attached before says nothing of now. */
    restart: (): void => {
      for (const path of paths.values()) {
        path.gone = false
        delete path.lastGone
      }
      latest = undefined
    },
  }
}

/** Times that usblp let a printer go and took it again although nobody unplugged it. */
export const watchUsblp = () => {
  const ports = boundedMap<string, { device: string; removed?: Moment; rebound: number }>(MOST_PATHS)
  return {
    ports: () => ports.values(),
    see: ({ tells, device }: Told, at: Moment): void => {
      const port = ports.make(device, () => ({ device, rebound: 0 }))
      if (tells === 'usblp.removed') port.removed = at
      else if (port.removed && secondsBetween(port.removed, at) <= SOON_S) {
        port.rebound += 1
        delete port.removed
      }
    },
    /** A device was unplugged: that is why usblp let go. */
    unplugged: (): void => {
      for (const port of ports.values()) delete port.removed
    },
  }
}
