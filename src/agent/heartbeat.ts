import type { Command, CommandProgress, Heartbeat } from '../model/wire.ts'
import { type AgentClock, type Cancel, fullJitter } from './clock.ts'
import { acceptCommand, endCommand, takeInterrupted } from './commands.ts'
import type { Hq } from './hq.ts'
import type { Keeper } from './keeper.ts'
import type { Log } from './log.ts'
import type { Job } from './queue.ts'

/** Tells HQ that this terminal lives, and does what it is asked in return. */
export interface Heart {
  /** Beats after that many milliseconds, if none is due sooner. */
  beat(afterMs: number): void
  /** Resolves when the beat under way has ended. */
  stop(): Promise<void>
}

/** What the heart works with. `check` asks for the check that a command wants; `flush` resolves when that report is at HQ or cannot be now. */
export interface HeartParts {
  hq: Hq
  keeper: Keeper
  facts: () => Heartbeat
  check: (command: Command) => Job
  flush: (reportId: string) => Promise<unknown>
  clock: AgentClock
  log: Log
}

const STANDARD_MS = 60_000
const SHORTEST_MS = 1_000
const LONGEST_MS = 3_600_000
const RETRY = { firstMs: 2_000, capMs: 300_000 } as const
const PROGRESS_SPACING_MS = 500
const PROGRESS_TRIES = 3

/** Starts without beating. */
export const createHeart = ({ hq, keeper, facts, check, flush, clock, log }: HeartParts): Heart => {
  let cancel: Cancel = () => undefined
  let dueAt = Number.POSITIVE_INFINITY
  let running: Promise<void> | undefined
  let failures = 0
  let stopped = false
  const executing = new Set<Promise<void>>()

  const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve))
  const report = async (id: string, progress: CommandProgress): Promise<void> => {
    for (let tries = 1; tries <= PROGRESS_TRIES && !stopped; tries += 1) {
      if (await hq.progress(id, progress)) return
      if (tries < PROGRESS_TRIES) await pause(fullJitter(tries, clock.random, { firstMs: 1_000, capMs: 10_000 }))
    }
    log.warn('HQ did not take the progress of a command', { command: id, state: progress.state })
  }
  const execute = async (command: Command): Promise<void> => {
    const job = check(command)
    let toldAt = Number.NEGATIVE_INFINITY
    let telling = Promise.resolve(false)
    const unlisten = job.listen((event) => {
      if (event.type !== 'started' && event.type !== 'probe' && event.type !== 'deferred') return
      if (event.type === 'probe' && clock.mono() - toldAt < PROGRESS_SPACING_MS) return
      toldAt = clock.mono()
      const detail = event.type === 'deferred' ? { detail: 'waits until the customer has paid' } : {}
      telling = telling.then(() => hq.progress(command.id, { state: 'running', looked: job.looked, total: job.total, ...detail }))
    })
    const made = await job.done
    unlisten()
    await telling
    keeper.use((store) => endCommand(store, command.id, made ? 'done' : 'failed', made?.id))
    if (made) await flush(made.id)
    await report(command.id, made
      ? { state: 'done', looked: job.looked, total: job.total, report: made.id }
      : { state: 'failed', looked: job.looked, total: job.total, detail: (job.detail ?? 'no report came of it').slice(0, 300) })
  }
  const start = (work: Promise<void>): void => {
    const guarded: Promise<void> = work
      .catch((error: unknown) => log.error('a command failed', { detail: error instanceof Error ? error.message : String(error) }))
      .finally(() => executing.delete(guarded))
    executing.add(guarded)
  }
  const take = (command: Command, hqNow: number): void => {
    const acceptance = keeper.use((store) => acceptCommand(store, command, hqNow))
    log.info('command from HQ', { command: command.id, type: command.type, acceptance })
    if (acceptance === 'new') start(execute(command))
    if (acceptance === 'expired') start(report(command.id, { state: 'refused', looked: 0, total: 0, detail: 'it came after its time was over' }))
  }
  const once = async (): Promise<void> => {
    const result = await hq.beat(facts())
    if (stopped) return
    if ('answer' in result) {
      failures = 0
      for (const command of result.answer.commands) take(command, result.answer.at)
      return schedule(Math.min(Math.max(result.answer.nextMs, SHORTEST_MS), LONGEST_MS))
    }
    failures += 1
    const patience = result.retryAfterMs ?? 0
    const wait = Math.max(SHORTEST_MS, patience + fullJitter(failures, clock.random, RETRY))
    log.debug('no answer to the heartbeat', { why: result.why, nextTryMs: wait })
    schedule(failures === 1 && patience === 0 ? Math.min(wait, STANDARD_MS) : wait)
  }
  const schedule = (ms: number): void => {
    if (stopped || clock.mono() + ms >= dueAt) return
    cancel()
    dueAt = clock.mono() + ms
    cancel = clock.after(ms, () => {
      dueAt = Number.POSITIVE_INFINITY
      running = (running ?? Promise.resolve()).then(once).catch((error: unknown) => {
        log.error('the heartbeat failed', { detail: error instanceof Error ? error.message : String(error) })
        schedule(STANDARD_MS)
      })
    })
  }
  for (const id of keeper.use(takeInterrupted)) start(report(id, { state: 'failed', looked: 0, total: 0, detail: 'the agent ended before it was done' }))

  return {
    beat: schedule,
    stop: async () => {
      stopped = true
      cancel()
      await running
    },
  }
}
