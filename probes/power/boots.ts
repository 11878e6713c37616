import type { Bench } from '../../src/model/bench.ts'
import { looked, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'

const PSTORE = '/sys/fs/pstore'

/** What the kernel keeps of a crash outlives it in pstore: then it was no power cut. */
const crash = async (bench: Bench): Promise<Sight> => {
  const records = await looked(bench.files.list(PSTORE))
  return 'value' in records ? saw('power.crash-record', records.value.length > 0, 'passive') : missed('power.crash-record', records, 'passive')
}

const remembered = ({ settings }: Device): Sight[] => {
  const { uncleanShutdown, reboots24h } = settings
  const unknown = { absent: 'missing' as const, detail: 'no agent has kept count on this host yet' }
  return [
    typeof uncleanShutdown === 'boolean' ? saw('power.unclean-shutdown', uncleanShutdown, 'passive') : missed('power.unclean-shutdown', unknown, 'passive'),
    typeof reboots24h === 'number' ? saw('power.reboots-24h', reboots24h, 'passive') : missed('power.reboots-24h', unknown, 'passive'),
  ]
}

/** How the host came to its last boots. */
export const lookAtBoots = async (device: Device, bench: Bench): Promise<Sight[]> => [...remembered(device), await crash(bench)]
