import { timeOfId, uuidv7 } from '../model/id.ts'
import type { Resolution } from '../model/triage.ts'
import type { IncidentRow } from '../model/wire.ts'
import { type Digest, type Fold, type FoldedIncident, type FoldState, type FoundFault, type Unfolded, type UnfoldedReport, whenOf } from './fold-types.ts'
import { rankOf } from './severity.ts'

/** A fault that closed this recently and comes back is a regression; milliseconds. */
export const REGRESSION_MS = 30 * 86_400_000

/** So many reports in a row that looked and did not find it close an incident whose closing never arrived. */
const LOST_CLOSING = 10

/** One terminal cannot have more open incidents than this. */
const MOST_OPEN = 200

const keyOf = (at: { fault: string; device: string }): string => `${at.fault} ${at.device}`

/** Late: neither numbered nor dated after the newest report folded. One of the two may be wrong (a clock set back, an agent installed anew), both hardly. */
const isLate = (state: FoldState, report: UnfoldedReport): boolean => {
  const older = timeOfId(report.id) <= state.newestAt
  return older && (report.sequence === 0 || report.sequence <= state.sequence)
}

const inOrder = (a: UnfoldedReport, b: UnfoldedReport): number =>
  a.sequence > 0 && b.sequence > 0 ? a.sequence - b.sequence : timeOfId(a.id) - timeOfId(b.id)

const worstOf = (incidents: Iterable<FoldedIncident>): IncidentRow['severity'] | undefined => {
  let worst: IncidentRow['severity'] | undefined
  for (const { severity } of incidents) {
    if (worst === undefined || rankOf(severity) > rankOf(worst)) worst = severity
  }
  return worst
}

const birthplaceOf = ({ terminal, agentVersion }: Digest, { actor, firmware }: FoundFault): Pick<FoldedIncident, 'region' | 'model' | 'agentVersion' | 'actor' | 'firmware'> => ({
  ...(terminal.region === undefined ? {} : { region: terminal.region }),
  ...(terminal.model === undefined ? {} : { model: terminal.model }),
  agentVersion,
  ...(actor === undefined ? {} : { actor }),
  ...(firmware === undefined ? {} : { firmware }),
})

const foldReport = (before: Unfolded, state: FoldState, open: Map<string, FoldedIncident>, changed: Map<string, FoldedIncident>, report: UnfoldedReport): FoldState => {
  const { digest } = report
  const at = whenOf(report)
  const found = new Map<string, FoundFault>(digest.found.map((f) => [keyOf(f), f]))
  const said = new Map(digest.changes.map((c) => [keyOf(c), c.change]))
  const once: string[] = []

  const keep = (incident: FoldedIncident): void => {
    changed.set(incident.id, incident)
    if (incident.closedAt === undefined) open.set(keyOf(incident), incident)
    else open.delete(keyOf(incident))
  }
  const resolved = (incident: FoldedIncident, resolvedBy: Resolution): FoldedIncident => ({ ...incident, changedAt: at, closedAt: Math.max(at, incident.openedAt), resolvedBy, resolvedReport: report.id })
  for (const [key, fault] of found) {
    const known = open.get(key)
    const change = said.get(key)
    if (known !== undefined) {
      keep({ ...known, severity: fault.severity, title: fault.title, posterior: fault.posterior, count: known.count + 1, changedAt: at, report: report.id, misses: 0 })
    } else if (change === 'closed') {
    } else if (change !== undefined || report.sequence === 0 || state.once.includes(key)) {
      if (open.size >= MOST_OPEN) continue
      const earlier = [...before.closed, ...[...changed.values()].flatMap((c) => (c.closedAt === undefined ? [] : [{ ...c, closedAt: c.closedAt }]))]
      const previous = earlier.findLast((c) => keyOf(c) === key && at - c.closedAt < REGRESSION_MS)?.id
      keep({
        id: uuidv7(report.receivedAt),
        terminalId: before.terminalId,
        ...(digest.terminal.store === undefined ? {} : { store: digest.terminal.store }),
        fault: fault.fault,
        device: fault.device,
        severity: fault.severity,
        title: fault.title,
        openedAt: at,
        changedAt: at,
        count: 1,
        posterior: fault.posterior,
        regression: previous !== undefined,
        report: report.id,
        misses: 0,
        ...birthplaceOf(digest, fault),
        ...(previous === undefined ? {} : { previous }),
      })
    } else {
      once.push(key)
    }
  }
  const undecided = new Set(digest.open.map(([fault, device]) => keyOf({ fault, device })))
  for (const [key, incident] of [...open]) {
    if (said.get(key) === 'closed') {
      keep(resolved(incident, digest.trigger === 'retest' ? 'retest' : 'check'))
    } else if (!found.has(key) && !said.has(key) && !undecided.has(key) && digest.looked.includes(incident.device)) {
      const misses = incident.misses + 1
      keep(misses < LOST_CLOSING ? { ...incident, misses } : resolved({ ...incident, misses }, 'unseen'))
    }
  }
  const factors = digest.factors ?? state.factors
  return { sequence: report.sequence === 0 ? state.sequence : report.sequence, newestAt: timeOfId(report.id), once, ...(factors === undefined ? {} : { factors }) }
}

/**
 * One incident per fault and device is open at a time. It opens when the agent says so, or when two reports in a row found it (the
 * one that said so was lost), and closes when the agent says so. A late report changes nothing: it is history.
 */
export const fold: Fold = (before, reports) => {
  const open = new Map(before.open.map((i) => [keyOf(i), i]))
  const changed = new Map<string, FoldedIncident>()
  let state: FoldState = before.state ?? { sequence: 0, newestAt: 0, once: [] }
  let latest: UnfoldedReport | undefined
  let late = 0
  for (const report of reports.toSorted(inOrder)) {
    if (isLate(state, report)) {
      late++
      continue
    }
    state = foldReport(before, state, open, changed, report)
    latest = report
  }
  const worst = worstOf(open.values())
  const factors = JSON.stringify(state.factors) === JSON.stringify(before.state?.factors) ? undefined : state.factors
  return { state, ...(factors === undefined ? {} : { factors }), ...(latest === undefined ? {} : { latest }), incidents: [...changed.values()], openIncidents: open.size, ...(worst === undefined ? {} : { worst }), late }
}
