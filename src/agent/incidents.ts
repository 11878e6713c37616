import { readAnew } from '../check/read-anew.ts'
import type { Check } from '../model/check.ts'
import type { Verdict } from '../model/diagnosis.ts'
import type { Severity } from '../model/fault.ts'
import type { Incident } from '../model/incident.ts'
import type { Report } from '../model/report.ts'

/** An incident with what decides about its next change. */
export interface Tracked {
  incident: Incident
  /** The symptom that spoke loudest for it when it was last found; only where that is looked at again can it be gone. */
  by: { symptom: string; device: string }
  /** Checks in a row that looked and did not find it. */
  misses: number
}

/** Everything that the next check is held against. Plain data; `step` makes a new one. Keys are `FAULT device`. */
export interface IncidentState {
  open: Readonly<Record<string, Tracked>>
  /** Rounds in a row that found a fault that is not open yet. */
  hits: Readonly<Record<string, number>>
  /** When a fault was last closed. */
  closed: Readonly<Record<string, number>>
  /** Times of the changes of the last hour, and how many more were held back. */
  changes: Readonly<Record<string, { at: readonly number[]; heldBack: number }>>
}

/** Nothing known yet. */
export const NO_INCIDENTS: IncidentState = { open: {}, hits: {}, closed: {}, changes: {} }

/** How incidents open and close. */
export const HYSTERESIS = {
  /** Rounds in a row that must find a fault before it opens. */
  hits: 2,
  /** Checks in a row that must look and not find it before it closes. */
  misses: 2,
  /** Most changes of one incident in an hour; what would be more waits. */
  changesPerHour: 6,
  /** A posterior that moves this far is told. */
  posterior: 0.25,
  regressionMs: 30 * 86_400_000,
} as const

type Change = Report['incidents'][number]['change']

const ROOM: Readonly<Record<Change, number>> = { opened: 0, closed: 1, changed: 2 }

const HOUR_MS = 3_600_000

/** What `step` needs besides the check. */
export interface StepContext {
  depth: 'full' | 'round'
  /** Wall time in milliseconds. */
  now: number
  severityOf: (fault: string) => Severity | undefined
  /** Ids of the devices fitted now; an incident on any other is over. */
  devices: ReadonlySet<string>
  newId: () => string
}

/** What a check did to the incidents: the new state, what to tell, and the incidents that are not as they were. */
export interface Stepped {
  state: IncidentState
  told: Report['incidents']
  touched: Tracked[]
}

const keyOf = (at: { fault: string; device: string }): string => `${at.fault} ${at.device}`

const loudest = (verdict: Verdict): { symptom: string; device: string } => {
  const first = verdict.for.toSorted((a, b) => b.weight - a.weight)[0]
  return first ? { symptom: first.symptom, device: first.device } : { symptom: '', device: verdict.device }
}

/** A person who asks wants to know now: one look that does not find it proves the repair. */
const provesAtOnce = (check: Check): boolean => ['retest', 'operator', 'hq'].includes(check.trigger.by)

/** Holds a check against the incidents. Pure: same arguments, same answer. */
export const step = (before: IncidentState, check: Check, context: StepContext): Stepped => {
  const { now, depth } = context
  const open: Record<string, Tracked> = { ...before.open }
  const hits: Record<string, number> = {}
  const closed: Record<string, number> = Object.fromEntries(Object.entries(before.closed).filter(([, at]) => now - at < HYSTERESIS.regressionMs))
  const changes: Record<string, { at: readonly number[]; heldBack: number }> = {}
  for (const [key, { at, heldBack }] of Object.entries(before.changes)) {
    const lately = at.filter((time) => Math.abs(now - time) < HOUR_MS)
    if (lately.length > 0) changes[key] = { at: lately, heldBack }
  }
  const told: Report['incidents'] = []
  const touched: Tracked[] = []

  /** True if one more change may be told; counts it either way. Room is left so that the last of an hour is an opening, never a closing. */
  const mayChange = (key: string, change: Change): boolean => {
    const known = changes[key] ?? { at: [], heldBack: 0 }
    const may = known.at.length + ROOM[change] < HYSTERESIS.changesPerHour
    changes[key] = may ? { at: [...known.at, now], heldBack: known.heldBack } : { at: known.at, heldBack: known.heldBack + 1 }
    return may
  }
  const tell = (incident: Incident, change: Change): void => {
    told.push({ id: incident.id, fault: incident.fault, device: incident.device, change })
  }
  const put = (key: string, tracked: Tracked): void => {
    open[key] = tracked
    touched.push(tracked)
  }
  const close = (key: string, tracked: Tracked): void => {
    const incident: Incident = { ...tracked.incident, changedAt: now, closedAt: now }
    delete open[key]
    closed[key] = now
    touched.push({ ...tracked, incident })
    tell(incident, 'closed')
  }

  const sure = (verdict: Verdict): boolean => depth === 'full' || (before.hits[keyOf(verdict)] ?? 0) + 1 >= HYSTERESIS.hits
  const found = new Set<string>()
  for (const verdict of check.diagnosis.verdicts.filter((v) => v.verdict === 'found')) {
    const key = keyOf(verdict)
    found.add(key)
    const by = loudest(verdict)
    const known = open[key]
    // What follows from another fault found is told with that one.
    if (verdict.follows !== undefined && !known) continue
    if (!verdict.for.some((e) => readAnew(check, e) !== undefined)) {
      if (before.hits[key] !== undefined) hits[key] = before.hits[key]
      continue
    }
    const severity = context.severityOf(verdict.fault) ?? 'advisory'
    if (known) {
      const incident: Incident = { ...known.incident, count: known.incident.count + 1 }
      const moved = severity !== incident.severity || Math.abs(verdict.posterior - incident.posterior) >= HYSTERESIS.posterior
      if (moved && mayChange(key, 'changed')) {
        put(key, { incident: { ...incident, severity, posterior: verdict.posterior, changedAt: now }, by, misses: 0 })
        tell(incident, 'changed')
      } else put(key, { incident, by, misses: 0 })
    } else if (sure(verdict) && mayChange(key, 'opened')) {
      const incident: Incident = {
        id: context.newId(), fault: verdict.fault, device: verdict.device, severity,
        openedAt: now, changedAt: now, count: 1, posterior: verdict.posterior, regression: closed[key] !== undefined,
      }
      put(key, { incident, by, misses: 0 })
      tell(incident, 'opened')
    } else hits[key] = Math.min(HYSTERESIS.hits, (before.hits[key] ?? 0) + 1)
  }
  for (const [key, tracked] of Object.entries(open)) {
    if (!context.devices.has(tracked.incident.device)) close(key, tracked)
    else if (!found.has(key) && readAnew(check, tracked.by) !== undefined) {
      const misses = tracked.misses + 1
      if ((misses >= HYSTERESIS.misses || provesAtOnce(check)) && mayChange(key, 'closed')) close(key, tracked)
      else put(key, { ...tracked, misses: Math.min(misses, HYSTERESIS.misses) })
    }
  }
  return { state: { open, hits, closed, changes }, told, touched }
}

/** True if an open incident was not found by the last check that looked, and one more look is needed to close it. */
export const awaitsProof = ({ open }: IncidentState): boolean => Object.values(open).some((t) => t.misses > 0 && t.misses < HYSTERESIS.misses)

/** True if this check was the first in a row not to find an open incident: one more look would prove the repair. */
export const nearlyClosed = ({ touched }: Stepped): boolean => touched.some((t) => t.incident.closedAt === undefined && t.misses > 0 && t.misses < HYSTERESIS.misses)
