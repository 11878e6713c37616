import { maskDeep } from '../guard/card-data.ts'
import { type Case, CaseEntry, type CaseKind, Case as CaseShape, type CaseStage } from '../model/case.ts'
import type { Database } from './sqlite.ts'

/** Table of matters that people pursue, in the agent's store. */
export const CASES_SCHEMA = 'CREATE TABLE IF NOT EXISTS cases (id TEXT PRIMARY KEY, opened_at REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;'

/** How long a matter is looked at after it is over, in case it comes back. Milliseconds. */
export const WATCH_MS = 72 * 3_600_000

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : '')

/** Every matter, newest first. */
export const readCases = (db: Database): Case[] => db.all('SELECT body FROM cases ORDER BY opened_at DESC LIMIT 1000').map((row) => CaseShape.parse(JSON.parse(text(row.body))))

/** The matter of that id, or of an id that begins so; undefined if there is none, or more than one. */
export const findCase = (db: Database, id: string): Case | undefined => {
  const found = readCases(db).filter((one) => one.id === id || one.id.endsWith(id))
  return found.length === 1 ? found[0] : undefined
}

/** Keeps a matter; what people wrote passes the card-data filter first. Returns it as it is kept. */
export const keepCase = (db: Database, one: Case): Case => {
  const clean = CaseShape.parse(maskDeep(one).value)
  db.run('INSERT INTO cases (id, opened_at, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body', clean.id, clean.openedAt, JSON.stringify(clean))
  return clean
}

/** Adds what was done to a matter. */
export const withEntry = (one: Case, entry: CaseEntry): Case => ({ ...one, entries: [...one.entries, CaseEntry.parse(entry)].slice(-500) })

/** What a matter of a fault is about; undefined for faults that a remedy alone settles. */
export const kindOf = (fault: string): CaseKind | undefined => {
  const kinds: readonly [RegExp, CaseKind][] = [
    [/^(?:GUA|AUT)-/, 'guarantee'], [/^DEP-/, 'deposit'], [/^SVC-/, 'suspension'], [/^SET-/, 'funds'], [/^TXN-/, 'payment'], [/^SEC-/, 'security'], [/^(?:CRD|PED|PRN|PWR|NET|HST|SYS|PER|CFG|ENV)-/, 'breakdown'],
  ]
  return kinds.find(([pattern]) => pattern.test(fault))?.[1]
}

/** When the fault of a closed matter was found again while it was watched; undefined if it was not. */
export const cameBack = (db: Database, one: Case): number | undefined => {
  const { closing } = one
  if (!closing) return undefined
  const at = db.get("SELECT min(json_extract(body, '$.incident.openedAt')) AS at FROM incidents WHERE json_extract(body, '$.incident.fault') = ? AND json_extract(body, '$.incident.openedAt') BETWEEN ? AND ?", one.fault, closing.at + 1, closing.at + WATCH_MS)?.at
  return typeof at === 'number' ? at : undefined
}

/** Where a matter stands at a moment; `back` is when its fault came back. A matter that came back is open again. */
export const stageOf = (one: Case, now: number, back: number | undefined): CaseStage => {
  if (one.closing && back === undefined) return now < one.closing.at + WATCH_MS ? 'watching' : 'closed'
  return one.entries.findLast(({ stage }) => stage !== undefined)?.stage ?? 'open'
}

/** Faults that nothing but people told of, by opening a matter, and how many such matters are not over. A service that took payments again since is not suspended any more. */
export const toldFaults = (db: Database): Record<string, number> => {
  const lastApprovedAt = Number(db.get('SELECT last_at FROM attempts WHERE approved = 1 ORDER BY at DESC LIMIT 1')?.last_at ?? 0)
  const out: Record<string, number> = {}
  for (const one of readCases(db)) {
    if (!one.told) continue
    if (one.closing && cameBack(db, one) === undefined) continue
    if (one.kind === 'suspension' && lastApprovedAt > one.openedAt) continue
    out[one.fault] = (out[one.fault] ?? 0) + 1
  }
  return out
}
