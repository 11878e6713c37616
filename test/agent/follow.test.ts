import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Followers, followJournals } from '../../src/agent/follow.ts'
import { createJournal, SUMMARY_FILE } from '../../src/agent/journal.ts'
import { createKeeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { JournalSource, JournalSummary } from '../../src/model/journal.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'
import { manualClock, settled } from './manual-clock.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-follow-'))
  path = join(folder, 'pos.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const terminal = TerminalFile.parse({ terminal: { id: 'T1' } })

/** An agent's journal and followers on a clock that stands still. */
const following = (source: object = { format: 'jsonl' }) => {
  const clock = manualClock()
  const keeper = createKeeper(join(folder, 'state'), { clock, log: SILENT_LOG })
  const journal = createJournal({ keeper, stateDir: join(folder, 'state'), terminal, clock, log: SILENT_LOG })
  const heard: TransactionStep[] = []
  const followers: Followers = followJournals({
    sources: [JournalSource.parse({ name: 'pos', path, ...source })], keeper, clock, log: SILENT_LOG,
    hear: (steps, also) => {
      journal.add(steps, also)
      heard.push(...steps)
    },
  })
  /** Lets polls pass until so many steps were heard: files answer when they do. A few more show that nothing else comes. */
  const until = async (n: number): Promise<void> => {
    for (let i = 0; i < 2000 && heard.length < n; i++) {
      await settled(200)
      await clock.pass(500)
    }
    for (let i = 0; i < 10; i++) {
      await settled(50)
      await clock.pass(500)
    }
  }
  const stop = async (): Promise<void> => {
    await followers.stop()
    journal.stop()
    keeper.close()
  }
  return { clock, heard, journal, until, stop, count: () => keeper.use((store) => Number(store.db.get('SELECT count(*) AS n FROM journal')?.n)), summary: async () => JournalSummary.parse(JSON.parse(await readFile(join(folder, 'state', SUMMARY_FILE), 'utf8'))) }
}

const at = Date.UTC(2026, 5, 2, 7, 50)
const line = (n: number, more: object = {}): string => `${JSON.stringify({ transaction: `t${n}`, step: 'request', ts: at + n, amt: 100 + n, stan: String(n + 1).padStart(6, '0'), ...more })}\n`

describe('a followed journal', () => {
  it('is taken in as it grows, and the summary says what is open', async () => {
    writeFileSync(path, line(0) + line(1))
    const agent = following()
    await agent.until(2)
    appendFileSync(path, line(2) + line(0, { step: 'response', rc: '00', ts: at + 2000 }))
    await agent.until(4)
    expect(agent.heard.map((s) => s.transaction)).toEqual(['t0', 't1', 't2', 't0'])
    expect(agent.journal.unknown().map((row) => row.transaction)).toEqual(['t1', 't2'])
    await agent.clock.pass(61_000)
    expect((await agent.summary()).faults['TXN-TIMEOUT-UNKNOWN']).toMatchObject({ count: 2, oldestAt: at + 1, amountMinor: 203 })
    await agent.stop()
  })
  it('is gone on with after a restart, over a rotation in between, without losing or doubling a line', async () => {
    writeFileSync(path, line(0) + line(1).slice(0, 20))
    const first = following()
    await first.until(1)
    await first.stop()
    appendFileSync(path, line(1).slice(20))
    renameSync(path, `${path}.1`)
    writeFileSync(path, line(2))
    const second = following()
    await second.until(2)
    expect(second.heard.map((s) => s.transaction)).toEqual(['t1', 't2'])
    expect(second.count()).toBe(3)
    await second.stop()
  })
  it('of comma-separated values knows its columns after a restart in the middle', async () => {
    writeFileSync(path, '交易时间,流水号,交易金额,应答码\n2026-06-02 15:00:00,000001,1.00,00\n')
    const first = following({ format: 'csv' })
    await first.until(1)
    await first.stop()
    appendFileSync(path, '2026-06-02 15:01:00,000002,2.00,51\n')
    const second = following({ format: 'csv' })
    await second.until(1)
    expect(second.heard).toMatchObject([{ stan: '000002', amountMinor: 200, responseCode: '51' }])
    await second.stop()
  })
  it('of which some lines are not understood is read on', async () => {
    writeFileSync(path, `not JSON\n${line(0)}`)
    const agent = following()
    await agent.until(1)
    expect(agent.heard).toHaveLength(1)
    await agent.stop()
  })
})
