import { type Bench, BenchError, type HidDevice } from '../../src/model/bench.ts'
import type { Transport } from '../../src/model/device.ts'

/** What a thermometer of the TEMPer family says, °C and percent; a sensor that is not plugged in has no value. */
export interface TemperReading {
  firmware: string
  celsius: number | undefined
  humidity: number | undefined
  /** Of a second probe on a cable. */
  outside: number | undefined
}

/** Where one model of thermometer puts its values. */
export interface TemperLayout {
  firmware: RegExp
  divisor: number
  humidityAt?: number
  outsideAt?: number
}

const INSIDE_AT = 2

/** Where each model puts its values: 16 bits, high byte first, signed (urwen/temper, temper.py; haraldtux/temper-q). */
export const TEMPER_LAYOUTS: readonly TemperLayout[] = [
  { firmware: /^TEMPerF1\.[24]/i, divisor: 256 },
  { firmware: /^TEMPer2/i, divisor: 100, outsideAt: 10 },
  { firmware: /^TEMPer(?:X_V3\.[13]|Gold|X)/i, divisor: 100, humidityAt: 4 },
]

/** What stands where no sensor is: 200 °C in hundredths. */
const NO_SENSOR = 0x4e20

const FIRMWARE = Uint8Array.from([0x00, 0x01, 0x86, 0xff, 0x01, 0, 0, 0, 0])
const READING = Uint8Array.from([0x00, 0x01, 0x80, 0x33, 0x01, 0, 0, 0, 0])
const ANSWER_MS = 400
const PACKET = 8

const at = (bytes: Uint8Array, index: number | undefined, divisor: number): number | undefined => {
  if (index === undefined || index + 1 >= bytes.length) return undefined
  const raw = (bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0)
  return raw === NO_SENSOR ? undefined : (raw >= 0x8000 ? raw - 0x10000 : raw) / divisor
}

/** Reads the answer to the question for a reading; undefined for a firmware that is not known. */
export const temperReading = (firmware: string, bytes: Uint8Array): TemperReading | undefined => {
  const layout = TEMPER_LAYOUTS.find((one) => one.firmware.test(firmware))
  if (layout === undefined) return undefined
  const { divisor, humidityAt, outsideAt } = layout
  return { firmware, celsius: at(bytes, INSIDE_AT, divisor), humidity: at(bytes, humidityAt, divisor), outside: at(bytes, outsideAt, divisor) }
}

const SERIAL_ANSWER_MS = 1500
const ASCII = new TextEncoder()

/** Reads the lines that a thermometer on a serial port answers: `Temp-Inner:24.50 [C],41.20 [%RH]`, `Temp-Outer:...`; undefined if they hold no temperature. */
export const temperLines = (firmware: string, lines: string): TemperReading | undefined => {
  const inner = /Temp-Inner:(-?\d+(?:\.\d+)?)[^,\r\n]*(?:,\s*(\d+(?:\.\d+)?))?/.exec(lines)
  const outer = /Temp-Outer:(-?\d+(?:\.\d+)?)/.exec(lines)
  if (!inner) return undefined
  return { firmware, celsius: Number(inner[1]), humidity: inner[2] === undefined ? undefined : Number(inner[2]), outside: outer ? Number(outer[1]) : undefined }
}

/** The same for a thermometer on a serial port (1A86:5523, 9600 8N1). */
export const askSerialTemper = async (bench: Bench, path: string): Promise<TemperReading> => {
  const port = await bench.open({ type: 'serial', path, baud: 9600, dialect: 'temper-serial' })
  const ask = async (question: string): Promise<string> => {
    await port.write(ASCII.encode(question))
    const lines = await port.read(SERIAL_ANSWER_MS, (got) => text(got) !== '' && got.at(-1) === 0x0a && (question !== 'ReadTemp' || got.filter((byte) => byte === 0x0a).length >= 2))
    return new TextDecoder('latin1').decode(lines).trim()
  }
  try {
    const firmware = await ask('Version')
    if (firmware === '') throw new BenchError('silent', 'the thermometer does not answer the question for its firmware')
    const lines = await ask('ReadTemp')
    if (lines === '') throw new BenchError('silent', 'the thermometer does not answer the question for a reading')
    const reading = temperLines(firmware.slice(0, 32), lines)
    if (reading === undefined) throw new BenchError('garbled', 'the thermometer answers, but not with a temperature')
    return reading
  } finally {
    await port.close()
  }
}

const joined = (packets: readonly Uint8Array[]): Uint8Array => Uint8Array.from(packets.flatMap((packet) => [...packet]))

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes.filter((byte) => byte >= 0x20 && byte < 0x7f)).trim()

const chooses = (wanted: Extract<Transport, { type: 'hid' }>) => (device: HidDevice): boolean =>
  device.vendorId === Number.parseInt(wanted.vendorId, 16) &&
  (wanted.productId === undefined || device.productId === Number.parseInt(wanted.productId, 16)) &&
  (wanted.serial === undefined || device.serial === wanted.serial)

/** Asks a TEMPer for its firmware and a reading. Its thermometer is the second interface, the first one being a keyboard. Rejects missing, silent, garbled, and as the bench's HID does. */
export const askTemper = async (bench: Bench, wanted: Extract<Transport, { type: 'hid' }>): Promise<TemperReading> => {
  const interfaces = (await bench.hid.list()).filter(chooses(wanted)).sort((a, b) => (b.interface ?? 0) - (a.interface ?? 0))
  const [sensor] = interfaces
  if (sensor === undefined) throw new BenchError('missing', `no HID device ${wanted.vendorId}:${wanted.productId ?? '*'} on this host`)
  const named = await bench.hid.listen(sensor.path, FIRMWARE, ANSWER_MS, 'temper', (got) => got.length * PACKET >= 16)
  const firmware = text(joined(named))
  if (firmware === '') throw new BenchError('silent', 'the thermometer does not answer the question for its firmware')
  const answer = await bench.hid.listen(sensor.path, READING, ANSWER_MS, 'temper', (got) => got.length >= 2)
  if (answer.length === 0) throw new BenchError('silent', 'the thermometer does not answer the question for a reading')
  const reading = temperReading(firmware, joined(answer))
  if (reading === undefined) throw new BenchError('garbled', `the thermometer has the firmware ${firmware.slice(0, 32)}, whose readings nobody here knows`)
  return reading
}
