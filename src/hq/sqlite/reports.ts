import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { NewReport } from '../store.ts'
import type { Database } from './open.ts'

const PLAIN = 0
const ZSTD = 1

/** Bodies from this size on (bytes) are compressed: a report with a fault entry shrinks to a fifth for 0.1 ms, one of 2 KB gains little. */
const COMPRESS_FROM = 4096

const compressed = (body: Uint8Array): Uint8Array => zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })

const INSERT = `insert into report (terminal_id, id, sequence, at, received_at, digest, encoding, body)
  values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id, terminal_id) do nothing`

/** Stores reports in one transaction, which is on disk when this returns. */
export const putReports = (db: Database, reports: readonly NewReport[]): ('stored' | 'duplicate')[] => {
  const rows = reports.map((r) => {
    const large = r.body.length >= COMPRESS_FROM
    return { r, encoding: large ? ZSTD : PLAIN, body: large ? compressed(r.body) : r.body, digest: JSON.stringify(r.digest) }
  })
  const insert = db.statement(INSERT)
  return db.transaction(() =>
    rows.map(({ r, encoding, body, digest }) => {
      const { changes } = insert.run(r.terminalId, r.id, r.sequence, r.at, r.receivedAt, digest, encoding, body)
      return changes === 0 ? 'duplicate' : 'stored'
    }),
  )
}

/** A report's body as JSON text. */
export const bodyText = (encoding: number, body: Uint8Array): string =>
  Buffer.from(encoding === ZSTD ? zstdDecompressSync(body, { maxOutputLength: 64 << 20 }) : body).toString()

/** A UUIDv7 that is older than all others of its millisecond. */
export const firstIdAt = (time: number): string => {
  const digits = Math.max(0, Math.floor(time)).toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7000-8000-000000000000`
}

/** Reports deleted in one call of prune; the call is repeated, and in between ingest has its turn. */
const PRUNED_AT_ONCE = 500

/** Deletes folded reports received and incidents closed before then, a bounded number; answers how many reports went. */
export const prune = (db: Database, reportsBefore: number, incidentsBefore: number): number =>
  db.transaction(() => {
    const oldest = db.statement('select position, terminal_id, id, received_at from report where position <= (select position from fold_cursor) order by position limit ?')
    const old = (oldest.all(PRUNED_AT_ONCE) as { position: number; terminal_id: string; id: string; received_at: number }[]).filter((r) => r.received_at < reportsBefore)
    for (const { position, terminal_id, id } of old) {
      db.statement('delete from terminal_report where terminal_id = ? and id = ?').run(terminal_id, id)
      db.statement('delete from report where position = ?').run(position)
    }
    db.statement('delete from incident where id in (select id from incident where closed_at < ? limit ?)').run(incidentsBefore, PRUNED_AT_ONCE)
    db.statement('delete from report_hour where hour < ?').run(reportsBefore)
    db.statement('delete from command where created_at < ?').run(reportsBefore)
    db.statement('delete from enrolment_token where expires_at < ?').run(reportsBefore)
    return old.length
  })
