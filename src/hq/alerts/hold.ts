import type { AlertSubject, AlertWindow, Scope, Silence, Weekday } from '../../model/alerts.ts'
import { plain } from '../plain.ts'

const has = (values: readonly string[] | undefined, value: string | undefined): boolean => values === undefined || (value !== undefined && values.some((v) => plain(v) === value))

/** True if the scope is about this. */
export const isAbout = (scope: Scope, subject: AlertSubject): boolean =>
  has(scope.severities, subject.severity) && has(scope.faults, subject.fault) && has(scope.regions, subject.region) && has(scope.stores, subject.store) && has(scope.terminals, subject.terminalId)

interface LocalTime { date: string; day: Weekday; minute: number }

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  formats.set(timeZone, made)
  return made
}

/** What the clocks of a time zone show at a moment. */
const localTime = (at: number, timeZone: string): LocalTime => {
  const parts = new Map(formatOf(timeZone).formatToParts(at).map((p) => [p.type, p.value]))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return { date: `${part('year')}-${part('month')}-${part('day')}`, day: part('weekday').toLowerCase() as Weekday, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}

const DAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** The calendar day before; by the calendar, whatever the clocks did. */
const before = ({ date, day }: LocalTime): { date: string; day: Weekday } => ({
  date: new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10),
  day: DAYS[(DAYS.indexOf(day) + 6) % 7] ?? 'sun',
})

const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** True if a moment lies within the window's hours. Of a night in which clocks are put back, the hour that comes twice counts both times. */
export const isWithinHours = (window: AlertWindow, at: number): boolean => {
  const local = localTime(at, window.timeZone)
  const spansOf = ({ date, day }: { date: string; day: Weekday }) => window.dates.find((d) => d.date === date)?.spans ?? window.weekly[day] ?? []
  const today = spansOf(local).some(({ from, to }) => {
    const [start, end] = [minuteOf(from), minuteOf(to)]
    return local.minute >= start && (end <= start || local.minute < end)
  })
  return today || spansOf(before(local)).some(({ from, to }) => minuteOf(to) <= minuteOf(from) && local.minute < minuteOf(to))
}

/** The name of what holds this back at that moment, or undefined. */
export const heldBy = (silences: readonly { silence: Silence }[], windows: readonly { window: AlertWindow }[], subject: AlertSubject, at: number): string | undefined =>
  silences.find(({ silence }) => silence.from <= at && at < silence.until && isAbout(silence.scope, subject))?.silence.name ??
  windows.find(({ window }) => isAbout(window.scope, subject) && isWithinHours(window, at) === (window.holds === 'inside'))?.window.name
