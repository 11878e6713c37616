import type { Bench } from '../../src/model/bench.ts'
import { missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { hidNodes } from '../hid-nodes.ts'

/** Usages by which a scanner's HID interface says how it will hand over codes (HID Point of Sale Usage Tables 1.02; HID Usage Tables). */
const POS_PAGE = 0x8c
const KEYBOARD = 0x10006

/** How a scanner hands over what it reads: as HID scanner, as keyboard, over a serial port, or in its maker's own way. */
export type ScannerMode = 'hid-pos' | 'keyboard' | 'serial' | 'vendor'

const overHid = (applications: readonly number[]): ScannerMode =>
  applications.some((usage) => usage >>> 16 === POS_PAGE) ? 'hid-pos' : applications.includes(KEYBOARD) ? 'keyboard' : 'vendor'

/**
 * The mode that a scanner is in, from what its USB interface says of itself. Settings: `mode`, the one that the POS application
 * needs; a set-up code scanned by accident puts many scanners into another.
 */
export const modeSights = async (device: Device, bench: Bench): Promise<Sight[]> => {
  const { transport, settings } = device
  const wanted = typeof settings.mode === 'string' ? settings.mode : undefined
  const told = (mode: ScannerMode): Sight[] => [
    saw('scanner.mode', mode, 'passive'),
    ...(wanted === undefined ? [] : [saw('scanner.mode-right', mode === wanted, 'passive')]),
  ]
  if (transport.type === 'serial') return told('serial')
  if (transport.type !== 'hid' && transport.type !== 'usb') return []
  const nodes = await hidNodes(transport, bench)
  if (nodes.length > 0) return told(overHid(nodes.flatMap(({ applications }) => applications)))
  return wanted === undefined ? [] : [missed('scanner.mode-right', { absent: 'blocked', detail: 'the host shows no HID interface of the scanner, so nobody can tell its mode' }, 'passive')]
}
