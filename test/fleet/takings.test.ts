import { describe, expect, it } from 'vitest'
import type { Life } from '../../src/fleet/life.ts'
import { eveningsBefore, salesOf } from '../../src/fleet/takings.ts'
import { newTerminal, type Terminal } from '../../src/fleet/terminal.ts'
import { HourOfSales } from '../../src/model/wire.ts'
import { plan } from './plan.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const AT = Date.parse('2026-11-23T01:20:00Z')

const { lanes, voice } = plan(300, 4, 'morning')
const speaking = voice(AT)
const lane = lanes.find((l) => l.kind === 'full-shop.yaml')
if (lane === undefined) throw new Error('no such lane')
const well: Life = { bootsAt: HOUR / 2, episodes: [], clockErrorMs: 0, agent: { version: '1', is: 'current' } }
const terminal = (more: Partial<Life> = {}): Terminal => newTerminal(lane, { ...well, ...more }, '', 0, 4 * HOUR)
const noon = AT + 5 * HOUR
const since = (t: Terminal, now = noon) => salesOf(speaking, t, now)
const sum = (hours: readonly HourOfSales[], from: number) => hours.filter((h) => h.hour >= from).reduce((all, h) => all + h.sumMinor, 0)

describe('what a lane sells', () => {
  it('is told of two weeks in steps that HQ takes, by the hours of the day and of the week', () => {
    const evenings = eveningsBefore(AT)
    const told = evenings.flatMap((at) => since(terminal(), at))
    for (const hour of told) expect(HourOfSales.parse(hour).hour % HOUR).toBe(0)
    expect(new Set(told.map((h) => h.hour)).size).toBe(told.length)
    expect(new Set(told.map((h) => Math.floor((h.hour - AT) / DAY))).size).toBeGreaterThanOrEqual(15)
    expect(Math.max(...evenings)).toBeLessThan(AT)
    for (const at of evenings) expect(since(terminal(), at).every((h) => h.hour <= at && h.hour > at - 80 * HOUR)).toBe(true)
    // Shops are closed at night: some hours of each day are missing.
    expect(told.length).toBeLessThan(15 * 17)
    expect(told.length).toBeGreaterThan(15 * 9)
  })

  it('begins when the shop opens, is told once, and then only what is new', () => {
    const t = terminal()
    const first = since(t)
    expect(first[0]?.hour).toBe(Math.floor((AT + HOUR / 2) / HOUR) * HOUR)
    t.toldAt = noon
    expect(since(t, noon + 60_000)).toEqual([])
    expect(since(t, noon + HOUR).map((h) => h.hour)).toEqual([-1, 0, 1].map((n) => Math.floor(noon / HOUR) * HOUR + n * HOUR))
  })

  it('is nothing where it cannot take money or has no power, less where some ways of paying stand still, and all there is where only the line is gone', () => {
    const whole = sum(since(terminal()), AT + 2 * HOUR)
    const from = 1.5 * HOUR
    expect(whole).toBeGreaterThan(0)
    expect(sum(since(terminal({ silence: { because: 'power', from, to: Number.POSITIVE_INFINITY } })), AT + 2 * HOUR)).toBe(0)
    expect(sum(since(terminal({ silence: { because: 'link', from, to: Number.POSITIVE_INFINITY } })), AT + 2 * HOUR)).toBe(whole)
    const crashed = sum(since(terminal({ episodes: [{ scenario: 'pos-crashed', from, to: Number.POSITIVE_INFINITY }] })), AT + 2 * HOUR)
    const readerGone = sum(since(terminal({ episodes: [{ scenario: 'reader-silent', from, to: Number.POSITIVE_INFINITY }] })), AT + 2 * HOUR)
    expect([crashed, readerGone > 0, readerGone < whole]).toEqual([0, true, true])
  })

  it('comes from the seed, differs between shops, and is not told by agents of old', () => {
    expect(since(terminal())).toEqual(since(terminal()))
    const day = (l: (typeof lanes)[number]) => sum(salesOf(speaking, newTerminal(l, well, '', 0, 4 * HOUR), noon), AT)
    const sums = lanes.filter((l) => l.identity.lane === '1').map(day).toSorted((a, b) => a - b)
    expect(new Set(sums).size).toBeGreaterThan(30)
    expect((sums.at(-1) ?? 0) / (sums[0] ?? 1)).toBeGreaterThan(4)
    expect(since(terminal({ agent: { version: '0', is: 'old' } }))).toEqual([])
  })
})
