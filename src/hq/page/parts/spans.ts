import { Odd } from './form.tsx'

/** Spans of the day as people type them, clock to clock: an end that is not later than its beginning is on the next day. */
export type Spans = readonly { from: string; to: string }[]

/** A date with its own spans, and why. */
export interface DateSpans { date: string; spans: { from: string; to: string }[]; note?: string | undefined }

/** What is said of what cannot be read. */
export interface SpanTexts { span: (text: string) => string; date: (text: string) => string }

/** Spans as people type them. */
export const spansText = (spans: Spans): string => spans.map((s) => `${s.from}-${s.to}`).join(', ')

const SPAN = /^(\d{1,2}:\d\d)\s*[-–—~至到]\s*(\d{1,2}:\d\d)$/

const clockOf = (text = ''): string => text.padStart(5, '0')

/** Reads spans; throws Odd. */
export const spansIn = (text: string, texts: SpanTexts): { from: string; to: string }[] =>
  text.split(/[,，、;；]/).map((s) => s.trim()).filter((s) => s !== '').map((part) => {
    const [, from, to] = SPAN.exec(part) ?? []
    const span = { from: clockOf(from), to: clockOf(to) }
    if (from === undefined || [span.from, span.to].some((c) => c > '24:00' || c.slice(3) > '59')) throw new Odd(texts.span(part))
    return span
  })

const DATE = /^(\d{4}-\d\d-\d\d)\s*((?:\d{1,2}:\d\d\s*[-–—~至到]\s*\d{1,2}:\d\d[,，、;；\s]*)*)(.*)$/

/** Reads one date a line: its spans, if it has any, and a note; throws Odd. */
export const datesIn = (text: string, texts: SpanTexts): DateSpans[] =>
  text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => {
    const [, date, hours = '', note = ''] = DATE.exec(line) ?? []
    if (date === undefined || Number.isNaN(Date.parse(date))) throw new Odd(texts.date(line))
    return { date, spans: spansIn(hours.trim().replaceAll(/(\d)\s+(?=\d{1,2}:)/g, '$1,'), texts), ...(note === '' ? {} : { note }) }
  })

/** Dates as people type them. */
export const datesText = (dates: readonly DateSpans[]): string => dates.map((d) => [d.date, spansText(d.spans), d.note].filter(Boolean).join(' ')).join('\n')
