import type { Text } from '../../model/text.ts'
import { AbsenceCause, type AbsenceEvidence, type AbsenceRow, type OpeningHours } from '../../model/triage.ts'
import { clockDistance, minutesOfDay } from './local-time.ts'
import { hasOpenedSince, isShutting } from './opening.ts'
import { expectedIn, type SalesProfile, sellsAt } from './sales.ts'

type PerCause = Record<AbsenceCause, number>

const HOUR = 3_600_000

/** How often each cause is behind a silence about which nothing else is known. An estimate. */
const PRIOR: PerCause = { closed: 0.25, power: 0.2, link: 0.3, host: 0.15, agent: 0.1 }

/** How likely each thing is to be seen under each cause; all are estimates, and what counts is only their ratio. */
const EVIDENCE = {
  'stopped-in-order': { text: { zh: '最后一次心跳说明代理是按正常步骤停止的', en: 'its last heartbeat said that the agent was being stopped in order' }, seen: { closed: 0.9, power: 0.05, link: 0.01, host: 0.05, agent: 0.3 } },
  'outside-hours': { text: { zh: '失联时已过营业时间，或正要打烊', en: 'it fell silent when the store was closed or about to close' }, seen: { closed: 0.95, power: 0.4, link: 0.4, host: 0.4, agent: 0.4 } },
  'inside-hours': { text: { zh: '失联时应在营业', en: 'it fell silent when the store should have been open' }, seen: { closed: 0.03, power: 0.6, link: 0.6, host: 0.6, agent: 0.6 } },
  'sells-not-now': { text: { zh: '按以往的销售，这个时段没有交易', en: 'by its history it never sells at this time' }, seen: { closed: 0.9, power: 0.4, link: 0.4, host: 0.4, agent: 0.4 } },
  'sells-now': { text: { zh: '按以往的销售，这个时段通常有交易', en: 'by its history it usually sells at this time' }, seen: { closed: 0.05, power: 0.6, link: 0.6, host: 0.6, agent: 0.6 } },
  'opened-since': { text: { zh: '按营业时间门店早已开门，仍无消息', en: 'by its hours the store has opened since, and still nothing is heard' }, seen: { closed: 0.03, power: 0.6, link: 0.6, host: 0.6, agent: 0.6 } },
  'sold-since': { text: { zh: '按以往的销售，现在早该有交易，仍无消息', en: 'by its history it should be selling again, and still nothing is heard' }, seen: { closed: 0.05, power: 0.6, link: 0.6, host: 0.6, agent: 0.6 } },
  'noon-since': { text: { zh: '夜间失联，到了第二天中午仍无消息', en: 'it fell silent at night, and at noon of the day after nothing was heard' }, seen: { closed: 0.1, power: 0.6, link: 0.6, host: 0.6, agent: 0.6 } },
  night: { text: { zh: '当地时间是夜间', en: 'it is night there' }, seen: { closed: 0.7, power: 0.3, link: 0.3, host: 0.3, agent: 0.3 } },
  usual: { text: { zh: '最近几天总在这个时候静默，之后又恢复', en: 'in the last days it fell silent at this hour again and again, and came back' }, seen: { closed: 0.8, power: 0.04, link: 0.05, host: 0.05, agent: 0.04 } },
  'power-trouble': { text: { zh: '最后报告时电源有故障', en: 'its last report had trouble with the power' }, seen: { closed: 0.02, power: 0.5, link: 0.02, host: 0.06, agent: 0.02 } },
  'link-trouble': { text: { zh: '最后报告时网络有故障', en: 'its last report had trouble with the network' }, seen: { closed: 0.04, power: 0.06, link: 0.4, host: 0.04, agent: 0.04 } },
  'host-trouble': { text: { zh: '最后报告时主机或系统有故障', en: 'its last report had trouble with the host or its software' }, seen: { closed: 0.05, power: 0.05, link: 0.05, host: 0.4, agent: 0.2 } },
  'store-silent': { text: { zh: '同店所有终端同时静默', en: 'every terminal of the store fell silent with it' }, seen: { closed: 0.9, power: 0.7, link: 0.8, host: 0.01, agent: 0.02 } },
  'store-heard': { text: { zh: '同店其他终端仍然在线', en: 'other terminals of the store are heard' }, seen: { closed: 0.3, power: 0.1, link: 0.1, host: 0.95, agent: 0.95 } },
  outage: { text: { zh: '同一时间，同一区域多家门店报告停电', en: 'many stores of the region told of a power cut at that time' }, seen: { closed: 0.02, power: 0.5, link: 0.1, host: 0.01, agent: 0.01 } },
  'region-silent': { text: { zh: '同一区域很多终端同时静默', en: 'many terminals of the region fell silent at the same time' }, seen: { closed: 0.1, power: 0.3, link: 0.3, host: 0.005, agent: 0.01 } },
} as const satisfies Record<string, { text: Text; seen: PerCause }>

/** What tells why somebody went for the night, and nothing of why nobody came back in the morning. */
const REGULAR: ReadonlySet<string> = new Set(['stopped-in-order', 'outside-hours', 'sells-not-now', 'night', 'usual'])

