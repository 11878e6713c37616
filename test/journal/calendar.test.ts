import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { creditBy, creditDay, dateOf, dayNamed, dayOf, startOf, workdays, workdaysAfter, workdaysBetween } from '../../src/journal/calendar.ts'
import { Settlement } from '../../src/model/service.ts'

const CHINA = 8 * 3_600_000
const at = (local: string): number => Date.parse(`${local}:00+08:00`)
// National Day of 2026, with the Saturday that is worked for it.
const holidays = { holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'], workdays: ['2026-10-10'] }

describe('the day on which money is credited', () => {
  it.each([
    ['T+1', '2026-06-03T10:00', '2026-06-04', 'Wednesday to Thursday'],
    ['T+1', '2026-06-05T10:00', '2026-06-08', 'Friday to Monday'],
    ['T+1', '2026-06-04T23:30', '2026-06-08', 'Thursday after the cut-off counts as Friday'],
    ['T+1', '2026-06-06T10:00', '2026-06-08', 'Saturday to Monday'],
    ['D+1', '2026-06-05T10:00', '2026-06-06', 'Friday to Saturday'],
    ['D+0', '2026-06-05T10:00', '2026-06-05', 'the same day'],
    ['D+0', '2026-06-05T23:01', '2026-06-06', 'the same day, after the cut-off'],
    ['T+1', '2026-09-30T10:00', '2026-10-08', 'over the holidays'],
    ['T+1', '2026-10-09T10:00', '2026-10-10', 'a Saturday that is worked'],
    ['T+0', '2026-10-03T10:00', '2026-10-08', 'a working day at the earliest'],
    ['T+2', '2026-06-03T10:00', '2026-06-05', 'two working days'],
  ])('%s: %s is credited on %s (%s)', (cycle, paid, day) => {
    const settlement = Settlement.parse({ cycle, ...holidays })
    expect(dateOf(creditDay(settlement, CHINA)(at(paid)))).toBe(day)
    expect(creditBy(settlement, CHINA)(at(paid))).toBe(at(`${day}T18:00`))
  })

  it('never lies before the payment, and always on a working day where working days count', () => {
    const settlement = Settlement.parse({ ...holidays })
    const works = workdays(settlement)
    fc.assert(fc.property(fc.integer({ min: at('2026-01-01T00:00'), max: at('2027-12-31T00:00') }), (paid) => {
      const day = creditDay(settlement, CHINA)(paid)
      expect(day).toBeGreaterThan(dayOf(paid, CHINA))
      expect(works(day)).toBe(true)
    }))
  })

  it('ends, where no day is ever worked', () => {
    expect(workdaysAfter(0, 1, () => false)).toBe(3660)
  })
})

it('counts working days between two moments as they are counted forwards', () => {
  const works = workdays(Settlement.parse(holidays))
  fc.assert(fc.property(fc.integer({ min: dayNamed('2026-01-01'), max: dayNamed('2027-01-01') }), fc.integer({ min: 1, max: 15 }), (day, count) => {
    expect(workdaysBetween(startOf(day, CHINA), startOf(workdaysAfter(day, count, works), CHINA), CHINA, works)).toBe(count)
  }))
})
