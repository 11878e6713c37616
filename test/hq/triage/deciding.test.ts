import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainAbsence, notSelling, type Silence } from '../../../src/hq/triage/absence.ts'
import { carePatch, detailOf, LONGEST_SILENCE_MS } from '../../../src/hq/triage/care.ts'
import { blockedAmong, costOfAbsence, costOfIncident, shareOf } from '../../../src/hq/triage/cost.ts'
import { minutesOfWeek } from '../../../src/hq/triage/local-time.ts'
import { isOpen } from '../../../src/hq/triage/opening.ts'
import { type Fleet, factorKey, findOutbreaks, type Happening, surprise, type Usual } from '../../../src/hq/triage/outbreaks.ts'
import { isAmong } from '../../../src/hq/triage/rollout.ts'
import { expectedIn, learn, type SalesProfile, sellsAt } from '../../../src/hq/triage/sales.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 10, 16)

const flat = (sum: number, weeks = 6): SalesProfile => ({ timeZone: 'UTC', weeks, slots: Array(168).fill(sum), currency: 'CNY' })

describe('sales', () => {
  it('are expected by the median of the same hour of the last six weeks', () => {
    const hours = [1, 2, 3, 4, 5, 6, 7, 8].map((week) => ({ hour: MONDAY + 10 * HOUR + week * 7 * DAY, sum: week === 8 ? 999_999 : week * 100 }))
    const { profile, history } = learn({}, hours, 'UTC')
    expect(profile.weeks).toBe(6)
    // Of weeks 3 to 8, the feast of the last one included.
    expect(profile.slots[10]).toBe(550)
    expect(learn(history, hours, 'UTC')).toEqual({ history, profile })
  })
  it('of an hour that sold in few weeks only are expected to be none', () => {
    const weeks = [0, 1, 2, 3, 4].map((w) => ({ hour: MONDAY + 9 * HOUR + w * 7 * DAY, sum: 100 }))
    const { profile } = learn({}, [...weeks, { hour: MONDAY + 20 * HOUR, sum: 5000 }], 'UTC')
    expect([profile.slots[9], profile.slots[20]]).toEqual([100, 0])
    expect([sellsAt(profile, MONDAY + 9 * HOUR), sellsAt(profile, MONDAY + 15 * HOUR)]).toEqual([true, false])
  })
  it('go by the clock of the lane, and by UTC where nobody knows the zone', () => {
    expect(minutesOfWeek(MONDAY + 2 * HOUR, 'Asia/Shanghai')).toBe(600)
    expect(minutesOfWeek(MONDAY - HOUR, 'Asia/Shanghai')).toBe(7 * 60)
    expect(minutesOfWeek(MONDAY, 'Mars/Olympus')).toBe(0)
  })
  it('expected in a span are those of its parts together', () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 400 * HOUR }), fc.integer({ min: 0, max: 100 * HOUR }), fc.integer({ min: 0, max: 100 * HOUR }))
    fc.assert(fc.property(span, ([at, a, b]) => {
      const profile = { ...flat(0), slots: Array.from({ length: 168 }, (_, i) => i * 7) }
      const whole = expectedIn(profile, MONDAY + at, MONDAY + at + a + b)
      expect(expectedIn(profile, MONDAY + at, MONDAY + at + a) + expectedIn(profile, MONDAY + at + a, MONDAY + at + a + b)).toBeCloseTo(whole, 3)
    }))
  })
  it('of one week say nothing', () => expect(expectedIn(flat(100, 1), MONDAY, MONDAY + HOUR)).toBe(0))
})

