import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One device on USB: where it hangs (`1-1.4`, as the kernel names it), vendor and product, serial number (empty where it has none) and what it calls itself. */
export interface UsbUnit {
  port: string
  id: string
  serial: string
  product: string
}

/** What became of one unit. moved: the same one, by its serial number, hangs on another port. replaced: another one hangs where it hung. */
export type UnitChange =
  | { what: 'appeared' | 'vanished'; unit: UsbUnit }
  | { what: 'moved' | 'replaced'; unit: UsbUnit; before: UsbUnit }

const PORT = /^\d+-\d+(?:\.\d+)*$/

const line = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim().slice(0, 100)
  } catch {
    // An attribute that the device has not, or a device that has just gone.
    return ''
  }
}

/** Folder of the kernel's USB devices below a sys folder. */
export const usbFolder = (sys: string): string => join(sys, 'bus/usb/devices')

/** Ports of the USB tree that something hangs on; empty on a host without USB. */
export const usbPorts = (sys: string): string[] => {
  try {
    return readdirSync(usbFolder(sys)).filter((name) => PORT.test(name))
  } catch {
    // No USB here, or a container that hides it.
    return []
  }
}

/** Everything that hangs on USB now; a few file reads for each, so it is asked only when something has changed. */
export const usbUnits = (sys: string): UsbUnit[] =>
  usbPorts(sys).flatMap((port) => {
    const at = (file: string): string => line(join(usbFolder(sys), port, file))
    const vendor = at('idVendor')
    return vendor === '' ? [] : [{ port, id: `${vendor}:${at('idProduct')}`, serial: at('serial'), product: at('product') }]
  })

const same = (a: UsbUnit, b: UsbUnit): boolean => a.id === b.id && a.serial === b.serial

/** What differs between two lists. A unit is known by its serial number wherever it hangs, one without by its port. */
export const unitChanges = (before: readonly UsbUnit[], after: readonly UsbUnit[]): UnitChange[] => {
  const gone = before.filter((old) => !after.some((now) => now.port === old.port && same(now, old)))
  const come = after.filter((now) => !before.some((old) => old.port === now.port && same(now, old)))
  const moved = come.flatMap((unit): UnitChange[] => {
    const from = unit.serial === '' ? undefined : gone.find((old) => same(old, unit))
    return from ? [{ what: 'moved', unit, before: from }] : []
  })
  const settled = new Set(moved.flatMap((change) => ('before' in change ? [change.unit, change.before] : [])))
  const replaced = come.filter((unit) => !settled.has(unit)).flatMap((unit): UnitChange[] => {
    const old = gone.find((one) => one.port === unit.port && !settled.has(one))
    return old ? [{ what: 'replaced', unit, before: old }] : []
  })
  for (const change of replaced) if ('before' in change) settled.add(change.unit).add(change.before)
  return [
    ...moved, ...replaced,
    ...come.filter((unit) => !settled.has(unit)).map((unit): UnitChange => ({ what: 'appeared', unit })),
    ...gone.filter((unit) => !settled.has(unit)).map((unit): UnitChange => ({ what: 'vanished', unit })),
  ]
}
