/** Time in a story: it may begin in the past and run faster than the wall clock until it has caught up with it. */
export interface FleetClock {
  /** Whole milliseconds since 1970. */
  now(): number
  /** Milliseconds of real time from now until then. */
  realUntil(at: number): number
  /** When it will be after so many milliseconds of real time. */
  after(realMs: number): number
}

/** A clock that shows `startsAt` (not after now) at once, and runs `speed` times as fast as the wall clock until it shows the same time. */
export const fleetClock = (startsAt: number, speed: number, real: { now: () => number; mono: () => number } = { now: Date.now, mono: () => performance.now() }): FleetClock => {
  const wallAtStart = real.now()
  const began = real.mono()
  const behind = Math.max(0, wallAtStart - startsAt)
  // Real milliseconds until the two clocks meet; never if this one is behind and no faster.
  const meetsAfter = behind === 0 ? 0 : speed > 1 ? behind / (speed - 1) : Number.POSITIVE_INFINITY
  const at = (elapsed: number): number => (elapsed >= meetsAfter ? wallAtStart + elapsed : wallAtStart - behind + elapsed * speed)
  const elapsedAt = (time: number): number => {
    const whileFast = (time - (wallAtStart - behind)) / speed
    return whileFast <= meetsAfter ? whileFast : time - wallAtStart
  }
  const elapsed = (): number => real.mono() - began
  return {
    now: () => Math.floor(at(elapsed())),
    realUntil: (time) => Math.max(0, elapsedAt(time) - elapsed()),
    after: (realMs) => at(elapsed() + realMs),
  }
}
