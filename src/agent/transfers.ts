import * as z from 'zod'
import { hasValue, type Observation } from '../model/observation.ts'
import type { AgentClock } from './clock.ts'
import type { Keeper } from './keeper.ts'

const KEY = 'transfers'
const DAY_MS = 86_400_000
/** Most changes kept; the oldest go first. */
const MOST = 200

const Kept = z.array(z.object({ device: z.string(), at: z.number() })).max(MOST)

/** Counts how often power changed over from mains to battery. */
export interface Transfers {
  hear(observations: readonly Observation[]): void
  /** Changes within 24 hours by power device; devices that were never seen on mains or battery are left out. */
  counts(): Record<string, number>
}

/** Starts from what the store knows. Only what was seen in this check counts, not what is carried over. */
export const createTransfers = (keeper: Keeper, clock: AgentClock): Transfers => {
  const parsed = Kept.safeParse(JSON.parse(keeper.use((store) => store.meta(KEY)) ?? '[]'))
  let kept = parsed.success ? parsed.data : []
  const onBattery = new Map<string, boolean>()
  return {
    hear: (observations) => {
      for (const seen of observations) {
        if (seen.name !== 'power.on-battery' || seen.source === 'cached' || !hasValue(seen) || typeof seen.value !== 'boolean') continue
        const changed = onBattery.get(seen.device) === false && seen.value
        onBattery.set(seen.device, seen.value)
        if (!changed) continue
        kept = [...kept.filter(({ at }) => Math.abs(clock.now() - at) < DAY_MS), { device: seen.device, at: clock.now() }].slice(-MOST)
        keeper.use((store) => store.setMeta(KEY, JSON.stringify(kept)))
      }
    },
    counts: () => Object.fromEntries([...onBattery.keys()].map((device) => [device, kept.filter((one) => one.device === device && Math.abs(clock.now() - one.at) < DAY_MS).length])),
  }
}
