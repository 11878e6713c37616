import { type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import { nutNumber, type Variables } from './nut.ts'

/** Whether the UPS feeds from its battery, and what speaks against believing it. */
type Supply = { onBattery: boolean } | (Missed & { contradicts: boolean })

/** An AC input below this share of its nominal voltage feeds nothing. */
const DEAD_SHARE = 0.3
/** Nominal mains voltages of the world (IEC TR 60083 and national standards), V. */
const STANDARD_VOLTAGES = [100, 110, 120, 127, 220, 230, 240] as const
/** Below and above these shares of its nominal voltage no UPS stays on line: then the nominal voltage is a driver's default. */
const BELIEVABLE = { least: 0.6, most: 1.5 }
const MOST_VOLTS = 300
const LEAST_MAINS = 70
/** All bits set in a 16-bit report: drivers pass on the filler of UPSs that do not know. */
const NO_RUNTIME = 65535

const statusWords = (variables: Variables): ReadonlySet<string> => new Set((variables.get('ups.status') ?? '').split(/\s+/).filter((word) => word !== ''))

/** The nominal voltage that the UPS gives, if what it measures is not far from any use; else the standard one next to what it measures; else undefined (a DC supply, a dead input). */
const nominalVoltage = (variables: Variables): number | undefined => {
  const [told, measured] = [nutNumber(variables, 'input.voltage.nominal'), nutNumber(variables, 'input.voltage')]
  const toldMains = told !== undefined && STANDARD_VOLTAGES.some((v) => Math.abs(v - told) <= 15) ? told : undefined
  if (measured === undefined || measured < LEAST_MAINS || measured > MOST_VOLTS) return toldMains
  const believable = statusWords(variables).has('OB') || (toldMains !== undefined && measured >= toldMains * BELIEVABLE.least && measured <= toldMains * BELIEVABLE.most)
  if (toldMains !== undefined && believable) return toldMains
  return STANDARD_VOLTAGES.reduce<number>((nearest, v) => (Math.abs(v - measured) < Math.abs(nearest - measured) ? v : nearest), STANDARD_VOLTAGES[0])
}

const inputState = (variables: Variables): 'dead' | 'alive' | 'unknown' => {
  const [volts, nominal] = [nutNumber(variables, 'input.voltage'), nominalVoltage(variables)]
  if (volts === undefined || volts < 0) return 'unknown'
  if (nominal === undefined) return volts === 0 ? 'dead' : 'unknown'
  return volts < nominal * DEAD_SHARE ? 'dead' : 'alive'
}

const garbled = (detail: string): Supply => ({ absent: 'garbled', detail, contradicts: true })

const isTesting = (words: ReadonlySet<string>, variables: Variables): boolean => words.has('CAL') || /in progress/i.test(variables.get('ups.test.result') ?? '')

const TESTING: Supply = { absent: 'busy', detail: 'the UPS is testing its battery', contradicts: false }

/**
 * Reads the words of ups.status (NUT, docs/new-drivers.txt) together with the input voltage. Some UPSs keep OL while they already
 * discharge, others say OL and OB at once: where words contradict each other and nothing settles it, nothing is concluded.
 */
export const supplyOf = (variables: Variables): Supply => {
  const words = statusWords(variables)
  const status = [...words].join(' ')
  const has = (word: string): boolean => words.has(word)
  if (has('WAIT')) return { absent: 'silent', detail: 'the NUT driver is still starting', contradicts: false }
  if ((has('OL') && has('OB')) || (has('CHRG') && has('DISCHRG')) || (has('OB') && has('CHRG'))) return garbled(`the status words contradict each other: ${status}`)
  const testing = isTesting(words, variables)
  if (has('OB')) return testing ? TESTING : { onBattery: true }
  if (has('OL') && has('DISCHRG')) {
    const input = inputState(variables)
    if (testing) return { onBattery: false }
    return input === 'unknown' ? garbled(`the status words contradict each other: ${status}`) : { onBattery: input === 'dead' }
  }
  if (has('OL') || has('TRIM') || has('BOOST')) return { onBattery: false }
  return { absent: 'garbled', detail: status === '' ? 'the UPS gives no status' : `the status says neither OL nor OB: ${status}`, contradicts: false }
}

interface Reading {
  name: string
  from: string
  /** Values outside cannot be; the bounds themselves can. */
  least: number
  most: number
}

const READINGS: readonly Reading[] = [
  { name: 'power.battery-percent', from: 'battery.charge', least: 0, most: 100 },
  { name: 'power.runtime-s', from: 'battery.runtime', least: 0, most: NO_RUNTIME - 1 },
  { name: 'power.battery-temperature-c', from: 'battery.temperature', least: -20, most: 80 },
  { name: 'power.load-percent', from: 'ups.load', least: 0, most: 200 },
]

const reading = ({ name, from, least, most }: Reading, variables: Variables): Sight[] => {
  const value = nutNumber(variables, from)
  if (value === undefined) return variables.has(from) ? [missed(name, { absent: 'missing', detail: `the driver gives no number as ${from}: ${variables.get(from)?.slice(0, 40)}` })] : []
  return [value < least || value > most ? missed(name, { absent: 'garbled', detail: `${from} ${value} cannot be` }) : saw(name, value)]
}

/** The input voltage, if it can be what it says: zero while on line cannot, nor more than any outlet has. */
const voltage = (variables: Variables, supply: Supply): Sight[] => {
  const value = nutNumber(variables, 'input.voltage')
  if (value === undefined) return []
  const nominal = nominalVoltage(variables)
  const onLine = 'onBattery' in supply && !supply.onBattery
  if (value < 0 || value > MOST_VOLTS || (value === 0 && onLine)) return [missed('power.input-voltage-v', { absent: 'garbled', detail: `input.voltage ${value}${onLine ? ' while on line' : ''} cannot be` })]
  return [saw('power.input-voltage-v', value), ...(nominal === undefined ? [] : [saw('power.input-voltage-nominal-v', nominal)])]
}

const charging = (words: ReadonlySet<string>): Sight[] => {
  if (words.has('CHRG') === words.has('DISCHRG')) return []
  return [saw('power.battery-charging', words.has('CHRG'))]
}

const text = (name: string, value: string | undefined): Sight[] => (value === undefined || value.trim() === '' ? [] : [saw(name, value.trim().slice(0, 200))])

/** What the variables of one UPS say, as observations. Values that cannot be are left out with their reason, and `power.plausible` says that there are some. */
export const upsSights = (variables: Variables): Sight[] => {
  const supply = supplyOf(variables)
  const words = statusWords(variables)
  const maker = [variables.get('device.mfr') ?? variables.get('ups.mfr'), variables.get('device.model') ?? variables.get('ups.model')].filter((part) => part !== undefined).join(' ')
  const about = [...text('power.ups-status', variables.get('ups.status')), ...text('power.ups-model', maker), ...text('power.ups-alarm', variables.get('ups.alarm'))]
  // While the driver starts, what it gives is a remainder or a guess.
  if (words.has('WAIT')) return [...about, ...('absent' in supply ? [missed('power.on-battery', supply)] : [])]
  const measured = [...READINGS.flatMap((one) => reading(one, variables)), ...voltage(variables, supply)]
  const contradictory = 'absent' in supply && supply.contradicts
  const impossible = measured.some((sight) => 'absent' in sight && sight.absent === 'garbled')
  return [
    ...about,
    'onBattery' in supply ? saw('power.on-battery', supply.onBattery) : missed('power.on-battery', supply),
    ...(contradictory || isTesting(words, variables) ? [] : charging(words)),
    saw('power.ups-low-battery', words.has('LB')),
    saw('power.ups-overload', words.has('OVER')),
    saw('power.ups-replace-battery', words.has('RB')),
    saw('power.ups-regulating', words.has('BOOST') || words.has('TRIM')),
    ...text('power.battery-health', variables.get('ups.test.result')),
    ...measured,
    saw('power.plausible', !contradictory && !impossible),
  ]
}
