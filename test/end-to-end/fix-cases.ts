import { mkdtemp, rm, symlink, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHostFiles } from '../../fixtures/standins/host-files.ts'
import { startSerialDevice } from '../../fixtures/standins/port.ts'
import { startShop } from '../../fixtures/standins/shop.ts'
import type { Text } from '../../src/model/text.ts'
import { ROOT } from './till.ts'

/** A shop in which something is wrong, and the person at the terminal. */
export interface FixCase {
  about: Text
  fault: string
  terminal: object
  /** Breaks it again, as it was at the start. */
  break(): Promise<void>
  /** What the person sees when asked: the key of the answer, by the id of the test; what is not named cannot be told. */
  sees: Readonly<Record<string, string>>
  /** Does a step; only the right one changes anything. */
  does(step: string): Promise<void>
  stop(): Promise<void>
}

const HEALTHY = '> 10 04 01\n< 12 +5ms\n> 10 04 02\n< 12 +5ms\n> 10 04 03\n< 12 +5ms\n> 10 04 04\n< 12 +5ms\n'

/** The plug of the printer has come out; it is back once somebody reseats it. */
export const looseCable = async (): Promise<FixCase> => {
  const [shop, printer, folder] = await Promise.all([startShop(ROOT), startSerialDevice(HEALTHY), mkdtemp(join(tmpdir(), 'posdiag-port-'))])
  const path = join(folder, 'ttyPRINTER')
  let plugged = false
  return {
    about: { zh: '打印机数据线松脱', en: 'the printer’s cable is loose' },
    fault: 'PRN-OFFLINE',
    terminal: { ...shop.terminal, devices: shop.terminal.devices.map((d) => (d.kind === 'printer' ? { ...d, transport: { type: 'serial', path } } : d)) },
    break: async () => {
      if (plugged) await unlink(path)
      plugged = false
    },
    sees: { 'printer-lamp': 'lit' },
    does: async (step) => {
      if (step !== 'reseat-cable' || plugged) return
      await symlink(printer.path, path)
      plugged = true
    },
    stop: async () => {
      await Promise.all([shop.stop(), printer.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The host’s clock is far ahead, so that the acquirer’s certificate looks expired: the stand-in lives that much earlier. */
export const wrongClock = async (): Promise<FixCase> => {
  const shop = await startShop(ROOT)
  return {
    about: { zh: '时钟错了，TLS 连接失败', en: 'the clock is wrong, so TLS fails' },
    fault: 'SYS-CLOCK-SKEW',
    terminal: shop.terminal,
    break: () => shop.happen('clock-ahead'),
    sees: { 'clock-and-phone': 'different', 'other-lanes': 'well' },
    does: (step) => (step === 'automatic-time' ? shop.happen('all-well') : Promise.resolve()),
    stop: shop.stop,
  }
}

const USB = { 'scanner-1': ['1-1.1', '05e0', '1200'], 'reader-2': ['1-1.2', '0801', '0002'], 'scanner-2': ['1-1.3', '0c2e', '0901'] } as const

/** The power plug of the USB hub is out, and everything behind it is gone. */
export const darkHub = async (): Promise<FixCase> => {
  const shop = await startShop(ROOT)
  const host = await startHostFiles({ 'sys/bus/usb/devices/usb1/idVendor': '1d6b\n', 'sys/bus/usb/devices/usb1/idProduct': '0002\n' })
  const files = Object.fromEntries(Object.values(USB).flatMap(([at, vendor, product]) => [[`sys/bus/usb/devices/${at}/idVendor`, `${vendor}\n`], [`sys/bus/usb/devices/${at}/idProduct`, `${product}\n`]]))
  return {
    about: { zh: 'USB 集线器没有通电', en: 'the USB hub has no power' },
    fault: 'PER-USB-UNSTABLE',
    terminal: {
      ...shop.terminal, paths: { proc: '/proc', sys: host.sys }, nodes: [{ id: 'hub-1', is: 'hub' }],
      devices: [...shop.terminal.devices, ...Object.entries(USB).map(([id, [, vendorId, productId]]) => ({ id, kind: id.split('-')[0], transport: { type: 'usb', vendorId, productId }, dependsOn: ['hub-1'] }))],
    },
    break: () => host.remove(...Object.values(USB).map(([at]) => `sys/bus/usb/devices/${at}`)),
    sees: { 'hub-lamp': 'dark', 'reader-lamp': 'dark', 'scanner-lamp': 'dark' },
    does: (step) => (['power-the-hub', 'powered-hub', 'plug-directly'].includes(step) ? host.write(files) : Promise.resolve()),
    stop: async () => {
      await Promise.all([shop.stop(), host.stop()])
    },
  }
}
