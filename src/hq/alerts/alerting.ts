import type { HqLog } from '../log.ts'
import type { Store } from '../store.ts'
import { sendingOf } from './channels/index.ts'
import { remind, SENDING, sendClaimed, sendOnce } from './send.ts'
import type { Outcome } from './store.ts'
import { watchOnce } from './watch.ts'

/** How often is looked for alerts, and for messages to send; how soon after something changed; how often old things are deleted, and how old they are then; ms. */
const EVERY = { watchMs: 10_000, sendMs: 1000, nudgedMs: 300, forgetMs: 3_600_000, keptMs: 60 * 86_400_000 } as const

/** Watches for alerts and sends them. */
export interface Alerting {
  /** Sends a test message to a channel now; undefined if there is no such channel, busy if its robot's limits leave no room. */
  test(channelId: string): Promise<Outcome | 'busy' | undefined>
  /** Has a change of the settings heeded at once. */
  changed(): Promise<void>
  /** Ends what was begun, in that time at most; a message whose fate is then unknown is sent again later. */
  stop(ms: number): Promise<void>
}

/** So many times what a round took is the shortest pause after it, so that looking never takes more than a tenth of the time. */
const SHARE = 9

/** Runs `round` again and again, never twice at once: after `everyMs`, soon while it answers true, and soon after a nudge. */
const repeated = (round: () => Promise<boolean>, everyMs: number, trouble: (error: unknown) => void) => {
  let stopped = false
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let nudged = false
  const later = (ms: number): void => {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(begin, ms)
    timer.unref()
  }
  const begin = (): void => {
    nudged = false
    const began = performance.now()
    running = round()
      .catch((error: unknown) => {
        trouble(error)
        return false
      })
      .then((more) => {
        running = undefined
        later(more ? EVERY.nudgedMs : Math.max(nudged ? EVERY.nudgedMs : everyMs, SHARE * (performance.now() - began)))
      })
  }
  later(EVERY.nudgedMs)
  return {
    nudge: (): void => {
      if (nudged) return
      nudged = true
      if (running === undefined) later(EVERY.nudgedMs)
    },
    stop: async (): Promise<void> => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** Begins watching and sending; any number of processes may do so on one database. `tried` is told what became of each message. */
export const alerting = ({ alerts, onChange }: Store, log: HqLog, now: () => number, tried: (state: Outcome['state']) => void): Alerting => {
  const trouble = (error: unknown): void => log.warn('alerts wait for the store', { error: error instanceof Error ? error.message : String(error) })

  let listeningSince = performance.now()
  const watch = repeated(
    async () => {
      await alerts.alone(async () => {
        const settings = await alerts.settings()
        await watchOnce(alerts, settings, now(), performance.now() - listeningSince)
        if (await alerts.turn('forget', now(), EVERY.forgetMs)) await alerts.forget(now() - EVERY.keptMs)
      })
      return false
    },
    EVERY.watchMs,
    (error) => {
      // Without the store nothing that terminals say is kept.
      listeningSince = performance.now()
      trouble(error)
    },
  )
  const send = repeated(
    async () => {
      const { channels } = await alerts.settings()
      await remind(alerts, log, channels, now())
      const outcomes = await sendOnce(alerts, log, channels, now)
      for (const { state } of outcomes) tried(state)
      return outcomes.length > 0
    },
    EVERY.sendMs,
    trouble,
  )
  onChange((event) => {
    if (event.type === 'incidents') watch.nudge()
  })

  return {
    test: async (channelId) => {
      const kept = (await alerts.settings()).channels.find((c) => c.id === channelId)
      if (kept === undefined) return undefined
      const claimed = await alerts.claimTest(sendingOf(kept), now(), SENDING.claimMs)
      if (claimed === undefined) return 'busy'
      const outcome = await sendClaimed(alerts, log, kept, claimed, now)
      tried(outcome.state)
      return outcome
    },
    changed: async () => {
      await alerts.release(now())
      watch.nudge()
    },
    stop: async (ms) => {
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, ms)
      await Promise.race([Promise.all([watch.stop(), send.stop()]), late.promise])
      clearTimeout(timer)
    },
  }
}
