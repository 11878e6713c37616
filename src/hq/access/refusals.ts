import type { RefusalRow } from '../../model/access.ts'
import type { HqLog } from '../log.ts'
import type { AccessStore } from './store.ts'

/** How often refusals are written, in ms, and how many pairs of terminal and reason may wait: a flood of forgeries is counted, not kept. */
const EVERY_MS = 1000
const MOST_WAITING = 5000

/** Counts uploads that were refused, for operators to see. */
export interface Refusals {
  note(terminalId: string, reason: string, address: string): void
  flush(): Promise<void>
  stop(): Promise<void>
}

/** Begins counting. */
export const refusals = (store: AccessStore, log: HqLog, now: () => number): Refusals => {
  let waiting = new Map<string, RefusalRow>()
  const flush = async (): Promise<void> => {
    if (waiting.size === 0) return
    const rows = [...waiting.values()]
    waiting = new Map()
    await store.addRefusals(rows)
  }
  const logged = (error: unknown): void => log.warn('refused uploads could not be noted', { error: error instanceof Error ? error.message : String(error) })
  const timer = setInterval(() => void flush().catch(logged), EVERY_MS)
  timer.unref()
  return {
    note: (terminalId, reason, address) => {
      const at = now()
      const known = waiting.get(`${terminalId} ${reason}`)
      if (known === undefined && waiting.size >= MOST_WAITING) return
      waiting.set(`${terminalId} ${reason}`, { terminalId, reason, count: (known?.count ?? 0) + 1, firstAt: known?.firstAt ?? at, lastAt: at, address })
    },
    flush,
    stop: async () => {
      clearInterval(timer)
      await flush().catch(logged)
    },
  }
}
