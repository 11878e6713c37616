import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { catalogue } from '../../src/faults/index.ts'
import { PAGE_TEXTS } from '../../src/hq/page/texts.ts'
import { openSqliteStore } from '../../src/hq/sqlite/store.ts'
import type { Store } from '../../src/hq/store.ts'
import { triageJob } from '../../src/hq/triage/job.ts'
import type { IncidentRow } from '../../src/model/wire.ts'
import { fill, type Params } from '../../src/texts/say.ts'
import { buildPage, openBrowser, openPage, type Watched } from './browser.ts'
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

/** HQ with reports of four terminals, and a browser at its page. Everything is there once the tests run. */
export interface PageAtHq {
  built: string
  browser: Browser
  hq: TestHq
  store: Store
  /** Makes a round of triage, which stores come from, and lets nobody make another. */
  round(): Promise<void>
  watched: Watched
  page: Page
  /** Of TROUBLED: its token, its latest report, and its incident of the paper. */
  token: string
  reportId: string
  paper: IncidentRow
  /** Of HOSTILE: its incident, its report, and where HTML stands in that. */
  hostile: IncidentRow
  hostileReportId: string
  places: string[]
  /** Loads a path of the page anew, and waits for its content. */
  open(path: string): Promise<void>
  path(): Promise<string>
  words(): Promise<string>
  waitForText(text: string, within?: string): Promise<void>
  unfold(): Promise<void>
  toEnglish(): Promise<void>
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

/** Starts HQ and a browser for the tests around it. After each of them the page must have done nothing that it ought not to do. */
export const pageAtHq = (): PageAtHq => {
  let close = async (): Promise<void> => undefined
  const ways: Pick<PageAtHq, 'open' | 'path' | 'words' | 'waitForText' | 'unfold' | 'toEnglish'> = {
    open: async (path) => {
      await at.page.goto(at.hq.hq.url + path)
      await at.page.waitForSelector('main h1')
      await at.page.waitForSelector('main .loading', { state: 'detached' })
    },
    path: () => at.page.evaluate('location.pathname + location.search'),
    words: () => at.page.evaluate('document.body.innerText'),
    waitForText: (text, within = 'main') => at.page.locator(within).getByText(text).filter({ visible: true }).first().waitFor(),
    unfold: () => at.page.evaluate('document.querySelectorAll("details").forEach((d) => { d.open = true })'),
    toEnglish: () => at.page.getByRole('button', { name: zh('other-language') }).click(),
  }
  // Whoever asks for a part before it is there is told so by its absence; the hooks below run first.
  const at = { ...ways } as PageAtHq
  beforeAll(async () => {
    const [built, browser] = await Promise.all([buildPage(), openBrowser()])
    const dataDir = mkdtempSync(join(tmpdir(), 'posdiag-page-hq-'))
    const store = await openSqliteStore(join(dataDir, 'hq.sqlite'))
    const hq = await startTestHq({ pageDir: built.dir, dataDir, store, catalogue: catalogue.faults })
    close = async () => {
      await browser.close()
      await hq.end()
      rmSync(dataDir, { recursive: true, force: true })
      built.remove()
    }
    const watched = await openPage(browser, hq.hq.operatorUrl)
    await watched.page.addInitScript({ content: 'globalThis.ran = (place) => { console.error("ran: " + place) }' })
    Object.assign(at, { built: built.dir, browser, hq, store, watched, round: () => oneRound(store) }, await fillHq(hq))
  })
  afterAll(() => close())
  beforeEach(async () => {
    at.page = at.watched.page
    await at.page.emulateMedia({ colorScheme: 'light' })
    await at.page.setViewportSize({ width: 1280, height: 800 })
  })
  afterEach(async () => {
    await at.watched.page.evaluate('localStorage.clear()')
    expect(at.watched.problems.splice(0)).toEqual([])
  })
  return at
}
