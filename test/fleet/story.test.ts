import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import { chainOf } from '../../src/fleet/chain.ts'
import { diceOf, idAt } from '../../src/fleet/dice.ts'
import { EVERY_MS, type Life, type Made, nextReport, silentUntil } from '../../src/fleet/life.ts'
import { ordinaryOf } from '../../src/fleet/ordinary.ts'
import { scenariosIn } from '../../src/fleet/scenarios.ts'
import { timeOfId } from '../../src/model/id.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { plan } from './plan.ts'

const HOUR = 3_600_000

const all = (life: Life, end: number): Made[] => {
  const made: Made[] = []
  for (let next = nextReport(life, -1, end); next !== undefined; next = nextReport(life, next.at, end)) made.push(next)
  return made
}

const healthy: Life = { bootsAt: 1000, episodes: [], clockErrorMs: 0, agent: { version: '1', is: 'current' } }

describe('a life', () => {
  it('reports at boot, every hour, and when a fault comes and goes', () => {
    const life: Life = { ...healthy, episodes: [{ scenario: 'printer-jam', from: HOUR / 2, to: 2.5 * HOUR }] }
    expect(all(life, 3 * HOUR).map(({ at, trigger, scenario, change }) => [at, trigger, scenario, change])).toEqual([
      [1000, 'boot', undefined, undefined],
      [HOUR / 2, 'device', 'printer-jam', 'opened'],
      [HOUR + 1000, 'schedule', 'printer-jam', undefined],
      [2 * HOUR + 1000, 'schedule', 'printer-jam', undefined],
      [2.5 * HOUR, 'retest', undefined, 'closed'],
    ])
  })

  it('without power makes none, and boots when it is back', () => {
    const life: Life = { ...healthy, silence: { because: 'power', from: HOUR / 2, to: 2.5 * HOUR } }
    expect(all(life, 3 * HOUR).map(({ at, trigger, bootedAt }) => [at, trigger, bootedAt])).toEqual([[1000, 'boot', 1000], [2.5 * HOUR, 'boot', 2.5 * HOUR]])
    expect([silentUntil(life, 0), silentUntil(life, 2000), silentUntil(life, HOUR), silentUntil(life, 2.5 * HOUR)]).toEqual([1000, undefined, 2.5 * HOUR, undefined])
  })

  it('without a line goes on making reports', () => {
    const life: Life = { ...healthy, silence: { because: 'link', from: HOUR / 2, to: 2.5 * HOUR } }
    expect(all(life, 3 * HOUR)).toHaveLength(3)
    expect(silentUntil(life, HOUR)).toBe(2.5 * HOUR)
  })

  it('never reports twice at one time, nor goes an hour on without a report', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: HOUR }), fc.array(fc.integer({ min: 1, max: 5 * HOUR }), { maxLength: 6 }), (bootsAt, edges) => {
      const times = [...new Set(edges)].toSorted((a, b) => a - b)
      const episodes = times.flatMap((from, i) => (i % 2 === 0 ? [{ scenario: 's', from, to: times[i + 1] ?? Number.POSITIVE_INFINITY }] : []))
      const at = all({ ...healthy, bootsAt, episodes }, 6 * HOUR).map((m) => m.at)
      expect(at[0]).toBe(bootsAt)
      for (const [i, time] of at.entries()) if (i > 0) expect(time - (at[i - 1] ?? 0)).toSatisfy((gap: number) => gap > 0 && gap <= EVERY_MS)
    }))
  })
})

describe('a chain', () => {
  it('is the same for a seed, has ids of its own, and begins as a smaller one does', () => {
    const lanes = chainOf(3000, 's', 'en')
    expect(chainOf(3000, 's', 'en')).toEqual(lanes)
    expect(chainOf(100, 's', 'en')).toEqual(lanes.slice(0, 100))
    expect(chainOf(100, 't', 'en')).not.toEqual(lanes.slice(0, 100))
    expect(new Set(lanes.map((l) => l.identity.id)).size).toBe(3000)
    expect(new Set(lanes.map((l) => l.region)).size).toBe(7)
    for (const { identity } of lanes) TerminalFile.shape.terminal.parse(identity)
    expect(chainOf(1, 's', 'zh-CN')[0]?.identity.store).toMatch(/店$/)
  })
})

