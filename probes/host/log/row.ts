import type { LogClass } from '../../../src/model/log.ts'

/** What a line tells that is no class by itself: rules (see ledger.ts) make one of it, or none. */
export type Sign =
  | 'boot'
  | 'usb.attached'
  | 'usb.found'
  | 'usb.descriptor'
  | 'usb.is-ups'
  | 'usb.is-reader'
  | 'usb.is-printer'
  | 'usblp.bound'
  | 'usblp.removed'
  | 'link.up'
  | 'link.opened'
  | 'link.down'
  | 'disk.read'
  | 'disk.write'
  | 'disk.transport'
  | 'disk.mmc'
  | 'ata.of'
  | 'sata.up'
  | 'sata.down'
  | 'fs.unread'
  | 'oom.begins'
  | 'oom.trace'
  | 'oom.system'
  | 'oom.cgroup'

/**
 * One kind of message. The pattern is the text as the kernel or the service prints it, found anywhere in a line:
 * `*` is any text, `#` a number, `{on}` the name of the device, `{on:ata}` one that begins so, `[a|b]` one of several; a blank at its start also fits the start of the line.
 */
export interface LogRow {
  tells: LogClass | Sign
  /** Classes that the same message shows besides. */
  also?: readonly LogClass[]
  says: string
  /** Such a message is none of this kind if one of these patterns fits too. */
  unless?: readonly string[]
}

/** Messages of one origin. */
export interface LogTable {
  /** Said before the name of the device, as `usb` before `1-1.3`. */
  prefix?: string
  /** Programs that write them; left out for the kernel. */
  by?: RegExp
  rows: readonly LogRow[]
}