describe('the cost of an incident', () => {
  const now = MONDAY + 12 * HOUR
  const told = (sums: Record<number, number>) => new Map(Object.entries(sums).map(([h, sum]) => [MONDAY + Number(h) * HOUR, sum]))
  it('is what is missing in hours that were told, and its share of the usual in others', () => {
    expect(costOfIncident(flat(1000), { openedAt: MONDAY + 9 * HOUR, share: 0.5 }, told({ 9: 200, 10: 300 }), now)).toEqual({ lostMinor: 800 + 700 + 500, perHourMinor: 750, currency: 'CNY' })
  })
  it('is nothing where sales go on as usual, good hours and poor ones together', () => {
    expect(costOfIncident(flat(1000), { openedAt: MONDAY + 9 * HOUR, share: 1 }, told({ 9: 400, 10: 1900, 11: 900 }), now)).toMatchObject({ lostMinor: 0, perHourMinor: 0 })
  })
  it('counts from the moment it opened, and at most three days back', () => {
    expect(costOfIncident(flat(1000), { openedAt: now - HOUR / 4, share: 1 }, new Map(), now)?.lostMinor).toBe(250)
    expect(costOfIncident(flat(1000), { openedAt: now - 30 * DAY, share: 1 }, new Map(), now)?.lostMinor).toBe(72_000)
  })
  it('is not known without history, and there is none where no way of paying suffers', () => {
    expect(costOfIncident(flat(1000, 1), { openedAt: MONDAY, share: 1 }, new Map(), now)).toBeUndefined()
    expect(costOfIncident(flat(1000), { openedAt: MONDAY, share: 0 }, new Map(), now)).toBeUndefined()
  })
  it('of many terminals stand still by what those say that are still heard; of silent ones nobody can tell', () => {
    const at = { fault: 'HST-UNREACHABLE', device: 'acquirer-1' }
    const of = (is: 'ready' | 'blocked', absence: string | null) => ({ ...at, absence, readiness: JSON.stringify([{ tender: 'chip', is, because: [at], unseen: [] }]) })
    expect(blockedAmong([of('blocked', null), of('ready', 'a1')])).toEqual(['chip'])
    expect(blockedAmong([of('ready', null), of('ready', null)])).toEqual([])
    expect([blockedAmong([]), blockedAmong([of('blocked', 'a1')]), blockedAmong([of('ready', null), of('ready', 'a1')])]).toEqual([undefined, undefined, undefined])
  })
  it('goes by the tenders that stand still because of it', () => {
    const at = { fault: 'CRD-READER-OFFLINE', device: 'reader-1' }
    const readiness = [{ tender: 'chip' as const, is: 'blocked' as const, because: [at], unseen: [] }, { tender: 'cash' as const, is: 'degraded' as const, because: [at], unseen: [] }, { tender: 'qr' as const, is: 'blocked' as const, because: [{ ...at, device: 'reader-2' }], unseen: [] }]
    expect(shareOf(readiness, at)).toBeCloseTo(1.25 / 3)
    expect(shareOf([], at)).toBe(0)
  })
})

describe('surprise', () => {
  it('is the tail of the negative binomial distribution', () => {
    // With a shape of 1 the count is geometric: the tail from n on is the n-th power of window / (exposure + window).
    for (const n of [1, 3, 20, 200]) expect(surprise(n, 1, 99, 1)).toBeCloseTo(n * Math.log10(1 / 100), 9)
    expect(surprise(0, 5, 10, 1)).toBe(0)
  })
  it('grows with what is seen and shrinks with what was before', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.float({ min: 0.5, max: 500, noNaN: true }), (n, before) => {
      expect(surprise(n + 1, before, 1000, 3)).toBeLessThan(surprise(n, before, 1000, 3))
      expect(surprise(n, before + 50, 1000, 3)).toBeGreaterThanOrEqual(surprise(n, before, 1000, 3))
    }))
  })
})

