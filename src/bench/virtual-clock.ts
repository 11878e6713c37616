import type { Clock } from '../model/bench.ts'

/** A wait on the virtual clock: `over` resolves when its time has come, or at once after `hurry`. */
interface Wait {
  over: Promise<void>
  hurry(): void
}

/** A clock that moves only when everybody waits: then it jumps to whoever is due first. */
export interface VirtualClock extends Clock {
  /** Milliseconds since the clock was made. */
  elapsed(): number
  /** Waits until that many milliseconds have elapsed. */
  until(elapsedMs: number): Wait
}

/**
 * A clock for replays that starts at a wall time (milliseconds since 1970) and never really sleeps. Waits that are due at the same
 * time end in the order in which they began. It gives way to the event loop between two waits, so that a deadline of the real clock
 * is still heard.
 */
export const virtualClock = (startAt: number): VirtualClock => {
  interface Waiter { due: number; resolve(): void }
  let now = 0
  let waiters: Waiter[] = []
  let running = false

  const run = (): void => {
    setImmediate(() => {
      const first = waiters.reduce<Waiter | undefined>((best, waiter) => (best && best.due <= waiter.due ? best : waiter), undefined)
      if (!first) {
        running = false
        return
      }
      now = Math.max(now, first.due)
      waiters = waiters.filter((waiter) => waiter !== first)
      first.resolve()
      run()
    })
  }

  const until = (due: number): Wait => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter = { due, resolve }
    waiters.push(waiter)
    if (!running) {
      running = true
      run()
    }
    return { over: promise, hurry: () => { waiter.due = now } }
  }

  return {
    now: () => startAt + now,
    mono: () => now,
    elapsed: () => now,
    sleep: (ms) => until(now + Math.max(0, ms)).over,
    until,
  }
}
