import type { Bench } from '../src/model/bench.ts'
import type { Transport } from '../src/model/device.ts'
import { parseDescriptor } from './hid-descriptor.ts'
import { ifSeen } from './sight.ts'

type OnHid = Extract<Transport, { type: 'hid' | 'usb' }>

const FOLDER = '/sys/bus/hid/devices'

/** One HID interface as the kernel has it: its device file, and what its descriptor says it is (usages of the outermost collections). */
export interface HidNode {
  path: string
  applications: readonly number[]
}

/** HID interfaces of the devices of this model, read from the kernel's files alone: no library, nothing sent. Those without a device file or with a broken descriptor are left out. */
export const hidNodes = async (wanted: OnHid, bench: Bench): Promise<HidNode[]> => {
  const names = ((await ifSeen(bench.files.list(FOLDER))) ?? []).filter((name) => {
    const [, vendor = '', product = ''] = /^[0-9A-F]{4}:([0-9A-F]{4}):([0-9A-F]{4})\./i.exec(name) ?? []
    return vendor.toLowerCase() === wanted.vendorId && (wanted.productId === undefined || product.toLowerCase() === wanted.productId)
  })
  const found = await Promise.all(names.map(async (name): Promise<HidNode[]> => {
    const [node] = (await ifSeen(bench.files.list(`${FOLDER}/${name}/hidraw`))) ?? []
    if (node === undefined) return []
    const bytes = await ifSeen(bench.hid.descriptor(`/dev/${node}`))
    const descriptor = bytes === undefined ? undefined : parseDescriptor(bytes)
    return descriptor === undefined || 'unreadable' in descriptor ? [] : [{ path: `/dev/${node}`, applications: descriptor.applications }]
  }))
  return found.flat()
}
