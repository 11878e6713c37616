import { type Bench, BenchError } from '../src/model/bench.ts'
import type { Transport } from '../src/model/device.ts'
import type { Sight } from '../src/model/probe.ts'
import type { Presence, Seen, SymptomRule } from '../src/model/symptom.ts'
import type { Device } from '../src/model/terminal.ts'
import { ifSeen, ifThere } from './sight.ts'

/** What tells that a device is there; product and serial number where it says them. */
export interface Found {
  product?: string
  serial?: string
}

/** Finds out by the host's files whether a device is there. Rejects missing if it is not, blocked if this host cannot tell. */
export type Finder = (device: Device, bench: Bench) => Promise<Found>

type Wanted = Extract<Transport, { type: 'usb' | 'hid' }>

const idOf = ({ vendorId, productId }: Wanted): string => `${vendorId}:${productId ?? '*'}`

const fits = (wanted: Wanted, vendorId: string, productId: string): boolean =>
  vendorId.toLowerCase() === wanted.vendorId && (wanted.productId === undefined || productId.toLowerCase() === wanted.productId)

const found = (product: string | undefined, serial: string | undefined): Found => ({ ...(product ? { product } : {}), ...(serial ? { serial } : {}) })

/** The one among devices of the wanted model that has the wanted serial number; which others are there belongs into the reason. */
const choose = (wanted: Wanted, models: readonly Found[], bus: string): Found => {
  const chosen = models.find((m) => wanted.serial === undefined || m.serial === wanted.serial)
  if (chosen) return chosen
  const others = models.map((m) => m.serial ?? 'without serial number').join(', ')
  throw new BenchError('missing', models.length === 0 ? `no ${bus} device ${idOf(wanted)} on this host` : `${bus} device ${idOf(wanted)} with serial number ${wanted.serial} is not there; there is ${others}`.slice(0, 400))
}

const usbFolder = '/sys/bus/usb/devices'

const attribute = async (bench: Bench, device: string, name: string): Promise<string> => ((await ifThere(bench.files.read(`${usbFolder}/${device}/${name}`))) ?? '').trim()

/** USB devices of the wanted model; undefined where the host has no USB at all. */
const usbModels = async (wanted: Wanted, bench: Bench): Promise<Found[] | undefined> => {
  const names = await ifThere(bench.files.list(usbFolder))
  // `1-1.4` is a device, `1-1.4:1.0` one of its interfaces, `usb1` a root hub.
  const devices = names?.filter((name) => /^\d+-\d+(?:\.\d+)*$/.test(name))
  const models = await Promise.all((devices ?? []).map(async (device): Promise<Found[]> => {
    if (!fits(wanted, await attribute(bench, device, 'idVendor'), await attribute(bench, device, 'idProduct'))) return []
    return [found(await attribute(bench, device, 'product'), await attribute(bench, device, 'serial'))]
  }))
  return names && models.flat()
}

/** HID devices of the wanted model, on USB or Bluetooth; undefined where the kernel has no HID. Names are `0003:0C2E:0B61.0001`: bus, vendor, product, instance. */
const hidModels = async (wanted: Wanted, bench: Bench): Promise<Found[] | undefined> => {
  const folder = '/sys/bus/hid/devices'
  const names = await ifThere(bench.files.list(folder))
  const models = await Promise.all((names ?? []).map(async (name): Promise<Found[]> => {
    const [, vendorId = '', productId = ''] = /^[0-9A-F]{4}:([0-9A-F]{4}):([0-9A-F]{4})\./i.exec(name) ?? []
    if (!fits(wanted, vendorId, productId)) return []
    const event = (await ifSeen(bench.files.read(`${folder}/${name}/uevent`))) ?? ''
    return [found(/^HID_NAME=(.+)$/m.exec(event)?.[1], /^HID_UNIQ=(.+)$/m.exec(event)?.[1])]
  }))
  return names && models.flat()
}

