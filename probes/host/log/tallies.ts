import type { LogClass } from '../../../src/model/log.ts'
import { AFTER_S, BEFORE_S, type Cause, causesOf, isCause } from './causes.ts'
import { type Moment, secondsBetween } from './moment.ts'
import type { Sign } from './row.ts'

/** What was counted of one kind of event on one device. */
export interface Tally {
  event: LogClass | Sign
  device: string
  also: Set<LogClass>
  count: number
  /** How many of them something else explains. */
  explained: number
  by?: { class: LogClass; device: string }
  first: Moment
  last: Moment
  /** The first such line. */
  text: string
  causes: readonly Cause[]
  /** Those of the last seconds that nothing explains yet: their cause may still be noticed. */
  waiting: { count: number; since: Moment }
}

/** Devices told apart for one kind of event; what comes after goes under one name, so that no log can fill the memory. */
export const MOST_DEVICES = 200

const OTHERS = 'others'

/** Counts events by kind and device, and tells victims from culprits as they come. */
export const createTallies = () => {
  const all = new Map<string, Tally>()
  const devices = new Map<string, number>()
  const lastCause = new Map<LogClass, { at: Moment; device: string }>()
  const victims = new Map<LogClass, Set<Tally>>()

  const create = (event: LogClass | Sign, device: string, at: Moment, text: string): Tally => {
    const tally: Tally = { event, device, also: new Set(), count: 0, explained: 0, first: at, last: at, text, causes: causesOf(event, device), waiting: { count: 0, since: at } }
    for (const { cause } of tally.causes) victims.set(cause, (victims.get(cause) ?? new Set()).add(tally))
    return tally
  }

  const tallyOf = (event: LogClass | Sign, device: string, at: Moment, text: string): Tally => {
    const known = all.get(`${event} ${device}`)
    if (known) return known
    const many = devices.get(event) ?? 0
    if (many > MOST_DEVICES) return tallyOf(event, OTHERS, at, text)
    devices.set(event, many + 1)
    const made = create(event, many === MOST_DEVICES ? OTHERS : device, at, text)
    all.set(`${event} ${made.device}`, made)
    return made
  }

  const explain = (tally: Tally, count: number, cause: { class: LogClass; device: string }): void => {
    tally.explained += count
    tally.by ??= cause
  }

  /** A cause was noticed: what it explains and happened just before is its doing. */
  const blame = (cause: LogClass, device: string, at: Moment): void => {
    lastCause.set(cause, { at, device })
    for (const tally of victims.get(cause) ?? []) {
      if (tally.waiting.count === 0 || secondsBetween(tally.last, at) > BEFORE_S) continue
      explain(tally, tally.waiting.count, { class: cause, device })
      tally.waiting = { count: 0, since: at }
    }
  }

  return {
    /** Every tally, in the order of their first lines. */
    all: (): Tally[] => [...all.values()],
    /** Counts one event. */
    add: (event: LogClass | Sign, device: string, at: Moment, text: string, also: readonly LogClass[] = []): Tally => {
      const tally = tallyOf(event, device, at, text)
      if (secondsBetween(tally.last, at) > BEFORE_S || tally.waiting.count === 0) tally.waiting = { count: 0, since: at }
      tally.count += 1
      tally.last = at
      for (const one of also) tally.also.add(one)
      const cause = tally.causes.find(({ cause: name }) => {
        const last = lastCause.get(name)
        return last !== undefined && secondsBetween(last.at, at) <= AFTER_S
      })
      const blamed = cause && lastCause.get(cause.cause)
      if (cause && blamed) explain(tally, 1, { class: cause.cause, device: blamed.device })
      else tally.waiting.count += 1
      if (isCause(event)) blame(event, tally.device, at)
      return tally
    },
  }
}