describe('dice', () => {
  it('repeat themselves, and make ids that carry their time', () => {
    expect(idAt(1_795_000_000_123, diceOf('a'))).toBe(idAt(1_795_000_000_123, diceOf('a')))
    expect(timeOfId(idAt(1_795_000_000_123, diceOf('a')))).toBe(1_795_000_000_123)
    const dice = diceOf('b')
    const throws = Array.from({ length: 6000 }, () => dice.below(6))
    for (let eyes = 0; eyes < 6; eyes++) expect(throws.filter((t) => t === eyes).length).toSatisfy((n: number) => n > 850 && n < 1150)
  })
})

describe('the morning', () => {
  const { story, lanes } = plan(2000, 1, 'morning')

  it('has one dark region, one bad rollout, three lying clocks and forty ordinary faults, each on terminals of its own', () => {
    const dark = story.lives.filter((l) => l.silence !== undefined)
    const darkRegions = new Set(lanes.filter((_, i) => story.lives[i]?.silence !== undefined).map((l) => l.region))
    expect(darkRegions.size).toBe(1)
    expect(dark.length).toBe(lanes.filter((l) => darkRegions.has(l.region)).length)
    const updated = story.lives.filter((l) => l.rollout !== undefined)
    expect(updated).toHaveLength(200)
    expect(updated.filter((l) => l.episodes.length > 0).length).toSatisfy((n: number) => n > 60 && n < 120)
    expect(story.lives.filter((l) => l.clockErrorMs !== 0).map((l) => l.episodes.length)).toEqual([0, 0, 0])
    expect(story.lives.filter((l) => l.silence === undefined && l.rollout === undefined && l.episodes.length > 0)).toHaveLength(40)
  })

  it('is told again the same for the same seed, and differently for another', () => {
    expect(plan(2000, 1, 'morning').story).toEqual(story)
    expect(plan(2000, 1, 'morning', '2').story.lives).not.toEqual(story.lives)
  })
})

describe('what befalls terminals', () => {
  const { scenario } = scenariosIn(join(import.meta.dirname, '../../fixtures'))

  it.each(ordinaryOf(catalogue))('$scenario is seen on $kind', ({ scenario: name, kind, weight }) => {
    const { terminal, expect: expected } = scenario(name)
    expect(terminal).toBe(kind)
    expect(catalogue.faults.find((f) => f.code === expected.found[0]?.fault)?.prior.p).toBe(weight)
  })
})

describe('an ordinary story', () => {
  it('has outages by region with a common end, faults of all kinds, wrong clocks, and agents old and new', () => {
    const { story, lanes } = plan(5000, 4)
    const ends = new Set(story.lives.flatMap((l) => (l.silence === undefined ? [] : [l.silence.to])))
    expect(ends.size).toBe(1)
    expect(new Set(lanes.filter((_, i) => story.lives[i]?.silence?.because === 'link').map((l) => l.region)).size).toBe(1)
    expect(new Set(story.lives.flatMap((l) => l.episodes.map((e) => e.scenario))).size).toBeGreaterThan(30)
    expect(new Set(story.lives.map((l) => l.agent.is))).toEqual(new Set(['old', 'current', 'newer']))
    expect(story.lives.filter((l) => l.clockErrorMs !== 0).length).toBeGreaterThan(5)
    for (const { episodes } of story.lives) for (const [i, e] of episodes.entries()) expect(e.from).toBeGreaterThanOrEqual(episodes[i - 1]?.to ?? 0)
  })
})
