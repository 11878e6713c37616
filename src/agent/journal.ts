import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFailure } from '../journal/intake.ts'
import { type Attention, rulesOf } from '../journal/reconcile.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { AgentClock } from './clock.ts'
import { keepSteps, pruneJournal } from './journal-rows.ts'
import { summarise, unknownOutcomes } from './journal-state.ts'
import type { Keeper } from './keeper.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

/** Name of the file in the state folder by which the probe of the journal learns what the journal says. */
export const SUMMARY_FILE = 'journal.json'

/** Writes into the state folder what the journal says now, whole or not at all: the agent every minute, and whoever changes the journal beside it. */
export const writeSummary = (store: Store, stateDir: string, terminal: TerminalFile, now: number): void => {
  const path = join(stateDir, SUMMARY_FILE)
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, JSON.stringify(summarise(store.db, rulesOf(terminal.money, now), terminal.service)), { mode: 0o600 })
  renameSync(beside, path)
}

/** The journal of a running agent. */
export interface Journal {
  /** Takes steps in; `also` writes what must stand or fall with them. Returns how many were new. */
  add(steps: readonly TransactionStep[], also?: (store: Store) => void): number
  /** Outcomes not proved. */
  unknown(): Attention[]
  terminalChanged(terminal: TerminalFile): void
  stop(): void
}

/** How often the summary is written, for states grow old by themselves, and how long it may be behind the steps. Milliseconds. */
const EVERY_MS = 60_000
const SOON_MS = 2_000
/** Rest after a summary, in the time that it took: where very many transactions are open it takes seconds, and the journal must still be read as fast as it grows. */
const REST = 9

/** Opens the journal in the agent's store and keeps its summary up to date. */
export const createJournal = (parts: { keeper: Keeper; stateDir: string; terminal: TerminalFile; clock: AgentClock; log: Log }): Journal => {
  const { keeper, clock, log } = parts
  let { terminal } = parts
  let stopped = false
  let soon = false
  let restedAt = clock.mono()
  let cancel = (): void => undefined
  const rules = () => rulesOf(terminal.money, clock.now())

  const write = (): void => {
    cancel()
    soon = false
    if (stopped) return
    const begun = clock.mono()
    try {
      keeper.use((store) => {
        store.db.transaction(() => pruneJournal(store.db, clock.now()))
        writeSummary(store, parts.stateDir, terminal, clock.now())
      })
    } catch (error) {
      log.error('the journal’s summary is not written', { detail: error instanceof Error ? error.message : String(error) })
    }
    restedAt = clock.mono() + REST * (clock.mono() - begun)
    cancel = clock.after(Math.max(EVERY_MS, restedAt - clock.mono()), write)
  }
  write()
  return {
    add: (steps, also) => {
      const added = keeper.use((store) => store.db.transaction(() => {
        const fresh = keepSteps(store.db, steps)
        also?.(store)
        return fresh
      }))
      const restMs = restedAt - clock.mono()
      if (added > 0 && restMs <= 0 && steps.some(isFailure)) write()
      else if (added > 0 && !soon) {
        soon = true
        cancel()
        cancel = clock.after(Math.max(SOON_MS, restMs), write)
      }
      return added
    },
    unknown: () => keeper.use((store) => unknownOutcomes(store.db, rules())),
    terminalChanged: (file) => {
      terminal = file
      write()
    },
    stop: () => {
      stopped = true
      cancel()
    },
  }
}
