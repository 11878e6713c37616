import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { catalogue } from '../../../src/faults/index.ts'
import { TRIAGE_TEXTS } from '../../../src/hq/page/triage/texts.ts'
import { openSqliteStore } from '../../../src/hq/sqlite/store.ts'
import type { Store } from '../../../src/hq/store.ts'
import { backgroundOf, costIncidents, countIssues, learnSales, watchOutbreaks } from '../../../src/hq/triage/rounds.ts'
import { type Regions, sweepStores } from '../../../src/hq/triage/sweep.ts'
import type { Report } from '../../../src/model/report.ts'
import type { TerminalIdentity } from '../../../src/model/terminal.ts'
import type { IncidentRow } from '../../../src/model/wire.ts'
import { fill, type Params } from '../../../src/texts/say.ts'
import { type Browsing, browsing } from '../browsing.ts'
import { startTestHq, type TestHq, until } from '../hq.ts'
import { makeReport } from '../reports.ts'
import { scenarioReport } from '../scenario-reports.ts'

export type Key = keyof typeof TRIAGE_TEXTS

/** A text of these pages as its reader sees it. */
export const zh = (key: Key, params?: Params): string => fill(TRIAGE_TEXTS[key], 'zh-CN', params)
export const en = (key: Key, params?: Params): string => fill(TRIAGE_TEXTS[key], 'en', params)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const BEAT_MS = MINUTE

/** A lane that lost its acquirer and its paper, and sells well; its store has a second lane where all is well. */
export const COSTLY: TerminalIdentity = { id: 'LANE-1', store: '建国路店', region: '华北', lane: '1', model: 'POS-PC', timeZone: 'UTC' }
/** A store of which nothing is heard. */
export const DARK = '人民路店'
/** What is written where HTML could be. */
export const EVIL = '<img src=x onerror=ran()>'
/** A fault in twelve stores of one region, and the code of another in one store. */
export const SPREAD = 'HST-SIGNON-REQUIRED'
export const ALONE = 'PRN-CUTTER-FAIL'

/** HQ on a morning on which much is wrong, and a browser at its page. */
export interface Morning extends Browsing {
  hq: TestHq
  store: Store
  /** One round of triage, as HQ makes every twenty seconds. */
  round(): Promise<void>
  send(report: Report): Promise<void>
  incident(terminal: string, fault?: string): Promise<IncidentRow>
  outbreak(): Promise<string>
  absence(): Promise<string>
}

/** The real HQ over a store of its own, whose rounds are made when a test wants them: at half past, and at whatever time `clock` says. */
export const startMorning = async (pageDir: string) => {
  const dir = mkdtempSync(join(tmpdir(), 'posdiag-morning-'))
  const store = await openSqliteStore(join(dir, 'hq.sqlite'))
  const began = Date.now() - 40 * MINUTE
  const clock = { now: began }
  const hq = await startTestHq({ store, now: () => clock.now, pageDir, catalogue: catalogue.faults, heartbeatMs: BEAT_MS })
  // Rounds that come by themselves would come at any moment.
  await store.triage.turns.take('triage', 'the test', began, began + 100 * HOUR)
  const tokens = new Map<string, string>()
  const send = async (report: Report): Promise<void> => {
    const { id } = report.terminal
    const token = tokens.get(id) ?? (await hq.enrol(id))
    tokens.set(id, token)
    const { json } = await hq.send(token, [report])
    expect(json.items.map((i) => i.status)).toEqual(['stored'])
  }
  const folded = () => until(async () => (await store.figures({ now: clock.now, beatMs: BEAT_MS })).unfolded, (n) => n === 0, 30_000)
  let regions: Regions = new Map()
  const round = async (): Promise<void> => {
    await folded()
    const { now } = clock
    await learnSales(store.triage, now)
    regions = await sweepStores({ triage: store.triage, moment: { now, beatMs: BEAT_MS }, upSince: 0, before: regions })
    await costIncidents(store.triage, now)
    await countIssues(store.triage)
    await watchOutbreaks(store.triage, await backgroundOf(store.triage, now), now)
  }
  const end = async (): Promise<void> => {
    await hq.end()
    rmSync(dir, { recursive: true, force: true })
  }
  return { hq, store, clock, began, send, round, url: hq.hq.url, operatorUrl: hq.hq.operatorUrl, end }
}

