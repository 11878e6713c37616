import type { HqLog } from './log.ts'
import type { Store } from './store.ts'

const DAY = 86_400_000

/** What is kept for how long: reports, and counts of what was refused, a day longer than the window in which their ids are accepted, incidents for over a year. */
export const KEPT = { reportsMs: 62 * DAY, incidentsMs: 400 * DAY } as const

const EVERY_MS = 5000
const TEND_EVERY_MS = 10 * 60_000

/** A running command of which nothing was heard for so long has failed, in ms. */
const SILENT_MS = 10 * 60_000

/** Regular work. */
export interface Janitor {
  /** When the store was last tended, or that failed, and why. */
  tended(): { at: number; problem?: string } | undefined
  stop(): void
}

/** Ends overdue commands every five seconds, and tends the store at once and every ten minutes. */
export const janitor = (store: Store, log: HqLog, now: () => number): Janitor => {
  let tendAt = 0
  let busy = false
  let tended: { at: number; problem?: string } | undefined
  const round = async (): Promise<void> => {
    await store.expireCommands(now(), SILENT_MS)
    if (performance.now() < tendAt) return
    const more = await store.tend(now(), now() - KEPT.reportsMs, now() - KEPT.incidentsMs)
    await store.access.tend(now(), now() - KEPT.reportsMs)
    tended = { at: now() }
    // While there is more to delete, every round takes a part.
    if (!more) tendAt = performance.now() + TEND_EVERY_MS
  }
  const begin = (): void => {
    if (busy) return
    busy = true
    round()
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error)
        tended = { at: now(), problem }
        log.warn('regular work waits for the store', { error: problem })
      })
      .finally(() => {
        busy = false
      })
  }
  begin()
  const timer = setInterval(begin, EVERY_MS)
  timer.unref()
  return { tended: () => tended, stop: () => clearInterval(timer) }
}
