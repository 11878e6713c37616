import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fleetClock } from '../../src/fleet/clock.ts'
import { dueQueue } from '../../src/fleet/due.ts'

const HOUR = 3_600_000
const NOON = Date.parse('2026-11-22T12:00:00Z')

describe("a fleet's clock", () => {
  const setting = (startsAt: number, speed: number) => {
    let elapsed = 0
    return { clock: fleetClock(startsAt, speed, { now: () => NOON, mono: () => elapsed }), pass: (ms: number) => { elapsed += ms } }
  }

  it('begins in the past, runs fast, and goes on as the wall clock once it has caught up', () => {
    const { clock, pass } = setting(NOON - 4 * HOUR, 61)
    expect(clock.now()).toBe(NOON - 4 * HOUR)
    expect(clock.realUntil(NOON - 3 * HOUR)).toBeCloseTo(HOUR / 61)
    pass(2 * 60_000)
    expect(clock.now()).toBe(NOON - 4 * HOUR + 122 * 60_000)
    // Four hours at sixty times too many.
    pass(2 * 60_000)
    expect(clock.now()).toBe(NOON + 4 * 60_000)
    pass(HOUR)
    expect(clock.now()).toBe(NOON + HOUR + 4 * 60_000)
    expect(clock.realUntil(NOON)).toBe(0)
  })

  it('finds when a time will be, before and after it has caught up', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 8 * HOUR }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: HOUR }), fc.integer({ min: 0, max: HOUR }), (behind, speed, passed, wait) => {
      const { clock, pass } = setting(NOON - behind, speed)
      pass(passed)
      const at = clock.after(wait)
      expect(clock.realUntil(at)).toBeCloseTo(wait, 3)
      expect(at).toBeGreaterThanOrEqual(clock.now())
    }))
  })
})

it('takes actors in the order in which they are due, each once, and none too early', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 200 }), fc.integer({ min: 0, max: 1000 }), (times, now) => {
    const queue = dueQueue(times.length)
    for (const [actor, at] of times.entries()) queue.add(actor, at)
    const taken: number[] = []
    for (let actor = queue.take(now); actor !== undefined; actor = queue.take(now)) taken.push(actor)
    expect(taken.map((actor) => times[actor])).toEqual(times.filter((at) => at <= now).toSorted((a, b) => a - b))
    expect(new Set(taken).size).toBe(taken.length)
    expect(queue.next()).toBe(Math.min(...times.filter((at) => at > now), Number.POSITIVE_INFINITY))
  }))
})
