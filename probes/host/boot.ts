import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { ifSeen, sight } from '../sight.ts'

const uptime = async (bench: Bench): Promise<number> => {
  const seconds = Number.parseFloat(await bench.files.read('/proc/uptime'))
  if (Number.isNaN(seconds)) throw new BenchError('garbled', '/proc/uptime does not start with a number')
  return Math.round(seconds)
}

// Linux include/uapi/linux/watchdog.h; the other bits say what a watchdog can do, not what happened.
const WATCHDOG = [
  [0x01, 'overheated'],
  [0x02, 'fan failed'],
  [0x10, 'voltage too low'],
  [0x20, 'reset by the watchdog'],
  [0x40, 'voltage too high'],
] as const

/** What a hardware watchdog's `bootstatus` says of the last restart; undefined if nothing. */
export const parseBootStatus = (text: string): string | undefined => {
  const status = Number(text.trim())
  const reasons = WATCHDOG.filter(([bit]) => (status & bit) !== 0).map(([, reason]) => reason)
  return reasons.length === 0 ? undefined : reasons.join(', ')
}

const bootReason = async (device: Device, bench: Bench): Promise<string> => {
  const told = device.settings.bootReason
  if (typeof told === 'string') return told.slice(0, 200)
  const crashes = (await ifSeen(bench.files.list('/sys/fs/pstore'))) ?? []
  if (crashes.some((file) => file.startsWith('dmesg-'))) return 'kernel crash: a record of it is in /sys/fs/pstore'
  const watchdog = parseBootStatus((await ifSeen(bench.files.read('/sys/class/watchdog/watchdog0/bootstatus'))) ?? '0')
  if (watchdog !== undefined) return watchdog
  const given = /\b(?:androidboot\.)?bootreason=(\S{1,100})/.exec((await ifSeen(bench.files.read('/proc/cmdline'))) ?? '')?.[1]
  if (given !== undefined) return given
  throw new BenchError('missing', 'nothing on this host records why it last started (crash records, watchdog, boot loader)')
}

/** Since when the host runs, and why it last started where something recorded that. */
export const lookAtBoot = (device: Device, bench: Bench): Promise<Sight>[] => [
  sight('host.uptime-s', () => uptime(bench)),
  sight('host.boot-reason', () => bootReason(device, bench)),
]
