import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import { PAGE_TEXTS } from '../../src/hq/page/texts.ts'
import { openSqliteStore } from '../../src/hq/sqlite/store.ts'
import type { Store } from '../../src/hq/store.ts'
import { triageJob } from '../../src/hq/triage/job.ts'
import type { IncidentRow } from '../../src/model/wire.ts'
import { fill, type Params } from '../../src/texts/say.ts'
import { type Browsing, browsing } from './browsing.ts'
import { startTestHq, type TestHq, until } from './hq.ts'
import { hostileReport, scenarioReport } from './scenario-reports.ts'

/** A counter with two things wrong, one where all is well, one that never reported, and one whose reports are full of HTML. */
export const TROUBLED = { id: 'SHOP-0001-01', merchant: 'M100001', store: '建国路店', region: '华北', lane: '1', model: 'POS-PC' }
export const WELL = { id: 'SHOP-0002-01', store: '人民路店', region: '华东', lane: '3' }
export const SILENT = 'SHOP-0003-01'
export const HOSTILE = { id: 'EVIL-1' }

export type Key = keyof typeof PAGE_TEXTS

/** A text of the page as its reader sees it. */
export const zh = (key: Key, params?: Params): string => fill(PAGE_TEXTS[key], 'zh-CN', params)
export const en = (key: Key, params?: Params): string => fill(PAGE_TEXTS[key], 'en', params)

/** HQ with reports of four terminals, and a browser at its page. */
export interface PageAtHq extends Browsing {
  hq: TestHq
  store: Store
  /** Makes a round of triage, which stores come from, and lets nobody make another. */
  round(): Promise<void>
  /** Of TROUBLED: its token, its latest report, and its incident of the paper. */
  token: string
  reportId: string
  paper: IncidentRow
  /** Of HOSTILE: its incident, its report, and where HTML stands in that. */
  hostile: IncidentRow
  hostileReportId: string
  places: string[]
}

const fillHq = async (hq: TestHq): Promise<Pick<PageAtHq, 'token' | 'reportId' | 'paper' | 'hostile' | 'hostileReportId' | 'places'>> => {
  const now = Date.now()
  const token = await hq.enrol(TROUBLED.id)
  await hq.enrol(SILENT)
  const bad = (sequence: number, at: number, opens: boolean) => scenarioReport({ scenario: 'paper-out-and-acquirer-down', identity: TROUBLED, sequence, at, opens })
  const well = scenarioReport({ scenario: 'healthy-full-shop', identity: TROUBLED, sequence: 1, at: now - 3_600_000, trigger: 'boot' })
  const latest = bad(3, now - 60_000, false)
  const { report: evil, places } = hostileReport(HOSTILE, now)
  const batches = [
    [token, [well, bad(2, now - 1_800_000, true), latest]],
    [await hq.enrol(WELL.id), [scenarioReport({ scenario: 'healthy-full-shop', identity: WELL, sequence: 1, at: now, trigger: 'boot' })]],
    [await hq.enrol(HOSTILE.id), [evil]],
  ] as const
  for (const [who, reports] of batches) {
    const { json } = await hq.send(who, [...reports])
    expect(json.items.map((item) => item.status)).toEqual(reports.map(() => 'stored'))
  }
  const { json } = await until(() => hq.operate<{ rows: IncidentRow[] }>('/api/incidents'), (answer) => answer.json.rows.length === 3)
  const of = (terminal: string): IncidentRow => {
    const found = json.rows.find((i) => i.terminalId === terminal && i.fault === 'PRN-PAPER-OUT')
    if (found === undefined) throw new Error(`no incident of the paper at ${terminal}`)
    return found
  }
  return { token, reportId: latest.id, paper: of(TROUBLED.id), hostile: of(HOSTILE.id), hostileReportId: evil.id, places }
}

const HOUR = 3_600_000

const oneRound = async (store: Store): Promise<void> => {
  const job = triageJob(store, { info: () => {}, warn: () => {}, error: () => {} }, () => ({ now: Date.now(), beatMs: 60_000 }))
  // Where HQ's own job was quicker, its round is as good.
  await job.round()
  await job.stop()
  await until(() => store.triage.stores.list({ limit: 9 }), ({ rows }) => rows.length > 2)
  const now = Date.now()
  // Whoever has the turn has it for less than an hour.
  if (!(await store.triage.turns.take('triage', 'nobody', now + HOUR, now + 2 * HOUR))) throw new Error('another process has the turn')
}

/** Starts that HQ and the browser for the tests around it. */
export const pageAtHq = (): PageAtHq => browsing(async (pageDir) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'posdiag-page-hq-'))
  const store = await openSqliteStore(join(dataDir, 'hq.sqlite'))
  const hq = await startTestHq({ pageDir, dataDir, store, catalogue: catalogue.faults })
  return {
    known: { hq, store, round: () => oneRound(store), ...(await fillHq(hq)) },
    url: hq.hq.url,
    operatorUrl: hq.hq.operatorUrl,
    end: async () => {
      await hq.end()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
})
