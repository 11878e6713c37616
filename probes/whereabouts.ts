import type { Bench } from '../src/model/bench.ts'
import type { Transport } from '../src/model/device.ts'
import { type Probe, type Sight, saw } from '../src/model/probe.ts'
import type { Device } from '../src/model/terminal.ts'
import { ifSeen } from './sight.ts'

const FOLDER = '/sys/bus/usb/devices'
/** From an interface of a device up to the device: two steps for most, a few more for ports behind a converter. */
const MOST_UP = 6
const LINKS = 5

/** `1-1.4`: bus and ports on the way, as the kernel names a device. */
const USB_PATH = /^\d+-\d+(?:\.\d+)*$/

const read = async (bench: Bench, path: string): Promise<string> => ((await ifSeen(bench.files.read(path))) ?? '').trim()

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const above = async (bench: Bench, link: string): Promise<string | undefined> => {
  let folder = (await ifSeen(bench.files.link(link))) ?? ''
  for (let up = 0; up < MOST_UP && folder.includes('/'); up += 1) {
    if (USB_PATH.test(lastOf(folder))) return lastOf(folder)
    folder = folder.slice(0, folder.lastIndexOf('/'))
  }
  return undefined
}

const portName = async (bench: Bench, path: string): Promise<string> => {
  let at = path
  for (let links = 0; links < LINKS; links += 1) {
    const target = await ifSeen(bench.files.link(at))
    if (target === undefined) break
    at = target
  }
  return lastOf(at)
}

const matching = async (bench: Bench, wanted: Extract<Transport, { type: 'usb' | 'hid' }>): Promise<string | undefined> => {
  const names = ((await ifSeen(bench.files.list(FOLDER))) ?? []).filter((name) => USB_PATH.test(name))
  const found = await Promise.all(names.map(async (name): Promise<string[]> => {
    if ((await read(bench, `${FOLDER}/${name}/idVendor`)).toLowerCase() !== wanted.vendorId) return []
    if (wanted.productId !== undefined && (await read(bench, `${FOLDER}/${name}/idProduct`)).toLowerCase() !== wanted.productId) return []
    return wanted.serial === undefined || (await read(bench, `${FOLDER}/${name}/serial`)) === wanted.serial ? [name] : []
  }))
  // Of two alike nobody knows which one is meant.
  const [one, ...others] = found.flat()
  return others.length === 0 ? one : undefined
}

const usbPathOf = async ({ transport, settings }: Device, bench: Bench): Promise<string | undefined> => {
  switch (transport.type) {
    case 'serial': return above(bench, `/sys/class/tty/${await portName(bench, transport.path)}/device`)
    case 'usblp': return above(bench, `/sys/class/usbmisc/${await portName(bench, transport.path)}/device`)
    case 'hid':
    case 'usb': return matching(bench, transport)
    case 'pcsc': {
      const [, vendorId, productId] = /^([0-9a-f]{4})(?::([0-9a-f]{4}))?$/i.exec(typeof settings['usb-id'] === 'string' ? settings['usb-id'] : '') ?? []
      return vendorId === undefined ? undefined : matching(bench, { type: 'usb', vendorId: vendorId.toLowerCase(), ...(productId === undefined ? {} : { productId: productId.toLowerCase() }) })
    }
    default: return undefined
  }
}

/** Where on USB a device hangs and what the bus knows of it; nothing where it hangs elsewhere or cannot be told from another. */
const whereabouts = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const path = await usbPathOf(device, bench)
  if (path === undefined) return []
  const [vendorId, productId, release, serial] = await Promise.all(['idVendor', 'idProduct', 'bcdDevice', 'serial'].map((file) => read(bench, `${FOLDER}/${path}/${file}`)))
  const told = (name: string, value: string | undefined): Sight[] => (value ? [saw(`${device.kind}.${name}`, value.slice(0, 100), 'passive')] : [])
  return [...told('usb-path', path), ...told('usb-id', vendorId && productId && `${vendorId}:${productId}`), ...told('usb-release', release), ...told('serial', serial)]
}

/**
 * The same probe, which besides says where on USB its device hangs, if the setting `whereabouts` asks for it: the port is part of a
 * device's identity, whatever its kind. What the probe itself has seen is not said twice.
 */
export const withWhereabouts = (probe: Probe): Probe => ({
  ...probe,
  observes: {
    [`${probe.kind}.serial`]: 'serial number that USB knows',
    ...probe.observes,
    [`${probe.kind}.usb-path`]: 'port of the USB tree that it hangs on, as 1-1.4',
    [`${probe.kind}.usb-id`]: 'USB vendor and product, as 04b8:0202',
    [`${probe.kind}.usb-release`]: 'release number that USB knows (bcdDevice)',
  },
  async *observe(device, bench) {
    const told = new Set<string>()
    for await (const one of probe.observe(device, bench)) {
      told.add(one.name)
      yield one
    }
    if (device.settings.whereabouts === true) yield* (await whereabouts(device, bench)).filter(({ name }) => !told.has(name))
  },
})
