import { describe, expect, it } from 'vitest'
import { stepPast, withBoots } from '../../src/agent/past.ts'
import type { Check } from '../../src/model/check.ts'
import type { ObservedValue } from '../../src/model/observation.ts'
import { Past } from '../../src/model/past.ts'
import { sampleCheck } from './sample-check.ts'

const T0 = 1_790_000_000_000
const MINUTE = 60_000

const check = (at: number, present: readonly (readonly [string, string])[], seen: readonly (readonly [string, string, ObservedValue])[] = []): Check => ({
  ...sampleCheck({}), startedAt: at,
  symptoms: present.map(([id, device]) => ({ id, device, is: 'present', because: [] })),
  observations: seen.map(([name, device, value]) => ({ name, device, at, source: 'live', value })),
})

const run = (...checks: Check[]): Past => checks.reduce((past, one, i) => stepPast(past, checks[i - 1], one), Past.parse({}))

describe('the past', () => {
  it('keeps since when a symptom has been there without a break', () => {
    const low = ['printer.paper-low', 'printer-1'] as const
    const past = run(check(T0, [low]), check(T0 + MINUTE, [low]), check(T0 + 2 * MINUTE, []), check(T0 + 3 * MINUTE, [low, ['host.hot', 'host']]))
    expect(past.since).toEqual([{ symptom: 'printer.paper-low', device: 'printer-1', at: T0 + 3 * MINUTE }, { symptom: 'host.hot', device: 'host', at: T0 + 3 * MINUTE }])
    expect(past.from).toBe(T0)
  })

  it('notes changes of software, settings and port, and of the mains, when they are first seen', () => {
    const seen = (version: string, path: string, right: boolean) => [['configuration.pos-version', 'configuration', version], ['reader.usb-path', 'reader-1', path], ['configuration.time-zone-right', 'configuration', right]] as const
    const past = run(check(T0, [], seen('1.0', '1-1.2', true)), check(T0 + MINUTE, [], seen('1.0', '1-1.2', true)), check(T0 + 2 * MINUTE, [['power.mains-lost', 'ups-1']], seen('1.1', '1-1.3', false)))
    expect(past.changes.map(({ what, at, device }) => [what, at, device])).toEqual([['version', T0 + 2 * MINUTE, 'configuration'], ['port', T0 + 2 * MINUTE, 'reader-1'], ['configuration', T0 + 2 * MINUTE, 'configuration'], ['power', T0 + 2 * MINUTE, undefined]])
    expect(past.usbPaths).toEqual({ 'reader-1': '1-1.3' })
  })

  it('counts a loss when a device goes, not while it is gone, nor at the first look', () => {
    const gone = ['reader.missing', 'reader-1'] as const
    const past = run(check(T0, [gone]), check(T0 + MINUTE, []), check(T0 + 2 * MINUTE, [gone]), check(T0 + 3 * MINUTE, [gone]), check(T0 + 4 * MINUTE, []), check(T0 + 5 * MINUTE, [gone]))
    expect(past.losses).toEqual([{ device: 'reader-1', at: T0 + 2 * MINUTE }, { device: 'reader-1', at: T0 + 5 * MINUTE }])
  })

  it('keeps of a loss when the device was last seen at its port, however long ago that was', () => {
    const there = check(T0, [], [['reader.port', 'reader-1', true], ['scanner.present', 'scanner-1', true]])
    const carried = { ...there, startedAt: T0 + MINUTE, observations: there.observations.map((o) => ({ ...o, source: 'cached' as const })) }
    const gone = [['reader.missing', 'reader-1'], ['scanner.missing', 'scanner-1'], ['printer.silent', 'printer-1']] as const
    expect(run(there, carried, check(T0 + 2 * MINUTE, gone)).losses).toEqual(gone.map(([, device]) => ({ device, at: T0 + 2 * MINUTE, ...(device === 'printer-1' ? {} : { seen: T0 }) })))
  })

  it('is the same object while nothing changes, and forgets what is a week old', () => {
    const quiet = run(check(T0, []))
    expect(stepPast(quiet, check(T0, []), check(T0 + MINUTE, []))).toBe(quiet)
    const old = { ...quiet, losses: [{ device: 'reader-1', at: T0 - 8 * 86_400_000 }] }
    expect(stepPast(old, check(T0, []), check(T0 + MINUTE, [['host.hot', 'host']])).losses).toEqual([])
  })

  it('knows the restarts of the host from its boots', () => {
    expect(withBoots(run(check(T0, [])), [T0 - MINUTE]).changes).toEqual([{ what: 'reboot', at: T0 - MINUTE }])
  })
})
