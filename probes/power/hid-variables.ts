import { type HidDescriptor, type HidField, rawValue, scaled } from '../hid-descriptor.ts'
import { isNumber, isRead, UPS_USAGES, type UpsUsage, USAGE } from './hid-usages.ts'
import type { Variables } from './nut.ts'

/** What is true of every unit of a model and of no other, from its profile. */
export interface UpsQuirks {
  /** The battery's voltage comes this many times too high. */
  batteryVoltageTimes: number
  /** A charge above 100 up to this is a full battery, percent. */
  chargeMost: number
  /** It goes on saying that mains is present while it already discharges. */
  dischargingIsOutage: boolean
  /** Dates are mmddyy in hexadecimal digits. */
  datesInDigits: boolean
  /** It pushes reports by itself; where not, listening is of no use or harms. */
  interrupts: boolean
  /** For so long its flags of a low or worn battery come and go after a change-over, ms: only a second look counts. */
  settleMs: number
}

/** A value that a report brought: its field and the raw number. */
export interface UpsValue {
  field: HidField
  raw: number
}

const rowsOf = new Map<number, UpsUsage[]>()
for (const row of UPS_USAGES) rowsOf.set(row.usage, [...(rowsOf.get(row.usage) ?? []), row])

const BATTERY_PAGE = 0x85

const isFlagField = ({ bits, logicalMax }: HidField): boolean => bits === 1 || logicalMax === 1

const fitsField = (rows: readonly UpsUsage[] | undefined, field: HidField): boolean => rows?.some((row) => isRead(row) && isNumber(row) !== isFlagField(field)) ?? false

/** Clones put the battery's usages on the page of the power device: then a usage means what its number means there, if that fits the field and its own page has nothing that would. */
const onRightPage = (descriptor: HidDescriptor): ((field: HidField) => HidField) => {
  if (descriptor.fields.some(({ usage }) => usage >>> 16 === BATTERY_PAGE)) return (field) => field
  return (field) => {
    const moved = (BATTERY_PAGE * 0x10000) + (field.usage & 0xffff)
    return fitsField(rowsOf.get(moved), field) && !fitsField(rowsOf.get(field.usage), field) ? { ...field, usage: moved } : field
  }
}

/** Fields of a UPS that mean something to us; empty if the descriptor is that of another device. */
export const upsFields = (descriptor: HidDescriptor): HidField[] => {
  if (!descriptor.applications.includes(USAGE.ups)) return []
  const settle = onRightPage(descriptor)
  return descriptor.fields.map(settle).filter(({ report, usage }) => report !== 'output' && (rowsOf.get(usage) ?? []).some(isRead))
}

/** Values of a report's fields; `data` begins after the report id. */
export const valuesIn = (fields: readonly HidField[], report: HidField['report'], id: number, data: Uint8Array): UpsValue[] =>
  fields.filter((field) => field.report === report && field.id === id).flatMap((field) => {
    const raw = rawValue(field, data)
    return raw === undefined ? [] : [{ field, raw }]
  })

const TEST_RESULTS: Readonly<Record<number, string>> = { 1: 'Done and passed', 2: 'Done and warning', 3: 'Done and error', 4: 'Aborted', 5: 'In progress', 6: 'No test initiated' }

const twoDigits = (n: number): string => String(n).padStart(2, '0')

const dateText = (year: number, month: number, day: number): string | undefined =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31 ? `${year}/${twoDigits(month)}/${twoDigits(day)}` : undefined

/** A date as the standard packs it, or as mmddyy in hexadecimal digits; undefined if it is none. */
export const hidDate = (raw: number, inDigits: boolean): string | undefined => {
  if (!inDigits) return dateText((raw >> 9) + 1980, (raw >> 5) & 15, raw & 31)
  const digits = raw.toString(16).padStart(6, '0')
  return /^\d{6}$/.test(digits) ? dateText(2000 + Number(digits.slice(4)), Number(digits.slice(0, 2)), Number(digits.slice(2, 4))) : undefined
}

const KELVIN = 273.15

/** Ampere-seconds, the unit of a capacity that is no share; the nibble of the current tells. */
const isCharge = ({ field }: UpsValue): boolean => ((field.unit >>> 20) & 15) !== 0

