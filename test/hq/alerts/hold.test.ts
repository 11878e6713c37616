import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heldBy, isAbout, isWithinHours } from '../../../src/hq/alerts/hold.ts'
import { mayTry, type Outbox, planSending } from '../../../src/hq/alerts/plan.ts'
import { afterFailure, SENDING } from '../../../src/hq/alerts/send.ts'
import { AlertRule, AlertWindow, Channel, Silence } from '../../../src/model/alerts.ts'

const all = (spans: { from: string; to: string }[]) => Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, spans]))
const window = (more: object): AlertWindow => AlertWindow.parse({ name: 'w', scope: {}, holds: 'inside', timeZone: 'Asia/Shanghai', weekly: {}, dates: [], ...more })
const within = (w: AlertWindow, ...at: string[]): boolean[] => at.map((time) => isWithinHours(w, Date.parse(time)))

describe('hours', () => {
  it('are by the clocks of the zone, with their ends', () => {
    const open = window({ weekly: { mon: [{ from: '09:00', to: '12:00' }, { from: '13:00', to: '21:30' }] } })
    // 2026-11-23 is a Monday; Shanghai is eight hours ahead.
    expect(within(open, '2026-11-23T00:59:59Z', '2026-11-23T01:00:00Z', '2026-11-23T03:59:59Z', '2026-11-23T04:00:00Z', '2026-11-23T13:29:59Z', '2026-11-23T13:30:00Z', '2026-11-24T02:00:00Z')).toEqual([false, true, true, false, true, false, false])
  })

  it('go on past midnight into the next day', () => {
    const night = window({ weekly: { fri: [{ from: '22:00', to: '06:00' }] } })
    expect(within(night, '2026-11-27T21:59:00+08:00', '2026-11-27T22:00:00+08:00', '2026-11-28T05:59:00+08:00', '2026-11-28T06:00:00+08:00', '2026-11-27T05:00:00+08:00')).toEqual([false, true, true, false, false])
    expect(within(window({ weekly: all([{ from: '00:00', to: '24:00' }]) }), '2026-11-27T23:59:00+08:00', '2026-11-27T00:00:00+08:00')).toEqual([true, true])
    expect(within(window({ weekly: { mon: [{ from: '08:00', to: '08:00' }] } }), '2026-11-23T07:59:00+08:00', '2026-11-23T08:00:00+08:00', '2026-11-24T07:59:00+08:00', '2026-11-24T08:00:00+08:00')).toEqual([false, true, true, false])
  })

  it('know holidays and working days that were moved', () => {
    const hours = window({ weekly: { mon: [{ from: '09:00', to: '18:00' }], thu: [{ from: '20:00', to: '02:00' }] }, dates: [{ date: '2026-10-05', spans: [], note: '国庆节' }, { date: '2026-10-10', spans: [{ from: '09:00', to: '18:00' }] }, { date: '2026-10-01', spans: [] }] })
    // A Monday that is a holiday, the one after, and a Saturday on which people work.
    expect(within(hours, '2026-10-05T10:00:00+08:00', '2026-10-12T10:00:00+08:00', '2026-10-10T10:00:00+08:00', '2026-10-17T10:00:00+08:00')).toEqual([false, true, true, false])
    // The night after a holiday has nothing that went on past midnight.
    expect(within(hours, '2026-10-02T01:00:00+08:00', '2026-10-09T01:00:00+08:00')).toEqual([false, true])
  })

  it('hold when clocks are put forward and back', () => {
    const night = window({ timeZone: 'Europe/Berlin', weekly: { sun: [{ from: '01:30', to: '03:30' }] } })
    // 2026-03-29: 02:00 becomes 03:00, so the hours are one long. 2026-10-25: 03:00 becomes 02:00, so they are three.
    const minutes = (from: string, to: string): number => {
      let n = 0
      for (let at = Date.parse(from); at < Date.parse(to); at += 60_000) if (isWithinHours(night, at)) n++
      return n
    }
    expect([minutes('2026-03-28T22:00:00Z', '2026-03-29T06:00:00Z'), minutes('2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'), minutes('2026-06-13T22:00:00Z', '2026-06-14T06:00:00Z')]).toEqual([60, 180, 120])
  })

  it('are within or without at every moment as a clock on the wall would say', () => {
    const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
    fc.assert(
      fc.property(clock, clock, fc.integer({ min: 0, max: 60 * 24 * 30 }), (from, to, minute) => {
        const wall = new Date(Date.UTC(2026, 4, 1) + minute * 60_000).toISOString().slice(11, 16)
        const expected = from < to ? wall >= from && wall < to : wall >= from || wall < to
        // India is five hours and a half ahead all year.
        return isWithinHours(window({ timeZone: 'Asia/Kolkata', weekly: all([{ from, to }]) }), Date.UTC(2026, 4, 1) + (minute - 330) * 60_000) === expected
      }),
    )
  })
})

