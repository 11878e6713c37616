import type { Kind, Lane } from './chain.ts'
import { type Dice, diceOf } from './dice.ts'
import type { Episode, Life, Silence } from './life.ts'
import { drawing, OUTAGE, type Story, type StoryParts } from './story.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The morning, in ms from its beginning. Shops open within two hours; then the rollout goes out, then a region goes dark and stays so. */
const MORNING = {
  lengthMs: 4 * HOUR,
  opensMs: 2 * HOUR,
  rollout: { from: 1.5 * HOUR, to: 2.5 * HOUR, share: 0.1, breaks: 0.45, posVersion: '2.6.0', scenario: { 'full-shop.yaml': 'pos-crashed-after-update' } as Partial<Record<Kind, string>> },
  /** The region without power; batteries last minutes, then nothing more is heard. */
  dark: { region: 5, at: 3.2 * HOUR, batteryMs: [4 * MINUTE, 14 * MINUTE] },
  clockErrors: [3 * HOUR + 4 * MINUTE, -26 * HOUR, 41 * MINUTE],
  ordinaryFaults: 40,
} as const

/** Takes so many terminals that nothing else happens to; with none of a scenario for their kind they are passed over. */
const taking = (lanes: readonly Lane[], dice: Dice) => {
  const free = lanes.map((_, i) => i)
  for (let i = free.length - 1; i > 0; i--) {
    const j = dice.below(i + 1)
    const kept = free[i] ?? 0
    free[i] = free[j] ?? 0
    free[j] = kept
  }
  return (count: number, suits: (lane: Lane) => boolean): Set<number> => {
    const taken = new Set<number>()
    for (const i of free) {
      if (taken.size === count) break
      const lane = lanes[i]
      if (lane !== undefined && suits(lane)) taken.add(i)
    }
    free.splice(0, free.length, ...free.filter((i) => !taken.has(i)))
    return taken
  }
}

const whileDark = (kind: Kind, opened: number, own: Dice): { silence: Silence; episodes: Episode[] } => {
  const { at, batteryMs } = MORNING.dark
  const scenario = OUTAGE.power[kind]
  const noticed = at + own.between(2_000, 20_000)
  const hasBattery = scenario !== undefined && opened < at
  const from = hasBattery ? at + own.between(...batteryMs) : at
  return { silence: { because: 'power', from, to: Number.POSITIVE_INFINITY }, episodes: hasBattery ? [{ scenario, from: noticed, to: Number.POSITIVE_INFINITY }] : [] }
}

/**
 * A morning that headquarters will remember: four hours in which a region loses its power and stays dark, a new version of the POS
 * application crashes on terminals of the first wave, three clocks lie, and forty ordinary faults come, of which most are mended.
 */
export const morningStory = ({ lanes, seed, version, ordinary }: StoryParts): Story => {
  const { lengthMs, opensMs, rollout, dark, clockErrors, ordinaryFaults } = MORNING
  const dice = diceOf(`${seed}/morning`)
  const draw = drawing(ordinary)
  const take = taking(lanes, dice)
  const inDark = take(lanes.length, ({ region }) => region === dark.region)
  const updated = take(Math.round(lanes.length * rollout.share), ({ kind }) => rollout.scenario[kind] !== undefined)
  const liars = [...take(clockErrors.length, () => true)]
  const faulty = take(ordinaryFaults, ({ kind }) => ordinary.some((o) => o.kind === kind))
  let broken = 0
  const lives = lanes.map(({ kind, store }, i): Life => {
    const own = diceOf(`${seed}/life/${i}`)
    const bootsAt = diceOf(`${seed}/shop/${store}`).next() * opensMs + own.next() * 60_000
    const life: Life = { bootsAt, episodes: [], clockErrorMs: clockErrors[liars.indexOf(i)] ?? 0, agent: { version, is: 'current' } }
    if (inDark.has(i)) return { ...life, ...whileDark(kind, bootsAt, own) }
    if (updated.has(i)) {
      const at = Math.max(bootsAt + 5 * MINUTE, own.between(rollout.from, rollout.to))
      const scenario = own.chance(rollout.breaks) ? rollout.scenario[kind] : undefined
      if (scenario !== undefined) broken++
      return { ...life, rollout: { at, posVersion: rollout.posVersion }, episodes: scenario === undefined ? [] : [{ scenario, from: at + own.between(2, 25) * MINUTE, to: Number.POSITIVE_INFINITY }] }
    }
    const scenario = faulty.has(i) ? draw(kind, own) : undefined
    if (scenario === undefined) return life
    const from = own.between(bootsAt + 3 * MINUTE, lengthMs - 10 * MINUTE)
    return { ...life, episodes: [{ scenario, from, to: from + own.between(8, 150) * MINUTE }] }
  })
  return {
    lengthMs,
    lives,
    told: [
      { zh: `一个地区停电，${inDark.size} 台终端失去联系`, en: `one region without power: ${inDark.size} terminals fall silent` },
      { zh: `收银软件 ${rollout.posVersion} 装到 ${updated.size} 台终端，${broken} 台崩溃`, en: `POS application ${rollout.posVersion} goes to ${updated.size} terminals and crashes on ${broken}` },
      { zh: `${liars.length} 台终端时钟错误`, en: `${liars.length} clocks lie` },
      { zh: `${faulty.size} 个普通故障`, en: `${faulty.size} ordinary faults` },
    ],
  }
}
