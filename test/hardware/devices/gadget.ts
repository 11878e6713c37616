import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'

const GADGETS = '/sys/kernel/config/usb_gadget'

/** A USB device of this kernel's own gadget side, looped to its host side by dummy_hcd. */
export interface Gadget {
  plug(): void
  unplug(): void
}

/** Builds a gadget on controller `index`; configfs must be mounted. `deviceId` is what an IEEE 1284 printer says of itself. */
export const gadget = (name: string, index: number, unit: { vendor: string; product: string; maker: string; model: string; serial: string } & ({ is: 'printer'; deviceId: string } | { is: 'acm' })): Gadget => {
  const at = `${GADGETS}/${name}`
  const write = (file: string, value: string): void => writeFileSync(`${at}/${file}`, value)
  if (!existsSync(at)) {
    mkdirSync(at)
    write('idVendor', unit.vendor)
    write('idProduct', unit.product)
    write('bcdDevice', '0x0100')
    write('bcdUSB', '0x0200')
    mkdirSync(`${at}/strings/0x409`)
    write('strings/0x409/manufacturer', unit.maker)
    write('strings/0x409/product', unit.model)
    write('strings/0x409/serialnumber', unit.serial)
    mkdirSync(`${at}/configs/c.1`)
    const part = unit.is === 'printer' ? 'printer.0' : 'acm.0'
    mkdirSync(`${at}/functions/${part}`)
    if (unit.is === 'printer') {
      write('functions/printer.0/pnp_string', unit.deviceId)
      write('functions/printer.0/q_len', '10')
    }
    symlinkSync(`${at}/functions/${part}`, `${at}/configs/c.1/${part}`)
  }
  return {
    plug: () => write('UDC', `dummy_udc.${index}`),
    // The kernel takes an empty line for "none"; an empty write would never reach it.
    unplug: () => write('UDC', '\n'),
  }
}
