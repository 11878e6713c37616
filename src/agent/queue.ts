import type { Check, Progress, Trigger } from '../model/check.ts'
import type { DeviceKind } from '../model/device.ts'
import { uuidv7 } from '../model/id.ts'
import type { Report } from '../model/report.ts'
import type { AgentClock, Cancel } from './clock.ts'
import type { Log } from './log.ts'

/** What a trigger asks for. */
export interface CheckOrder {
  trigger: Trigger
  depth: 'full' | 'round'
  only?: readonly DeviceKind[]
  /** Check even during a sale: a person at the terminal said so. */
  override?: boolean
  /** How long the check may take, in milliseconds; as long as every check unless told. */
  deadlineMs?: number
}

/** What a job says of itself; `report` or `failed` is the last word. */
export type JobEvent =
  | { type: 'queued' }
  | { type: 'deferred'; because: 'sale-open' }
  | Progress
  | { type: 'report'; report: Report }
  | { type: 'done' }
  | { type: 'failed'; detail: string }

/** One check asked for, from asking to its report. */
export interface Job {
  readonly id: string
  /** As joined by the most pressing of those who asked. */
  order: CheckOrder
  state: 'queued' | 'running' | 'done' | 'failed'
  looked: number
  total: number
  /** What it looks at, once it runs. */
  started?: Extract<Progress, { type: 'started' }>
  report?: Report
  detail?: string
  /** Resolves with the report, or undefined if there was none to make or the check failed; never rejects. */
  readonly done: Promise<Report | undefined>
  /** Hears everything from now on; the answer stops it. */
  listen(listener: (event: JobEvent) => void): Cancel
}

/** Lets one check run at a time. */
export interface CheckQueue {
  /** Puts an order in line, or joins it to one that waits and will see at least as much. */
  ask(order: CheckOrder): Job
  /** A job of late, by its id. */
  find(id: string): Job | undefined
  running(): Job | undefined
  /** To be called when a sale may have ended. */
  resume(): void
  /** True unless the running check has overstayed its time. */
  alive(): boolean
  /** Takes no more orders; resolves when the running check has ended or that many milliseconds have passed. */
  stop(ms: number): Promise<void>
}

const MOST_WAITING = 8
const REMEMBERED = 8

/** A check that runs longer than this hangs: its own deadlines have not held; it is given up. Milliseconds. */
export const HANGING_MS = 120_000

const rank = { round: 0, full: 1 } as const

/** Least and most milliseconds that an agent lets a check take: less sees next to nothing, and more would keep the other checks waiting. */
export const DEADLINE_BOUNDS = { least: 500, most: 60_000 } as const

/** True if a check within `wide` has at least the time of one within `narrow`; undefined is the usual time, which is only as long as itself. */
const asLong = (wide: number | undefined, narrow: number | undefined): boolean => wide === narrow || (wide !== undefined && narrow !== undefined && wide >= narrow)

/** True if a look by `wide` sees everything that `narrow` wants seen. */
const covers = (wide: CheckOrder, narrow: CheckOrder): boolean =>
  rank[wide.depth] >= rank[narrow.depth] && asLong(wide.deadlineMs, narrow.deadlineMs) && (wide.only === undefined || (narrow.only?.every((kind) => wide.only?.includes(kind)) ?? false))

const bySchedule = (order: CheckOrder): boolean => order.trigger.by === 'schedule'

interface Slot {
  job: Job
  emit: (event: JobEvent) => void
  finish: (report: Report | undefined) => void
}