const findOnBus = async (wanted: Wanted, bench: Bench): Promise<Found> => {
  const hid = wanted.type === 'hid' ? await hidModels(wanted, bench) : undefined
  if (hid && hid.length > 0) return choose(wanted, hid, 'HID')
  // A HID device to which the kernel has bound no driver is still there, and still known to USB.
  const usb = await usbModels(wanted, bench)
  if (hid === undefined && usb === undefined) throw new BenchError('blocked', 'this host shows no USB devices (/sys/bus/usb is not there), so nobody can tell')
  return choose(wanted, usb ?? [], wanted.type === 'hid' ? 'HID' : 'USB')
}

const split = (path: string): { folder: string; name: string } => {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at) || '/', name: path.slice(at + 1) }
}

const notThere = (path: string): BenchError => new BenchError('missing', `${path} is not there: the device is unplugged, without power, or came up under another name`)

const LINKS = 5

/** A port's device file, links followed. 8250 ports exist for chips that are not there; the kernel gives those the type 0 (Linux include/uapi/linux/serial.h). */
const findPort = async (path: string, bench: Bench): Promise<Found> => {
  let at = path
  for (let links = 0; links <= LINKS; links += 1) {
    const { folder, name } = split(at)
    const names = await ifThere(bench.files.list(folder))
    if (!names?.includes(name)) throw notThere(path)
    const target = await ifThere(bench.files.link(at))
    if (target === undefined) {
      const absentChip = /^ttyS\d+$/.test(name) && (await ifSeen(bench.files.read(`/sys/class/tty/${name}/type`)))?.trim() === '0'
      if (absentChip) throw new BenchError('missing', `${path} is only a name: this host has no serial port behind it`)
      return {}
    }
    at = target
  }
  throw notThere(path)
}

/** The usual ways by transport; a kind adds its own for devices that are seen in the host's own files. */
export const findBy = (own: (device: Device, bench: Bench) => Promise<Found>): Finder => async (device, bench) => {
  const { transport } = device
  switch (transport.type) {
    case 'usb':
    case 'hid': return findOnBus(transport, bench)
    case 'serial':
    case 'usblp': return findPort(transport.path, bench)
    case 'host': return own(device, bench)
    default: throw new BenchError('blocked', `whether a device on ${transport.type} is there is not looked at by this probe`)
  }
}

/** Sights `<kind>.present`, `.product` and `.serial` of a device whose presence is all that can be seen without touching it. */
export const presence = async (kind: string, find: Finder, device: Device, bench: Bench): Promise<Sight[]> => {
  try {
    const { product, serial } = await find(device, bench)
    return [
      { name: `${kind}.present`, source: 'passive', value: true },
      ...(product === undefined ? [] : [{ name: `${kind}.product`, source: 'passive' as const, value: product.slice(0, 200) }]),
      ...(serial === undefined ? [] : [{ name: `${kind}.serial`, source: 'passive' as const, value: serial.slice(0, 100) }]),
    ]
  } catch (error) {
    if (error instanceof BenchError) return [{ name: `${kind}.present`, source: 'passive', absent: error.absence, detail: error.message }]
    throw error
  }
}

/** Vocabulary that presence yields for a kind. */
export const presenceObserves = (kind: string): Record<string, string> => ({
  [`${kind}.present`]: 'true if the host sees the device',
  [`${kind}.product`]: 'what the device calls itself',
  [`${kind}.serial`]: 'serial number',
})

/** Present if the device is not there, absent if it is; unknown where the host cannot tell. */
export const isMissing = (see: Seen, kind: string): Presence =>
  see.value(`${kind}.present`) === true ? 'absent' : see.value(`${kind}.present`) === false || see.absence(`${kind}.present`) === 'missing' ? 'present' : 'unknown'

/** The rule `<kind>.missing`. */
export const missingRule = (kind: string, zh: string, en: string): SymptomRule => ({ id: `${kind}.missing`, meaning: { zh, en }, reads: [`${kind}.present`], read: (see) => isMissing(see, kind) })
