import type { LogBundle } from '../model/configuration.ts'
import type { Elsewhere } from '../model/past.ts'
import { type Command, type CommandProgress, CommandType, ELSEWHERE, type Heartbeat, type HourOfSales } from '../model/wire.ts'
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
  stop(reason?: string): Promise<void>
}

/** What becomes of a new configuration: a check that proves it, by which it is kept for every later start or undone; or why it was refused. */
export type Taken = { job: Job; keep: () => void; undo: () => void } | { refused: string }

/**
 * What the heart works with. `check` asks for the check that a command wants; `flush` resolves when that report is at HQ or cannot be
 * now. `logs` makes the bundle that a command asks for, or says why not now; `configure` goes by another revision.
 */
export interface HeartParts {
  hq: Hq
  keeper: Keeper
  facts: () => Heartbeat
  check: (command: Command) => Job
  flush: (reportId: string) => Promise<unknown>
  logs: () => LogBundle | { refused: string }
  configure: (command: Command) => Taken
  takings: { next(): HourOfSales[]; heard(): void }
  /** Hears the number of the knowledge pack on offer, where HQ tells one. */
  offered: (pack: number) => void
  /** Hears what HQ counted on the other lanes, dated by this terminal's clock. */
  elsewhere: (told: Elsewhere) => void
  clock: AgentClock
  log: Log
}

const TAKES = [...CommandType.options, ELSEWHERE]
const STANDARD_MS = 60_000
const SHORTEST_MS = 1_000
const LONGEST_MS = 3_600_000
const RETRY = { firstMs: 2_000, capMs: 300_000 } as const
const PROGRESS_SPACING_MS = 500
const PROGRESS_TRIES = 3
const FAREWELL_MS = 1_500

/** Starts without beating. */
export const createHeart = ({ hq, keeper, facts, check, flush, logs, configure, takings, offered, elsewhere, clock, log }: HeartParts): Heart => {
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
  const end = async (command: Command, state: 'done' | 'failed' | 'refused', detail?: string): Promise<void> => {
    keeper.use((store) => endCommand(store, command.id, state))
    log.info('command ended', { command: command.id, type: command.type, state, ...(detail === undefined ? {} : { detail }) })
    await report(command.id, { state, looked: 0, total: 0, ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }) })
  }
  const executeLogs = async (command: Command): Promise<void> => {
    const bundle = logs()
    if ('refused' in bundle) return end(command, 'refused', bundle.refused)
    const taken = await hq.bundle(command.id, bundle)
    return taken ? end(command, 'done') : end(command, 'failed', 'HQ did not take the bundle')
  }
  const executeConfiguration = async (command: Command): Promise<void> => {
    const taken = configure(command)
    if ('refused' in taken) return end(command, 'refused', taken.refused)
    if (await follow(command, taken.job, taken.keep)) return
    taken.undo()
  }
  const execute = async (command: Command): Promise<void> => {
    if (command.type === 'logs') return executeLogs(command)
    if (command.type === 'configuration') return executeConfiguration(command)
    await follow(command, check(command))
  }
  /** Tells HQ of a check as it goes on, and how it ended; false if no report came of it. */
  const follow = async (command: Command, job: Job, proved = (): void => undefined): Promise<boolean> => {
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
    if (made) {
      proved()
      await flush(made.id)
    }
    await report(command.id, made
      ? { state: 'done', looked: job.looked, total: job.total, report: made.id }
      : { state: 'failed', looked: job.looked, total: job.total, detail: (job.detail ?? 'no report came of it').slice(0, 300) })
    return made !== undefined
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
    const sales = takings.next()
    const result = await hq.beat({ ...facts(), takes: TAKES, ...(sales.length === 0 ? {} : { sales }) })
    if (stopped) return
    if ('answer' in result) {
      takings.heard()
      failures = 0
      if (result.answer.pack !== undefined) offered(result.answer.pack)
      const { at: hqNow, elsewhere: told } = result.answer
      if (told) elsewhere({ ...told, at: clock.now() - Math.max(0, hqNow - told.at) })
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
    stop: async (reason) => {
      stopped = true
      cancel()
      await running
      // Only an HQ that answered lately is worth a last word; the wait for it is bounded like the rest of stopping.
      if (reason === undefined || failures > 0) return
      const late = Promise.withResolvers<void>()
      const tooLate = clock.after(FAREWELL_MS, late.resolve)
      await Promise.race([hq.beat({ ...facts(), takes: TAKES, leaving: reason.slice(0, 64) }), late.promise])
      tooLate()
    },
  }
}
