import { BenchError, type Clock, type Port, type PortAddress } from '../../src/model/bench.ts'
import type { Missed, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import type { Flag, Status } from './flags.ts'
import type { Reply } from './frames.ts'

/** An open printer and how patient to be with it, in milliseconds. */
export interface Line {
  port: Port
  clock: Clock
  /** Listening before the first question; what arrives is not an answer to us. */
  drainMs: number
  /** For the first answer; for the same question asked again before that; for every answer after the first. */
  firstMs: number
  againMs: number
  laterMs: number
  /** Time on the monotonic clock from which on nothing is asked that could be left out: who holds the only session keeps the till from printing. */
  until: number
  /** Time from which on nothing is asked at all. */
  giveUp: number
  /** Said of a silence that this way of connecting can explain by itself. */
  silenceHint: string
  /** What the profile or the terminal file says of the model. */
  facts: Readonly<Record<string, unknown>>
}

/** The port that leads to a printer, opened in a dialect; undefined for one that has none. */
export const addressOf = ({ transport }: Device, dialect: string): PortAddress | undefined =>
  transport.type === 'serial' || transport.type === 'tcp' || transport.type === 'usblp' ? { ...transport, dialect } : undefined

/** Why a call to the bench failed; throws on what is our own bug. */
export const reason = (error: unknown): Missed => {
  if (error instanceof BenchError) return { absent: error.absence, detail: error.message }
  throw error
}

/** Flags of hardware that a model may not have, and the fact that says so. */
const FITTED_BY: Partial<Record<Flag, string>> = {
  'paper-near-end': 'near-end-sensor',
  'paper-end': 'end-sensor',
  'cutter-error': 'cutter',
  'drawer-pin-high': 'drawer-pin',
  'drawer-switch-closed': 'drawer-pin',
  'mechanical-error': 'mechanical-error',
  'waiting-recovery': 'waiting-recovery',
  'feed-button': 'feed-button',
}

const isDrawerLevel = (flag: Flag): boolean => flag === 'drawer-pin-high' || flag === 'drawer-switch-closed'

/**
 * The flags as observations: what the model does not have is not fitted; what it uses for something else is told as that. Where the
 * terminal file says which level means an open drawer (`drawer-open-when`: high or low), it is told whether it is open.
 */
export const flagSights = (status: Status, facts: Line['facts']): Sight[] =>
  (Object.entries(status) as [Flag, boolean][]).flatMap(([flag, value]): Sight[] => {
    const fact = FITTED_BY[flag]
    if (fact !== undefined && facts[fact] === false) return [{ name: `printer.${flag}`, absent: 'not-fitted', detail: `this model has none (${fact}: false)` }]
    if (flag === 'drawer-pin-high' && facts['drawer-pin'] === 'battery') return [{ name: 'printer.battery-low', value }]
    const open = facts['drawer-open-when']
    const drawer: Sight[] = isDrawerLevel(flag) && (open === 'high' || open === 'low') ? [{ name: 'printer.drawer-open', value: value === (open === 'high') }] : []
    return [{ name: `printer.${flag}`, value }, ...drawer]
  })

/** Sends a question and reads until its answer is whole, cannot become one, or the time is up. Rejects as the port does. */
export const exchange = async <T>({ port }: Line, sent: Uint8Array, ms: number, read: (got: Uint8Array) => Reply<T>): Promise<{ reply: Reply<T>; got: Uint8Array }> => {
  await port.write(sent)
  const got = await port.read(ms, (bytes) => read(bytes).is !== 'waiting')
  return { reply: read(got), got }
}

/** After something was heard: how long it must be quiet, and how often it may be heard again before we stop waiting for that. */
const QUIET_MS = 20
const QUIET_TRIES = 5

/** Listens before a question until it is quiet, so that what arrives is not taken for an answer; what is heard is told. */
export const drain = async ({ port, drainMs }: Line, hear: (got: Uint8Array) => void): Promise<void> => {
  let got = await port.read(drainMs)
  for (let i = 0; i < QUIET_TRIES && got.length > 0; i++) {
    hear(got)
    got = await port.read(QUIET_MS)
  }
}

/** More than any answer: what is longer is a flood, and not worth waiting for. */
export const FLOOD = 512
