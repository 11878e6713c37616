import type { HqLog } from './log.ts'
import type { ReceivedHeartbeat, Store } from './store.ts'

/** Heartbeats are state, not history: the last one of each terminal is kept for a moment and written together with the others. */
export const HEARTBEATS = { everyMs: 1000, waiting: 200_000, atOnce: 2000 } as const

/** Gathers heartbeats and writes them once a second. */
export interface Heartbeats {
  /** False if too many terminals wait to be written. */
  put(beat: ReceivedHeartbeat): boolean
  /** Writes what waits; rejects with the store's error, and keeps what could not be written. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** A beat with the hours that the one before it told; hours are history, unlike all else. */
const withSalesOf = (before: ReceivedHeartbeat | undefined, now: ReceivedHeartbeat): ReceivedHeartbeat => {
  const earlier = before?.beat.sales ?? []
  return earlier.length === 0 ? now : { ...now, beat: { ...now.beat, sales: [...earlier, ...(now.beat.sales ?? [])].slice(-144) } }
}

/** Begins gathering. */
export const heartbeats = (store: Store, log: HqLog): Heartbeats => {
  const waiting = new Map<string, ReceivedHeartbeat>()
  const flush = async (): Promise<void> => {
    while (waiting.size > 0) {
      const beats = [...waiting.values()].slice(0, HEARTBEATS.atOnce)
      await store.putHeartbeats(beats)
      await store.triage.sales.tell(beats.flatMap(({ terminalId, beat }) => (beat.sales ?? []).map(({ hour, count, sumMinor, currency }) => ({ terminalId, hour, count, sum: sumMinor, ...(currency === undefined ? {} : { currency }) }))))
      for (const beat of beats) {
        if (waiting.get(beat.terminalId) === beat) waiting.delete(beat.terminalId)
      }
    }
  }
  const logged = (error: unknown): void => log.warn('heartbeats wait for the store', { waiting: waiting.size, error: error instanceof Error ? error.message : String(error) })
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    flush().catch(logged).finally(() => {
      busy = false
    })
  }, HEARTBEATS.everyMs)
  timer.unref()
  return {
    put: (beat) => {
      if (waiting.size >= HEARTBEATS.waiting && !waiting.has(beat.terminalId)) return false
      waiting.set(beat.terminalId, withSalesOf(waiting.get(beat.terminalId), beat))
      return true
    },
    flush,
    stop: async () => {
      clearInterval(timer)
      await flush().catch(logged)
    },
  }
}
