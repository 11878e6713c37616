import { cameBack, stageOf } from '../agent/cases.ts'
import { reconcileJournal } from '../agent/journal-state.ts'
import { type LadderFacts, ladderOf, nextRung, type Rung } from '../agent/ladder.ts'
import type { Store } from '../agent/store.ts'
import { catalogue } from '../faults/index.ts'
import { type Attention, type MoneyRules, rulesOf } from '../journal/reconcile.ts'
import type { Case, CaseStage } from '../model/case.ts'
import type { Fault } from '../model/fault.ts'
import { Report } from '../model/report.ts'
import type { TerminalFile } from '../model/terminal.ts'

/** A matter with everything that is known about it now. */
export interface CaseFacts {
  one: Case
  fault: Fault | undefined
  stage: CaseStage
  /** When its fault came back after it was closed. */
  back: number | undefined
  ladder: Rung[]
  next: Rung | undefined
  /** Last report of this terminal; undefined if there is none. */
  report: Report | undefined
  /** Rows of the journal that it is about. */
  rows: Attention[]
  /** Wall time of the first approval since it was opened, for a suspension. */
  restoredAt: number | undefined
  rules: MoneyRules
  terminal: TerminalFile
}

/** The last report in a store. */
export const lastReport = (store: Store): Report | undefined => {
  const id = store.reports(1)[0]?.id
  const body = id === undefined ? undefined : store.report(id)
  return body === undefined ? undefined : Report.parse(JSON.parse(body))
}

/** What a ladder's clocks run by, on this terminal. */
export const ladderFacts = (terminal: TerminalFile, rules: MoneyRules): LadderFacts => ({ service: terminal.service, settlement: terminal.money.settlement, offsetMs: rules.offsetMs, dayEnd: rules.dayEnd })

/** Gathers what is known about a matter. */
export const caseFacts = (store: Store, one: Case, terminal: TerminalFile, now: number): CaseFacts => {
  const rules = rulesOf(terminal.money, now)
  const back = cameBack(store.db, one)
  const ladder = ladderOf(one, ladderFacts(terminal, rules))
  const sum = reconcileJournal(store.db, rules, terminal.service)
  const named = new Set(one.transactions)
  const rows = [...sum.unknown, ...sum.attention].filter((row) => (named.size > 0 ? named.has(row.transaction) : row.fault === one.fault))
  const restored = one.kind === 'suspension' ? store.db.get('SELECT min(last_at) AS at FROM attempts WHERE approved = 1 AND last_at > ?', one.openedAt)?.at : undefined
  return {
    one, fault: catalogue.faults.find((f) => f.code === one.fault), stage: stageOf(one, now, back), back, ladder, next: nextRung(ladder), report: lastReport(store), rows,
    restoredAt: typeof restored === 'number' ? restored : undefined, rules, terminal,
  }
}
