import { hostname } from 'node:os'
import type { NodeFigures } from '../model/health.ts'
import type { HqLog } from './log.ts'
import type { HealthStore } from './queries/health.ts'

/** How often a process says how it is, and after what silence it is forgotten, in ms. */
const EVERY_MS = 15_000
const FORGOTTEN_MS = 3_600_000

/** What a process can say of itself but for its rates. */
export type Counted = Omit<NodeFigures, 'startedAt' | 'host' | 'pid' | 'reportsPerSecond' | 'heartbeatsPerSecond' | 'residentBytes'> & { heartbeats: number }

/** Tells every other HQ process on the same data how this one is. */
export interface NodeNotes {
  id: string
  /** How it is now, by the rates of the last quarter of a minute. */
  figures(): NodeFigures
  stop(): Promise<void>
}

/** Begins at once; `read` is called at each round. */
export const nodeNotes = (store: HealthStore, log: HqLog, now: () => number, read: () => Counted): NodeNotes => {
  const id = crypto.randomUUID()
  const startedAt = now()
  let last = { at: performance.now(), reports: 0, heartbeats: 0 }
  let rates = { reportsPerSecond: 0, heartbeatsPerSecond: 0 }
  let noting: Promise<void> | undefined
  const figures = (): NodeFigures => {
    const { heartbeats: _, ...counted } = read()
    return { startedAt, host: hostname(), pid: process.pid, ...rates, ...counted, residentBytes: process.memoryUsage.rss() }
  }
  const measure = (): void => {
    const { reports, heartbeats } = read()
    const [all, at] = [reports.stored + reports.duplicate + reports.rejected, performance.now()]
    const seconds = (at - last.at) / 1000
    if (seconds > 0) rates = { reportsPerSecond: (all - last.reports) / seconds, heartbeatsPerSecond: (heartbeats - last.heartbeats) / seconds }
    last = { at, reports: all, heartbeats }
  }
  const note = (): void => {
    noting ??= store.note(id, now(), figures())
      .then(() => store.forget('', now() - FORGOTTEN_MS))
      .catch((error: unknown) => log.warn('this process could not be noted', { error: error instanceof Error ? error.message : String(error) }))
      .finally(() => {
        noting = undefined
      })
  }
  note()
  const timer = setInterval(() => {
    measure()
    note()
  }, EVERY_MS)
  timer.unref()
  return {
    id,
    figures,
    stop: async () => {
      clearInterval(timer)
      await noting
      await store.forget(id, now() - FORGOTTEN_MS).catch((error: unknown) => log.warn('this process could not be forgotten', { error: error instanceof Error ? error.message : String(error) }))
    },
  }
}
