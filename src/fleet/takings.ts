import type { HourOfSales } from '../model/wire.ts'
import { diceOf } from './dice.ts'
import type { Terminal, Voice } from './terminal.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** An agent tells so many hours at most, and the running one so often (ms). */
const TOLD = { hours: 72, everyMs: 600_000 } as const

/** The hour of the day in a shop when a story begins: shops open with it. */
const FIRST_HOUR = 7

/** How busy a shop is, per hour of its day, against the mean of an open hour. */
const BUSY = [0, 0, 0, 0, 0, 0.3, 0.5, 0.8, 0.9, 0.8, 0.9, 1.1, 1.4, 1.1, 0.8, 0.8, 0.9, 1.3, 1.6, 1.4, 1, 0.7, 0.4, 0.2] as const

/** What a shop sells: sales per lane in a mean hour, a mean sale in minor units, its closing (ms after midnight), and Saturdays and Sundays against the other days. */
interface Trade { perHour: number; saleMinor: number; closes: number; weekend: number }

const tradeOf = (seed: string, store: number): Trade => {
  const dice = diceOf(`${seed}/trade/${store}`)
  return { perHour: 6 * 5 ** dice.next(), saleMinor: Math.round(1_800 * 6 ** dice.next()), closes: (20.5 + 2 * dice.next()) * HOUR, weekend: dice.between(0.6, 1.6) }
}

/** Midnight of the day in the shops at a time (ms since 1970): stories begin at the same hour there, wherever that is. */
const midnightOf = (startsAt: number, at: number): number => {
  const first = Math.floor(startsAt / HOUR) * HOUR - FIRST_HOUR * HOUR
  return first + Math.floor((at - first) / DAY) * DAY
}

/** The part of its customers that can pay while the terminal is as it is then: those of the ways of taking money that are not blocked. */
const partSold = (voice: Voice, terminal: Terminal, at: number): number => {
  const { silence, bootsAt, episodes } = terminal.life
  if (at < bootsAt || (silence?.because === 'power' && at >= silence.from && at < silence.to)) return 0
  const scenario = episodes.find((e) => at >= e.from && at < e.to)?.scenario
  if (scenario === undefined) return 1
  const { readiness } = voice.mouldOf({ at, trigger: 'schedule', bootedAt: bootsAt, scenario }, terminal)
  return readiness.length === 0 ? 1 : readiness.filter((r) => r.is !== 'blocked').length / readiness.length
}

/** The sum over a stretch of the story of what partSold says, in ms. */
const sellingMs = (voice: Voice, terminal: Terminal, from: number, to: number): number => {
  const { silence, bootsAt, episodes } = terminal.life
  // Between two edges it stays as it is.
  const edges = [bootsAt, ...(silence === undefined ? [] : [silence.from, silence.to]), ...episodes.flatMap((e) => [e.from, e.to])].filter((at) => at > from && at < to).toSorted((a, b) => a - b)
  const stops = [from, ...edges, to]
  return edges.concat(to).reduce((sum, end, i) => sum + (end - (stops[i] ?? end)) * partSold(voice, terminal, ((stops[i] ?? end) + end) / 2), 0)
}

/** What a terminal sold in the hour that begins then (ms since 1970), as far as it has passed by `now`; before the story it was well. */
const hourOf = (voice: Voice, terminal: Terminal, hour: number, now: number): HourOfSales | undefined => {
  const { startsAt, seed } = voice
  const { lane, life } = terminal
  const trade = tradeOf(seed, lane.store)
  const midnight = midnightOf(startsAt, hour)
  const today = midnightOf(startsAt, startsAt)
  const opens = startsAt - today + life.bootsAt
  const from = Math.max(hour, midnight + opens)
  const to = Math.min(hour + HOUR, midnight + trade.closes, now)
  if (to <= from) return undefined
  const selling = midnight < today ? to - from : sellingMs(voice, terminal, from - startsAt, to - startsAt)
  const weekday = new Date(midnight + FIRST_HOUR * HOUR).getUTCDay()
  const busy = (BUSY[(hour - midnight) / HOUR] ?? 0) * (weekday === 0 || weekday === 6 ? trade.weekend : 1)
  const dice = diceOf(`${seed}/${lane.identity.id}/sales/${(hour - today) / HOUR}`)
  const count = Math.round(trade.perHour * busy * dice.between(0.8, 1.2) * (selling / HOUR))
  return count === 0 ? undefined : { hour, count, sumMinor: Math.round(count * trade.saleMinor * dice.between(0.85, 1.15)), currency: 'CNY' }
}

/** What a terminal tells of its sales with a heartbeat at `now` (ms since 1970): what is new since it told last, or since the story began; before that the last three days. Old agents tell nothing. */
export const salesOf = (voice: Voice, terminal: Terminal, now: number): HourOfSales[] => {
  const earliest = Math.floor(now / HOUR) * HOUR - (TOLD.hours - 1) * HOUR
  const toldAt = terminal.toldAt ?? (now < voice.startsAt ? earliest : voice.startsAt)
  if (terminal.life.agent.is === 'old' || now - toldAt < TOLD.everyMs) return []
  const first = Math.max(earliest, Math.floor(toldAt / HOUR) * HOUR - HOUR)
  const hours = []
  for (let hour = first; hour < now; hour += HOUR) hours.push(hourOf(voice, terminal, hour, now))
  return hours.filter((h) => h !== undefined)
}

/** Evenings before a story (ms since 1970) at which the fleet closes its shops: each tells what HQ takes at once, together two weeks. */
export const eveningsBefore = (startsAt: number): number[] => [4, 3, 2, 1, 0].map((n) => midnightOf(startsAt, startsAt) - HOUR - n * TOLD.hours * HOUR)
