import type { Factor } from '../fold-types.ts'

const DAY = 86_400_000

/** Something that happened at a terminal: a fault that became an incident, or an absence with its likeliest cause. */
export interface Happening { id: string; terminalId: string; store: string; fault: string; at: number; factors: readonly Factor[]; cause?: string }

/** The fleet: how many terminals there are, and how many share each factor (by factorKey). */
export interface Fleet { terminals: number; sharing: ReadonlyMap<string, number> }

/** What is usual: how often each fault began over so many `days`, in the fleet and (by sliceKey) among those that share a factor. */
export interface Usual { days: number; fleet: ReadonlyMap<string, number>; slices: ReadonlyMap<string, number> }

/** An outbreak as found; `factor` is `fleet` and `value` empty where the affected have nothing in common that others have not. */
export interface FoundOutbreak { fault: string; factor: string; value: string; windowMs: number; happenings: Happening[]; stores: number; among: number; expected: number; log10p: number }

/** The key of a factor. */
export const factorKey = (name: string, value: string): string => `${name}\0${value}`

/** The key of a fault among those that share a factor. */
export const sliceKey = (fault: string, name: string, value: string): string => `${fault}\0${name}\0${value}`

/** Spans over which faults are counted: a host that goes down, a provider's trouble, a rollout. */
const WINDOWS = [15 * 60_000, 2 * 3_600_000, DAY] as const

/** How far back happenings are looked at, in ms. */
export const LOOKED_MS = WINDOWS[2]

/** Fewer stores are no outbreak, however rare the fault. */
const FEWEST_STORES = 3

/** Faults come in the hours of business, not evenly over the day: the busiest hour has three times the mean. */
const BUSIEST = 3

/** Before anything is known a fault is taken to befall a terminal every 50 days, and this is believed as much as one day of the fleet's own history. */
const FIRST_RATE = 1 / 50

/** Chance must do it less often than once in a million looks, over all that is looked at. */
const RARE = -6

/** A factor is named instead of a wider one if it makes chance a hundred times less likely. */
const SHARPER = 2

// Lanczos approximation (g = 7, n = 9), good to 15 digits.
const LANCZOS = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7]

const logGamma = (x: number): number => {
  const z = x - 1
  const t = z + 7.5
  const series = LANCZOS.slice(1).reduce((sum, c, i) => sum + c / (z + i + 1), LANCZOS[0] ?? 0)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series)
}

/**
 * Logarithm (base 10) of the probability that `seen` or more happen in `window` terminal-days, where `before` happened in `exposure`
 * terminal-days: the rate is not known but learned (gamma), so the count is negative binomial. The tail is summed from `seen` on.
 */
export const surprise = (seen: number, before: number, exposure: number, window: number): number => {
  if (seen <= 0) return 0
  const stay = Math.log(exposure / (exposure + window))
  const move = Math.log(window / (exposure + window))
  const first = logGamma(seen + before) - logGamma(before) - logGamma(seen + 1) + before * stay + seen * move
  let sum = 1
  let term = 1
  for (let x = seen; x < seen + 100_000; x++) {
    term *= ((x + before) / (x + 1)) * (window / (exposure + window))
    sum += term
    if (term < sum * 1e-12) break
  }
  return Math.min(0, (first + Math.log(sum)) / Math.LN10)
}

interface Candidate extends Omit<FoundOutbreak, 'happenings' | 'stores'> { stores: Set<string> }

/** The less surprising of two views: by what those that share the factor had before, and by what the whole fleet had. A new version has no past of its own. */
const weigh = (fault: string, factor: string, value: string, among: number, seen: number, windowMs: number, fleet: Fleet, usual: Usual): Pick<Candidate, 'expected' | 'log10p'> => {
  const window = (among * windowMs * BUSIEST) / DAY
  const day = fleet.terminals
  const all = { events: (usual.fleet.get(fault) ?? 0) + FIRST_RATE * day, exposure: fleet.terminals * usual.days + day }
  // What is not known of the few is taken to be as it is with all.
  const few = { events: (usual.slices.get(sliceKey(fault, factor, value)) ?? 0) + (all.events / all.exposure) * day, exposure: among * usual.days + day }
  const views = (factor === 'fleet' ? [all] : [all, few]).map(({ events, exposure }) => ({ expected: (events / exposure) * window, log10p: surprise(seen, events, exposure, window) }))
  return views.reduce((a, b) => (b.log10p > a.log10p ? b : a))
}

const candidatesOf = (fault: string, happenings: readonly Happening[], windowMs: number, fleet: Fleet, usual: Usual): Candidate[] => {
  const slices = new Map<string, { factor: string; value: string; stores: Set<string> }>()
  const add = (factor: string, value: string, store: string): void => {
    const key = factorKey(factor, value)
    const slice = slices.get(key) ?? { factor, value, stores: new Set() }
    slice.stores.add(store)
    slices.set(key, slice)
  }
  for (const { store, factors } of happenings) {
    add('fleet', '', store)
    for (const [name, value] of factors) if (name !== 'store') add(name, value, store)
  }
  return [...slices.values()].flatMap(({ factor, value, stores }) => {
    const sharing = factor === 'fleet' ? fleet.terminals : fleet.sharing.get(factorKey(factor, value))
    // How many share a factor that appeared just now is not known yet.
    if (stores.size < FEWEST_STORES || sharing === undefined) return []
    const among = Math.max(stores.size, sharing)
    return [{ fault, factor, value, windowMs, stores, among, ...weigh(fault, factor, value, among, stores.size, windowMs, fleet, usual) }]
  })
}

/** The candidate that chance explains worst; the whole fleet and wider factors are preferred unless a narrower one is clearly sharper. */
const sharpest = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.toSorted((a, b) => b.among - a.among).reduce<Candidate | undefined>((best, one) => (best === undefined || one.log10p < best.log10p - SHARPER ? one : best), undefined)

/** True if the terminal has what the affected of an outbreak have in common. */
export const shares = ({ factors }: Happening, { factor, value }: { factor: string; value: string }): boolean => factor === 'fleet' || factors.some(([n, v]) => n === factor && v === value)

/**
 * Finds faults that began in more stores at once than chance explains, and names what the affected have in common. Counted in stores,
 * as twelve lanes of one store have one cause. What one outbreak explains is set aside before the next is looked for.
 */
export const findOutbreaks = (happenings: readonly Happening[], fleet: Fleet, usual: Usual, now: number): FoundOutbreak[] => {
  const found: FoundOutbreak[] = []
  const byFault = Map.groupBy(happenings.filter((h) => h.at > now - LOOKED_MS), (h) => h.fault)
  const looks = Math.log10(Math.max(1, byFault.size) * WINDOWS.length * Math.max(1, fleet.sharing.size))
  for (const [fault, all] of byFault) {
    let rest = all
    while (rest.length >= FEWEST_STORES) {
      const candidates = WINDOWS.flatMap((windowMs) => candidatesOf(fault, rest.filter((h) => h.at > now - windowMs), windowMs, fleet, usual))
      const best = sharpest(candidates.filter((c) => c.log10p < RARE - looks))
      if (best === undefined) break
      const [inside, outside] = [rest.filter((h) => shares(h, best)), rest.filter((h) => !shares(h, best))]
      found.push({ ...best, happenings: inside.filter((h) => h.at > now - best.windowMs), stores: best.stores.size })
      rest = outside
    }
  }
  return found
}
