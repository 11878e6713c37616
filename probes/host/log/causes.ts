import type { LogClass } from '../../../src/model/log.ts'
import type { Sign } from './row.ts'

/** One trouble that explains others: a victim is not told as if it were the culprit. */
export interface Cause {
  cause: LogClass
  /** Beginnings of what it explains. */
  explains: readonly string[]
  /** Devices that it can have done it to; all, if left out. */
  to?: RegExp
}

/** Disks that may hang on USB; those on the board do not mind what happens there. */
const OFF_BOARD = /^(?!mmc|nvme|ata)/
const DISK_WORDS = ['disk.', 'fs.', 'storage.write_error']
/** What a disk says of itself while its bus goes away under it. */
const LAST_WORDS = ['storage.disk_failing']

/** What explains what, nearest cause first; both must happen within EXPLAINS_S of each other. */
export const CAUSES: readonly Cause[] = [
  { cause: 'usb.host_controller_dead', explains: ['usb.disconnect', 'usb.reset', 'usb.enumeration_failure', 'usb.descriptor', 'storage.device_lost', 'serial.', 'cardreader.', 'printer.', 'ups.', 'network.nic_hang', ...DISK_WORDS, ...LAST_WORDS], to: OFF_BOARD },
  { cause: 'usb.overcurrent', explains: ['usb.disconnect', 'usb.enumeration_failure', 'usb.port_cannot_enable', 'usb.descriptor'] },
  { cause: 'usb.disconnect', explains: ['storage.device_lost', 'serial.', 'cardreader.', 'printer.offline', 'ups.', ...DISK_WORDS, ...LAST_WORDS], to: OFF_BOARD },
  { cause: 'storage.nvme_down', explains: DISK_WORDS, to: /^nvme/ },
  { cause: 'storage.nvme_timeout', explains: DISK_WORDS, to: /^nvme/ },
  { cause: 'storage.device_lost', explains: [...DISK_WORDS, ...LAST_WORDS] },
  { cause: 'storage.ata_media_error', explains: ['disk.', 'fs.'], to: /^(?:sd|dm|md|ata)/ },
  { cause: 'storage.ata_link_error', explains: DISK_WORDS, to: /^(?:sd|dm|md|ata)/ },
  { cause: 'storage.ata_timeout', explains: DISK_WORDS, to: /^(?:sd|dm|md|ata)/ },
  { cause: 'storage.disk_failing', explains: ['disk.', 'fs.'] },
  { cause: 'storage.write_error', explains: ['fs.journal_aborted', 'fs.readonly', 'fs.unread', 'fs.mount_failed'] },
  { cause: 'thermal.throttled', explains: ['cpu.mce_logged'] },
  { cause: 'power.undervoltage', explains: ['usb.disconnect', 'usb.reset', 'usb.enumeration_failure', 'usb.descriptor'] },
]

/** True for what can explain other things. */
export const isCause = (event: LogClass | Sign): event is LogClass => CAUSES.some(({ cause }) => cause === event)

/** A consequence comes within this time after its cause, or is noticed so shortly before it. */
export const AFTER_S = 30
export const BEFORE_S = 5

/** Causes that can explain what happened to a device. */
export const causesOf = (event: LogClass | Sign, device: string): Cause[] => CAUSES.filter(({ explains, to }) => explains.some((start) => event.startsWith(start)) && (to?.test(device) ?? true))
