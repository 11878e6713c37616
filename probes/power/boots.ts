import type { Bench } from '../../src/model/bench.ts'
import { looked, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'

const PSTORE = '/sys/fs/pstore'
const HWMON = '/sys/class/hwmon'

/** Name of the Raspberry Pi's supply sensor in hwmon; its alarm is the firmware's under-voltage flag (below about 4.63 V). */
const PI_SENSOR = 'rpi_volt'

const undervoltage = async (bench: Bench): Promise<Sight[]> => {
  const sensors = await looked(bench.files.list(HWMON))
  if ('absent' in sensors) return []
  const named = await Promise.all(sensors.value.map(async (sensor) => ({ sensor, name: await looked(bench.files.read(`${HWMON}/${sensor}/name`)) })))
  const pi = named.find(({ name }) => 'value' in name && name.value.trim() === PI_SENSOR)
  if (pi === undefined) return []
  const alarm = await looked(bench.files.read(`${HWMON}/${pi.sensor}/in0_lcrit_alarm`))
  return ['value' in alarm ? saw('power.undervoltage', alarm.value.trim() === '1', 'passive') : missed('power.undervoltage', alarm, 'passive')]
}

/** What the kernel keeps of a crash outlives it in pstore: then it was no power cut. */
const crash = async (bench: Bench): Promise<Sight[]> => {
  const records = await looked(bench.files.list(PSTORE))
  if ('value' in records) return [saw('power.crash-record', records.value.length > 0, 'passive')]
  return [missed('power.crash-record', records, 'passive')]
}

const remembered = ({ settings }: Device): Sight[] => {
  const { uncleanShutdown, reboots24h } = settings
  const unknown = { absent: 'missing' as const, detail: 'no agent has kept count on this host yet' }
  return [
    typeof uncleanShutdown === 'boolean' ? saw('power.unclean-shutdown', uncleanShutdown, 'passive') : missed('power.unclean-shutdown', unknown, 'passive'),
    typeof reboots24h === 'number' ? saw('power.reboots-24h', reboots24h, 'passive') : missed('power.reboots-24h', unknown, 'passive'),
  ]
}

/** How the host came to its last boots, and whether its supply sags. */
export const lookAtBoots = async (device: Device, bench: Bench): Promise<Sight[]> =>
  [...remembered(device), ...(await Promise.all([undervoltage(bench), crash(bench)])).flat()]
