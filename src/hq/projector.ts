import { fold } from './fold.ts'
import type { HqLog } from './log.ts'
import type { Store } from './store.ts'

/**
 * How folding shares the event loop with ingest: so many reports at once, and while reports come in a pause of `share` times what the
 * last batch took, so that acknowledging has the better part of the machine. Where it has been behind for `behindMs`, it pauses no
 * more: reports come faster than can be told of, and who looks at HQ would see ever older news. Times in ms.
 */
export const FOLDING = { atOnce: 1000, soonMs: 50, share: 9, behindMs: 5000, catchUpMs: 5, idleMs: 5000, failedMs: 1000 } as const

/** Folds stored reports into terminals and incidents, after they were acknowledged. */
export interface Projector {
  /** There may be something to fold. */
  nudge(): void
  /** Folds everything that is there; rejects with the store's error. */
  drain(): Promise<void>
  stop(): void
}

/** Begins folding where the last process left off. `folded` is told of each batch. */
export const projector = (store: Store, log: HqLog, folded: (reports: number, late: number) => void): Projector => {
  let timer: NodeJS.Timeout | undefined
  let due = Number.POSITIVE_INFINITY
  let stopped = false
  let running = false
  let nudged = false
  let notBefore = 0
  /** Since when every batch was full, so that more waited behind it. */
  let behindSince: number | undefined

  const step = async (): Promise<number> => {
    const outcome = await store.foldNext(FOLDING.atOnce, fold)
    if (outcome.folded > 0) folded(outcome.folded, outcome.late)
    return outcome.folded
  }
  const later = (ms: number): void => {
    const at = Math.max(performance.now() + ms, notBefore)
    if (stopped || running || at >= due) return
    clearTimeout(timer)
    due = at
    timer = setTimeout(run, Math.max(1, at - performance.now()))
    timer.unref()
  }
  const run = async (): Promise<void> => {
    due = Number.POSITIVE_INFINITY
    running = true
    const busy = nudged
    nudged = false
    const began = performance.now()
    let rest: number = FOLDING.failedMs
    try {
      const reports = await step()
      const now = performance.now()
      rest = reports === 0 ? FOLDING.idleMs : FOLDING.catchUpMs
      behindSince = reports < FOLDING.atOnce ? undefined : (behindSince ?? began)
      const patient = behindSince === undefined || now - behindSince < FOLDING.behindMs
      notBefore = busy && patient ? now + FOLDING.share * (now - began) : 0
    } catch (error) {
      notBefore = performance.now() + FOLDING.failedMs
      log.warn('folding waits for the store', { error: error instanceof Error ? error.message : String(error) })
    }
    running = false
    later(nudged ? Math.min(FOLDING.soonMs, rest) : rest)
  }
  later(0)
  return {
    nudge: () => {
      nudged = true
      later(FOLDING.soonMs)
    },
    drain: async () => {
      while ((await step()) > 0);
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
