import type { Bench } from '../../src/model/bench.ts'
import type { Missed, Sight } from '../../src/model/probe.ts'
import { ifSeen } from '../sight.ts'

/** What a printer says of itself to the bus, by key: MFG, MDL, CMD, CLS, DES, SN. */
export type DeviceId = ReadonlyMap<string, string>

/** Long names of keys and the short ones that stand for them (IEEE 1284-2000, 7.6). */
const SHORT: Readonly<Record<string, string>> = { MANUFACTURER: 'MFG', MODEL: 'MDL', 'COMMAND SET': 'CMD', CLASS: 'CLS', DESCRIPTION: 'DES', SERIALNUMBER: 'SN', SERN: 'SN' }

const MOST_KEYS = 40
const LONGEST = 200

/**
 * Reads an IEEE 1284 device id, `MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;`. Total: what is no pair is left out, of two values of one key the
 * first counts, control characters are dropped.
 */
export const parseDeviceId = (text: string): DeviceId => {
  const id = new Map<string, string>()
  for (const pair of text.slice(0, 4096).split(';').slice(0, MOST_KEYS)) {
    const colon = pair.indexOf(':')
    if (colon < 1) continue
    const long = pair.slice(0, colon).trim().toUpperCase()
    const key = SHORT[long] ?? long
    const value = pair.slice(colon + 1).replaceAll(/[\u0000-\u001f\u007f]/g, '').trim().slice(0, LONGEST)
    if (key !== '' && value !== '' && !id.has(key)) id.set(key, value)
  }
  return id
}

const USBMISC = '/sys/class/usbmisc'

/** What the host knows of a printer at /dev/usb/lpN without touching it; nothing where it does not show it. */
export const deviceIdSights = async (path: string, bench: Bench): Promise<Sight[]> => {
  const node = path.slice(path.lastIndexOf('/') + 1)
  const text = await ifSeen(bench.files.read(`${USBMISC}/${node}/device/ieee1284_id`))
  const id = parseDeviceId(text ?? '')
  const sights: [string, string | undefined][] = [['printer.product', [id.get('MFG'), id.get('MDL')].filter(Boolean).join(' ')], ['printer.commands', id.get('CMD')], ['printer.serial', id.get('SN')]]
  return sights.flatMap(([name, value]) => (value ? [{ name, source: 'passive' as const, value }] : []))
}

const USB = '/sys/bus/usb/devices'

/**
 * Why a printer has no node although it is on the USB bus: another driver has claimed it, or none has. Undefined if it is not there, or
 * the host does not show it. `id` is its USB id, as `04b8:0202`: another printer that is claimed says nothing of this one.
 */
export const claimed = async (id: string, bench: Bench): Promise<Missed | undefined> => {
  const names = (await ifSeen(bench.files.list(USB))) ?? []
  const attribute = async (name: string, of: string): Promise<string> => ((await ifSeen(bench.files.read(`${USB}/${name}/${of}`))) ?? '').trim()
  for (const name of names.filter((one) => one.includes(':'))) {
    if ((await attribute(name, 'bInterfaceClass')) !== '07') continue
    const unit = name.slice(0, name.indexOf(':'))
    if (`${await attribute(unit, 'idVendor')}:${await attribute(unit, 'idProduct')}` !== id) continue
    const driver = await ifSeen(bench.files.link(`${USB}/${name}/driver`))
    if (driver === undefined) return { absent: 'blocked', detail: `USB printer ${id} is there, but the host has bound no driver to it (usblp)` }
    return { absent: 'busy', detail: `USB printer ${id} is there, but the driver ${driver.slice(driver.lastIndexOf('/') + 1)} has claimed it instead of usblp` }
  }
  return undefined
}
