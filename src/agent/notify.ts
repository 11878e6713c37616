import { execFile } from 'node:child_process'
import type { AgentClock } from './clock.ts'
import type { Log } from './log.ts'

/** What systemd is told. Does nothing where systemd did not start this process. */
export interface Notifier {
  ready(): void
  stopping(): void
  stop(): void
}

const DEADLINE_MS = 5_000

/**
 * Speaks to systemd by its own systemd-notify, because a datagram socket needs native code. A program costs an execve, so the
 * watchdog is fed only where the unit asks for it, and only while `alive` says that the agent has got on since the last time.
 */
export const createNotifier = (env: Readonly<Record<string, string | undefined>>, alive: () => boolean, { clock, log }: { clock: AgentClock; log: Log }): Notifier => {
  if (!env.NOTIFY_SOCKET) return { ready: () => undefined, stopping: () => undefined, stop: () => undefined }
  const watchdogMs = Number(env.WATCHDOG_USEC ?? 0) / 1000
  const mine = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(process.pid)
  let cancel = (): void => undefined
  const tell = (...words: string[]): void => {
    execFile('systemd-notify', words, { timeout: DEADLINE_MS }, (error) => {
      if (error) log.warn('systemd-notify failed', { detail: error.message })
    })
  }
  const feed = (): void => {
    if (alive()) tell('WATCHDOG=1')
    else log.error('the agent has not got on; systemd will restart it')
    cancel = clock.after(watchdogMs / 2, feed)
  }
  return {
    ready: () => {
      tell('--ready')
      if (mine && watchdogMs > 0) cancel = clock.after(watchdogMs / 2, feed)
    },
    stopping: () => tell('STOPPING=1'),
    stop: () => cancel(),
  }
}
