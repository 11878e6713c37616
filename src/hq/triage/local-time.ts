const MINUTE = 60_000
const WEEK_MINUTES = 7 * 24 * 60

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const make = (zone: string) => new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' })
  let made: Intl.DateTimeFormat
  try {
    made = make(timeZone)
  } catch {
    // A terminal may name a zone that nobody knows; then UTC is as good as any other.
    made = make('UTC')
  }
  if (formats.size < 1000) formats.set(timeZone, made)
  return made
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Minutes since Monday 00:00 in a time zone (IANA name; UTC where that is unknown) at a moment in ms since 1970. */
export const minutesOfWeek = (at: number, timeZone: string): number => {
  const parts = new Map(formatOf(timeZone).formatToParts(at).map((p) => [p.type, p.value]))
  const day = DAYS.indexOf(parts.get('weekday') ?? 'Mon')
  return (day * 24 * 60 + Number(parts.get('hour')) * 60 + Number(parts.get('minute'))) % WEEK_MINUTES
}

/** Minutes since midnight in a time zone. */
export const minutesOfDay = (at: number, timeZone: string): number => minutesOfWeek(at, timeZone) % (24 * 60)

const dates = new Map<string, Intl.DateTimeFormat>()

/** The date in a time zone at a moment, as 2026-10-01; in UTC where the zone is unknown. */
export const dateIn = (at: number, timeZone: string): string => {
  const format = dates.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: formatOf(timeZone).resolvedOptions().timeZone, dateStyle: 'short' })
  if (dates.size < 1000) dates.set(timeZone, format)
  return format.format(at)
}

/** How far two moments are apart on the clock face, whatever the day, in ms; at most half a day. */
export const clockDistance = (a: number, b: number): number => {
  const day = 24 * 60 * MINUTE
  const apart = Math.abs(a - b) % day
  return Math.min(apart, day - apart)
}
