import { type Bench, BenchError } from '../../src/model/bench.ts'
import { looked, missed, type Probe, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { sensors } from '../hwmon.ts'
import { asTheyCome, ifSeen, ifThere, rounded, sight } from '../sight.ts'
import { limits, symptoms } from './symptoms.ts'
import { askSerialTemper, askTemper, type TemperReading } from './temper.ts'

// Drivers of sensors that hang in the room. Board sensors (lm75, tmp102, "ambient" of a mainboard) measure the warm inside of a case.
const ROOM_CHIPS = /^(sht\d\w*|shtc\d|hih6130|hs3001|aht\d+|chipcap2|ds18b20|w1_slave_temp|temper\w*)$/
const ROOM_LABELS = /\b(room|inlet|outdoor)\b/i

const wantedBy = (device: Device) => {
  const named = device.settings.sensor
  return (chip: string, label: string): boolean => (typeof named === 'string' ? chip === named : ROOM_CHIPS.test(chip) || ROOM_LABELS.test(label))
}

/** Values of an industrial I/O sensor, in thousandths (Linux Documentation/ABI/testing/sysfs-bus-iio). */
const industrial = async (bench: Bench, channel: 'temp' | 'humidityrelative', withHumidity: boolean): Promise<number[]> => {
  const folder = '/sys/bus/iio/devices'
  const devices = (await ifThere(bench.files.list(folder))) ?? []
  const found = await Promise.all(devices.map(async (device): Promise<number[]> => {
    const files = (await ifSeen(bench.files.list(`${folder}/${device}`))) ?? []
    // A bare temperature there is that of an accelerometer or a converter; a chip that also knows humidity stands in a room.
    if (!files.includes(`in_${channel}_input`) || (withHumidity && !files.includes('in_humidityrelative_input'))) return []
    const value = Number((await ifSeen(bench.files.read(`${folder}/${device}/in_${channel}_input`))) ?? Number.NaN)
    return Number.isNaN(value) ? [] : [value]
  }))
  return found.flat()
}

const worst = (values: readonly number[], middle: number, what: string): number => {
  const [first, ...others] = values
  if (first === undefined) throw new BenchError('missing', `this terminal has no ${what} sensor for its surroundings that Linux knows (/sys/class/hwmon, /sys/bus/iio)`)
  return rounded(others.reduce((a, b) => (Math.abs(b - middle) > Math.abs(a - middle) ? b : a), first) / 1000)
}

const temperature = async (device: Device, bench: Bench): Promise<number> => {
  const values = [...(await sensors(bench, 'temp', wantedBy(device))).map((s) => s.value), ...(await industrial(bench, 'temp', true))]
  return worst(values.filter((t) => t > -60_000 && t < 120_000), 20_000, 'temperature')
}

const humidity = async (device: Device, bench: Bench): Promise<number> => {
  const chips = typeof device.settings.sensor === 'string' ? wantedBy(device) : () => true
  const values = [...(await sensors(bench, 'humidity', chips)).map((s) => s.value), ...(await industrial(bench, 'humidityrelative', false))]
  return worst(values.filter((h) => h >= 0 && h <= 100_000), 50_000, 'humidity')
}

const READABLE = { celsius: { least: -40, most: 125 }, humidity: { least: 0, most: 100 } } as const

const measured = (what: 'celsius' | 'humidity', value: number | undefined): number => {
  if (value === undefined) throw new BenchError('missing', what === 'celsius' ? 'the thermometer has no sensor for temperature' : 'the thermometer has no sensor for humidity')
  const { least, most } = READABLE[what]
  if (value < least || value > most) throw new BenchError('garbled', `the reading ${value} of the thermometer cannot be`)
  return rounded(value)
}

/** A thermometer of its own, on USB: asked once for everything. */
const thermometer = async (reading: Promise<TemperReading>): Promise<Sight[]> => {
  const answer = await looked(reading)
  if ('absent' in answer) return ['environment.temperature-c', 'environment.humidity-percent'].map((name) => missed(name, answer))
  const { celsius, outside, humidity: moisture, firmware } = answer.value
  return [
    saw('environment.firmware', firmware),
    await sight('environment.temperature-c', async () => measured('celsius', celsius ?? outside)),
    await sight('environment.humidity-percent', async () => measured('humidity', moisture)),
  ]
}

/**
 * Temperature and humidity around the terminal. Transport `host`: sensors that Linux knows; setting `sensor`, the hwmon name of the
 * chip to trust, where the usual ones are not meant. Transport `hid` or `serial`: a thermometer of the TEMPer family.
 */
export const environment: Probe = {
  kind: 'environment',
  touch: 'asks',
  isolate: ['hid', 'serial'],
  unhurried: true,
  deadlineMs: 5000,
  observes: {
    'environment.temperature-c': 'temperature around the terminal, of several sensors the one farthest from 20 °C, °C',
    'environment.humidity-percent': 'relative humidity around the terminal, %',
    'environment.firmware': 'what a thermometer on USB calls itself',
    'environment.water': 'true if water got into or onto a device, as a person said',
    'environment.magnet': 'true if a strong magnet or source of interference is near, as a person said',
  },
  limits,
  symptoms,
  async *observe(device, bench) {
    const { transport } = device
    if (transport.type === 'hid') return yield* await thermometer(askTemper(bench, transport))
    if (transport.type === 'serial') return yield* await thermometer(askSerialTemper(bench, transport.path))
    yield* asTheyCome([
      sight('environment.temperature-c', () => temperature(device, bench)).then((s) => [s]),
      sight('environment.humidity-percent', () => humidity(device, bench)).then((s) => [s]),
    ])
  },
}
