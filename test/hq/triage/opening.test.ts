import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainAbsence, type Silence } from '../../../src/hq/triage/absence.ts'
import { hasOpenedSince, isOpen, isShutting, opensNext } from '../../../src/hq/triage/opening.ts'
import type { OpeningHours } from '../../../src/model/triage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MONDAY = Date.UTC(2026, 10, 16)

/** From nine to ten in the evening, and on Sundays not at all. */
const hours: OpeningHours = { timeZone: 'UTC', days: Array.from({ length: 7 }, (_, day) => (day === 6 ? [] : [[540, 1320]])) }

describe('a store that is closed', () => {
  it('opens next at its own hours, over days on which it stays closed', () => {
    expect(opensNext(hours, MONDAY + 10 * HOUR)).toBeUndefined()
    expect(opensNext(hours, MONDAY + 5 * HOUR)).toEqual({ at: MONDAY + 9 * HOUR, timeZone: 'UTC' })
    expect(opensNext(hours, MONDAY + 5 * DAY + 23 * HOUR)?.at).toBe(MONDAY + 7 * DAY + 9 * HOUR)
    expect(opensNext({ ...hours, holidays: [{ date: '2026-11-17', spans: [[600, 700]] }] }, MONDAY + 22 * HOUR)?.at).toBe(MONDAY + DAY + 10 * HOUR)
    expect(opensNext({ timeZone: 'UTC', days: Array(7).fill([]) }, MONDAY)).toBeUndefined()
  })

  it('opens by its clock where that is changed in the night', () => {
    // In Berlin the clocks go back on 25 October 2026: nine o'clock there is eight in UTC from then on.
    const berlin = { ...hours, timeZone: 'Europe/Berlin', days: Array(7).fill([[540, 1320]]) as OpeningHours['days'] }
    expect(opensNext(berlin, Date.UTC(2026, 9, 24, 22))?.at).toBe(Date.UTC(2026, 9, 25, 8))
  })

  it('opens at a moment before which it is closed all the time', () => {
    const spans = fc.tuple(fc.integer({ min: 0, max: 1300 }), fc.integer({ min: 30, max: 900 })).map(([from, length]): [number, number] => [from, from + length])
    fc.assert(fc.property(fc.array(fc.array(spans, { maxLength: 2 }), { minLength: 7, maxLength: 7 }), fc.integer({ min: 0, max: 7 * 24 * 12 }), fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York'), (days, step, timeZone) => {
      const some = { timeZone, days }
      const now = MONDAY + step * 5 * MINUTE
      const next = opensNext(some, now)
      if (isOpen(some, now) || days.every((d) => d.length === 0)) expect(next).toBeUndefined()
      else {
        expect(isOpen(some, next?.at ?? 0)).toBe(true)
        for (let at = now; at < (next?.at ?? 0); at += 15 * MINUTE) expect(isOpen(some, at)).toBe(false)
      }
    }), { numRuns: 60 })
  })

  it('was about to close half an hour before, and should be heard of half an hour after it opened', () => {
    const night = MONDAY + 21 * HOUR + 50 * MINUTE
    expect([isShutting(hours, MONDAY + 21 * HOUR), isShutting(hours, night), isShutting(hours, MONDAY + 23 * HOUR)]).toEqual([false, true, true])
    const since = (now: number) => hasOpenedSince(hours, night, now)
    expect([since(night + 9 * MINUTE), since(MONDAY + 23 * HOUR), since(MONDAY + DAY + 9.25 * HOUR), since(MONDAY + DAY + 9.5 * HOUR), since(MONDAY + DAY + 23 * HOUR)]).toEqual([false, false, false, true, false])
  })
})

describe('a silence since closing time', () => {
  const night: Silence = { since: MONDAY + 21 * HOUR + 55 * MINUTE, now: MONDAY + 23 * HOUR, hours, faults: [], stoppedInOrder: true, earlier: [], store: 'silent', regionSilent: false, outage: false }
  const morning = MONDAY + DAY + 10 * HOUR

  it('is that of a closed store until it should have opened, whatever else spoke for it', () => {
    const before = explainAbsence(night)
    expect(before.causes[0]?.cause).toBe('closed')
    expect(explainAbsence({ ...night, now: morning - 2 * HOUR }, before)).toEqual(before)
    const after = explainAbsence({ ...night, now: morning }, before)
    expect([after.evidence.map((e) => e.id), ['power', 'link'].includes(after.causes[0]?.cause ?? '')]).toEqual([['store-silent', 'opened-since'], true])
    expect(explainAbsence({ ...night, now: morning })).toEqual(after)
    // Said once, it stays said.
    expect(explainAbsence({ ...night, now: morning + HOUR }, after)).toEqual(after)
    expect(explainAbsence({ ...night, now: morning + 14 * HOUR }, after).causes[0]?.cause).not.toBe('closed')
  })

  it('of a store that told nobody its hours ends where it usually sells again', () => {
    const slots = Array.from({ length: 168 }, (_, i) => (i % 24 >= 9 && i % 24 < 20 ? 100 : 0))
    const { hours: _, ...unknown } = { ...night, since: MONDAY + 22 * HOUR, stoppedInOrder: false, profile: { timeZone: 'UTC', weeks: 6, slots } }
    const before = explainAbsence(unknown)
    expect([before.causes[0]?.cause, explainAbsence({ ...unknown, now: morning - 2 * HOUR }, before).causes[0]?.cause]).toEqual(['closed', 'closed'])
    expect(explainAbsence({ ...unknown, now: morning }, before).evidence.map((e) => e.id)).toEqual(['store-silent', 'sold-since'])
  })

  it('of a store of which neither hours nor sales are known ends at noon, and does not begin again in the evening', () => {
    const { hours: _, ...unknown } = { ...night, since: MONDAY + 23 * HOUR, stoppedInOrder: false }
    const before = explainAbsence({ ...unknown, timeZone: 'UTC', now: MONDAY + 24 * HOUR })
    const at = (now: number) => explainAbsence({ ...unknown, timeZone: 'UTC', now }, before).causes[0]?.cause
    expect([before.causes[0]?.cause, at(MONDAY + 36 * HOUR), at(MONDAY + 36 * HOUR + MINUTE), at(MONDAY + 47 * HOUR)]).toEqual(['closed', 'closed', 'link', 'link'])
    // By day nobody knows better than before.
    const byDay = { ...unknown, timeZone: 'UTC', since: MONDAY + 11 * HOUR }
    expect(explainAbsence({ ...byDay, now: MONDAY + 20 * HOUR }).evidence.map((e) => e.id)).toEqual(['store-silent'])
  })
})
