import { rulesOf } from '../journal/reconcile.ts'
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

/** What the plan of a terminal is worked out from. */
export const upkeepFacts = (store: Store, terminal: TerminalFile, now: number): UpkeepFacts => ({
  terminal, now, done: lastDone(store.db), counters: journalCounters(store.db), startedAt: since(store, now), offsetMs: rulesOf(terminal.money, now).offsetMs,
  settledAt: number(store.db.get('SELECT max(at) AS at FROM batches')?.at),
})
