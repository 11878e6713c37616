import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rulesOf } from '../journal/reconcile.ts'
import { INSPECTION_FILE, Inspection } from '../model/inspection.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { Store } from './store.ts'
import { journalCounters, lastDone, type UpkeepFacts } from './upkeep.ts'

const number = (cell: unknown): number | undefined => (typeof cell === 'number' ? cell : undefined)

/** When posdiag began to look after this terminal; the plan counts from there what was never done. Noted at the first question. */
const since = (store: Store, now: number): number => {
  const noted = Number(store.meta('upkeepSince') ?? Number.NaN)
  if (!Number.isNaN(noted)) return noted
  store.setMeta('upkeepSince', String(now))
  return now
}

/** When somebody last inspected the terminal; undefined if nobody did, or the file is none: each check says so, and the plan then counts the inspection as not done. */
const inspectedAt = (stateDir: string): number | undefined => {
  try {
    return Inspection.parse(JSON.parse(readFileSync(join(stateDir, INSPECTION_FILE), 'utf8'))).at
  } catch {
    return undefined
  }
}

/** What the plan of a terminal is worked out from. */
export const upkeepFacts = (store: Store, stateDir: string, terminal: TerminalFile, now: number): UpkeepFacts => ({
  terminal, now, done: lastDone(store.db), counters: journalCounters(store.db), startedAt: since(store, now), offsetMs: rulesOf(terminal.money, now).offsetMs,
  settledAt: number(store.db.get('SELECT max(at) AS at FROM batches')?.at),
  inspectedAt: inspectedAt(stateDir),
})
