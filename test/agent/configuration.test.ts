import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configured, keepConfiguration, keptConfiguration, objectionTo } from '../../src/agent/configuration.ts'
import { keepSteps } from '../../src/agent/journal-rows.ts'
import { createKeeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { logBundle, remembering } from '../../src/agent/log-bundle.ts'
import { openStore, type Store } from '../../src/agent/store.ts'
import { createTakings, salesSince } from '../../src/agent/takings.ts'
import { LogBundle } from '../../src/model/configuration.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'
import { manualClock } from './manual-clock.ts'
import { scratch, shop } from './sample-check.ts'

let dir: string
let remove: () => void
let store: Store
beforeEach(() => {
  ({ dir, remove } = scratch())
  store = openStore(`${dir}/store.db`)
})
afterEach(() => {
  store.close()
  remove()
})

const HOUR = 3_600_000
const NINE = Date.UTC(2026, 5, 2, 9)
const sale = (transaction: string, at: number, more: Partial<TransactionStep> = {}): TransactionStep[] => [
  { transaction, step: 'started', at, type: 'sale', amountMinor: 1000, currency: 'CNY', ...more },
  { transaction, step: 'answered', at: at + 1, responseCode: '00', ...more },
]

describe('a configuration of HQ', () => {
  it('wins over the terminal file, and leaves alone what it does not say', () => {
    const file = TerminalFile.parse({ ...shop, limits: { 'host.disk-free-percent': 10, 'power.charge-percent': 30 }, pos: { process: 'pos', minimumVersion: '1.0' } })
    const held = configured(file, { revision: 2, limits: { 'host.disk-free-percent': 5 }, posMinimumVersion: '2.0' })
    expect([held.limits, held.pos?.minimumVersion, held.devices]).toEqual([{ 'host.disk-free-percent': 5, 'power.charge-percent': 30 }, '2.0', file.devices])
    expect(configured(file, undefined)).toBe(file)
    expect(configured(TerminalFile.parse(shop), { revision: 1, limits: {}, posMinimumVersion: '2.0' })).not.toHaveProperty('pos')
  })
  it('is refused where it names limits that nobody knows', () => {
    expect(objectionTo({ revision: 1, limits: { 'host.disk': 1, a: 2 } }, new Set(['a']))).toContain('host.disk')
    expect(objectionTo({ revision: 1, limits: { a: 2 } }, new Set(['a']))).toBeUndefined()
  })
  it('outlives the agent until there is another', () => {
    expect(keptConfiguration(store)).toBeUndefined()
    keepConfiguration(store, { revision: 3, limits: { a: 1 } })
    store.close()
    store = openStore(`${dir}/store.db`)
    expect(keptConfiguration(store)).toEqual({ revision: 3, limits: { a: 1 } })
    keepConfiguration(store, undefined)
    expect(keptConfiguration(store)).toBeUndefined()
    store.setMeta('configuration', '{"revision":"x"}')
    expect(keptConfiguration(store)).toBeUndefined()
  })
})

describe('a bundle of logs', () => {
  it('says what the agent said last, without card data, cut to size', () => {
    const { log, lines } = remembering(SILENT_LOG)
    for (let i = 0; i < 400; i++) log.info(`line ${i}`, { card: '4111111111111111' })
    store.addSteps(sale('1', NINE))
    const bundle = LogBundle.parse(logBundle({ stateDir: dir, lines: lines(), status: { note: 'x'.repeat(200_000) }, store, now: NINE }))
    const part = (name: string) => bundle.parts.find((p) => p.name === name)
    expect(part('agent.log')?.text).toContain('line 399')
    expect(part('agent.log')?.text).not.toMatch(/line 99 |4111111111111111/)
    expect([part('status.json')?.cut, part('status.json')?.text.length, part('reports.json')?.cut]).toEqual([true, 150_000, false])
  })
})

describe('takings', () => {
  const keep = (steps: TransactionStep[]) => store.db.transaction(() => keepSteps(store.db, steps))
  it('are approved sales by the hour, and nothing else', () => {
    keep([
      ...sale('1', NINE), ...sale('2', NINE + 5000), ...sale('3', NINE + HOUR), ...sale('4', NINE, { type: 'refund' }), ...sale('5', NINE, { responseCode: '51' }), ...sale('6', NINE - HOUR),
      { transaction: '7', step: 'started', at: NINE + HOUR, type: 'cash', tender: 'cash', amountMinor: 50, currency: 'CNY' }, { transaction: '7', step: 'completed', at: NINE + HOUR + 2 },
    ])
    expect(salesSince(store.db, NINE)).toEqual([{ hour: NINE, count: 2, sumMinor: 2000, currency: 'CNY' }, { hour: NINE + HOUR, count: 2, sumMinor: 1050, currency: 'CNY' }])
  })
  it('are told again until HQ has heard them, and then every ten minutes at most', async () => {
    store.close()
    const clock = manualClock()
    const keeper = createKeeper(dir, { clock, log: SILENT_LOG })
    keeper.use((s) => s.db.transaction(() => keepSteps(s.db, sale('1', clock.now() - HOUR))))
    const takings = createTakings(keeper, clock)
    expect([takings.next().length, takings.next().length]).toEqual([1, 1])
    takings.heard()
    await clock.pass(60_000)
    expect(takings.next()).toEqual([])
    takings.heard()
    await clock.pass(540_000)
    expect(takings.next()).toHaveLength(1)
    keeper.close()
    store = openStore(`${dir}/store.db`)
  })
})
