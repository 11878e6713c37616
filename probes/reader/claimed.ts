import type { Bench } from '../../src/model/bench.ts'
import { ifSeen, ifThere } from '../sight.ts'

const FOLDER = '/sys/bus/usb/devices'

/** USB class of chip card readers (CCID). */
const CHIP_CARD = '0b'

/** What pcscd itself holds interfaces by. */
const OWN = 'usbfs'

const at = async (bench: Bench, device: string, name: string): Promise<string> => ((await ifThere(bench.files.read(`${FOLDER}/${device}/${name}`))) ?? '').trim()

/**
 * The kernel's driver that holds the card interface of a USB reader (as pn533_usb), so that PC/SC cannot have it; undefined if none does,
 * or the kernel does not say. Rejects as the bench does.
 */
export const claimedBy = async (wanted: { vendorId: string; productId?: string | undefined }, bench: Bench): Promise<string | undefined> => {
  const names = (await ifThere(bench.files.list(FOLDER))) ?? []
  for (const name of names.filter((one) => /^\d+-[\d.]+:\d+\.\d+$/.test(one))) {
    const parent = name.slice(0, name.indexOf(':'))
    if ((await at(bench, parent, 'idVendor')) !== wanted.vendorId || (wanted.productId !== undefined && (await at(bench, parent, 'idProduct')) !== wanted.productId)) continue
    if ((await at(bench, name, 'bInterfaceClass')) !== CHIP_CARD) continue
    const driver = (await ifSeen(bench.files.link(`${FOLDER}/${name}/driver`)))?.split('/').at(-1)
    if (driver !== undefined && driver !== OWN) return driver
  }
  return undefined
}
