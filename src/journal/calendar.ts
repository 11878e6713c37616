import type { Settlement } from '../model/service.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Milliseconds of an offset from UTC, as `+08:00`. */
export const offsetOf = (offset: string): number => (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * MINUTE_MS

/** Milliseconds since midnight of a time of day, as `23:00`. */
export const clockOf = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * MINUTE_MS

/** The local calendar day of a moment, counted from 1970; `offset` in milliseconds. */
export const dayOf = (at: number, offset: number): number => Math.floor((at + offset) / DAY_MS)

/** The day that a date names, as `2026-10-01`. */
export const dayNamed = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS)

/** A day as a date. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** When a day begins, wall time in milliseconds since 1970. */
export const startOf = (day: number, offset: number): number => day * DAY_MS - offset

/** Says of a day whether banks work on it: weekdays but for holidays, and the weekend days worked instead. */
export const workdays = ({ holidays, workdays: worked }: Pick<Settlement, 'holidays' | 'workdays'>): ((day: number) => boolean) => {
  const [free, busy] = [new Set(holidays.map(dayNamed)), new Set(worked.map(dayNamed))]
  // 1 January 1970 was a Thursday.
  return (day) => busy.has(day) || (!free.has(day) && (day + 4) % 7 !== 0 && (day + 4) % 7 !== 6)
}

/** The day that lies `count` working days after a day; for 0, that day or the next working one. Gives up after ten years without a working day. */
export const workdaysAfter = (day: number, count: number, works: (day: number) => boolean): number => {
  let at = day
  for (let left = count, i = 0; i < 3660; i++) {
    if (works(at) && left === 0) return at
    at += 1
    if (works(at) && left > 0) left -= 1
  }
  return at
}

/** How many working days lie between two moments: those begun after the first and not after the second. */
export const workdaysBetween = (from: number, to: number, offset: number, works: (day: number) => boolean): number => {
  let count = 0
  for (let day = dayOf(from, offset) + 1; day <= dayOf(to, offset) && count < 1000; day++) if (works(day)) count += 1
  return count
}

/** The day on which the money of a payment is to be credited. A payment after the cut-off counts for the next day; T counts working days, D all. */
export const creditDay = (settlement: Settlement, offset: number): ((at: number) => number) => {
  const works = workdays(settlement)
  const late = DAY_MS - clockOf(settlement.cutOff)
  const count = Number(settlement.cycle.slice(2))
  const counts = settlement.cycle.startsWith('T')
  return (at) => {
    const day = dayOf(at + (late === DAY_MS ? 0 : late), offset)
    return counts ? workdaysAfter(day, count, works) : day + count
  }
}

/** Until when that credit may come, wall time in milliseconds since 1970. */
export const creditBy = (settlement: Settlement, offset: number): ((at: number) => number) => {
  const day = creditDay(settlement, offset)
  return (at) => startOf(day(at), offset) + clockOf(settlement.by)
}
