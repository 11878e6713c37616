import { type Moment, secondsBetween } from './moment.ts'

/** The kernel tells within this time whose limit it was. */
const EPISODE_S = 20

/**
 * Tells whose memory ran out: a message that the killer was called does not say it, what follows does.
 * `decide` is called once for each killing.
 */
export const watchMemory = (decide: (whose: 'memory.oom_system' | 'memory.oom_cgroup', device: string, at: Moment, text: string) => void) => {
  let open: { device: string; at: Moment; text: string } | undefined
  let decided: Moment | undefined

  const settle = (whose: 'memory.oom_system' | 'memory.oom_cgroup', device: string, at: Moment, text: string): void => {
    // Further lines of the same killing say the same again.
    if (!open && decided && secondsBetween(decided, at) <= EPISODE_S) return
    decide(whose, open?.device ?? device, open?.at ?? at, open?.text ?? text)
    open = undefined
    decided = at
  }

  const close = (): void => {
    // Nothing named a limit: it was the memory of the machine.
    if (open) settle('memory.oom_system', open.device, open.at, open.text)
  }

  return {
    close,
    see: (tells: string, device: string, at: Moment, text: string): void => {
      if (open && secondsBetween(open.at, at) > EPISODE_S) close()
      if (tells === 'oom.begins') {
        close()
        decided = undefined
        open = { device, at, text }
      } else if (tells === 'oom.trace') {
        if (!open && !(decided && secondsBetween(decided, at) <= EPISODE_S)) open = { device, at, text }
      } else settle(tells === 'oom.cgroup' ? 'memory.oom_cgroup' : 'memory.oom_system', device, at, text)
    },
  }
}
