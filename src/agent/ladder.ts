import { dayOf, startOf, workdays, workdaysAfter } from '../journal/calendar.ts'
import type { Case, CaseKind } from '../model/case.ts'
import type { Contact, ContactRole, Service, Settlement } from '../model/service.ts'

/** How long after the rung before: minutes, working days, or the end of the same business day. */
type Clock = { minutes: number } | { workdays: number } | 'business-day'

/** One rung: who is to be told, and by when. */
interface Step { role: ContactRole; clock: Clock }

const climb = (...steps: [ContactRole, Clock][]): Step[] => steps.map(([role, clock]) => ({ role, clock }))
const days3: Clock = { workdays: 3 }

/**
 * Whom each kind of matter is taken to, and how soon, unless a contact says how long it takes to answer. A terminal that takes no money cannot wait;
 * money in doubt is cleared the same business day; contracts, suspensions and credits give each rung three working days.
 */
const LADDERS: Readonly<Record<CaseKind, readonly Step[]>> = {
  breakdown: climb(['manager', { minutes: 15 }], ['provider', { minutes: 45 }], ['acquirer', { workdays: 1 }]),
  security: climb(['manager', { minutes: 15 }], ['acquirer', { minutes: 45 }], ['regulator', days3]),
  payment: climb(['manager', { minutes: 15 }], ['acquirer', 'business-day'], ['regulator', days3]),
  suspension: climb(['manager', { minutes: 15 }], ['provider', { minutes: 45 }], ['acquirer', days3], ['regulator', days3], ['legal', days3]),
  funds: climb(['manager', 'business-day'], ['acquirer', { workdays: 1 }], ['bank', days3], ['regulator', days3], ['legal', days3]),
  deposit: climb(['manager', 'business-day'], ['provider', { workdays: 1 }], ['acquirer', days3], ['regulator', days3], ['legal', days3]),
  guarantee: climb(['manager', 'business-day'], ['provider', { workdays: 1 }], ['acquirer', days3], ['regulator', days3], ['legal', days3]),
}

/** One rung of a matter's ladder: due at, done at (wall time, milliseconds), and who it is, where the terminal file says so. */
export interface Rung { role: ContactRole; dueAt: number; doneAt?: number; contact?: Contact }

/** What the clocks run by. */
export interface LadderFacts { service: Service; settlement?: Settlement | undefined; offsetMs: number; dayEnd: (at: number) => number }

const HOUR_MS = 3_600_000

/** The ladder of a matter, from its first rung. Each clock starts when the rung before was told, or was to be. */
export const ladderOf = (one: Case, facts: LadderFacts): Rung[] => {
  const works = workdays(facts.settlement ?? { holidays: [], workdays: [] })
  const after = (at: number, clock: Clock): number => {
    if (clock === 'business-day') return facts.dayEnd(at)
    if ('minutes' in clock) return at + clock.minutes * 60_000
    const day = dayOf(at, facts.offsetMs)
    return startOf(workdaysAfter(day, clock.workdays, works), facts.offsetMs) + (at - startOf(day, facts.offsetMs))
  }
  let from = one.openedAt
  let patience: number | undefined
  return LADDERS[one.kind].map(({ role, clock }) => {
    const contact = facts.service.contacts.find((c) => c.role === role)
    const dueAt = patience === undefined ? after(from, clock) : from + patience
    const doneAt = one.entries.find((entry) => entry.to === role)?.at
    from = doneAt ?? dueAt
    patience = contact?.answersInH === undefined ? undefined : contact.answersInH * HOUR_MS
    return { role, dueAt, ...(doneAt === undefined ? {} : { doneAt }), ...(contact ? { contact } : {}) }
  })
}

/** The rung that is next: the lowest that was not told since; undefined once all were. */
export const nextRung = (ladder: readonly Rung[]): Rung | undefined => {
  const highest = ladder.findLastIndex(({ doneAt }) => doneAt !== undefined)
  return ladder[highest + 1]
}
