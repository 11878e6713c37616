import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type HealthOptions, health } from '../../src/agent/health.ts'
import { createKeeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { makeReport } from '../../src/agent/report.ts'
import { manualClock } from './manual-clock.ts'
import { faults, sampleCheck, scratch, shop } from './sample-check.ts'

let dir: string
let remove: () => void
const NOW = Date.UTC(2026, 5, 2, 8)
const options = (more: Partial<HealthOptions> = {}): HealthOptions => ({ stateDir: dir, terminal: shop, hq: true, now: NOW, env: { PATH: dir }, ...more })
const item = async (check: string, more: Partial<HealthOptions> = {}) => (await health(options(more))).find((i) => i.check === check)

beforeEach(() => {
  ({ dir, remove } = scratch())
})
afterEach(() => remove())

const keepOne = (): void => {
  const keeper = createKeeper(dir, { clock: manualClock(), log: SILENT_LOG })
  const report = makeReport(sampleCheck(), { at: NOW, bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] })
  keeper.use((store) => store.keep(report, { critical: false, deliver: true, clockTrusted: true }))
  keeper.close()
}

it('looks at the agent, the folder, the filter, the libraries and the programs before there is any store', async () => {
  const items = await health(options())
  const by = Object.fromEntries(items.map((i) => [i.check, i.ok]))
  expect(by).toMatchObject({ agent: false, 'state-folder': true, store: undefined, enrolment: false, 'card-data-filter': true, 'library serialport': true, 'program ping': false })
  for (const one of items) {
    expect([one.detail.zh, one.detail.en].every((text) => text.length > 0), one.check).toBe(true)
    if (one.ok === false) expect(one.remedy, one.check).toBeDefined()
  }
})

it('tells how much waits, and for how long', async () => {
  keepOne()
  expect(await item('outbox')).toMatchObject({ ok: true, detail: { en: expect.stringMatching(/^1 reports wait/) } })
  expect(await item('outbox', { now: NOW + 7_200_000 })).toMatchObject({ ok: false, remedy: { en: expect.stringContaining('HQ') } })
  expect(await item('delivery', { hq: false })).toMatchObject({ ok: undefined })
  expect(await item('store')).toMatchObject({ ok: true })
})

it('names a damaged store', async () => {
  writeFileSync(join(dir, 'store.db'), 'nothing of the kind '.repeat(300))
  expect(await item('store')).toMatchObject({ ok: false, detail: { en: expect.stringContaining('not a database') } })
})

it('names permissions that are too wide', async () => {
  const open = join(dir, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  expect(await item('state-folder', { stateDir: open })).toMatchObject({ ok: false })
  writeFileSync(join(dir, 'hq.json'), '{}', { mode: 0o644 })
  expect(await item('enrolment')).toMatchObject({ ok: false, remedy: { en: expect.stringContaining('chmod 600') } })
})

it('names a folder that is none, and a clock that was never set', async () => {
  expect(await item('state-folder', { stateDir: join(dir, 'nowhere') })).toMatchObject({ ok: false })
  expect(await item('clock', { now: 5_000 })).toMatchObject({ ok: false })
})

it('finds programs where they are', async () => {
  writeFileSync(join(dir, 'ping'), '')
  expect(await item('program ping')).toMatchObject({ ok: true })
})
