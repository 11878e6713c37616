import type { ReportRow } from '../../model/wire.ts'
import { decodeCursor, encodeCursor, paged } from '../queries/cursor.ts'
import { firstIdAt } from '../queries/ids.ts'
import { keptReport, reportRow } from '../queries/rows.ts'
import { terminalWithin } from '../queries/scope.ts'
import { COUNTED } from '../queries/spread.ts'
import { spreadOf } from '../spread.ts'
import type { KeptReport, NewReport, ReportFilter, Rows } from '../store.ts'
import { bigints, blobs, texts, uuids } from './arrays.ts'
import { type Connections, isWithoutPartition } from './open.ts'
import { makePartitionsFor } from './partitions.ts'

/** So many slots share the terminals out among the processes that fold; stored with every report that waits, so never change it. */
export const SLOTS = 16

// One statement is one transaction: the report and its place in the queue are there both or not at all.
const PUT = {
  name: 'put-reports',
  text: `with sent as (
      select * from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bytea[], $9::bigint[])
        as s(terminal_id, id, sequence, at, received_at, digest, encoding, body, slot)),
    fresh as (
      insert into report (terminal_id, id, sequence, at, received_at, digest, encoding, body)
      select terminal_id, id, sequence, at, received_at, digest, encoding, body from sent
      on conflict (terminal_id, id) do nothing returning terminal_id, id),
    queued as (insert into unfolded (slot, id, terminal_id) select slot, id, terminal_id from unnest($9::bigint[], $2::uuid[], $1::text[]) as q(slot, id, terminal_id) join fresh using (terminal_id, id))
    select terminal_id, id from fresh`,
}

const keyOf = (r: { terminalId: string; id: string }): string => `${r.id} ${r.terminalId}`

const inKeyOrder = (a: NewReport, b: NewReport): number => (a.terminalId === b.terminalId ? (a.id < b.id ? -1 : 1) : a.terminalId < b.terminalId ? -1 : 1)

const insert = async (db: Connections, rows: readonly NewReport[]): Promise<Set<string>> => {
  const terminals = rows.map((r) => r.terminalId)
  const fresh = await db.run<{ terminal_id: string; id: string }>(PUT, [
    texts(terminals),
    uuids(rows.map((r) => r.id)),
    bigints(rows.map((r) => r.sequence)),
    bigints(rows.map((r) => r.at)),
    bigints(rows.map((r) => r.receivedAt)),
    texts(rows.map((r) => r.digest)),
    bigints(rows.map((r) => r.encoding)),
    blobs(rows.map((r) => r.body)),
    bigints(terminals.map((id) => spreadOf(id) % SLOTS)),
  ])
  return new Set(fresh.map((r) => keyOf({ terminalId: r.terminal_id, id: r.id })))
}

/** Stores reports in one transaction, which is on disk when this resolves. */
export const putReports = async (db: Connections, reports: readonly NewReport[]): Promise<('stored' | 'duplicate')[]> => {
  // Each once and in one order everywhere: two processes with the same reports would otherwise wait for each other in a circle.
  const rows = [...new Map(reports.map((r) => [keyOf(r), r])).values()].toSorted(inKeyOrder)
  const fresh = await insert(db, rows).catch(async (error: unknown) => {
    if (!isWithoutPartition(error)) throw error
    await makePartitionsFor(db, rows.map((r) => r.id))
    return insert(db, rows)
  })
  // Where a report comes twice in one call, the first of them is the one stored.
  return reports.map((r) => (fresh.delete(keyOf(r)) ? 'stored' : 'duplicate'))
}

/** A terminal's reports, newest first by the time in their ids. */
export const listReports = async (db: Connections, terminalId: string, limit: number, from?: number): Promise<ReportRow[]> => {
  let query = db.read.selectFrom('report').select(['id', 'terminal_id', 'sequence', 'at', 'received_at', 'digest']).where('terminal_id', '=', terminalId)
  if (from !== undefined) query = query.where('id', '>=', firstIdAt(from))
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(reportRow)
}

/** Reports of all terminals with ids of these times, in the order of terminals and then ids, which is that of the key of every partition. Keyset paging. */
export const listReportsBetween = async (db: Connections, { from, to, limit, scope, cursor }: ReportFilter): Promise<Rows<ReportRow>> => {
  let query = db.read.selectFrom('report').select(['id', 'terminal_id', 'sequence', 'at', 'received_at', 'digest']).where('id', '>=', firstIdAt(from)).where('id', '<', firstIdAt(to))
  if (cursor !== undefined) {
    const [terminal, id] = decodeCursor(cursor, ['string', 'string'])
    query = query.where((eb) => eb(eb.refTuple('terminal_id', 'id'), '>', eb.tuple(terminal, id)))
  }
  if (scope !== undefined) query = query.where(terminalWithin('report.terminal_id', scope))
  return paged(await query.orderBy('terminal_id').orderBy('id').limit(limit + 1).execute(), limit, reportRow, (r) => encodeCursor([r.terminal_id, r.id]))
}

/** Ids of a terminal's newest reports from that time on, newest first. */
export const reportIds = async (db: Connections, terminalId: string, from: number): Promise<string[]> =>
  (await db.read.selectFrom('report').select('id').where('terminal_id', '=', terminalId).where('id', '>=', firstIdAt(from)).orderBy('id', 'desc').limit(COUNTED).execute()).map((r) => r.id)

/** One stored report, or undefined. */
export const getReport = async (db: Connections, terminalId: string, id: string): Promise<KeptReport | undefined> => {
  const row = await db.read.selectFrom('report').select(['received_at', 'digest', 'encoding', 'body']).where('terminal_id', '=', terminalId).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : keptReport(row)
}