describe('outbreaks', () => {
  const now = MONDAY
  const fleet: Fleet = { terminals: 2000, sharing: new Map([[factorKey('region', 'West'), 400], [factorKey('region', 'East'), 1600], [factorKey('acquirer', 'a.example'), 1000], [factorKey('acquirer', 'b.example'), 1000], [factorKey('agent', '2.0'), 30]]) }
  const usual: Usual = { days: 28, fleet: new Map([['F', 560], ['RARE', 2]]), slices: new Map() }
  const many = (n: number, fault: string, minutesAgo: (i: number) => number, factors: (i: number) => [string, string][], store = (i: number) => `S-${i}`): Happening[] =>
    Array.from({ length: n }, (_, i) => ({ id: `${fault}-${i}-${minutesAgo(i)}`, terminalId: `T-${i}`, store: store(i), fault, at: now - minutesAgo(i) * 60_000, factors: factors(i) }))

  it('are not seen in an ordinary day of ordinary faults', () => {
    // Twenty a day over the fleet, as ever.
    expect(findOutbreaks(many(20, 'F', (i) => i * 72, (i) => [['region', i % 5 === 0 ? 'West' : 'East'], ['acquirer', i % 2 === 0 ? 'a.example' : 'b.example']]), fleet, usual, now)).toEqual([])
  })
  it('are named by the acquirer that all affected stores share, whatever their regions', () => {
    const [found, ...others] = findOutbreaks(many(40, 'F', (i) => i % 10, (i) => [['region', ['West', 'East', 'North'][i % 3] ?? ''], ['acquirer', 'a.example']]), fleet, usual, now)
    expect(found).toMatchObject({ fault: 'F', factor: 'acquirer', value: 'a.example', stores: 40, windowMs: 15 * 60_000 })
    expect([others, (found?.expected ?? 9) < 1]).toEqual([[], true])
  })
  it('of a slow rollout are seen over a day', () => {
    expect(findOutbreaks(many(12, 'RARE', (i) => i * 100, () => [['agent', '2.0']]), fleet, usual, now)).toMatchObject([{ factor: 'agent', value: '2.0', windowMs: DAY }])
  })
  it('need several stores: twelve lanes of one are one cause', () => {
    expect(findOutbreaks(many(12, 'RARE', () => 1, () => [['region', 'West']], () => 'One'), fleet, usual, now)).toEqual([])
  })
  it('of everywhere name nothing', () => {
    const found = findOutbreaks(many(60, 'F', () => 5, (i) => [['region', i % 5 === 0 ? 'West' : 'East'], ['acquirer', i % 2 === 0 ? 'a.example' : 'b.example']]), fleet, usual, now)
    expect(found).toMatchObject([{ factor: 'fleet', value: '', stores: 60 }])
  })
  it('do not name a make that has always had that fault', () => {
    const old = { ...usual, slices: new Map([['F\0model\0old', 540]]) }
    const model: Fleet = { terminals: 2000, sharing: new Map([[factorKey('model', 'old'), 50]]) }
    expect(findOutbreaks(many(20, 'F', (i) => i * 72, () => [['model', 'old']]), model, old, now)).toEqual([])
  })
  it('are found side by side', () => {
    const both = [...many(30, 'F', () => 1, () => [['acquirer', 'b.example']]), ...many(20, 'RARE', () => 1, () => [['region', 'West']])]
    expect(findOutbreaks(both, fleet, usual, now).map((o) => [o.fault, o.value])).toEqual([['F', 'b.example'], ['RARE', 'West']])
  })
})

