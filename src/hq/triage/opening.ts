import type { OpeningHours, Opens } from '../../model/triage.ts'
import { dateIn, minutesOfWeek } from './local-time.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Terminals are switched off up to so long before a store closes, and heard of so long after it opened at the latest; in ms. */
const EARLY_MS = 30 * MINUTE
const LATE_MS = 30 * MINUTE

/** How many days ahead an opening is looked for: stores that are shut for longer have no hours. */
const AHEAD_DAYS = 14

const spansOf = (hours: OpeningHours, weekday: number, date: string): readonly [number, number][] => hours.holidays?.find((h) => h.date === date)?.spans ?? hours.days[weekday] ?? []

/** True if the store is open at that moment by the hours that people gave. */
export const isOpen = (hours: OpeningHours, at: number): boolean => {
  const minute = minutesOfWeek(at, hours.timeZone)
  const day = Math.floor(minute / 1440)
  const today = minute - day * 1440
  const inside = (weekday: number, date: string, when: number): boolean => spansOf(hours, weekday, date).some(([from, to]) => when >= from && when < to)
  // Noon of the day before is that day, however the clocks were changed in between.
  const yesterday = at - (today + 720) * MINUTE
  return inside(day, dateIn(at, hours.timeZone), today) || inside((day + 6) % 7, dateIn(yesterday, hours.timeZone), today + 1440)
}

/** True if the store is closed then, or about to close. */
export const isShutting = (hours: OpeningHours, at: number): boolean => !isOpen(hours, at) || !isOpen(hours, at + EARLY_MS)

/** True if a store that was closed then, or about to close, has opened again, and long enough ago that it should have been heard of. */
export const hasOpenedSince = (hours: OpeningHours, since: number, now: number): boolean =>
  isShutting(hours, since) && now - since >= EARLY_MS && isOpen(hours, now) && isOpen(hours, now - LATE_MS)

/** When a store that is closed opens next, by its own clock; undefined if it is open, or does not open within two weeks. */
export const opensNext = (hours: OpeningHours, at: number): Opens | undefined => {
  if (isOpen(hours, at)) return undefined
  const { timeZone } = hours
  const found: number[] = []
  for (let day = 0; day <= AHEAD_DAYS && found.length === 0; day++) {
    const then = Math.floor(at / MINUTE) * MINUTE + day * DAY
    const minute = minutesOfWeek(then, timeZone)
    const weekday = Math.floor(minute / 1440)
    for (const [from] of spansOf(hours, weekday, dateIn(then, timeZone))) {
      const straight = then + (from - (minute % 1440)) * MINUTE
      // Where the clocks are changed in between, that is some minutes beside it.
      const beside = weekday * 1440 + from - minutesOfWeek(straight, timeZone)
      const opens = straight + (Math.abs(beside) <= 180 ? beside : 0) * MINUTE
      if (opens > at) found.push(opens)
    }
  }
  return found.length === 0 ? undefined : { at: Math.min(...found), timeZone }
}