const SALES_AN_HOUR = 120_000

type Started = Awaited<ReturnType<typeof startMorning>>

/** Forty stores; twelve of one region lose their acquirer, one goes dark, one lane loses money, one store names itself in HTML. */
const fillMorning = async ({ store, clock, began, send, round }: Started): Promise<void> => {
  const well = (terminal: string, name: string, region: string, at: number) => makeReport({ terminal, store: name, region, at, sequence: 1 })
  for (let i = 0; i < 40; i++) await send(well(`W-${i}`, `S-${i}`, i < 16 ? '华东' : '华南', began))
  await send(well('DARK-1', DARK, '华北', began))
  await send(well('DARK-2', DARK, '华北', began))
  await send(scenarioReport({ scenario: 'healthy-full-shop', identity: COSTLY, sequence: 1, at: began, trigger: 'boot' }))
  await send(well('LANE-2', COSTLY.store ?? '', COSTLY.region ?? '', began))
  const first = Math.floor(began / HOUR) * HOUR - 42 * 24 * HOUR
  await store.triage.sales.tell(Array.from({ length: 42 * 24 }, (_, i) => ({ terminalId: COSTLY.id, hour: first + i * HOUR, count: 10, sum: SALES_AN_HOUR, currency: 'CNY' })))
  clock.now = began + 30 * MINUTE
  const broken = (terminal: string, name: string, region: string, fault: string) => makeReport({ terminal, store: name, region, at: clock.now, sequence: 2, found: [fault], changes: [{ fault: fault.split('@')[0] ?? fault, device: fault.split('@')[1] ?? 'printer-1', change: 'opened' }] })
  for (let i = 0; i < 12; i++) await send(broken(`W-${i}`, `S-${i}`, '华东', `${SPREAD}@acquirer-1`))
  await send(scenarioReport({ scenario: 'paper-out-and-acquirer-down', identity: COSTLY, sequence: 2, at: clock.now, opens: true }))
  await send(broken('W-20', EVIL, EVIL, ALONE))
  await send(broken('W-21', 'S-21', '华南', 'PRN-PAPER-LOW'))
  for (const id of ['W-22', 'LANE-2', ...Array.from({ length: 17 }, (_, i) => `W-${i + 23}`), 'W-12', 'W-13', 'W-14', 'W-15', 'W-16', 'W-17', 'W-18', 'W-19']) await send(makeReport({ terminal: id, store: id === 'LANE-2' ? '建国路店' : `S-${id.slice(2)}`, region: id === 'LANE-2' ? '华北' : Number(id.slice(2)) < 16 ? '华东' : '华南', at: clock.now, sequence: 2 }))
  await round()
  clock.now = began + 40 * MINUTE
  await round()
}

/** Starts the morning for the tests around it. */
export const inTheMorning = (): Morning => browsing(async (pageDir) => {
  const started = await startMorning(pageDir)
  await fillMorning(started)
  const { hq, store, round, send } = started
  const first = async (path: string): Promise<string> => (await hq.operate<{ rows: { id: string }[] }>(path)).json.rows[0]?.id ?? ''
  return {
    ...started,
    known: {
      hq, store, round, send,
      incident: async (terminal: string, fault?: string) => {
        const { rows } = (await hq.operate<{ rows: IncidentRow[] }>(`/api/incidents?limit=200&terminal=${terminal}`)).json
        const found = rows.find((row) => fault === undefined || row.fault === fault)
        if (found === undefined) throw new Error(`no incident of ${fault ?? 'anything'} at ${terminal}`)
        return found
      },
      outbreak: () => first('/api/outbreaks'),
      absence: () => first('/api/absences'),
    },
  }
})
