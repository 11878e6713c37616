import type { Kysely } from 'kysely'
import type { KeptReport } from '../store.ts'
import { keptReport } from './rows.ts'
import type { Tables } from './tables.ts'

/** So many of a terminal's reports are counted before some are taken out of them. */
export const COUNTED = 5000

/** At most `most` of these, evenly spread, the first and the last among them. */
export const evenly = <T>(all: readonly T[], most: number): T[] => {
  if (all.length <= most) return [...all]
  const step = (all.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, i) => all[Math.round(i * step)] as T)
}

/** A few of the reports with these ids (newest first) of one terminal, with their bodies, oldest first. */
export const readSpread = async (db: Kysely<Tables>, terminalId: string, ids: readonly string[], most: number): Promise<{ of: number; reports: (KeptReport & { id: string; at: number })[] }> => {
  const chosen = evenly(ids, most)
  const rows = chosen.length === 0 ? [] : await db.selectFrom('report').select(['id', 'at', 'received_at', 'digest', 'encoding', 'body']).where('terminal_id', '=', terminalId).where('id', 'in', chosen).orderBy('id').execute()
  return { of: ids.length, reports: rows.map((row) => ({ id: row.id, at: row.at, ...keptReport(row) })) }
}
