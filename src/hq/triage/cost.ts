import { Tender } from '../../model/device.ts'
import type { Readiness } from '../../model/diagnosis.ts'
import type { Cost } from '../../model/triage.ts'
import { ENOUGH_WEEKS, expectedIn, hoursIn, type SalesProfile } from './sales.ts'

const HOUR = 3_600_000

/** How far back losses are counted, in ms: as long as HQ keeps the hours that terminals told. */
export const COUNTED_MS = 72 * HOUR

const becauseOf = (readiness: readonly Readiness[], at: { fault: string; device: string }): readonly Readiness[] => readiness.filter((r) => r.because.some((b) => b.fault === at.fault && b.device === at.device))

/** The ways of taking money that stand still, this fault on this device being one of the reasons. */
export const blockedBy = (readiness: readonly Readiness[], at: { fault: string; device: string }): Tender[] => becauseOf(readiness, at).filter((r) => r.is === 'blocked').map((r) => r.tender)

/** One incident of many with the same cause: the readiness of its terminal as JSON, and the absence that it explains, if that is silent now. */
interface Sampled { fault: string; device: string; readiness: string; absence: string | null }

/** Ways of taking money that stand still at some of these terminals; undefined where nobody can tell, for what a terminal could do when it was last heard tells nothing of now. */
export const blockedAmong = (some: readonly Sampled[]): Tender[] | undefined => {
  const heard = some.filter(({ absence }) => absence === null)
  const blocked = new Set(heard.flatMap((one) => blockedBy(JSON.parse(one.readiness), one)))
  return blocked.size > 0 || (heard.length > 0 && heard.length === some.length) ? Tender.options.filter((tender) => blocked.has(tender)) : undefined
}

/** The part of a terminal's ways of taking money that stand still because of this fault on this device, from 0 to 1; one that only suffers counts a quarter. */
export const shareOf = (readiness: readonly Readiness[], at: { fault: string; device: string }): number => {
  if (readiness.length === 0) return 0
  const because = becauseOf(readiness, at)
  const weight = { blocked: 1, degraded: 0.25, unknown: 0, ready: 0 } as const
  return because.reduce((sum, r) => sum + weight[r.is], 0) / readiness.length
}

const costFrom = (profile: SalesProfile, lost: number, perHour: number): Cost => ({ lostMinor: Math.round(lost), perHourMinor: Math.round(perHour), ...(profile.currency === undefined ? {} : { currency: profile.currency }) })

/**
 * What an incident costs, by the lane's own history. Where the terminal told what it sold in an hour, the loss is what is missing
 * against the usual; for hours not told yet it is `share` of the usual. Good and bad hours are added up before anything counts as
 * lost, as chance alone makes every other hour a poor one. From `silentSince` on it costs nothing: that is counted with the absence
 * that it explains. Undefined where the history is too short or nothing is affected.
 */
export const costOfIncident = (profile: SalesProfile, incident: { openedAt: number; share: number; silentSince?: number }, told: ReadonlyMap<number, number>, now: number): Cost | undefined => {
  if (profile.weeks < ENOUGH_WEEKS || incident.share === 0) return undefined
  const from = Math.max(incident.openedAt, now - COUNTED_MS)
  const to = Math.min(now, incident.silentSince ?? now)
  let usual = 0
  let missing = 0
  let untold = 0
  for (const { hour, part } of hoursIn(from, to)) {
    const expected = expectedIn(profile, Math.max(from, hour), Math.min(to, hour + HOUR))
    const sold = hour + HOUR <= now ? told.get(hour) : undefined
    if (sold === undefined) {
      untold += expected * incident.share
    } else {
      usual += expected
      missing += expected - sold * part
    }
  }
  const share = usual > 0 ? Math.min(1, Math.max(0, missing / usual)) : incident.share
  return costFrom(profile, Math.max(0, missing) + untold, incident.silentSince === undefined ? expectedIn(profile, now, now + HOUR) * share : 0)
}

/** What an absence costs: the usual sales of its terminals since then, times the probability that they do not sell. */
export const costOfAbsence = (profiles: readonly SalesProfile[], since: number, notSelling: number, now: number): Cost | undefined => {
  const known = profiles.filter((p) => p.weeks >= ENOUGH_WEEKS)
  const [first] = known
  if (first === undefined) return undefined
  const sum = (from: number, to: number): number => known.reduce((all, p) => all + expectedIn(p, from, to), 0) * notSelling
  return costFrom(first, sum(Math.max(since, now - COUNTED_MS), now), sum(now, now + HOUR))
}

/** What the queue is sorted by: what is lost already, and what the coming hour would add. */
export const weightOf = (cost: Cost | undefined): number => (cost === undefined ? 0 : cost.lostMinor + cost.perHourMinor)
