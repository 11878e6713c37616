import type { OpeningHours } from '../../../model/triage.ts'
import { datesIn, datesText, spansIn, spansText } from '../parts/spans.ts'
import { f } from './words.ts'

/** Days of the week, from Monday, by which forms and texts name them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

type MinuteSpans = OpeningHours['days'][number]

const clock = (minute: number): string => `${String(Math.floor((minute % 1440 === 0 && minute > 0 ? minute : minute % 1440) / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** An end that is not later than its beginning is on the next day. */
const spanOf = ({ from, to }: { from: string; to: string }): [number, number] => [minutes(from), minutes(to) > minutes(from) ? minutes(to) : minutes(to) + 1440]

const clocks = (spans: MinuteSpans) => spans.map(([from, to]) => ({ from: clock(from), to: to === 1440 || to === 2880 ? '24:00' : clock(to) }))

const ODD = { span: (text: string) => f('spans-odd', { text }), date: (text: string) => f('date-odd', { text }) }

/** Hours of a day as people read and type them; an end past midnight is shown as the clock shows it. */
export const dayText = (spans: MinuteSpans): string => spansText(clocks(spans))

/** Hours of a day as they were typed; throws Odd. */
export const dayIn = (text: string): MinuteSpans => spansIn(text, ODD).map(spanOf)

type Holidays = NonNullable<OpeningHours['holidays']>

/** Holidays, one a line. */
export const holidaysText = (holidays: Holidays): string => datesText(holidays.map((h) => ({ ...h, spans: clocks(h.spans) })))

/** Holidays as they were typed; throws Odd. */
export const holidaysIn = (text: string): Holidays => datesIn(text, ODD).map(({ date, spans, note }) => ({ date, spans: spans.map(spanOf), ...(note === undefined ? {} : { note }) }))
