import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import { ifSeen, ifThere, sight } from '../sight.ts'

/** No terminal runs this program before this day, nor fifty years after it: a clock that says so has lost its battery. */
const EARLIEST = Date.UTC(2026, 0, 1)
const LATEST = Date.UTC(2076, 0, 1)

const OTHERS = [
  { folder: '/run/chrony', program: 'chrony', ask: 'chronyc tracking' },
  { folder: '/var/lib/ntp', program: 'ntpd', ask: 'ntpq -p' },
  { folder: '/var/lib/ntpsec', program: 'ntpd', ask: 'ntpq -p' },
]

const synchronised = async (bench: Bench): Promise<boolean> => {
  const timesync = await ifThere(bench.files.list('/run/systemd/timesync'))
  if (timesync) return timesync.includes('synchronized')
  for (const { folder, program, ask } of OTHERS) {
    if (await ifSeen(bench.files.list(folder))) throw new BenchError('missing', `${program} keeps the time here and leaves no file that says whether it succeeds; ${ask} tells`)
  }
  throw new BenchError('missing', 'no time service found on this host (systemd-timesyncd, chrony, ntpd); the package systemd-timesyncd would keep its time and tell')
}

/** Whether the wall clock can be right, and whether a time service says that it is. */
export const lookAtClock = (bench: Bench): Promise<Sight>[] => [
  sight('host.clock-plausible', async () => bench.clock.now() >= EARLIEST && bench.clock.now() < LATEST),
  sight('host.clock-synchronised', () => synchronised(bench)),
]
