import type { Trigger } from '../model/check.ts'

/** A stretch of a story, in milliseconds from its beginning. */
export interface Span { from: number; to: number }

/** A fault while it lasts, by the name of the scenario whose observations are then seen. */
export interface Episode extends Span { scenario: string }

/** A time in which nothing is heard of a terminal. power: it is off, and boots when it is over. link: it works on, and keeps what it has to say. */
export interface Silence extends Span { because: 'power' | 'link' }

/** What becomes of one terminal in a story; all times in milliseconds from its beginning. */
export interface Life {
  bootsAt: number
  /** In the order of time, none during another. */
  episodes: readonly Episode[]
  silence?: Silence
  /** How far its wall clock is ahead, in ms. */
  clockErrorMs: number
  agent: Agent
  /** A new version of the POS application, from that time on. */
  rollout?: { at: number; posVersion: string }
}

/** The agent of a terminal: its version, and in what it differs from today's. An old one says nothing of its clocks, a newer one says what this HQ does not know. */
export interface Agent { version: string; is: 'old' | 'current' | 'newer' }

/** A report to be made. */
export interface Made {
  at: number
  trigger: Trigger['by']
  /** Absent while nothing is wrong. */
  scenario?: string
  /** The episode that begins or ends with it. */
  change?: 'opened' | 'closed'
  /** When the terminal booted last. */
  bootedAt: number
}

/** A whole check is made so often when nothing else asks for one, in ms. */
export const EVERY_MS = 3_600_000

const off = ({ silence }: Life, at: number): boolean => silence?.because === 'power' && at >= silence.from && at < silence.to

const bootedAt = ({ bootsAt, silence }: Life, at: number): number => (silence?.because === 'power' && at >= silence.to ? silence.to : bootsAt)

/** The first report of a life after that time (from its boot on, and none at the very time); undefined if there is none before `end`. */
export const nextReport = (life: Life, after: number, end: number): Made | undefined => {
  const made: Made[] = []
  const add = (at: number, trigger: Trigger['by'], change?: Made['change'], scenario?: string): void => {
    if (at > after && at < end && at >= life.bootsAt && !off(life, at)) made.push({ at, trigger, bootedAt: bootedAt(life, at), ...(change === undefined ? {} : { change }), ...(scenario === undefined ? {} : { scenario }) })
  }
  const during = (at: number): string | undefined => life.episodes.find((e) => at >= e.from && at < e.to)?.scenario
  add(life.bootsAt, 'boot', undefined, during(life.bootsAt))
  if (life.silence?.because === 'power') add(life.silence.to, 'boot', undefined, during(life.silence.to))
  const scheduled = life.bootsAt + (Math.floor(Math.max(0, after - life.bootsAt) / EVERY_MS) + 1) * EVERY_MS
  add(scheduled, 'schedule', undefined, during(scheduled))
  for (const { from, to, scenario } of life.episodes) {
    add(from, 'device', 'opened', scenario)
    add(to, 'retest', 'closed')
  }
  return made.reduce<Made | undefined>((first, m) => (first === undefined || m.at < first.at ? m : first), undefined)
}

/** True while nothing goes between the terminal and HQ; then answers until when (ms from the beginning). */
export const silentUntil = ({ silence, bootsAt }: Life, at: number): number | undefined =>
  at < bootsAt ? bootsAt : silence !== undefined && at >= silence.from && at < silence.to ? silence.to : undefined
