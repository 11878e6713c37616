import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createNotifier } from '../../src/agent/notify.ts'
import { manualClock, settled } from './manual-clock.ts'
import { scratch } from './sample-check.ts'

let dir: string
let remove: () => void
const path = process.env.PATH
beforeEach(() => {
  ({ dir, remove } = scratch())
  writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${join(dir, 'told')}\n`)
  chmodSync(join(dir, 'systemd-notify'), 0o755)
  process.env.PATH = `${dir}:${path}`
})
afterEach(() => {
  process.env.PATH = path
  remove()
})
/** What the stand-in for systemd-notify was told, in whole lines, once it was told that much. */
const told = async (count: number): Promise<string[]> => {
  const lines = (): string[] => {
    try {
      return readFileSync(join(dir, 'told'), 'utf8').split('\n').slice(0, -1)
    } catch {
      return []
    }
  }
  for (const end = performance.now() + 5_000; lines().length < count && performance.now() < end; ) await settled(1)
  return lines()
}

it('tells systemd once that it is ready, and feeds the watchdog only while the agent gets on', async () => {
  const clock = manualClock()
  let alive = true
  const notifier = createNotifier({ NOTIFY_SOCKET: '/run/none', WATCHDOG_USEC: '60000000', PATH: process.env.PATH }, () => alive, { clock, log: SILENT_LOG })
  notifier.ready()
  expect(await told(1)).toEqual(['--ready'])
  await clock.pass(30_000)
  expect(await told(2)).toEqual(['--ready', 'WATCHDOG=1'])
  alive = false
  await clock.pass(120_000)
  notifier.stopping()
  expect(await told(3)).toEqual(['--ready', 'WATCHDOG=1', 'STOPPING=1'])
  notifier.stop()
  expect(clock.pending()).toBe(0)
})
