import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createJournal, type Journal, SUMMARY_FILE } from '../../src/agent/journal.ts'
import { createKeeper, type Keeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { JournalSummary } from '../../src/model/journal.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'

const AT = Date.UTC(2026, 5, 2, 8)
const failed = (transaction: string): TransactionStep[] => [{ transaction, step: 'authorisation-asked', at: AT }, { transaction, step: 'failed', at: AT + 1 }]

let folder: string
let clock: ManualClock
let keeper: Keeper
let journal: Journal
/** Opens a journal in which looking through all open transactions takes so long. */
const opened = (takesMs: number): void => {
  let spent = 0
  // The two looks at the wall clock that one summary takes.
  const slow = { ...clock, mono: () => clock.mono() + spent, now: () => { spent += takesMs / 2; return clock.now() } }
  journal = createJournal({ keeper, stateDir: folder, terminal: TerminalFile.parse({ terminal: { id: 'T1' } }), clock: slow, log: SILENT_LOG })
}
const told = (): number => JournalSummary.parse(JSON.parse(readFileSync(join(folder, SUMMARY_FILE), 'utf8'))).transactions

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-journal-'))
  clock = manualClock()
  keeper = createKeeper(folder, { clock, log: SILENT_LOG })
})
afterEach(() => {
  journal.stop()
  keeper.close()
  rmSync(folder, { recursive: true })
})

describe('the summary of the journal', () => {
  it('tells of a failed transaction at once, and of others soon', async () => {
    opened(0)
    journal.add(failed('1'))
    expect(told()).toBe(1)
    journal.add(failed('2').slice(0, 1))
    expect(told()).toBe(1)
    await clock.pass(2_000)
    expect(told()).toBe(2)
    await clock.pass(60_000)
    expect(told()).toBe(2)
  })
  it('rests nine times as long as it took, so that a journal of very many open transactions can still be read', async () => {
    opened(1_000)
    journal.add(failed('1'))
    await clock.pass(8_900)
    expect(told()).toBe(0)
    journal.add(failed('2'))
    await clock.pass(200)
    expect(told()).toBe(2)
  })
})
