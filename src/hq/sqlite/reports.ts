import type { ReportRow } from '../../model/wire.ts'
import { decodeCursor, encodeCursor, paged } from '../queries/cursor.ts'
import { firstIdAt } from '../queries/ids.ts'
import { keptReport, reportRow } from '../queries/rows.ts'
import { terminalWithin } from '../queries/scope.ts'
import { COUNTED } from '../queries/spread.ts'
import type { KeptReport, NewReport, ReportFilter, Rows } from '../store.ts'
import type { Database } from './open.ts'

const INSERT = `insert into report (terminal_id, id, sequence, at, received_at, digest, encoding, body)
  values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id, terminal_id) do nothing`

/** Stores reports in one transaction, which is on disk when this returns. */
export const putReports = (db: Database, reports: readonly NewReport[]): ('stored' | 'duplicate')[] => {
  const insert = db.statement(INSERT)
  return db.transaction(() =>
    reports.map((r) => {
      const { changes } = insert.run(r.terminalId, r.id, r.sequence, r.at, r.receivedAt, r.digest, r.encoding, r.body)
      return changes === 0 ? 'duplicate' : 'stored'
    }),
  )
}

/** A terminal's reports, newest first by the time in their ids. */
export const listReports = async (db: Database, terminalId: string, limit: number, from?: number): Promise<ReportRow[]> => {
  let query = db.read
    .selectFrom('terminal_report as t')
    .innerJoin('report', 'report.position', 't.position')
    .select(['report.id', 'report.terminal_id', 'report.sequence', 'report.at', 'report.received_at', 'report.digest'])
    .where('t.terminal_id', '=', terminalId)
  if (from !== undefined) query = query.where('t.id', '>=', firstIdAt(from))
  return (await query.orderBy('t.id', 'desc').limit(limit).execute()).map(reportRow)
}

/** Reports of all terminals with ids of these times, in the order of terminals and then ids. Keyset paging. */
export const listReportsBetween = async (db: Database, { from, to, limit, scope, cursor }: ReportFilter): Promise<Rows<ReportRow>> => {
  let query = db.read
    .selectFrom('terminal_report as t')
    .innerJoin('report', 'report.position', 't.position')
    .select(['report.id', 'report.terminal_id', 'report.sequence', 'report.at', 'report.received_at', 'report.digest'])
    .where('t.id', '>=', firstIdAt(from))
    .where('t.id', '<', firstIdAt(to))
  if (cursor !== undefined) {
    const [terminal, id] = decodeCursor(cursor, ['string', 'string'])
    query = query.where((eb) => eb(eb.refTuple('t.terminal_id', 't.id'), '>', eb.tuple(terminal, id)))
  }
  if (scope !== undefined) query = query.where(terminalWithin('report.terminal_id', scope))
  return paged(await query.orderBy('t.terminal_id').orderBy('t.id').limit(limit + 1).execute(), limit, reportRow, (r) => encodeCursor([r.terminal_id, r.id]))
}

/** Ids of a terminal's newest reports from that time on, newest first. */
export const reportIds = async (db: Database, terminalId: string, from: number): Promise<string[]> =>
  (await db.read.selectFrom('terminal_report').select('id').where('terminal_id', '=', terminalId).where('id', '>=', firstIdAt(from)).orderBy('id', 'desc').limit(COUNTED).execute()).map((r) => r.id)

/** One stored report, or undefined. */
export const getReport = async (db: Database, terminalId: string, id: string): Promise<KeptReport | undefined> => {
  const row = await db.read.selectFrom('report').select(['received_at', 'digest', 'encoding', 'body']).where('terminal_id', '=', terminalId).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : keptReport(row)
}

/** Rows deleted in one call of tend; the call is repeated, and in between ingest has its turn. */
const DELETED_AT_ONCE = 500

/** Deletes a bounded number of folded reports whose ids are older than that, and of incidents closed before then; true if there may be more. */
export const tend = (db: Database, reportsBefore: number, incidentsBefore: number): boolean =>
  db.transaction(() => {
    const oldest = db.statement('select position, terminal_id, id from report where id < ? and position <= (select position from fold_cursor) order by id limit ?')
    const old = oldest.all(firstIdAt(reportsBefore), DELETED_AT_ONCE) as { position: number; terminal_id: string; id: string }[]
    for (const { position, terminal_id, id } of old) {
      db.statement('delete from terminal_report where terminal_id = ? and id = ?').run(terminal_id, id)
      db.statement('delete from report where position = ?').run(position)
    }
    const incidents = db.statement('delete from incident where id in (select id from incident where closed_at < ? limit ?)').run(incidentsBefore, DELETED_AT_ONCE)
    db.statement('delete from report_hour where hour < ?').run(reportsBefore)
    db.statement('delete from command where created_at < ?').run(reportsBefore)
    db.statement('delete from enrolment_token where expires_at < ?').run(reportsBefore)
    return old.length === DELETED_AT_ONCE || incidents.changes === DELETED_AT_ONCE
  })
