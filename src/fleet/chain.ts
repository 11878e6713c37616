import type { Language } from '../model/language.ts'
import { wording } from '../model/language.ts'
import type { TerminalIdentity } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { fill } from '../texts/say.ts'
import { diceOf } from './dice.ts'

/** A region of the chain: the start of its terminals' ids, its name, and its share of the stores. */
interface Region { code: string; name: Text; share: number }

/** The regions of a made-up chain. */
const REGIONS: readonly Region[] = [
  { code: 'EC', name: { zh: '华东', en: 'East' }, share: 0.27 },
  { code: 'SC', name: { zh: '华南', en: 'South' }, share: 0.19 },
  { code: 'NC', name: { zh: '华北', en: 'North' }, share: 0.17 },
  { code: 'CC', name: { zh: '华中', en: 'Centre' }, share: 0.14 },
  { code: 'SW', name: { zh: '西南', en: 'Southwest' }, share: 0.11 },
  { code: 'NW', name: { zh: '西北', en: 'Northwest' }, share: 0.08 },
  { code: 'NE', name: { zh: '东北', en: 'Northeast' }, share: 0.04 },
]

const STORE: Text = { zh: '{region} {number} 店', en: '{region} {number}' }

/** What a terminal is fitted with, by the name of its file below fixtures/terminals. */
export const KINDS = ['full-shop.yaml', 'supermarket-lane.yaml', 'smartcard-counter.yaml', 'bare.yaml'] as const
/** One of KINDS. */
export type Kind = (typeof KINDS)[number]

const SHARES: Readonly<Record<Kind, number>> = { 'full-shop.yaml': 0.62, 'supermarket-lane.yaml': 0.26, 'smartcard-counter.yaml': 0.08, 'bare.yaml': 0.04 }
const MODELS: Readonly<Record<Kind, string>> = { 'full-shop.yaml': 'PX-20', 'supermarket-lane.yaml': 'LX-4', 'smartcard-counter.yaml': 'CT-7', 'bare.yaml': 'MB-1' }

/** One virtual terminal's place in the chain. */
export interface Lane { identity: TerminalIdentity; kind: Kind; /** Index into the regions and into the stores of the chain. */ region: number; store: number }

/** Picks an entry by its share of 1. */
const byShare = <T>(list: readonly T[], shareOf: (entry: T) => number, at: number): number => {
  let sum = 0
  const found = list.findIndex((entry) => {
    sum += shareOf(entry)
    return at < sum
  })
  return found === -1 ? list.length - 1 : found
}

/**
 * The terminals of a made-up chain: stores of two to eight lanes, all of one kind, in seven regions. The same for the same seed; the
 * first of a larger chain are those of a smaller one.
 */
export const chainOf = (terminals: number, seed: string, language: Language): Lane[] => {
  const lanes: Lane[] = []
  for (let store = 0; lanes.length < terminals; store++) {
    const dice = diceOf(`${seed}/store/${store}`)
    const region = byShare(REGIONS, (r) => r.share, dice.next())
    const kind = KINDS[byShare(KINDS, (k) => SHARES[k], dice.next())] ?? KINDS[0]
    const size = 2 + dice.below(7)
    const { code, name } = REGIONS[region] ?? { code: 'XX', name: { zh: '', en: '' } }
    const number = String(store + 1).padStart(5, '0')
    for (let lane = 1; lane <= size && lanes.length < terminals; lane++) {
      lanes.push({
        kind,
        region,
        store,
        identity: {
          id: `${code}-${number}-${lane}`,
          merchant: `M${number}`,
          store: fill(STORE, language, { region: wording(name, language), number }),
          region: wording(name, language),
          lane: String(lane),
          model: MODELS[kind],
          serial: `${MODELS[kind].replace('-', '')}${24 + (store % 3)}${String(lanes.length).padStart(6, '0')}`,
        },
      })
    }
  }
  return lanes
}

/** How many regions a chain has at most. */
export const REGION_COUNT = REGIONS.length
