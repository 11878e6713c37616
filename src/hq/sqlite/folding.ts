import type { Selectable } from 'kysely'
import { batchOf, type UnfoldedRow } from '../batches.ts'
import { bootsPerHour, type NewBoot } from '../boots.ts'
import { REGRESSION_MS } from '../fold.ts'
import type { Factor, Fold, Folded, FoldedIncident, FoldState, Unfolded, UnfoldedReport } from '../fold-types.ts'
import { blockedOf, incidentRow, placeOf, searchOf, tendersOf } from '../queries/rows.ts'
import type { Tables } from '../queries/tables.ts'
import { rankOf } from '../severity.ts'
import type { FoldOutcome } from '../store.ts'
import { countExamples } from './knowledge.ts'
import type { Database } from './open.ts'

type Row = UnfoldedRow & { position: number }

const NEXT = `select position, terminal_id, id, sequence, at, received_at, digest from report
  where position > (select position from fold_cursor) order by position limit ?`

const KEEP_INCIDENT = `insert into incident (id, terminal_id, store, fault, device, severity, rank, title_zh, title_en, opened_at, changed_at,
  closed_at, count, posterior, regression, report, misses, region, model, agent_version, firmware, actor, previous, resolved_by, resolved_report)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (id) do update set severity = excluded.severity, rank = excluded.rank, title_zh = excluded.title_zh, title_en = excluded.title_en,
  changed_at = excluded.changed_at, closed_at = excluded.closed_at, count = excluded.count, posterior = excluded.posterior,
  report = excluded.report, misses = excluded.misses, resolved_by = excluded.resolved_by, resolved_report = excluded.resolved_report`

const KEEP_LATE = `insert into terminal (id, identity, search, region, store, seen_at) values (?, ?, ?, ?, ?, ?)
  on conflict (id) do update set seen_at = max(coalesce(seen_at, 0), excluded.seen_at)`

// A heartbeat may have brought the outcome of a later check than the report did.
const KEEP_LATEST = `insert into terminal (id, identity, search, region, store, seen_at, open_incidents, worst, fold_state, agent_version, readiness, tenders, blocked, checked_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (id) do update set identity = excluded.identity, search = excluded.search, region = excluded.region, store = excluded.store, seen_at = max(coalesce(seen_at, 0), excluded.seen_at),
  open_incidents = excluded.open_incidents, worst = excluded.worst, fold_state = excluded.fold_state, agent_version = excluded.agent_version,
  readiness = iif(coalesce(checked_at, 0) <= excluded.checked_at, excluded.readiness, readiness),
  tenders = iif(coalesce(checked_at, 0) <= excluded.checked_at, excluded.tenders, tenders),
  blocked = iif(coalesce(checked_at, 0) <= excluded.checked_at, excluded.blocked, blocked),
  checked_at = max(coalesce(checked_at, 0), excluded.checked_at)`

const COUNT_BOOTS = `insert into boot_hour (hour, ready, degraded, blocked, unknown) values (?, ?, ?, ?, ?)
  on conflict (hour) do update set ready = ready + excluded.ready, degraded = degraded + excluded.degraded, blocked = blocked + excluded.blocked, unknown = unknown + excluded.unknown`

const OPEN = 'select * from incident where terminal_id = ? and closed_at is null'

const CLOSED = 'select id, fault, device, max(closed_at) as closedAt from incident where terminal_id = ? and closed_at > ? group by fault, device limit 1000'

const keepIncident = (db: Database, i: FoldedIncident): void => {
  db.statement(KEEP_INCIDENT).run(
    i.id, i.terminalId, i.store ?? null, i.fault, i.device, i.severity, rankOf(i.severity), i.title.zh, i.title.en, i.openedAt, i.changedAt,
    i.closedAt ?? null, i.count, i.posterior, i.regression ? 1 : 0, i.report, i.misses,
    i.region ?? null, i.model ?? null, i.agentVersion ?? null, i.firmware ?? null, i.actor ?? null, i.previous ?? null, i.resolvedBy ?? null, i.resolvedReport ?? null,
  )
}

