import type { AgentClock } from '../../src/agent/clock.ts'

/** A clock that stands still until told. Wall time starts on 2 June 2026. */
export interface ManualClock extends AgentClock {
  /** Lets that much time pass, running every timer at its moment and letting promises settle in between. */
  pass(ms: number): Promise<void>
  /** Sets the wall clock as a person or a time service would. */
  jump(ms: number): void
  /** Answers of `random`, the last one for ever. */
  chance: number[]
  pending(): number
}

/** Lets everything that is ready run, including answers over loopback sockets. */
export const settled = async (turns = 20): Promise<void> => {
  for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

export const manualClock = (): ManualClock => {
  let wall = Date.UTC(2026, 5, 2, 8)
  let mono = 1_000
  let timers: { at: number; run: () => void }[] = []
  const clock: ManualClock = {
    chance: [0.5],
    now: () => wall,
    mono: () => mono,
    random: () => (clock.chance.length > 1 ? clock.chance.shift() : clock.chance[0]) ?? 0.5,
    after: (ms, run) => {
      const timer = { at: mono + Math.max(0, ms), run }
      timers.push(timer)
      return () => {
        timers = timers.filter((t) => t !== timer)
      }
    },
    pending: () => timers.length,
    jump: (ms) => {
      wall += ms
    },
    pass: async (ms) => {
      const end = mono + ms
      await settled(2)
      for (;;) {
        const next = timers.filter((t) => t.at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((t) => t !== next)
        wall += Math.max(0, next.at - mono)
        mono = Math.max(mono, next.at)
        next.run()
        await settled(2)
      }
      wall += end - mono
      mono = end
      await settled(2)
    },
  }
  return clock
}
