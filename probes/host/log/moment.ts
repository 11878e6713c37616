import type { LogLine } from './heading.ts'

/** Where and when a line stands. */
export interface Moment {
  /** Bytes before its line in what was read. */
  offset: number
  wall?: number
  up?: number
}

/** Moment of a line. */
export const momentOf = ({ wall, up }: LogLine, offset: number): Moment => ({ offset, ...(wall === undefined ? {} : { wall }), ...(up === undefined ? {} : { up }) })

/** Some four lines of a log without times are taken for a second. */
const BYTES_A_SECOND = 320

/** Seconds from one moment to a later one; where the lines do not tell, little text is a short time. */
export const secondsBetween = (a: Moment, b: Moment): number => {
  if (a.up !== undefined && b.up !== undefined && b.up >= a.up) return b.up - a.up
  if (a.wall !== undefined && b.wall !== undefined) return Math.abs(b.wall - a.wall) / 1000
  return Math.abs(b.offset - a.offset) / BYTES_A_SECOND
}

/** As a finding gives it: ISO 8601, seconds since the kernel started, or undefined. */
export const told = ({ wall, up }: Moment): string | number | undefined => (wall === undefined ? up : new Date(wall).toISOString())
