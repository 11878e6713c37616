import { minutesOfWeek } from './local-time.ts'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

/** What a lane usually sells: `slots` are minor units per hour of the week from Monday 00:00 in `timeZone`, learned from so many `weeks`. */
export interface SalesProfile { timeZone: string; weeks: number; slots: number[]; currency?: string }

/** What a profile was learned from: per slot the last weeks (numbered since 1970) and their sums. */
export type SalesHistory = Record<string, [week: number, sum: number][]>

/** Sales of one hour, which begins at `hour` (ms since 1970), in minor units. */
export interface SalesHour { hour: number; sum: number; currency?: string }

const KEPT_WEEKS = 6

/** A profile says nothing before it has seen this many weeks: one is no habit. */
export const ENOUGH_WEEKS = 2

const slotOf = (hour: number, timeZone: string): number => Math.floor(minutesOfWeek(hour, timeZone) / 60)

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * Adds hours to a history and learns the profile anew. An hour said twice counts once. The median of the last six weeks is what an
 * hour is expected to sell, so that one week with an outage or a feast does not change it; a week without sales in that hour counts as 0.
 */
export const learn = (history: SalesHistory, hours: readonly SalesHour[], timeZone: string): { history: SalesHistory; profile: SalesProfile } => {
  const slots = new Map(Object.entries(history))
  for (const { hour, sum } of hours) {
    const slot = String(slotOf(hour, timeZone))
    const week = Math.floor(hour / WEEK)
    const others = (slots.get(slot) ?? []).filter(([w]) => w !== week)
    slots.set(slot, [...others, [week, sum]].toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)).slice(-KEPT_WEEKS) as SalesHistory[string])
  }
  const newest = Math.max(0, ...[...slots.values()].flat().map(([week]) => week))
  const known = new Set([...slots.values()].flat().map(([week]) => week).filter((week) => week > newest - KEPT_WEEKS))
  const expected = (slot: number): number => {
    const sums = (slots.get(String(slot)) ?? []).filter(([week]) => known.has(week)).map(([, sum]) => sum)
    return Math.round(median([...sums, ...Array<number>(Math.max(0, known.size - sums.length)).fill(0)]))
  }
  const currency = hours.findLast((h) => h.currency !== undefined)?.currency
  return {
    history: Object.fromEntries(slots),
    profile: { timeZone, weeks: known.size, slots: Array.from({ length: 168 }, (_, slot) => expected(slot)), ...(currency === undefined ? {} : { currency }) },
  }
}

/** The hours that a span of time touches, each with the part of it that lies in the span. */
export const hoursIn = (from: number, to: number): { hour: number; part: number }[] => {
  const hours = []
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) {
    hours.push({ hour, part: (Math.min(to, hour + HOUR) - Math.max(from, hour)) / HOUR })
  }
  return hours
}

/** What a lane would usually sell in a span of time, in minor units; nothing while its profile knows too little. */
export const expectedIn = (profile: SalesProfile, from: number, to: number): number => {
  if (profile.weeks < ENOUGH_WEEKS) return 0
  return hoursIn(from, to).reduce((sum, { hour, part }) => sum + part * (profile.slots[slotOf(hour, profile.timeZone)] ?? 0), 0)
}

/** True or false as the lane usually sells around that time (an hour either way) or not; undefined while its profile knows too little. */
export const sellsAt = (profile: SalesProfile, at: number): boolean | undefined =>
  profile.weeks < ENOUGH_WEEKS || profile.slots.every((s) => s === 0) ? undefined : [-HOUR, 0, HOUR].some((d) => (profile.slots[slotOf(at + d, profile.timeZone)] ?? 0) > 0)
