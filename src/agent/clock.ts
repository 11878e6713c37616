/** Takes a pending timer back; harmless once it has run. */
export type Cancel = () => void

/** Time as the agent sees it, injected so that a test decides what time it is. */
export interface AgentClock {
  /** Wall time, milliseconds since 1970; may jump. */
  now(): number
  /** Milliseconds from an arbitrary point; never goes back. */
  mono(): number
  /** Runs once after that many milliseconds. */
  after(ms: number, run: () => void): Cancel
  /** Evenly from 0 up to, not including, 1. */
  random(): number
}

/** Longest wait that a timer of Node can hold, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1

/** The host's own time. */
export const systemClock: AgentClock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), LONGEST_MS))
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** A wait before the next try, in milliseconds: evenly between 0 and the doubling bound (full jitter), never above the cap. */
export const fullJitter = (failures: number, random: () => number, { firstMs, capMs }: { firstMs: number; capMs: number }): number =>
  Math.round(random() * Math.min(capMs, firstMs * 2 ** Math.min(failures, 30)))

/** A wait around `ms` with that share of spread to both sides, as 0.1 for 10 %. */
export const spread = (ms: number, share: number, random: () => number): number => Math.round(ms * (1 - share + 2 * share * random()))