describe('what holds an alert back', () => {
  const subject = { terminalId: 'T-1', store: 'Main St', region: 'East', fault: 'PRN-PAPER-OUT', severity: 'block' as const }
  const at = Date.parse('2026-11-23T10:00:00+08:00')

  it('is about what its scope says', () => {
    expect(isAbout({}, subject)).toBe(true)
    expect(isAbout({ regions: ['West', 'East'], severities: ['block'] }, subject)).toBe(true)
    expect(isAbout({ regions: ['East'], stores: ['Side St'] }, subject)).toBe(false)
    expect(isAbout({ severities: ['block'] }, { terminalId: 'T-1' })).toBe(false)
  })

  it('is a silence until it ends, a maintenance window within its hours, opening hours outside of them', () => {
    const silence = { silence: Silence.parse({ name: 'stocktaking', scope: { stores: ['Main St'] }, from: at, until: at + 1000 }) }
    expect([at - 1, at, at + 999, at + 1000].map((t) => heldBy([silence], [], subject, t))).toEqual([undefined, 'stocktaking', 'stocktaking', undefined])
    const hours = { weekly: { mon: [{ from: '09:00', to: '18:00' }] } }
    const maintenance = { window: window({ ...hours, name: 'maintenance' }) }
    const opening = { window: window({ ...hours, name: 'opening', holds: 'outside' }) }
    const evening = at + 9 * 3_600_000
    expect([heldBy([], [maintenance], subject, at), heldBy([], [maintenance], subject, evening)]).toEqual(['maintenance', undefined])
    expect([heldBy([], [opening], subject, at), heldBy([], [opening], subject, evening)]).toEqual([undefined, 'opening'])
    expect(heldBy([], [{ window: window({ ...hours, scope: { regions: ['West'] } }) }], subject, at)).toBeUndefined()
  })

  it.each([
    [AlertWindow, { name: 'x', scope: {}, holds: 'inside', timeZone: 'Mars/Olympus', weekly: {}, dates: [] }, 'time zone'],
    [AlertWindow, { name: 'x', scope: {}, holds: 'inside', timeZone: 'UTC', weekly: { mon: [{ from: '9:00', to: '25:00' }] }, dates: [] }, 'time of day'],
    [AlertWindow, { name: 'x', scope: {}, holds: 'inside', timeZone: 'UTC', weekly: {}, dates: [{ date: '2026-02-30', spans: [] }] }, 'date'],
    [Silence, { name: 'x', scope: {}, from: 2, until: 2 }, 'end after'],
    [AlertRule, { name: 'x', scope: {}, channels: [], enabled: true, on: 'silence', minutes: 1 }, 'at least|>=3'],
    [Channel, { name: 'x', language: 'en', timeZone: 'UTC', gatherSeconds: 0, target: { type: 'slack', url: 'file:///etc/passwd' } }, 'https://'],
  ])('is refused where it makes no sense: %#', (schema, value, message) => {
    const { error, success } = schema.safeParse(value)
    expect(success).toBe(false)
    expect(error?.message).toMatch(new RegExp(message))
  })
})

describe('sending', () => {
  it('never tries a robot more often than it takes, whatever waits, and holds nobody up for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ robot: fc.constantFrom('a', 'b'), count: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 60 }), (channels, count, steps) => {
        const limits = [{ count, perMs: 60_000 }]
        const sendings = channels.map(({ robot }, i) => ({ channelId: String(i), robot, gatherMs: 0, most: 1, limits }))
        const left = channels.map((c) => c.count)
        const tried: { robot: string; at: number[] }[] = []
        let now = 0
        for (const step of steps) {
          now += step
          const pending = left.flatMap((n, i) => (n > 0 ? [{ channelId: String(i), oldest: 0, count: n }] : []))
          const outbox: Outbox = { pending, waiting: [], tried }
          const plan = planSending(sendings, outbox, now)
          if (pending.length > 0 && plan.fresh.length === 0) for (const p of pending) expect(mayTry(limits, tried.filter((t) => t.robot === channels[Number(p.channelId)]?.robot).flatMap((t) => t.at), now)).toBe(false)
          for (const { channelId, robot } of plan.fresh) {
            left[Number(channelId)] = (left[Number(channelId)] ?? 0) - 1
            tried.push({ robot, at: [now] })
          }
          for (const robot of ['a', 'b']) expect(tried.filter((t) => t.robot === robot && (t.at[0] ?? 0) > now - 60_000).length).toBeLessThanOrEqual(count)
        }
      }),
    )
  })

  it('waits longer after every failure, up to a cap, by chance, and gives up after a day', () => {
    const waits = (tries: number, random: number, age = 0) => afterFailure({ kind: 'busy', detail: '' }, { tries, createdAt: 0, test: false }, 'd', age, random)
    expect([1, 2, 3, 20].map((tries) => waits(tries, 1))).toEqual([5000, 10_000, 20_000, 600_000].map((nextAt) => ({ state: 'waiting', nextAt, kind: 'busy', detail: 'd' })))
    expect(waits(1, 0)).toMatchObject({ nextAt: 2500 })
    expect(afterFailure({ kind: 'busy', detail: '', waitMs: 60_000 }, { tries: 1, createdAt: 0, test: false }, 'd', 0, 0)).toMatchObject({ nextAt: 60_000 })
    expect(waits(9, 0.5, SENDING.giveUpMs + 1)).toMatchObject({ state: 'failed' })
    expect(afterFailure({ kind: 'refused', detail: '' }, { tries: 1, createdAt: 0, test: false }, 'd', 0, 0)).toEqual({ state: 'failed', kind: 'refused', detail: 'd' })
    expect(afterFailure({ kind: 'no-answer', detail: '' }, { tries: 1, createdAt: 0, test: true }, 'd', 0, 0)).toMatchObject({ state: 'failed' })
  })
})
