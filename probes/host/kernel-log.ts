import { type Bench, BenchError, type KernelLog } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'

/** A class of kernel messages. Sources: Linux drivers/usb/core/hub.c, mm/oom_kill.c, block/blk-core.c, fs/ext4/super.c, kernel/hung_task.c, arch/x86 therm_throt.c. */
export interface LogClass {
  name: string
  /** Messages older than this many seconds no longer count. */
  withinS: number
  /** Any of these makes a line one of the class. */
  matches: RegExp
  /** Lines that are not, although they match. */
  except?: RegExp
  /** A line is a consequence, and does not count, within five seconds of a message of this class. */
  follows?: string
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The classes that the host probe counts; each becomes `host.log-<name>`. */
export const LOG_CLASSES: readonly LogClass[] = [
  // That of one container ends in `Memory cgroup out of memory` and mem_cgroup_out_of_memory, and is the container's affair.
  { name: 'oom', withinS: HOUR, matches: /Out of memory: Kill|(?:^|\W)out_of_memory\+0x|oom-kill:constraint=CONSTRAINT_NONE/ },
  { name: 'usb-disconnects', withinS: 10 * MINUTE, matches: /usb \S+: USB disconnect, device number|HC died; cleaning up/ },
  // Failed descriptor reads alone are left out: a device that comes up on the second attempt is usable.
  { name: 'usb-errors', withinS: HOUR, matches: /device not accepting address|unable to enumerate USB device|Cannot enable\. Maybe the USB cable is bad|controller not responding, assume dead|urb stopped: -/ },
  { name: 'overcurrent', withinS: HOUR, matches: /over-current (?:change|condition)|over \S*mA (?:power )?budget/ },
  { name: 'emi', withinS: HOUR, matches: /disabled by hub \(EMI\?\)/ },
  { name: 'fs-errors', withinS: DAY, matches: /EXT4-fs error|EXT4-fs \S+: (?:mount failed|Remounting filesystem read-only)|Aborting journal on device|XFS \S+: .*(?:[Cc]orruption|shutting down filesystem)|BTRFS (?:error|critical)|FAT-fs \S+: error|F2FS-fs \S+: .*(?:[Ii]nconsistent|[Cc]orrupt)/ },
  {
    name: 'io-errors',
    withinS: DAY,
    matches: /I\/O error, dev |Buffer I\/O error on |critical (?:medium|target) error|mmc\w*: .*(?:error -\d|Timeout waiting for hardware|recovery failed)|nvme\w*: (?:controller is down|I\/O .*timeout)|ata\d\S*: .*(?:hard resetting link|error: \{ UNC)|\(media error\)/,
    // Floppy, optical and loop devices of machines that have none give such lines at every look.
    except: /dev (?:fd|sr|loop)\d/,
    follows: 'usb-disconnects',
  },
  { name: 'hung', withinS: HOUR, matches: /blocked for more than \d+ seconds|soft lockup|hard LOCKUP|self-detected stall/ },
  { name: 'thermal', withinS: 10 * MINUTE, matches: /temperature above threshold, cpu clock throttled|critical temperature reached/ },
  { name: 'undervoltage', withinS: HOUR, matches: /under-?voltage detected/i },
]

const MOMENT_S = 2
const CONSEQUENCE_S = 5

type Line = KernelLog['lines'][number]

const linesOf = ({ matches, except }: LogClass, lines: readonly Line[]): Line[] => lines.filter(({ text }) => matches.test(text) && !(except?.test(text) ?? false))

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

/** How often each class occurred, by its name; lines are oldest first, and a line without an age counts as recent. */
export const classify = (lines: readonly Line[], classes: readonly LogClass[] = LOG_CLASSES): Record<string, number> =>
  Object.fromEntries(classes.map((c) => {
    const cause = classes.find(({ name }) => name === c.follows)
    const causes = cause ? linesOf(cause, lines) : []
    const own = linesOf(c, lines).filter((line) => (line.ageS ?? 0) <= c.withinS && !causes.some((other) => apart(line, other) <= CONSEQUENCE_S))
    return [c.name, moments(own)]
  }))

/** What the kernel complained of lately. */
export const lookAtKernelLog = async (bench: Bench): Promise<Sight[]> => {
  try {
    const { lines } = await bench.host.kernelLog()
    return [{ name: 'host.log-readable', value: true }, ...Object.entries(classify(lines)).map(([name, value]): Sight => ({ name: `host.log-${name}`, value }))]
  } catch (error) {
    if (error instanceof BenchError) return [{ name: 'host.log-readable', absent: error.absence, detail: error.message }]
    throw error
  }
}
