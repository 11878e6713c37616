import type { TerminalFile } from '../model/terminal.ts'
import { type AgentClock, type Cancel, spread } from './clock.ts'
import type { Log } from './log.ts'
import type { CheckOrder } from './queue.ts'
import type { UnitChange, UsbUnit } from './usb-units.ts'
import { type AttachmentChange, watchDevices } from './watch.ts'

/** How often the agent looks by itself, in milliseconds. */
export interface Schedule {
  roundMs: number
  fullMs: number
}

/** What sets checks off by itself. */
export interface Triggers {
  /** A payment failed: look why. At most one check a minute comes of it. */
  transactionFailed(detail: string): void
  /** One more look will prove a repair; it is made unless another check has done so by then. */
  retestSoon(stillWanted: () => boolean): void
  /** The terminal file has changed. */
  terminalChanged(terminal: TerminalFile): void
  stop(): void
}

const DEVICE_SPACING_MS = 10_000
const TRANSACTION_SPACING_MS = 60_000
const RETEST_MS = 30_000

const unitName = ({ id, serial, port }: UsbUnit): string => [id, serial, `at ${port}`].filter((part) => part !== '').join(' ')

const unitWords = (change: UnitChange): string => ('before' in change ? `${change.what}: ${unitName(change.before)} -> ${unitName(change.unit)}` : `${change.what}: ${unitName(change.unit)}`)

/** Units on USB by what they are and where they hang; names of ports only where nothing better is known. */
const named = ({ appeared, vanished, units }: AttachmentChange): string => {
  const short = (paths: string[]) => paths.map((path) => path.replace(/^\/dev\//, '')).slice(0, 3).join(' ')
  const told = units.length > 0 ? units.slice(0, 3).map(unitWords) : [appeared.length > 0 ? `appeared: ${short(appeared)}` : '', vanished.length > 0 ? `vanished: ${short(vanished)}` : '']
  return told.filter(Boolean).join('; ').slice(0, 200)
}

/** Lets at most one call through per spacing; the last of those held back follows when it is over. */
const spaced = <T>(spacingMs: number, clock: AgentClock, act: (value: T) => void): { call: (value: T) => void; stop: Cancel } => {
  let freeAt = Number.NEGATIVE_INFINITY
  let held: { value: T } | undefined
  let cancel: Cancel = () => undefined
  const pass = (value: T): void => {
    freeAt = clock.mono() + spacingMs
    act(value)
  }
  return {
    call: (value) => {
      if (clock.mono() >= freeAt && !held) return pass(value)
      if (!held) {
        cancel = clock.after(freeAt - clock.mono(), () => {
          const last = held
          held = undefined
          if (last) pass(last.value)
        })
      }
      held = { value }
    },
    stop: () => cancel(),
  }
}

/** Starts the schedule and, if wanted, the watch over devices. `ask` must not throw. */
export const startTriggers = (
  { schedule, terminal, ask, devices }: { schedule: Schedule; terminal: TerminalFile; ask: (order: CheckOrder) => void; devices: boolean },
  { clock, log }: { clock: AgentClock; log: Log },
): Triggers => {
  let cancelRound: Cancel = () => undefined
  let cancelFull: Cancel = () => undefined
  let cancelRetest: Cancel | undefined
  let unwatch: Cancel = () => undefined

  const round = (): void => {
    // A tenth of spread keeps the lanes of a shop, all switched on by one switch, from asking their router in step.
    cancelRound = clock.after(spread(schedule.roundMs, 0.1, clock.random), () => {
      ask({ trigger: { by: 'schedule', detail: 'round' }, depth: 'round' })
      round()
    })
  }
  const full = (): void => {
    cancelFull = clock.after(spread(schedule.fullMs, 0.1, clock.random), () => {
      ask({ trigger: { by: 'schedule' }, depth: 'full' })
      full()
    })
  }
  const onDevice = spaced<AttachmentChange>(DEVICE_SPACING_MS, clock, (change) => ask({ trigger: { by: 'device', detail: named(change) }, depth: 'full' }))
  const onFailure = spaced<string>(TRANSACTION_SPACING_MS, clock, (detail) => ask({ trigger: { by: 'transaction', detail: detail.slice(0, 200) }, depth: 'full' }))
  const watchAt = (file: TerminalFile): void => {
    unwatch()
    unwatch = devices ? watchDevices(file, onDevice.call, { clock, log }) : () => undefined
  }
  round()
  full()
  watchAt(terminal)
  return {
    transactionFailed: onFailure.call,
    retestSoon: (stillWanted) => {
      cancelRetest ??= clock.after(RETEST_MS, () => {
        cancelRetest = undefined
        if (stillWanted()) ask({ trigger: { by: 'retest' }, depth: 'full' })
      })
    },
    terminalChanged: watchAt,
    stop: () => {
      for (const cancel of [cancelRound, cancelFull, cancelRetest ?? (() => undefined), onDevice.stop, onFailure.stop, unwatch]) cancel()
    },
  }
}
