import { type Bench, BenchError, type KernelLog } from '../../src/model/bench.ts'
import type { LogClass } from '../../src/model/log.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Sign } from './log/row.ts'
import { tellTexts } from './log/texts.ts'

/** What the host probe counts under one name. */
export interface LogCount {
  name: string
  /** Messages older than this many seconds no longer count. */
  withinS: number
  /** What the lines tell (see log/row.ts). */
  tells: readonly (LogClass | Sign)[]
  /** A line is a consequence, and does not count, within five seconds of a message counted under this name. */
  follows?: string
  /** Counted apart for each subject (what stands before the first colon, as `usb 1-2`); the worst of them stands. Four devices that are plugged out once each are no loose plug. */
  each?: true
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What the host probe counts; each becomes `host.log-<name>`. */
export const LOG_COUNTS: readonly LogCount[] = [
  // That of one container is the container's affair.
  { name: 'oom', withinS: HOUR, tells: ['memory.oom_system'] },
  { name: 'usb-disconnects', withinS: 10 * MINUTE, tells: ['usb.disconnect', 'usb.host_controller_dead'], each: true },
  // Failed descriptor reads alone are left out: a device that comes up on the second attempt is usable.
  { name: 'usb-errors', withinS: HOUR, tells: ['usb.enumeration_failure', 'usb.port_cannot_enable', 'usb.host_controller_dead', 'serial.stalled'] },
  { name: 'overcurrent', withinS: HOUR, tells: ['usb.overcurrent', 'power.supply_inadequate'] },
  { name: 'emi', withinS: HOUR, tells: ['usb.emi'] },
  { name: 'fs-errors', withinS: DAY, tells: ['fs.corruption', 'fs.journal_aborted', 'fs.mount_failed', 'fs.readonly'] },
  {
    name: 'io-errors',
    withinS: DAY,
    tells: ['disk.read', 'disk.write', 'storage.write_error', 'storage.disk_failing', 'storage.sd_failing', 'storage.mmc_timeout', 'storage.mmc_errors', 'storage.ata_link_error', 'storage.ata_timeout', 'storage.ata_media_error', 'storage.nvme_down', 'storage.nvme_timeout'],
    follows: 'usb-disconnects',
  },
  { name: 'hung', withinS: HOUR, tells: ['kernel.hung_task'] },
  { name: 'thermal', withinS: 10 * MINUTE, tells: ['thermal.throttled'] },
  { name: 'undervoltage', withinS: HOUR, tells: ['power.undervoltage'] },
]

const MOMENT_S = 2
const CONSEQUENCE_S = 5

type Line = KernelLog['lines'][number]

const apart = (a: Line, b: Line): number => (a.ageS === undefined || b.ageS === undefined ? 0 : Math.abs(a.ageS - b.ageS))

/** One event makes several lines, and a hub that is unplugged takes its devices along: what happens within two seconds counts once. */
const moments = (lines: readonly Line[]): number => {
  let count = 0
  let first: number | undefined
  for (const { ageS } of lines) {
    if (ageS !== undefined && first !== undefined && first - ageS < MOMENT_S) continue
    first = ageS
    count += 1
  }
  return count
}

const subjectOf = ({ text }: Line): string => text.split(':', 1)[0] ?? ''

/** How often each of them occurred, by its name; lines are oldest first, and a line without an age counts as recent. */
export const countMessages = (lines: readonly Line[]): Record<string, number> => {
  const told = tellTexts(lines)
  const linesOf = ({ tells }: LogCount): Line[] => lines.filter((_, i) => told[i]?.some((event) => tells.includes(event)))
  return Object.fromEntries(LOG_COUNTS.map((counted) => {
    const cause = LOG_COUNTS.find(({ name }) => name === counted.follows)
    const causes = cause ? linesOf(cause) : []
    const own = linesOf(counted).filter((line) => (line.ageS ?? 0) <= counted.withinS && !causes.some((other) => apart(line, other) <= CONSEQUENCE_S))
    const groups = counted.each ? Object.values(Object.groupBy(own, subjectOf)) : [own]
    return [counted.name, Math.max(0, ...groups.map((group) => moments(group ?? [])))]
  }))
}

/** What the kernel complained of lately. */
export const lookAtKernelLog = async (bench: Bench): Promise<Sight[]> => {
  try {
    const { lines } = await bench.host.kernelLog()
    return [{ name: 'host.log-readable', value: true }, ...Object.entries(countMessages(lines)).map(([name, value]): Sight => ({ name: `host.log-${name}`, value }))]
  } catch (error) {
    if (error instanceof BenchError) return [{ name: 'host.log-readable', absent: error.absence, detail: error.message }]
    throw error
  }
}
