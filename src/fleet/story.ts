import type { Text } from '../model/text.ts'
import { type Kind, type Lane, REGION_COUNT } from './chain.ts'
import { type Dice, diceOf } from './dice.ts'
import type { Agent, Episode, Life } from './life.ts'
import type { Ordinary } from './ordinary.ts'

/** What happens to a fleet: how long it takes (ms), one life per terminal, and what a reader should know of it. */
export interface Story { lengthMs: number; lives: Life[]; told: Text[] }

/** What a story is made for. `version` is that of today's agent, `ordinary` the scenarios that faults are drawn from. */
export interface StoryParts { lanes: readonly Lane[]; seed: string; version: string; ordinary: readonly Ordinary[] }

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Draws scenarios for a kind of terminal by their weights; undefined where there is none for it. */
export const drawing = (ordinary: readonly Ordinary[]): ((kind: Kind, dice: Dice) => string | undefined) => {
  const byKind = Map.groupBy(ordinary, (o) => o.kind)
  const sums = new Map([...byKind].map(([kind, list]) => [kind, list.reduce((sum, o) => sum + o.weight, 0)]))
  return (kind, dice) => {
    let at = dice.next() * (sums.get(kind) ?? 0)
    return byKind.get(kind)?.find((o) => {
      at -= o.weight
      return at <= 0
    })?.scenario
  }
}

/** How a shop's link and its power fail, as its terminals see it; kinds without an entry see nothing. */
export const OUTAGE: Readonly<Record<'link' | 'power', Partial<Record<Kind, string>>>> = {
  link: { 'full-shop.yaml': 'network-internet-down', 'supermarket-lane.yaml': 'network-internet-down-lane' },
  power: { 'full-shop.yaml': 'power-mains-lost-all-on-ups' },
}

/** Shares of terminals in an ordinary story. */
const SHARES = { old: 0.08, newer: 0.01, clockWrong: 0.004, faultsPerHour: 0.02 } as const

/** How wrong clocks are, in ms: an hour summer time, some minutes, a day; one that starts in 2020 is added where the story begins. */
const CLOCK_ERRORS: readonly [number, ...number[]] = [HOUR, -HOUR, 7 * MINUTE, -23 * MINUTE, 20 * HOUR, -26 * HOUR]

const agentOf = (dice: Dice, version: string): Agent => {
  const at = dice.next()
  if (at < SHARES.old) return { version: '0.0.9', is: 'old' }
  return at < SHARES.old + SHARES.newer ? { version: '9.0.0', is: 'newer' } : { version, is: 'current' }
}

const episodesOf = (dice: Dice, perHour: number, lengthMs: number, draw: () => string | undefined): Episode[] => {
  const episodes: Episode[] = []
  for (let at = (-Math.log(1 - dice.next()) / perHour) * HOUR; at < lengthMs; at += (-Math.log(1 - dice.next()) / perHour) * HOUR) {
    const scenario = draw()
    if (scenario === undefined) break
    const to = at + dice.between(4, 90) * MINUTE
    episodes.push({ from: at, to, scenario })
    at = to
  }
  return episodes
}

/**
 * Any hours of any day: terminals boot within the first tenth, faults come and go as often as the catalogue says, one region loses
 * its lines and stores of another their power, clocks are wrong, agents are old. The regions come back all at once.
 */
export const ordinaryStory = ({ lanes, seed, version, ordinary }: StoryParts, hours: number): Story => {
  const lengthMs = hours * HOUR
  const draw = drawing(ordinary)
  const dice = diceOf(`${seed}/story`)
  const [dark, dim] = [dice.below(REGION_COUNT), dice.below(REGION_COUNT)]
  const from = lengthMs * dice.between(0.35, 0.5)
  const to = lengthMs * dice.between(0.6, 0.75)
  const lives = lanes.map(({ kind, region, store }, i): Life => {
    const own = diceOf(`${seed}/life/${i}`)
    const shop = diceOf(`${seed}/shop/${store}`)
    const because = region === dark ? 'link' : region === dim && shop.chance(0.3) ? 'power' : undefined
    const episodes = episodesOf(own, SHARES.faultsPerHour, lengthMs, () => draw(kind, own))
    const seen = because === undefined ? undefined : OUTAGE[because][kind]
    const ofOutage = seen === undefined ? [] : [{ scenario: seen, from: from + own.between(0, 5_000), to }]
    return {
      bootsAt: shop.next() * lengthMs * 0.1 + own.next() * 20_000,
      episodes: because === undefined ? episodes : [...episodes.filter((e) => e.to < from || e.from > to), ...ofOutage].toSorted((a, b) => a.from - b.from),
      ...(because === undefined ? {} : { silence: { because, from, to } }),
      clockErrorMs: own.chance(SHARES.clockWrong) ? own.pick(CLOCK_ERRORS) : 0,
      agent: agentOf(own, version),
    }
  })
  return { lengthMs, lives, told: [] }
}
