import { closeSync, constants, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { BenchError, type KernelLog } from '../model/bench.ts'
import { codeOf } from './causes.ts'

const KEPT_CHARACTERS = 24 * 1024
const LONGEST_LINE = 400
const TAIL_BYTES = 256 * 1024
const RECORDS_PER_TURN = 500
const RECORDS_PER_READ = 50_000
const WARNING = 4

const TOPICS = /usb|\bhub\b|[xeou]hci|mmc|\bata\d|nvme|\[sd[a-z]|EXT4-fs|XFS|BTRFS|F2FS|FAT-fs|JBD2|Aborting journal|I\/O error|out of memory|oom|blocked for more than|lockup|stall|thermal|temperature|voltage|over-?current/i
// Packet and audit logs come as warnings, by the thousand, and would push everything else out.
const NOISE = /\bIN=\S* OUT=|^audit/

const matters = (priority: number, text: string): boolean => !NOISE.test(text) && (priority <= WARNING || TOPICS.test(text))

/** One record of /dev/kmsg, `priority,sequence,microseconds,flags;text` (Linux Documentation/ABI/testing/dev-kmsg). */
export interface KernelRecord {
  /** 0 (emergency) to 7 (debug). */
  priority: number
  /** Microseconds since boot by the kernel's monotonic clock. */
  us: number
  text: string
}

/** Reads one record; undefined if it is none, or was written by a program and not by the kernel. */
export const parseKernelRecord = (record: string): KernelRecord | undefined => {
  const match = /^(\d+),\d+,(\d+),[^;]*;([^\n]*)/.exec(record)
  if (!match) return undefined
  const [, code = '', us = '', text = ''] = match
  // The bits above the lowest three are the facility; 0 is the kernel, and only programs use the others.
  return Number(code) >> 3 === 0 ? { priority: Number(code) & 7, us: Number(us), text } : undefined
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000

const classicTime = (stamp: string, now: number): number => {
  const [, month = '', day, hour, minute, second] = /^(\w{3}) +(\d+) (\d+):(\d+):(\d+)/.exec(stamp) ?? []
  const inYear = (year: number) => new Date(year, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)).getTime()
  const thisYear = inYear(new Date(now).getFullYear())
  // Such a stamp names no year: a December line read in January belongs to the year before.
  return thisYear > now + DAY_MS ? inYear(new Date(now).getFullYear() - 1) : thisYear
}

/** Kernel lines of a syslog file, in the classic or the ISO 8601 form of rsyslog; `now` is wall time in milliseconds and gives the ages. */
export const parseSyslog = (text: string, now: number): KernelLog['lines'] =>
  text.split('\n').flatMap((line) => {
    const match = /^(\w{3} +\d+ \d+:\d+:\d+|\d{4}-\d\d-\d\dT\S+) \S+ kernel: (?:\[ *\d+\.\d+\] )?(.*)$/.exec(line)
    if (!match) return []
    const [, stamp = '', message = ''] = match
    if (!matters(WARNING + 1, message)) return []
    const at = /^\d{4}-/.test(stamp) ? Date.parse(stamp) : classicTime(stamp, now)
    const ageS = Math.max(0, Math.round((now - at) / 1000))
    return [{ ...(Number.isNaN(ageS) ? {} : { ageS }), text: message.slice(0, LONGEST_LINE) }]
  })

/** Where the kernel log is looked for. */
export interface KernelLogPlaces {
  device: string
  /** Tried in this order when the device cannot be read. */
  files: readonly string[]
}

const PLACES: KernelLogPlaces = { device: '/dev/kmsg', files: ['/var/log/kern.log', '/var/log/syslog', '/var/log/messages'] }

const denied = (error: unknown): boolean => ['EPERM', 'EACCES'].includes(codeOf(error) ?? '')

/** The newest lines of a text of bounded length. */
const newest = <T extends { text: string }>(lines: readonly T[]): T[] => {
  let characters = 0
  let first = lines.length
  while (first > 0) {
    characters += (lines[first - 1]?.text.length ?? 0) + 1
    if (characters > KEPT_CHARACTERS) break
    first -= 1
  }
  return lines.slice(first)
}

const tailOf = async (path: string): Promise<string> => {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, TAIL_BYTES)), 0, undefined, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

const fromFiles = async (files: readonly string[], device: unknown): Promise<KernelLog> => {
  let blocked = denied(device)
  for (const path of files) {
    try {
      return { source: path, lines: newest(parseSyslog(await tailOf(path), Date.now())) }
    } catch (error) {
      blocked ||= denied(error)
    }
  }
  throw blocked
    ? new BenchError('blocked', 'no permission to read the kernel log: give the agent CAP_SYSLOG, or put it into group adm and install rsyslog')
    : new BenchError('missing', 'this host keeps no kernel log where it can be read (/dev/kmsg, /var/log)')
}

const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n)

/** One record, or why there is none: `end` for now, `lost` when the kernel overwrote records that were not read yet. */
const readRecord = (fd: number, buffer: Buffer): string => {
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 'end'
    if (codeOf(error) === 'EPIPE') return 'lost'
    throw error
  }
}

/**
 * A reader of the kernel log, for Host.kernelLog. It keeps the device open and its place in it, so that a later call reads only
 * what is new. Where the device may not be read it reads the system log's file instead.
 */
export const kernelLogReader = (places: KernelLogPlaces = PLACES): { read(): Promise<KernelLog>; close(): void } => {
  let fd: number | undefined
  let kept: KernelRecord[] = []
  // The kernel gives one record to a read and refuses buffers that are too small for it (EINVAL).
  const buffer = Buffer.alloc(8192)

  const drain = async (device: number): Promise<void> => {
    for (let n = 1; n <= RECORDS_PER_READ; n += 1) {
      const text = readRecord(device, buffer)
      if (text === 'end' || text === '') break
      const record = text === 'lost' ? undefined : parseKernelRecord(text)
      if (record && matters(record.priority, record.text)) kept.push({ ...record, text: record.text.slice(0, LONGEST_LINE) })
      if (n % RECORDS_PER_TURN === 0) {
        kept = newest(kept)
        await setImmediate()
      }
    }
    kept = newest(kept)
  }

  const read = async (): Promise<KernelLog> => {
    try {
      fd ??= openSync(places.device, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch (error) {
      return fromFiles(places.files, error)
    }
    await drain(fd)
    const now = monotonicUs()
    return { source: places.device, lines: kept.map(({ us, text }) => ({ ageS: Math.max(0, Math.round((now - us) / 1e5) / 10), text })) }
  }

  const close = (): void => {
    if (fd !== undefined) closeSync(fd)
    fd = undefined
    kept = []
  }
  return { read, close }
}
