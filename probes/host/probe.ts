import type { Probe, Sight } from '../../src/model/probe.ts'
import { asTheyCome } from '../sight.ts'
import { lookAtBoot } from './boot.ts'
import { lookAtClock } from './clock.ts'
import { lookAtDisks } from './disks.ts'
import { lookAtHeat } from './heat.ts'
import { lookAtKernelLog } from './kernel-log.ts'
import { lookAtLoad } from './load.ts'
import { lookAtPos } from './pos.ts'
import { limits, symptoms } from './symptoms.ts'

const SERVICES: Sight = { name: 'host.failed-units', absent: 'blocked', detail: 'the service manager is not asked during a check, as that would start a program' }

/**
 * The computer that everything hangs on, looked at through its own files; starts no program.
 * Settings: `disks` (paths, besides `/`), `process` (the POS application), `holds` (device ids whose ports it must hold),
 * `portPaths` (`id=path` of every port, given by the check), `bootReason` (why it last started, where something else knows).
 */
export const host: Probe = {
  kind: 'host',
  touch: 'listens',
  isolate: false,
  deadlineMs: 3000,
  observes: {
    'host.cpu-percent': 'processor time in use during a tenth of a second, all cores together, %',
    'host.load-per-core': 'runnable tasks per core, average over five minutes',
    'host.memory-free-percent': 'memory that programs can still get without swapping, %',
    'host.disk-free-percent': 'free space of the fullest watched disk, %',
    'host.disk-free-mb': 'least free space on any watched disk, MiB',
    'host.disk-inodes-free-percent': 'least share of free inodes on any watched disk, %',
    'host.disk-worst': 'path of the fullest watched disk',
    'host.disk-unseen': 'watched paths that could not be looked at; empty if none',
    'host.disk-read-only': 'true if a watched disk is read-only although it should not be',
    'host.temperature-c': 'hottest processor or SoC sensor, °C',
    'host.clock-plausible': 'false if the wall clock shows a time that cannot be',
    'host.clock-synchronised': "true if the host's time service says that it has set the clock since boot",
    'host.uptime-s': 'time since boot, s',
    'host.boot-reason': 'why the host last started, as recorded by the kernel, a watchdog or the boot loader',
    'host.pos-running': 'true if a process of the POS application runs',
    'host.pos-pid': 'process id of its oldest process',
    'host.pos-age-s': 'time since that process started, s',
    'host.pos-holds': 'ids of devices whose port the POS application should hold and does not; empty if it holds all',
    'host.port-holder': 'which other programs hold the port of a declared device; empty if none',
    'host.log-readable': 'true if the kernel log could be read',
    'host.log-oom': 'times the kernel killed a program for lack of memory, last hour',
    'host.log-usb-disconnects': 'times the same USB device disconnected, last 10 minutes',
    'host.log-usb-errors': 'times a USB device could not be set up, last hour',
    'host.log-overcurrent': 'times a USB port reported over-current, last hour',
    'host.log-emi': 'times a USB hub suspected interference, last hour',
    'host.log-fs-errors': 'times a file system reported damage, last day',
    'host.log-io-errors': 'times a disk failed to read or write and no USB disconnect explains it, last day',
    'host.log-hung': 'times a task or processor was stuck, last hour',
    'host.log-thermal': 'times the processor was throttled for heat, last 10 minutes',
    'host.log-undervoltage': 'times the supply voltage dropped too low, last hour',
    'host.failed-units': 'names of services that failed; empty if none',
    'host.database-ok': "false if the POS application's database is in error",
    'host.backup-age-h': 'age of the last good backup, h',
  },
  limits,
  symptoms,
  async *observe(device, bench) {
    const one = (look: Promise<Sight>) => look.then((seen) => [seen])
    yield* asTheyCome([
      ...lookAtBoot(device, bench).map(one),
      ...lookAtClock(bench).map(one),
      ...lookAtLoad(bench).map(one),
      one(lookAtHeat(bench)),
      lookAtPos(device, bench),
      lookAtKernelLog(bench),
      ...lookAtDisks(device, bench),
    ])
    yield SERVICES
  },
}
