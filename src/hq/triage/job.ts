import { KEPT } from '../janitor.ts'
import type { HqLog } from '../log.ts'
import type { Moment, Store } from '../store.ts'
import { bringOn } from './rollout.ts'
import { type Background, backgroundOf, costIncidents, countIssues, learnSales, watchOutbreaks } from './rounds.ts'
import { type Regions, sweepStores } from './sweep.ts'

/** By HQ's clock, which in a simulation may run fast; and the shortest real time between two rounds then, in ms. */
const EVERY_MS = 20_000
const SOONEST_MS = 250

const BACKGROUND_MS = 5 * 60_000
const LEARN_MS = 10 * 60_000

/** Another process takes the job over when its holder has not come for so long, in ms. */
const HELD_MS = 90_000

/** HQ counts as having been away, deaf to everybody, when no round was made for so long, in ms. */
const AWAY_MS = 3 * 60_000

/** Boot checks are looked back at for a week. */
const BOOTS_MS = 8 * 24 * 3_600_000

/** Triage: who is silent, what it costs, what goes together. */
export interface TriageJob {
  /** Makes one round now, if it is this process's turn; rejects with the store's error. */
  round(): Promise<boolean>
  /** Makes no more; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/** From when on HQ has been there to hear, by the rounds that it made. */
const upSince = async ({ triage }: Store, now: number): Promise<number> => {
  const said = await triage.turns.cursor('triage')
  const last = said === '' ? undefined : (JSON.parse(said) as { at: number; since: number })
  return last === undefined || now - last.at > AWAY_MS ? now : last.since
}

/** Makes rounds, every twenty seconds by HQ's clock in one of the processes. `realUntil` is how many real ms pass until then by that clock. */
export const triageJob = (store: Store, log: HqLog, moment: () => Moment, realUntil: (at: number) => number = (at) => at - moment().now): TriageJob => {
  const { triage } = store
  const holder = crypto.randomUUID()
  let regions: Regions = new Map()
  let background: { is: Background; at: number } | undefined
  let learnedAt = Number.NEGATIVE_INFINITY
  let running: Promise<boolean> | undefined

  const once = async (): Promise<boolean> => {
    const { now, beatMs } = moment()
    if (!(await triage.turns.take('triage', holder, now, now + HELD_MS))) return false
    const since = await upSince(store, now)
    if (now - learnedAt >= LEARN_MS) {
      await learnSales(triage, now)
      await triage.absences.forget(now - KEPT.incidentsMs)
      await triage.outbreaks.forget(now - KEPT.incidentsMs)
      await triage.care.forget(now - KEPT.incidentsMs)
      await triage.bundles.forget(now - KEPT.reportsMs)
      await triage.issues.forget(now - KEPT.incidentsMs)
      await store.knowledge.counts.forget(now - KEPT.reportsMs)
      await store.boots.forget(now - BOOTS_MS)
      learnedAt = now
    }
    regions = await sweepStores({ triage, moment: { now, beatMs }, upSince: since, before: regions })
    await costIncidents(triage, now)
    await countIssues(triage)
    if (background === undefined || now - background.at >= BACKGROUND_MS) background = { is: await backgroundOf(triage, now), at: now }
    await watchOutbreaks(triage, background.is, now)
    await bringOn(store, background.is.usual, background.is.fleet.terminals, { now, beatMs })
    // When it ends: HQ hears while it makes a round, however long that takes.
    await triage.together('noting a round', [triage.turns.moving('triage', JSON.stringify({ at: moment().now, since }))])
    return true
  }
  const round = (): Promise<boolean> => {
    running ??= once().finally(() => {
      running = undefined
    })
    return running
  }
  let timer: NodeJS.Timeout
  const wait = (until: number): void => {
    timer = setTimeout(begin, Math.min(EVERY_MS, Math.max(SOONEST_MS, realUntil(until))))
    timer.unref()
  }
  const begin = (): void => {
    wait(moment().now + EVERY_MS)
    round().catch((error: unknown) => log.warn('triage waits for the store', { error: error instanceof Error ? error.message : String(error) }))
  }
  wait(moment().now + EVERY_MS)
  return {
    round,
    stop: async () => {
      clearTimeout(timer)
      // Who waits for the round is told of its errors; here only its end counts.
      await Promise.allSettled([running])
    },
  }
}
