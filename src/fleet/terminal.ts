import type { Readiness } from '../model/diagnosis.ts'
import type { Heartbeat, SenderClock } from '../model/wire.ts'
import type { Lane } from './chain.ts'
import { diceOf, idAt } from './dice.ts'
import { type Life, type Made, nextReport } from './life.ts'
import type { Mould } from './moulds.ts'

/** Reports that a virtual terminal keeps at most; the oldest go, as in an agent's outbox. */
const SPOOL = 500

/** A report that waits, as little as is needed to make it when it is sent. */
export interface Waiting extends Made { sequence: number; sent: boolean }

/** A virtual terminal. Its reports exist as text only while they are sent, so that a hundred thousand fit into memory. */
export interface Terminal {
  readonly lane: Lane
  readonly life: Life
  token: string
  home: number
  sequence: number
  spool: Waiting[]
  next: Made | undefined
  /** What it would say of itself: the state of its last report. */
  latest: Made | undefined
  sendAt: number
  beatAt: number
  failures: number
  /** When HQ was told of its sales last (ms since 1970). */
  toldAt: number | undefined
}

/** A terminal before its first report. */
export const newTerminal = (lane: Lane, life: Life, token: string, home: number, lengthMs: number): Terminal => ({
  lane, life, token, home, sequence: 0, spool: [], next: nextReport(life, -1, lengthMs), latest: undefined, sendAt: 0, beatAt: life.bootsAt, failures: 0, toldAt: undefined,
})

/** What virtual terminals say their reports with. `startsAt` is the beginning of the story (ms since 1970). */
export interface Voice { startsAt: number; seed: string; mouldOf(made: Made, terminal: Terminal): Mould }

/** Makes the reports that are due by `now` (ms from the beginning); answers how many, and how many were pushed out. */
export const makeDue = (terminal: Terminal, now: number, lengthMs: number): { made: number; lost: readonly Waiting[] } => {
  let made = 0
  while (terminal.next !== undefined && terminal.next.at <= now) {
    terminal.sequence++
    terminal.spool.push({ ...terminal.next, sequence: terminal.sequence, sent: false })
    terminal.latest = terminal.next
    made++
    terminal.next = nextReport(terminal.life, terminal.next.at, lengthMs)
  }
  return { made, lost: terminal.spool.length > SPOOL ? terminal.spool.splice(0, terminal.spool.length - SPOOL) : [] }
}

const bootIdOf = (seed: string, { lane }: Terminal, bootedAt: number): string => {
  const dice = diceOf(`${seed}/${lane.identity.id}/boot/${bootedAt}`)
  return `${dice.hex(8)}-${dice.hex(4)}-4${dice.hex(3)}-8${dice.hex(3)}-${dice.hex(12)}`
}

/** The id of a report: the same whenever it is sent. */
export const reportId = ({ startsAt, seed }: Voice, { lane, life }: Terminal, { at, sequence }: Waiting): string =>
  idAt(startsAt + at + life.clockErrorMs, diceOf(`${seed}/${lane.identity.id}/report/${sequence}`))

/** A waiting report as JSON. */
export const bodyOf = (voice: Voice, terminal: Terminal, waiting: Waiting): string => {
  const { lane, life } = terminal
  const mould = voice.mouldOf(waiting, terminal)
  const at = Math.floor(voice.startsAt + waiting.at + life.clockErrorMs)
  const episode = life.episodes.find((e) => (waiting.change === 'closed' ? e.to === waiting.at : waiting.at >= e.from && waiting.at < e.to))
  const concerned = waiting.change === 'closed' && episode !== undefined ? voice.mouldOf({ ...waiting, scenario: episode.scenario }, terminal) : mould
  return mould.pour({
    id: reportId(voice, terminal, waiting),
    checkId: idAt(at, diceOf(`${voice.seed}/${lane.identity.id}/check/${waiting.sequence}`)),
    sequence: waiting.sequence,
    at,
    bootId: bootIdOf(voice.seed, terminal, waiting.bootedAt),
    uptimeMs: Math.floor(waiting.at - waiting.bootedAt) + 40_000,
    identity: lane.identity,
    version: life.agent.version,
    trigger: waiting.trigger,
    clock: life.clockErrorMs === 0 ? 'synchronised' : 'free-running',
    incidents: waiting.change === undefined ? [] : concerned.found.map(({ fault, device }) => ({ id: `${lane.identity.id}/${episode?.from ?? 0}/${fault}`, fault, device, change: waiting.change ?? 'opened' })),
    ...(life.agent.is === 'newer' ? { unknown: { weather: 'rain' } } : {}),
  })
}

/** What its clocks show as it sends, at `hqNow` by HQ's clock; nothing from old agents. */
export const clockOf = (voice: Voice, terminal: Terminal, hqNow: number, bootedAt: number): SenderClock | undefined =>
  terminal.life.agent.is === 'old'
    ? undefined
    : { at: Math.floor(hqNow + terminal.life.clockErrorMs), bootId: bootIdOf(voice.seed, terminal, bootedAt), uptimeMs: Math.max(0, Math.floor(hqNow - voice.startsAt - bootedAt)) + 40_000 }

/** A sign of life at `hqNow` by HQ's clock. */
export const beatOf = (voice: Voice, terminal: Terminal, hqNow: number): Heartbeat => {
  const { latest, life, spool, sequence } = terminal
  const readiness: readonly Readiness[] = latest === undefined ? [] : voice.mouldOf(latest, terminal).readiness
  const bootedAt = latest?.bootedAt ?? life.bootsAt
  const oldest = spool[0]
  return {
    at: Math.floor(hqNow + life.clockErrorMs),
    agentVersion: life.agent.version,
    bootId: bootIdOf(voice.seed, terminal, bootedAt),
    uptimeMs: Math.max(0, Math.floor(hqNow - voice.startsAt - bootedAt)) + 40_000,
    sequence,
    spool: { reports: spool.length, bytes: spool.length * 57_000, lost: 0, ...(oldest === undefined ? {} : { oldestAt: Math.floor(voice.startsAt + oldest.at) }) },
    readiness: [...readiness],
    openIncidents: latest?.scenario === undefined ? 0 : 1,
    ...(latest === undefined ? {} : { checkedAt: Math.floor(voice.startsAt + latest.at + life.clockErrorMs) }),
  }
}