/** Values of each field once, the later one; those of the power summary before others of the same usage. */
const latestOf = (values: readonly UpsValue[]): UpsValue[] =>
  [...new Map(values.map((value) => [`${value.field.within.join('.')}.${value.field.usage}`, value])).values()]
    .sort((a, b) => Number(b.field.within.includes(USAGE.summary)) - Number(a.field.within.includes(USAGE.summary)))

const withUsage = (values: readonly UpsValue[], usage: number): UpsValue | undefined => values.find(({ field }) => field.usage === usage)

const share = (part: UpsValue | undefined, whole: UpsValue | undefined): number | undefined =>
  (part === undefined || whole === undefined || whole.raw <= 0 ? undefined : (100 * part.raw) / whole.raw)

/** Full charge in percent of the design capacity; undefined where the UPS counts capacities in percent, which say nothing of wear. */
export const hidWear = (values: readonly UpsValue[]): number | undefined => {
  const full = withUsage(values, USAGE.fullChargeCapacity)
  return full !== undefined && isCharge(full) && withUsage(values, USAGE.capacityMode)?.raw !== 2 ? share(full, withUsage(values, USAGE.designCapacity)) : undefined
}

const rounded = (n: number): string => String(Math.round(n * 100) / 100)

/**
 * What the values of a HID UPS say, in the names and words of NUT, so that one place judges UPSs however they are reached. Later
 * values stand for earlier ones of the same field.
 */
export const hidVariables = (values: readonly UpsValue[], quirks: UpsQuirks): Variables => {
  const latest = latestOf(values)
  const all = (usage: number): UpsValue[] => latest.filter(({ field }) => field.usage === usage)
  const variables = new Map<string, string>()
  const words = new Set<string>()
  const alarms = new Set<string>()

  for (const { raw } of all(USAGE.acPresent)) words.add(raw > 0 ? 'OL' : 'OB')
  if (all(USAGE.batteryPresent).some(({ raw }) => raw === 0)) alarms.add('no battery installed')
  for (const value of latest) {
    for (const row of rowsOf.get(value.field.usage) ?? []) {
      if ('word' in row && value.raw > 0) words.add(row.word)
      else if ('alarm' in row && value.raw > 0) alarms.add(row.alarm)
      else if ('variable' in row && !variables.has(row.variable) && (row.within === undefined || row.within.some((place) => value.field.within.includes(place)))) {
        variables.set(row.variable, rounded(scaled(value.field, value.raw) - (row.kelvin ? KELVIN : 0)))
      }
    }
  }
  if (words.has('DISCHRG') && (quirks.dischargingIsOutage || !(words.has('OL') || words.has('OB')))) {
    words.delete('OL')
    words.add('OB')
  }

  const remaining = withUsage(latest, USAGE.remainingCapacity)
  if (remaining !== undefined) {
    const inPercent = !isCharge(remaining) || withUsage(latest, USAGE.capacityMode)?.raw === 2
    const charge = inPercent ? scaled({ ...remaining.field, unit: 0 }, remaining.raw) : share(remaining, withUsage(latest, USAGE.fullChargeCapacity))
    if (charge !== undefined) variables.set('battery.charge', rounded(charge > 100 && charge <= quirks.chargeMost ? 100 : charge))
  }
  const voltage = Number(variables.get('battery.voltage'))
  const nominal = Number(variables.get('battery.voltage.nominal'))
  if (quirks.batteryVoltageTimes !== 1 && voltage > 1.4 * nominal) variables.set('battery.voltage', rounded(voltage / quirks.batteryVoltageTimes))

  const test = TEST_RESULTS[withUsage(latest, USAGE.test)?.raw ?? 0]
  if (test !== undefined) variables.set('ups.test.result', test)
  const made = withUsage(latest, USAGE.manufacturerDate)
  const date = made && hidDate(made.raw, quirks.datesInDigits)
  if (date !== undefined) variables.set('battery.mfr.date', date)
  if (words.size > 0) variables.set('ups.status', [...words].join(' '))
  if (alarms.size > 0) variables.set('ups.alarm', [...alarms].join('; '))
  return variables
}
