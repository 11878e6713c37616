import { type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import { mainsQuality } from './mains-quality.ts'
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

const isTesting = (words: ReadonlySet<string>, variables: Variables): boolean => words.has('CAL') || words.has('TEST') || /in progress/i.test(variables.get('ups.test.result') ?? '')

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
  { name: 'power.battery-voltage-v', from: 'battery.voltage', least: 0.1, most: 800 },
  { name: 'power.load-percent', from: 'ups.load', least: 0, most: 200 },
]

/** Values that some makers' units make up; left out, for they prove nothing even where they could be. */
const DISTRUSTED: readonly { says: string; words: RegExp; values: readonly string[] }[] = [
  // Of seven dumps of healthy boards five give -232 to 251 degrees, so the others prove nothing either (nut-ddl, PiSupply).
  { says: 'device.mfr', words: /^PiJuice$/i, values: ['battery.temperature'] },
  { says: 'ups.mfr', words: /^PiJuice$/i, values: ['battery.temperature'] },
]

const reading = ({ name, from, least, most }: Reading, variables: Variables): Sight[] => {
  const value = nutNumber(variables, from)
  if (value !== undefined && DISTRUSTED.some(({ says, words, values }) => values.includes(from) && words.test(variables.get(says) ?? ''))) return [missed(name, { absent: 'missing', detail: `${from} of this model is not to be believed` })]
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

const outputAlive = (variables: Variables): boolean => (nutNumber(variables, 'output.voltage') ?? 0) > LEAST_MAINS * DEAD_SHARE

/** Words that some drivers never take back are believed only where nothing speaks against them. */
const doubted = (name: string, said: boolean, against: boolean, detail: string): Sight =>
  (said && against ? missed(name, { absent: 'garbled', detail }) : saw(name, said))

const ALARMS: readonly (readonly [name: string, words: RegExp])[] = [
  ['power.ups-hot', /temperature (?:is )?too high|over ?-?temp|overheat/i],
  ['power.ups-fault', /internal (?:ups )?(?:fault|failure)|fan fail|inverter fail|charger fail|no battery/i],
]

const alarms = (text: string, words: ReadonlySet<string>): Sight[] =>
  ALARMS.map(([name, pattern]) => saw(name, pattern.test(text) || (name === 'power.ups-hot' && words.has('OVERHEAT'))))

const flags = (words: ReadonlySet<string>, alarm: string): Sight[] => [
  saw('power.ups-low-battery', words.has('LB')),
  saw('power.ups-overload', words.has('OVER')),
  saw('power.ups-replace-battery', words.has('RB') || /replace (?:the )?batter/i.test(alarm)),
  saw('power.ups-regulating', words.has('BOOST') || words.has('TRIM')),
  saw('power.ups-bypass', words.has('BYPASS')),
  ...alarms(alarm, words),
]

/** What the variables of one UPS say, as observations. Values that cannot be are left out with their reason, and `power.plausible` says that there are some. */
export const upsSights = (variables: Variables, now: number): Sight[] => {
  const supply = supplyOf(variables)
  const words = statusWords(variables)
  const alarm = variables.get('ups.alarm') ?? ''
  const maker = [variables.get('device.mfr') ?? variables.get('ups.mfr'), variables.get('device.model') ?? variables.get('ups.model')].filter((part) => part !== undefined).join(' ')
  const about = [...text('power.ups-status', variables.get('ups.status')), ...text('power.ups-model', maker), ...text('power.ups-alarm', alarm), ...text('power.serial', variables.get('ups.serial') ?? variables.get('device.serial')), ...text('power.firmware', variables.get('ups.firmware'))]
  // While the driver starts, what it gives is a remainder or a guess.
  if (words.has('WAIT')) return [...about, ...('absent' in supply ? [missed('power.on-battery', supply)] : [])]
  const measured = [...READINGS.flatMap((one) => reading(one, variables)), ...voltage(variables, supply), ...mainsQuality(variables, now)]
  const claimed = words.size === 0 ? [] : [
    doubted('power.output-off', words.has('OFF'), outputAlive(variables), `the status says OFF, but the output has ${variables.get('output.voltage')} V`),
    doubted('power.ups-shutting-down', words.has('FSD'), !(words.has('OB') || words.has('LB')), 'the status says FSD while the mains is there and the battery is not low'),
  ]
  const contradictory = 'absent' in supply && supply.contradicts
  const impossible = [...measured, ...claimed].some((sight) => 'absent' in sight && sight.absent === 'garbled')
  return [
    ...about,
    'onBattery' in supply ? saw('power.on-battery', supply.onBattery) : missed('power.on-battery', supply),
    ...(contradictory || isTesting(words, variables) ? [] : charging(words)),
    // Without any status word nobody has said that there is no trouble.
    ...(words.size === 0 ? [] : flags(words, alarm)),
    ...claimed,
    ...text('power.battery-health', variables.get('ups.test.result')),
    ...measured,
    saw('power.plausible', !contradictory && !impossible),
  ]
}
