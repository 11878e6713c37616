import type { Cost } from '../../../model/triage.ts'
import { fill, type Params } from '../../../texts/say.ts'
import type { Failed } from '../data.ts'
import { money } from '../money.ts'
import { language, momentOf, trouble } from '../words.ts'
import { FLEET_TEXTS } from './texts.ts'

type FleetKey = keyof typeof FLEET_TEXTS

/** A text of the pages about the fleet. */
export const f = (key: FleetKey, params?: Params): string => fill(FLEET_TEXTS[key], language.value, params)

/** These pages' word for a value, as `visit` and `planned`; the value itself where there is none. */
export const wordOf = (kind: string, value: string): string => {
  const key = `${kind}.${value}`
  return Object.hasOwn(FLEET_TEXTS, key) ? f(key as FleetKey) : value
}

/** What went wrong, in these pages' words where they have some. */
export const troubleHere = (failed: Failed): string => {
  const said = wordOf('problem', failed.kind)
  return said === failed.kind ? trouble(failed) : said
}

/** What it has cost, and what the coming hour will; empty where nobody knows. */
export const costInWords = (cost: Cost | undefined): string =>
  cost === undefined ? '' : f('cost-words', { lost: money(cost.lostMinor, cost.currency), hour: money(cost.perHourMinor, cost.currency) })

/** Bytes as people write them. */
export const bytesInWords = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${new Intl.NumberFormat(language.value, { maximumFractionDigits: power < 2 ? 0 : 1 }).format(bytes / 1000 ** power)} ${units[power]}`
}

/** A number with its thousands told apart. */
export const grouped = (n: number, decimals = 0): string => new Intl.NumberFormat(language.value, { maximumFractionDigits: decimals }).format(n)

/** A day and a time to the minute. */
export const minuteOf = (at: number): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(momentOf(at))

const REASONS = [
  ['reason.failed', /^(\d+) terminals failed to take it$/],
  ['reason.ill', /^(\d+) incidents began on terminals that took it, more than chance explains$/],
  ['reason.by', /^halted by (.+)$/],
] as const

/** Why a rollout was halted; what a person wrote stays as it is. */
export const reasonInWords = (reason: string): string => {
  for (const [key, pattern] of REASONS) {
    const [, what] = pattern.exec(reason) ?? []
    if (what !== undefined) return f(key, { what })
  }
  return reason
}
