import type { Inspection, Unit } from '../model/inspection.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Device } from '../model/terminal.ts'

/** Observation names, after the kind, by which a unit is known; of several the first one seen counts. */
const KNOWN_BY: Readonly<Record<keyof Unit, readonly string[]>> = {
  serial: ['serial', 'serial-number'],
  firmware: ['firmware', 'usb-release'],
  product: ['product', 'model', 'ups-model'],
  usbId: ['usb-id'],
  usbPath: ['usb-path'],
}

/** What makers write in place of a serial number. */
const NO_SERIAL = /^(?:0+|f+|x+|n\/?a|none|unknown|default|(?:0?123456789?0?)|s\/?n|serial(?: ?number)?)$/i

const MOST_LENGTH = 200

/** Which unit each device is, from what was seen of it; devices of which nothing is known are left out. */
export const unitsOf = (devices: readonly Pick<Device, 'id' | 'kind'>[], observations: readonly Observation[]): Record<string, Unit> => {
  const seen = new Map(observations.filter(hasValue).map((o) => [`${o.device} ${o.name}`, String(o.value)]))
  return Object.fromEntries(devices.flatMap(({ id, kind }) => {
    const facts = Object.entries(KNOWN_BY).flatMap(([field, names]) => {
      const value = names.map((name) => seen.get(`${id} ${kind}.${name}`)?.trim()).find((text) => text !== undefined && text !== '')?.slice(0, MOST_LENGTH)
      return value === undefined || (field === 'serial' && NO_SERIAL.test(value)) ? [] : [[field, value]]
    })
    return facts.length === 0 ? [] : [[id, Object.fromEntries(facts) as Unit]]
  }))
}

/** What became of a unit since the inspection. same-port: nothing proves that it is another one. untold: too little is known of it, then or now. */
export type UnitChange = 'same' | 'moved' | 'updated' | 'swapped' | 'untold'

/**
 * Holds a unit against the one inspected. A serial number decides: the same one at another port has moved, another one is another
 * unit, wherever it hangs. Without serial numbers another model is another unit; the same model proves nothing but that it fits.
 */
export const compareUnits = (before: Unit, now: Unit): UnitChange => {
  const differs = (field: keyof Unit): boolean => before[field] !== undefined && now[field] !== undefined && before[field] !== now[field]
  if (differs('serial') || differs('usbId')) return 'swapped'
  const proven = before.serial !== undefined && before.serial === now.serial
  if (!proven && differs('product')) return 'swapped'
  // A unit that had a serial number and now has none may be a copy of it, or its question went unanswered this time.
  if (!proven && (before.serial !== undefined || now.serial !== undefined)) return 'untold'
  if (differs('firmware')) return 'updated'
  if (differs('usbPath')) return proven ? 'moved' : 'untold'
  return proven || before.usbPath !== undefined || before.product !== undefined ? 'same' : 'untold'
}

const DAY_MS = 86_400_000

/** Where cards and PINs go: another unit there is a matter of security. */
const PAYMENT = new Set(['reader', 'pinpad'])

/** What the last inspection makes of the units fitted now, as observations of the configuration. Nothing, where nobody has inspected the terminal. */
export const inspected = (inspection: Inspection | undefined, devices: readonly Device[], observations: readonly Observation[], now: number): Observation[] => {
  const configuration = devices.find(({ kind }) => kind === 'configuration')
  if (inspection === undefined || configuration === undefined) return []
  const units = unitsOf(devices, observations)
  const compared = devices.flatMap(({ id, kind }) => {
    const [before, unit] = [inspection.units[id], units[id]]
    return before === undefined || unit === undefined ? [] : [{ id, payment: PAYMENT.has(kind), change: compareUnits(before, unit) }]
  })
  const told = compared.filter(({ change }) => change !== 'untold')
  const names = (wanted: (one: (typeof compared)[number]) => boolean): string => told.filter(wanted).map(({ id }) => id).join(', ')
  const saw = (name: string, value: string | number): Observation => ({ name: `configuration.${name}`, device: configuration.id, at: now, source: 'passive', value })
  const groups: [string, boolean, (one: (typeof compared)[number]) => boolean][] = [
    ['payment-units-swapped', true, ({ payment, change }) => payment && change === 'swapped'],
    ['units-swapped', false, ({ payment, change }) => !payment && change === 'swapped'],
  ]
  return [
    saw('inspected-days-ago', Math.max(0, Math.floor((now - inspection.at) / DAY_MS))),
    // Of a group none of which could be told nothing is said.
    ...groups.filter(([, payment]) => told.some((one) => one.payment === payment)).map(([name, , wanted]) => saw(name, names(wanted))),
    ...(told.length === 0 ? [] : [saw('units-moved', names(({ change }) => change === 'moved')), saw('units-updated', names(({ change }) => change === 'updated'))]),
  ]
}