const keepTerminal = (db: Database, terminalId: string, reports: readonly UnfoldedReport[], folded: Folded): void => {
  const seenAt = Math.max(...reports.map((r) => r.receivedAt))
  if (folded.latest === undefined) {
    const identity = reports[0]?.digest.terminal ?? { id: terminalId }
    db.statement(KEEP_LATE).run(terminalId, JSON.stringify(identity), searchOf(identity), ...placeOf(identity), seenAt)
    return
  }
  const { terminal, agentVersion, readiness, checkedAt } = folded.latest.digest
  db.statement(KEEP_LATEST).run(
    terminalId, JSON.stringify(terminal), searchOf(terminal), ...placeOf(terminal), seenAt, folded.openIncidents, folded.worst ?? null, JSON.stringify(folded.state),
    agentVersion, JSON.stringify(readiness), tendersOf(readiness), blockedOf(readiness), checkedAt,
  )
}

const keepFactors = (db: Database, terminalId: string, factors: readonly Factor[]): void => {
  db.statement('delete from terminal_factor where terminal_id = ?').run(terminalId)
  for (const [name, value] of factors) db.statement('insert into terminal_factor (terminal_id, name, value) values (?, ?, ?)').run(terminalId, name, value)
}

const keepBoots = (db: Database, boots: readonly NewBoot[]): void => {
  for (const b of boots) db.statement('insert into boot_check (terminal_id, id, at, outcome, found) values (?, ?, ?, ?, ?) on conflict do nothing').run(b.terminal_id, b.id, b.at, b.outcome, b.found)
  for (const { hour, counts } of bootsPerHour(boots)) db.statement(COUNT_BOOTS).run(hour, counts.ready, counts.degraded, counts.blocked, counts.unknown)
}

type IncidentRecord = Selectable<Tables['incident']>

const foldTerminal = (db: Database, terminalId: string, reports: readonly UnfoldedReport[], fold: Fold): Folded => {
  const known = db.statement('select fold_state, open_incidents from terminal where id = ?').get(terminalId) as { fold_state: string | null; open_incidents: number } | undefined
  // Most reports find nothing on terminals where nothing is open: they cost no look at incidents.
  const open = known === undefined || known.open_incidents === 0 ? [] : (db.statement(OPEN).all(terminalId) as unknown as IncidentRecord[])
  const closed = reports.some((r) => r.digest.found.length > 0) ? (db.statement(CLOSED).all(terminalId, (reports[0]?.receivedAt ?? 0) - REGRESSION_MS) as unknown as Unfolded['closed']) : []
  const state = known?.fold_state
  const folded = fold(
    {
      terminalId,
      ...(state === undefined || state === null ? {} : { state: JSON.parse(state) as FoldState }),
      open: open.map((row) => ({ ...incidentRow(row), misses: row.misses })),
      closed,
    },
    reports,
  )
  keepTerminal(db, terminalId, reports, folded)
  if (folded.factors !== undefined) keepFactors(db, terminalId, folded.factors)
  for (const incident of folded.incidents) keepIncident(db, incident)
  return folded
}

/** Folds the next reports in the order of arrival; the cursor moves in the same transaction. */
export const foldNext = (db: Database, limit: number, fold: Fold): FoldOutcome & { changedIncidents: string[] } =>
  db.transaction(() => {
    const rows = db.statement(NEXT).all(limit) as unknown as Row[]
    const last = rows.at(-1)
    if (last === undefined) return { folded: 0, late: 0, terminals: [], changedIncidents: [] }
    const { byTerminal, perHour, examples, boots } = batchOf(rows)
    const list = db.statement('insert into terminal_report (terminal_id, id, position) values (?, ?, ?)')
    for (const row of rows) list.run(row.terminal_id, row.id, row.position)
    let late = 0
    const changedIncidents: string[] = []
    for (const [terminalId, reports] of byTerminal) {
      const folded = foldTerminal(db, terminalId, reports, fold)
      late += folded.late
      if (folded.incidents.length > 0) changedIncidents.push(terminalId)
    }
    for (const [hour, n] of perHour) {
      db.statement('insert into report_hour (hour, reports) values (?, ?) on conflict (hour) do update set reports = reports + excluded.reports').run(hour, n)
    }
    keepBoots(db, boots)
    countExamples(db, examples)
    db.statement('update fold_cursor set position = ?').run(last.position)
    return { folded: rows.length, late, terminals: [...byTerminal.keys()], changedIncidents }
  })
