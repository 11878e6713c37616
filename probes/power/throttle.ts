import type { Bench } from '../../src/model/bench.ts'
import { looked, missed, type Sight, saw } from '../../src/model/probe.ts'

const FOLDER = '/sys/devices/platform'
const HWMON = '/sys/class/hwmon'

/** Name of the Raspberry Pi's supply sensor in hwmon; its alarm is the firmware's under-voltage flag (below about 4.63 V). */
const PI_SENSOR = 'rpi_volt'

/** Bits of the Raspberry Pi firmware's throttle flags, as `vcgencmd get_throttled` gives them; the same 16 higher: since boot. */
export const THROTTLE_BITS: readonly { bit: number; name: string; what: string }[] = [
  { bit: 0, name: 'power.undervoltage', what: 'supply below about 4.63 V now' },
  { bit: 1, name: 'power.frequency-capped', what: 'ARM frequency capped now' },
  { bit: 2, name: 'power.throttled', what: 'throttled now' },
  { bit: 3, name: 'power.heat-limited', what: 'soft temperature limit active now' },
  { bit: 16, name: 'power.undervoltage-since-boot', what: 'supply was below about 4.63 V since boot' },
  { bit: 17, name: 'power.frequency-capped-since-boot', what: 'ARM frequency was capped since boot' },
  { bit: 18, name: 'power.throttled-since-boot', what: 'was throttled since boot' },
  { bit: 19, name: 'power.heat-limited-since-boot', what: 'soft temperature limit was active since boot' },
]

/** Reads the flags as the kernel writes them (hexadecimal digits); undefined if they are none. */
export const throttleFlags = (text: string): number | undefined => {
  const digits = /^(?:throttled=)?(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim())?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 16)
}

/** What a set of flags says. */
export const throttleSights = (flags: number): Sight[] => THROTTLE_BITS.map(({ bit, name }) => saw(name, (flags & (2 ** bit)) !== 0, 'passive'))

/** Where the firmware's driver shows its flags: below soc:firmware, or soc@107c000000:firmware on later boards; undefined where there is none. */
const flagsFile = async (bench: Bench): Promise<string | undefined> => {
  const platform = await looked(bench.files.list(FOLDER))
  const socs = 'value' in platform ? platform.value.filter((name) => /^soc(@[0-9a-f]+)?$/.test(name)) : []
  for (const soc of socs) {
    const parts = await looked(bench.files.list(`${FOLDER}/${soc}`))
    const firmware = 'value' in parts ? parts.value.find((name) => name.endsWith(':firmware')) : undefined
    if (firmware !== undefined) return `${FOLDER}/${soc}/${firmware}/get_throttled`
  }
  return undefined
}

const bySensor = async (bench: Bench): Promise<Sight[]> => {
  const sensors = await looked(bench.files.list(HWMON))
  if ('absent' in sensors) return []
  const named = await Promise.all(sensors.value.map(async (sensor) => ({ sensor, name: await looked(bench.files.read(`${HWMON}/${sensor}/name`)) })))
  const pi = named.find(({ name }) => 'value' in name && name.value.trim() === PI_SENSOR)
  if (pi === undefined) return []
  const alarm = await looked(bench.files.read(`${HWMON}/${pi.sensor}/in0_lcrit_alarm`))
  return ['value' in alarm ? saw('power.undervoltage', alarm.value.trim() === '1', 'passive') : missed('power.undervoltage', alarm, 'passive')]
}

/** Whether the host's own supply sags or it is held back by heat (Raspberry Pi): all flags where the kernel shows them, else the under-voltage alarm of its sensor; nothing on other hosts. */
export const lookAtThrottling = async (bench: Bench): Promise<Sight[]> => {
  const file = await flagsFile(bench)
  const text = file === undefined ? undefined : await looked(bench.files.read(file))
  const flags = text !== undefined && 'value' in text ? throttleFlags(text.value) : undefined
  return flags === undefined ? bySensor(bench) : throttleSights(flags)
}
