import type { ABSENT as Absent, Cost, OutbreakRow } from '../../../model/triage.ts'
import { fill, type Params } from '../../../texts/say.ts'
import type { Failed } from '../data.ts'
import { money } from '../money.ts'
import { language, momentOf, trouble } from '../words.ts'
import { TRIAGE_TEXTS } from './texts.ts'

const DAY = 86_400_000

export type TriageKey = keyof typeof TRIAGE_TEXTS

/** The fault code of outbreaks that are made of absences. The model's own value would bring the schema library along. */
export const ABSENT: typeof Absent = 'ABSENT'

/** A text of these pages. */
export const a = (key: TriageKey, params?: Params): string => fill(TRIAGE_TEXTS[key], language.value, params)

/** These pages' word for a value, as `cause` and `power`; the value itself where there is none. */
export const wordOf = (kind: string, value: string): string => {
  const key = `${kind}.${value}`
  return Object.hasOwn(TRIAGE_TEXTS, key) ? a(key as TriageKey) : value
}

/** What went wrong, in these pages' words where they have some. */
export const troubleHere = (failed: Failed): string => {
  const said = wordOf('problem', failed.kind)
  return said === failed.kind ? trouble(failed) : said
}

/** What something costs, as two phrases: lost so far, and per hour from now on; empty where that is nothing. */
export const costWords = ({ lostMinor, perHourMinor, currency }: Cost): { lost: string; perHour: string } => ({ lost: a('lost', { sum: money(lostMinor, currency) }), perHour: perHourMinor > 0 ? a('per-hour', { sum: money(perHourMinor, currency) }) : '' })

/** The day of the month at the end of a time of 24 hours, in the browser's zone. */
export const dayOf = (at: number): string => new Intl.DateTimeFormat(language.value, { month: 'numeric', day: 'numeric' }).format(momentOf(at + DAY - 1))

/** What the affected have in common: what it is, and its value. */
export const factorInWords = ({ factor, value }: Pick<OutbreakRow, 'factor' | 'value'>): string => {
  const device = /^firmware (.+)$/.exec(factor)?.[1]
  const name = device === undefined ? wordOf('factor', factor) : a('factor-firmware', { device })
  return value === '' ? name : `${name} ${value}`
}
