import { recognise, type SeenMark } from '../../probes/profiles.ts'
import { type Bench, BenchError } from '../model/bench.ts'
import type { DeviceKind, Profile, Transport } from '../model/device.ts'

/** Something found on this host that may be a device of the terminal. */
export interface Found {
  /** What it most likely is; undefined where nothing says so. */
  kind: DeviceKind | undefined
  transport: Transport
  /** What it says of itself. */
  says: string
  /** Marks seen, as `usb-id=04b8:0202`. */
  marks: SeenMark[]
  /** Profiles that fit, best first, with the share of their marks that matched. */
  profiles: { id: string; score: number }[]
}

/** A place that could not be searched, and why. */
export interface Unsearched {
  place: string
  why: string
}

export interface Discovery {
  found: Found[]
  unsearched: Unsearched[]
}

interface UsbIds {
  vendorId: string
  productId: string
  product?: string
  serial?: string
}

const orNothing = async <T>(look: Promise<T>): Promise<T | undefined> => {
  try {
    return await look
  } catch (error) {
    if (error instanceof BenchError) return undefined
    throw error
  }
}

const usbIds = async (bench: Bench, folder: string): Promise<UsbIds | undefined> => {
  const at = async (name: string) => (await orNothing(bench.files.read(`${folder}/${name}`)))?.trim()
  const [vendorId, productId, product, serial] = await Promise.all([at('idVendor'), at('idProduct'), at('product'), at('serial')])
  return vendorId && productId ? { vendorId, productId, ...(product ? { product } : {}), ...(serial ? { serial } : {}) } : undefined
}

const usbAbove = async (bench: Bench, link: string): Promise<UsbIds | undefined> => {
  let folder = await orNothing(bench.files.link(link))
  for (let up = 0; folder && up < 4; up++) {
    const ids = await usbIds(bench, folder)
    if (ids) return ids
    folder = folder.slice(0, folder.lastIndexOf('/'))
  }
  return undefined
}

const named = (kind: DeviceKind | undefined, transport: Transport, says: string, ids: UsbIds | undefined, profiles: readonly Profile[], more: Found['marks'] = []): Found => {
  const marks: Found['marks'] = [
    ...(ids ? [{ by: 'usb-id' as const, value: `${ids.vendorId}:${ids.productId}` }] : []),
    ...(ids?.product ? [{ by: 'usb-product' as const, value: ids.product }] : []),
    ...more,
  ]
  const fitting = recognise(profiles.filter((p) => kind === undefined || p.kind === kind), marks)
  return { kind: kind ?? fitting[0]?.profile.kind, transport, says: says || ids?.product || '', marks, profiles: fitting.map(({ profile, score }) => ({ id: profile.id, score })) }
}

const serialPorts = async (bench: Bench, profiles: readonly Profile[]): Promise<Found[]> => {
  const names = (await bench.files.list('/sys/class/tty')).filter((n) => /^tty(USB|ACM|AMA|S|WCH|XRUSB)\d+$/.test(n))
  const ports = await Promise.all(names.map(async (name) => {
    // A ttyS without a chip behind it has type 0; it can be opened all the same.
    const type = (await orNothing(bench.files.read(`/sys/class/tty/${name}/type`)))?.trim()
    if (name.startsWith('ttyS') && type === '0') return undefined
    const ids = await usbAbove(bench, `/sys/class/tty/${name}/device`)
    return named(undefined, { type: 'serial', path: `/dev/${name}`, baud: 9600, dataBits: 8, parity: 'none' }, '', ids, profiles)
  }))
  return ports.filter((p) => p !== undefined)
}

const usbPrinters = async (bench: Bench, profiles: readonly Profile[]): Promise<Found[]> => {
  const names = ((await orNothing(bench.files.list('/sys/class/usbmisc'))) ?? []).filter((n) => /^lp\d+$/.test(n))
  return Promise.all(names.map(async (name) => {
    const folder = `/sys/class/usbmisc/${name}/device`
    const id = ((await orNothing(bench.files.read(`${folder}/ieee1284_id`))) ?? '').trim()
    const model = /(?:MDL|MODEL):([^;]*)/.exec(id)?.[1] ?? ''
    return named('printer', { type: 'usblp', path: `/dev/usb/${name}` }, id, await usbAbove(bench, folder), profiles, model ? [{ by: 'model-answer', value: model }] : [])
  }))
}

const hidDevices = async (bench: Bench, profiles: readonly Profile[]): Promise<Found[]> => {
  const all = await bench.hid.list()
  const once = new Map(all.map((d) => [`${d.path}`, d]))
  return [...once.values()].map((d) => {
    const ids: UsbIds = { vendorId: d.vendorId.toString(16).padStart(4, '0'), productId: d.productId.toString(16).padStart(4, '0'), ...(d.product ? { product: d.product } : {}), ...(d.serial ? { serial: d.serial } : {}) }
    // Usage pages: 84h power device, 8Ch bar code scanner, 8Dh scale; 1:6 is a keyboard (USB HID usage tables).
    const kind = d.usagePage === 0x84 ? 'power' : d.usagePage === 0x8c ? 'scanner' : d.usagePage === 0x8d ? 'scale' : d.usagePage === 1 && d.usage === 6 ? 'keyboard' : undefined
    return named(kind, { type: 'hid', vendorId: ids.vendorId, productId: ids.productId, ...(d.serial ? { serial: d.serial } : {}) }, `${d.manufacturer ?? ''} ${d.product ?? ''}`.trim(), ids, profiles)
  })
}

const cardReaders = async (bench: Bench, profiles: readonly Profile[]): Promise<Found[]> =>
  (await bench.smartcards.slots()).map((slot) => named('reader', { type: 'pcsc', reader: slot.name }, `${slot.name}: ${slot.card}`, undefined, profiles, [{ by: 'reader-name', value: slot.name }]))

const upsOnNut = async (bench: Bench): Promise<Found[]> => {
  const port = await orNothing(bench.open({ type: 'tcp', host: '127.0.0.1', port: 3493, dialect: 'nut' }))
  if (!port) return []
  await port.write(new TextEncoder().encode('LIST UPS\n'))
  const answer = new TextDecoder().decode(await port.read(1000, (got) => new TextDecoder().decode(got).includes('END LIST UPS')))
  await port.close()
  return [...answer.matchAll(/^UPS (\S+) "(.*)"$/gm)].map(([, ups = '', says = '']) => ({ kind: 'power' as const, transport: { type: 'nut' as const, host: '127.0.0.1', port: 3493, ups }, says, marks: [], profiles: [] }))
}

/** Looks everywhere on this host for what may be a device of the terminal; nothing is written to any of them but `LIST UPS` to a NUT server. */
export const discover = async (bench: Bench, profiles: readonly Profile[]): Promise<Discovery> => {
  const places: [string, Promise<Found[]>][] = [
    ['serial', serialPorts(bench, profiles)],
    ['USB printer', usbPrinters(bench, profiles)],
    ['USB HID', hidDevices(bench, profiles)],
    ['PC/SC', cardReaders(bench, profiles)],
    ['NUT', upsOnNut(bench)],
  ]
  const searched = await Promise.allSettled(places.map(([, search]) => search))
  const found: Found[] = []
  const unsearched: Unsearched[] = []
  searched.forEach((result, i) => {
    if (result.status === 'fulfilled') found.push(...result.value)
    else if (result.reason instanceof BenchError) unsearched.push({ place: places[i]?.[0] ?? '', why: result.reason.message })
    else throw result.reason
  })
  return { found, unsearched }
}