const makeSlot = (order: CheckOrder, now: number): Slot => {
  const listeners = new Set<(event: JobEvent) => void>()
  const { promise, resolve } = Promise.withResolvers<Report | undefined>()
  const job: Job = {
    id: uuidv7(now), order, state: 'queued', looked: 0, total: 0, done: promise,
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const emit = (event: JobEvent): void => {
    for (const listener of listeners) listener(event)
  }
  return { job, finish: resolve, emit }
}

/** What the schedule asks for waits behind what somebody or something asks for. */
const line = (waiting: readonly Slot[], slot: Slot): Slot[] => {
  const all = [...waiting, slot]
  return [...all.filter(({ job }) => !bySchedule(job.order)), ...all.filter(({ job }) => bySchedule(job.order))]
}

/** What the queue works with. `run` makes the check; `conclude` turns it into a report, or undefined where nothing is worth one. */
export interface QueueParts {
  run: (order: CheckOrder, onProgress: (progress: Progress) => void) => Promise<Check>
  conclude: (check: Check, order: CheckOrder) => Report | undefined
  saleOpen: () => boolean
  clock: AgentClock
  log: Log
}

/** Makes a queue with nothing in it. */
export const createQueue = ({ run, conclude, saleOpen, clock, log }: QueueParts): CheckQueue => {
  let waiting: Slot[] = []
  let active: { slot: Slot; since: number; ended: Promise<void> } | undefined
  let recent: Job[] = []
  let stopped = false

  const mayRun = (order: CheckOrder): boolean => order.depth === 'round' || order.override === true || !saleOpen()
  const fail = (slot: Slot, detail: string): void => {
    Object.assign(slot.job, { state: 'failed', detail })
    slot.emit({ type: 'failed', detail })
    slot.finish(undefined)
  }
  const hear = (slot: Slot, progress: Progress): void => {
    if (progress.type === 'started') Object.assign(slot.job, { total: progress.devices.length, started: progress })
    else Object.assign(slot.job, { looked: progress.looked, total: progress.total })
    slot.emit(progress)
  }
  const runOne = async (slot: Slot): Promise<void> => {
    slot.job.state = 'running'
    const hung = Promise.withResolvers<never>()
    const cancel = clock.after(HANGING_MS, () => hung.reject(new Error(`the check did not end within ${HANGING_MS / 1000} s and was given up`)))
    try {
      const check = await Promise.race([run(slot.job.order, (progress) => hear(slot, progress)), hung.promise])
      const report = conclude(check, slot.job.order)
      Object.assign(slot.job, { state: 'done', ...(report ? { report } : {}) })
      slot.emit(report ? { type: 'report', report } : { type: 'done' })
      slot.finish(report)
    } catch (error) {
      const detail = (error instanceof Error ? error.message : String(error)).slice(0, 300)
      log.error('a check failed', { detail, trigger: slot.job.order.trigger.by })
      fail(slot, detail)
    } finally {
      cancel()
    }
  }
  const next = (): void => {
    if (active || stopped) return
    const index = waiting.findIndex(({ job }) => mayRun(job.order))
    const slot = waiting[index]
    if (!slot) return
    waiting = waiting.toSpliced(index, 1)
    active = {
      slot, since: clock.mono(),
      ended: runOne(slot).then(() => {
        active = undefined
        next()
      }),
    }
  }

  // What the schedule asked for nobody will ask after, and a report takes memory.
  const remember = (job: Job): void => {
    recent = [...recent.filter((known) => known !== job), job].slice(-REMEMBERED)
  }

  return {
    ask: (order) => {
      const joined = waiting.find(({ job }) => covers(job.order, order) && (mayRun(job.order) || !mayRun(order)))
      if (joined) {
        if (!bySchedule(joined.job.order) || bySchedule(order)) return joined.job
        joined.job.order = { ...joined.job.order, trigger: order.trigger }
        remember(joined.job)
        waiting = line(waiting.filter((slot) => slot !== joined), joined)
        return joined.job
      }
      const slot = makeSlot(order, clock.now())
      if (stopped) {
        fail(slot, 'the agent is stopping')
        return slot.job
      }
      if (waiting.length >= MOST_WAITING) {
        const spare = waiting.findIndex(({ job }) => bySchedule(job.order))
        const given = waiting[spare]
        if (!given) {
          fail(slot, 'too many checks are waiting')
          return slot.job
        }
        waiting = waiting.toSpliced(spare, 1)
        fail(given, 'pushed out by more urgent checks')
      }
      waiting = line(waiting, slot)
      if (!bySchedule(order)) remember(slot.job)
      // Listeners come after this call returns, so that they hear the first word too.
      queueMicrotask(() => {
        if (slot.job.state !== 'queued') return
        slot.emit(mayRun(slot.job.order) ? { type: 'queued' } : { type: 'deferred', because: 'sale-open' })
      })
      queueMicrotask(next)
      return slot.job
    },
    find: (id) => [...recent, ...waiting.map(({ job }) => job), ...(active ? [active.slot.job] : [])].find((job) => job.id === id),
    running: () => active?.slot.job,
    resume: next,
    alive: () => active === undefined || clock.mono() - active.since < 1.5 * HANGING_MS,
    stop: async (ms) => {
      stopped = true
      for (const slot of waiting) fail(slot, 'the agent is stopping')
      waiting = []
      if (!active) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const cancel = clock.after(ms, resolve)
      await Promise.race([active.ended, promise])
      cancel()
    },
  }
}