describe('an absence', () => {
  const silent: Silence = { since: MONDAY + 10 * HOUR, now: MONDAY + 11 * HOUR, faults: [], stoppedInOrder: false, earlier: [], store: 'alone', regionSilent: false, outage: false }
  const likeliest = (more: Partial<Silence>) => explainAbsence({ ...silent, ...more }).causes[0]?.cause
  it('is explained by what was last heard, by the neighbours and by the hour', () => {
    expect(likeliest({ faults: ['PWR-AC-LOST'] })).toBe('power')
    expect(likeliest({ faults: ['NET-UNSTABLE'], profile: flat(100) })).toBe('link')
    expect(likeliest({ faults: ['SYS-DISK-LOW'], store: 'heard' })).toBe('host')
    expect(likeliest({ store: 'heard', profile: flat(100) })).toBe('host')
    expect(likeliest({ stoppedInOrder: true })).toBe('closed')
    expect(likeliest({ profile: { ...flat(0), slots: Array.from({ length: 168 }, (_, i) => (i === 100 ? 5 : 0)) } })).toBe('closed')
    expect(likeliest({ earlier: [1, 2, 3].map((d) => silent.since - d * DAY + HOUR) })).toBe('closed')
    expect(likeliest({ timeZone: 'Asia/Shanghai', since: MONDAY + 15 * HOUR })).toBe('closed')
    expect(['power', 'link']).toContain(likeliest({ store: 'silent', regionSilent: true, profile: flat(100) }))
  })
  it('has probabilities that add up to one, and evidence with a wording in both languages', () => {
    fc.assert(fc.property(fc.record({ since: fc.integer({ min: 0, max: 2e12 }), now: fc.constant(2e12), faults: fc.subarray(['PWR-AC-LOST', 'NET-DNS-FAIL', 'SYS-APP-CRASH']), stoppedInOrder: fc.boolean(), earlier: fc.constant([]), store: fc.constantFrom('silent' as const, 'heard' as const, 'alone' as const), regionSilent: fc.boolean(), outage: fc.boolean() }), (s) => {
      const { causes, evidence } = explainAbsence(s)
      expect(causes.reduce((sum, c) => sum + c.p, 0)).toBeCloseTo(1, 9)
      expect(notSelling(causes)).toBeLessThanOrEqual(1)
      for (const e of evidence) expect(e.text.zh).toMatch(/\p{Script=Han}/u)
    }))
  })
  it('costs what would have been sold, as far as nothing can be', () => {
    expect(costOfAbsence([flat(1000), flat(1000), flat(1000, 1)], MONDAY, 0.5, MONDAY + 2 * HOUR)).toEqual({ lostMinor: 2000, perHourMinor: 1000, currency: 'CNY' })
    expect(costOfAbsence([flat(1000, 1)], MONDAY, 1, MONDAY + HOUR)).toBeUndefined()
  })
  it('knows holidays with hours of their own, and none, in the time zone of the store', () => {
    const week = Array.from({ length: 7 }, () => [[540, 1320]]) as [number, number][][]
    const date = new Date(MONDAY + DAY).toISOString().slice(0, 10)
    const next = new Date(MONDAY + 2 * DAY).toISOString().slice(0, 10)
    const hours = { timeZone: 'Asia/Shanghai', days: week, holidays: [{ date, spans: [] }, { date: next, spans: [[600, 1500]] as [number, number][] }] }
    // Hours of the day in UTC, eight behind the store.
    const at = (day: number, h: number) => isOpen(hours, MONDAY + day * DAY + (h - 8) * HOUR)
    expect([at(0, 12), at(1, 12), at(2, 9.5), at(2, 12), at(2, 23), at(3, 0.5), at(3, 1.5), at(3, 9.5)]).toEqual([true, false, false, true, true, true, false, true])
  })

  it('knows opening hours that run past midnight', () => {
    const hours = { timeZone: 'UTC', days: [[[600, 1560]], [], [], [], [], [], []] as [number, number][][] }
    const at = (h: number) => isOpen(hours, MONDAY + h * HOUR)
    expect([at(9), at(10), at(23), at(25), at(26.5)]).toEqual([false, true, true, true, false])
  })
})

describe('care', () => {
  it('acknowledges whoever takes a thing up, and keeps silences within bounds', () => {
    expect(carePatch({ do: 'assign', to: 'Chen' }, 'Li', 5)).toEqual({ acknowledged_at: 5, acknowledged_by: 'Li', assignee: 'Chen' })
    expect(carePatch({ do: 'repair' }, 'Li', 5)).toMatchObject({ silence: 'in-repair', silenced_until: 5 + 8 * HOUR })
    expect(carePatch({ do: 'suppress', until: 5 }, 'Li', 5)).toHaveProperty('problem')
    expect(carePatch({ do: 'suppress', until: 6 + LONGEST_SILENCE_MS }, 'Li', 5)).toHaveProperty('problem')
    expect(carePatch({ do: 'note', note: 'called' }, 'Li', 5)).toEqual({})
    expect(detailOf({ do: 'suppress', until: 0, note: 'rebuilding' })).toBe('1970-01-01T00:00:00.000Z · rebuilding')
  })
})

it('a stage of a rollout holds the stage before, and about its share', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `T-${i}`)
  const of = (percent: number) => ids.filter((id) => isAmong(7, id, percent))
  const [few, more] = [of(1), of(10)]
  expect(few.every((id) => more.includes(id))).toBe(true)
  expect(Math.abs(more.length - 500)).toBeLessThan(120)
  expect(of(100)).toHaveLength(5000)
})