/** What is known of a silence at a moment. Everything but times may be missing. */
export interface Silence {
  since: number
  now: number
  timeZone?: string
  hours?: OpeningHours
  profile?: SalesProfile
  /** Codes of the faults that were open when it fell silent. */
  faults: readonly string[]
  stoppedInOrder: boolean
  /** Beginnings of earlier silences of the last seven days that ended. */
  earlier: readonly number[]
  /** The other terminals of its store; alone where there are none. */
  store: 'silent' | 'heard' | 'alone'
  regionSilent: boolean
  /** Stores around it told of a power cut at that time. */
  outage: boolean
}

const NIGHT = { from: 22 * 60, to: 6 * 60 }
const NOON = 12 * 60
const MINUTE_MS = 60_000
const SAME_HOUR_MS = 1.5 * HOUR
const OFTEN = 3

/** The minute of the day at which it fell silent, if that was at night. */
const nightMinute = ({ since, timeZone }: Silence): number | undefined => {
  if (timeZone === undefined) return undefined
  const minute = minutesOfDay(since, timeZone)
  return minute >= NIGHT.from || minute < NIGHT.to ? minute : undefined
}

const scheduleOf = (s: Silence): keyof typeof EVIDENCE | undefined => {
  if (s.hours !== undefined) return isShutting(s.hours, s.since) ? 'outside-hours' : 'inside-hours'
  const sells = s.profile === undefined ? undefined : sellsAt(s.profile, s.since)
  if (sells !== undefined) return sells ? 'sells-now' : 'sells-not-now'
  return nightMinute(s) === undefined ? undefined : 'night'
}

/** True if it fell silent at night and a noon has passed since: few shops open later. */
const isPastNoon = (s: Silence): boolean => {
  const minute = nightMinute(s)
  return minute !== undefined && s.now - s.since > ((NOON - minute + 24 * 60) % (24 * 60)) * MINUTE_MS
}

/** What speaks against closing time since: it is over. */
const overdueOf = (s: Silence): keyof typeof EVIDENCE | undefined => {
  if (s.hours !== undefined) return hasOpenedSince(s.hours, s.since, s.now) ? 'opened-since' : undefined
  const { profile } = s
  const sold = profile && sellsAt(profile, s.since)
  if (profile === undefined || sold === undefined) return isPastNoon(s) ? 'noon-since' : undefined
  return !sold && expectedIn(profile, s.now - HOUR, s.now) > 0 ? 'sold-since' : undefined
}

const seenOf = (s: Silence): (keyof typeof EVIDENCE)[] => {
  const trouble = (pattern: RegExp): boolean => s.faults.some((f) => pattern.test(f))
  const seen: [keyof typeof EVIDENCE | undefined, boolean][] = [
    [scheduleOf(s), true],
    ['stopped-in-order', s.stoppedInOrder],
    ['usual', s.earlier.filter((at) => clockDistance(at, s.since) < SAME_HOUR_MS).length >= OFTEN],
    ['power-trouble', trouble(/^PWR-/)],
    ['link-trouble', trouble(/^NET-/)],
    ['host-trouble', trouble(/^(SYS|ENV-TEMP)-/)],
    ['store-silent', s.store === 'silent'],
    ['store-heard', s.store === 'heard'],
    ['region-silent', s.regionSilent],
    ['outage', s.outage],
  ]
  return seen.flatMap(([id, is]) => (is && id !== undefined ? [id] : []))
}

const isEvidence = (id: string): id is keyof typeof EVIDENCE => Object.hasOwn(EVIDENCE, id)

const weighed = (seen: readonly (keyof typeof EVIDENCE)[]): Pick<AbsenceRow, 'causes' | 'evidence'> => {
  const weights = AbsenceCause.options.map((cause) => ({ cause, weight: seen.reduce((w, id) => w * EVIDENCE[id].seen[cause], PRIOR[cause]) }))
  const all = weights.reduce((sum, { weight }) => sum + weight, 0)
  const causes = weights.map(({ cause, weight }) => ({ cause, p: weight / all })).toSorted((a, b) => b.p - a.p)
  const mean = (id: keyof typeof EVIDENCE): number => AbsenceCause.options.reduce((sum, cause) => sum + PRIOR[cause] * EVIDENCE[id].seen[cause], 0)
  const evidence: AbsenceEvidence[] = seen.map((id) => ({
    id,
    text: EVIDENCE[id].text,
    factors: Object.fromEntries(AbsenceCause.options.map((cause) => [cause, EVIDENCE[id].seen[cause] / mean(id)])) as PerCause,
  }))
  return { causes, evidence }
}

/**
 * Why nothing is heard, with probabilities: what was seen, weighed one by one as if it came independently of the rest. What was seen
 * before may be given instead of being looked for again. Once closing time is over, what spoke of it says nothing any more.
 */
export const explainAbsence = (silence: Silence, before?: Pick<AbsenceRow, 'evidence'>): Pick<AbsenceRow, 'causes' | 'evidence'> => {
  const seen = before === undefined ? seenOf(silence) : before.evidence.flatMap(({ id }) => (isEvidence(id) ? [id] : []))
  const overdue = overdueOf(silence)
  return weighed(overdue === undefined || seen.includes(overdue) ? seen : [...seen.filter((id) => !REGULAR.has(id)), overdue])
}

/** The probability that a lane cannot sell while it is silent: it can where only the agent is, and in half of the cases where only the link is. */
export const notSelling = (causes: AbsenceRow['causes']): number => {
  const of = (cause: AbsenceCause): number => causes.find((c) => c.cause === cause)?.p ?? 0
  return of('power') + of('host') + 0.5 * of('link')
}
