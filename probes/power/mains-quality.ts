import { missed, type Sight, saw } from '../../src/model/probe.ts'
import { nutNumber, type Variables } from './nut.ts'

const DAY_MS = 86_400_000
/** No UPS in service was made or tested before, and none after tomorrow, whatever its own clock says. */
const OLDEST = Date.UTC(1995, 0, 1)
const MOST_VOLTS = 300
/** What a grid or a generator may have; some UPSs give tenths of a hertz as whole ones (CyberPower). */
const HERTZ = { least: 45, most: 65 }

/** A date as UPSs and drivers write it (2024/03/25, 2024-03-25, 11/17/14, 11172014), milliseconds since 1970; undefined if it is none. */
export const upsDate = (text: string | undefined): number | undefined => {
  const words = (text ?? '').trim()
  const year = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(words)
  const month = /^(\d{2})\/?(\d{2})\/?(\d{2}|\d{4})$/.exec(words)
  const [y, m, d] = year ? [year[1], year[2], year[3]] : month ? [month[3], month[1], month[2]] : []
  if (y === undefined || m === undefined || d === undefined) return undefined
  const at = Date.UTC(Number(y) < 100 ? 2000 + Number(y) : Number(y), Number(m) - 1, Number(d))
  return new Date(at).getUTCMonth() === Number(m) - 1 ? at : undefined
}

const ageDays = (name: string, text: string | undefined, now: number): Sight[] => {
  const at = upsDate(text)
  if (at === undefined) return []
  if (at < OLDEST || at > now + DAY_MS) return [missed(name, { absent: 'garbled', detail: `the date ${text} cannot be` })]
  return [saw(name, Math.max(0, Math.floor((now - at) / DAY_MS)))]
}

const volts = (name: string, from: string, variables: Variables): Sight[] => {
  const value = nutNumber(variables, from)
  // Zero is what a counter holds that was never set.
  return value === undefined || value <= 0 || value > MOST_VOLTS ? [] : [saw(name, value)]
}

const frequency = (variables: Variables): Sight[] => {
  const told = nutNumber(variables, 'input.frequency')
  if (told === undefined || told === 0) return []
  const can = (hertz: number): boolean => hertz >= HERTZ.least && hertz <= HERTZ.most
  const value = can(told / 10) ? told / 10 : told
  return [can(value) ? saw('power.input-frequency-hz', value) : missed('power.input-frequency-hz', { absent: 'garbled', detail: `input.frequency ${told} cannot be` })]
}

/** How good the mains is and has been, and when the UPS and its battery were last proven: what the UPS counts by itself. */
export const mainsQuality = (variables: Variables, now: number): Sight[] => [
  ...frequency(variables),
  ...volts('power.input-voltage-least-v', 'input.voltage.minimum', variables),
  ...volts('power.input-voltage-most-v', 'input.voltage.maximum', variables),
  ...(variables.get('input.transfer.reason') ? [saw('power.transfer-reason', (variables.get('input.transfer.reason') ?? '').slice(0, 200))] : []),
  ...ageDays('power.self-test-age-days', variables.get('ups.test.date'), now),
  ...ageDays('power.battery-age-days', variables.get('battery.date') ?? variables.get('battery.mfr.date'), now),
]
