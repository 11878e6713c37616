import { describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import { diagnose } from '../../src/check/diagnose.ts'
import { weigh } from '../../src/check/run.ts'
import { catalogue } from '../../src/faults/index.ts'
import { fitted } from '../../src/model/fitted.ts'
import { MOST_ELSEWHERE, Past } from '../../src/model/past.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { device, fault, knows, symptom } from './network-maker.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = 1_790_000_000_000

const devices = [device('host', 'host'), device('printer-1', 'printer', ['host'])]
const knowledge = knows([
  { ...fault('CFG-BROKEN', 'host', 0.001, [{ symptom: 'host.dead', p: 0.8, on: 'self', basis: 'estimate' }]), after: [{ change: 'version', p: 0.9, basis: 'estimate' }] },
  fault('SYS-CRASH', 'host', 0.004, [{ symptom: 'host.dead', p: 0.95, on: 'self', basis: 'estimate' }]),
  { ...fault('PRN-LOOSE', 'printer', 0.004, [{ symptom: 'printer.gone', p: 0.95, on: 'self', basis: 'estimate' }]), after: [{ change: 'port', p: 0.3, basis: 'estimate' }] },
], () => 0.0002)

const say = (past: object) => diagnose({ knowledge, devices, symptoms: [symptom('host.dead', 'host', 'present'), symptom('printer.gone', 'printer-1', 'present')], past: Past.parse(past), now: NOW })
const of = (d: ReturnType<typeof say>, code: string) => d.verdicts.find((v) => v.fault === code)

describe('what changed before', () => {
  it('turns the scale where a change came within its window', () => {
    expect(of(say({}), 'SYS-CRASH')?.verdict).toBe('found')
    const d = say({ changes: [{ what: 'version', at: NOW - 3 * HOUR }] })
    expect(of(d, 'CFG-BROKEN')).toMatchObject({ verdict: 'found', changes: [{ what: 'version', at: NOW - 3 * HOUR, weight: Math.log(0.9 / 0.01) }] })
    expect(of(d, 'SYS-CRASH')?.verdict).not.toBe('found')
  })

  it('says nothing where it came too early, or after the trouble had begun', () => {
    const plain = of(say({}), 'CFG-BROKEN')?.posterior
    expect(of(say({ changes: [{ what: 'version', at: NOW - 30 * HOUR }] }), 'CFG-BROKEN')?.posterior).toBe(plain)
    const since = [{ symptom: 'host.dead', device: 'host', at: NOW - 5 * HOUR }]
    expect(of(say({ since, changes: [{ what: 'version', at: NOW - HOUR }] }), 'CFG-BROKEN')?.posterior).toBe(plain)
    expect(of(say({ since, changes: [{ what: 'version', at: NOW - 26 * HOUR }] }), 'CFG-BROKEN')?.posterior).toBeGreaterThan(0.5)
  })

  it('speaks against where changes were watched and none came', () => {
    const [unwatched, watched, tooShort] = [{}, { from: NOW - 3 * DAY }, { from: NOW - HOUR }].map((past) => of(say(past), 'CFG-BROKEN')?.posterior ?? 1)
    expect(watched).toBeLessThan(unwatched ?? 0)
    expect(tooShort).toBe(unwatched)
  })

  it('counts a change of port for the device that was moved only', () => {
    const plain = of(say({}), 'PRN-LOOSE')?.posterior ?? 1
    expect(of(say({ changes: [{ what: 'port', at: NOW - HOUR, device: 'reader-1' }] }), 'PRN-LOOSE')?.posterior).toBe(plain)
    expect(of(say({ changes: [{ what: 'port', at: NOW - HOUR, device: 'printer-1' }] }), 'PRN-LOOSE')?.posterior).toBeGreaterThan(plain)
  })
})

describe('recurrence', () => {
  it('counts what was found before on this device within 7 and 30 days, and names other lanes', () => {
    const incidents = [
      ...[2, 5, 12, 40].map((days) => ({ fault: 'PRN-LOOSE', device: 'printer-1', at: NOW - days * DAY })),
      { fault: 'PRN-LOOSE', device: 'printer-2', at: NOW - DAY },
      { fault: 'PRN-LOOSE', device: 'printer-1', at: NOW - DAY, lane: '4' },
      { fault: 'PRN-LOOSE', device: 'printer-1', at: NOW - 2 * DAY, lane: '4' },
      { fault: 'PRN-LOOSE', device: 'printer-1', at: NOW + DAY },
    ]
    expect(of(say({ incidents }), 'PRN-LOOSE')?.recurrence).toEqual({ days7: 2, days30: 3, lanes: ['4'] })
    expect(of(say({}), 'PRN-LOOSE')?.recurrence).toBeUndefined()
  })
})

describe('what HQ told of the other lanes', () => {
  const spread = (lanes: number, times: number) => ({ lanes, times })
  const faults = [{ fault: 'PRN-LOOSE', open: 1, days7: spread(2, 4), days30: spread(3, 9) }]
  const told = (at: number, lanes = 5, of = faults) => ({ elsewhere: { at, lanes, faults: of } })

  it('is told of faults that they had, with its age, and of those found here that they did not', () => {
    const d = say(told(NOW - HOUR))
    expect(of(d, 'PRN-LOOSE')?.recurrence).toEqual({ days7: 0, days30: 0, lanes: [], elsewhere: { at: NOW - HOUR, of: 5, open: 1, days7: spread(2, 4), days30: spread(3, 9) } })
    expect(of(d, 'SYS-CRASH')?.recurrence?.elsewhere).toEqual({ at: NOW - HOUR, of: 5, open: 0, days7: spread(0, 0), days30: spread(0, 0) })
    expect(of(d, 'CFG-BROKEN')).toMatchObject({ verdict: 'open' })
    expect(of(d, 'CFG-BROKEN')).not.toHaveProperty('recurrence')
  })

  it('is not told where it is too old, where there are no other lanes, and where a full list may have left it out', () => {
    expect(of(say(told(NOW - 7 * DAY)), 'PRN-LOOSE')).not.toHaveProperty('recurrence')
    expect(of(say(told(NOW, 0, [])), 'SYS-CRASH')).not.toHaveProperty('recurrence')
    const full = Array.from({ length: MOST_ELSEWHERE }, (_, i) => ({ fault: `F-${i}`, open: 0, days7: spread(1, 1), days30: spread(1, 1) }))
    expect(of(say(told(NOW, 5, full)), 'SYS-CRASH')).not.toHaveProperty('recurrence')
  })

  it('changes no probability', () => {
    const plain = (d: ReturnType<typeof say>) => d.verdicts.map(({ fault, posterior }) => [fault, posterior])
    expect(plain(say(told(NOW)))).toEqual(plain(say({})))
  })
})

describe('a device that comes and goes', () => {
  const terminal = TerminalFile.parse({ terminal: { id: 'T-1' }, devices: [{ id: 'scanner-1', kind: 'scanner', transport: { type: 'usb', vendorId: '05e0' } }] })
  const there = { name: 'scanner.present', device: 'scanner-1', at: NOW, source: 'passive' as const, value: true }
  const found = (times: number): string[] => weigh({ terminal, probes, knowledge: catalogue }, fitted(terminal), [there, { name: 'scanner.losses-per-hour', device: 'scanner-1', at: NOW, source: 'passive', value: times }])
    .diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault} ${v.ways?.[0]?.way ?? ''}`)

  it('has a loose plug, though it is there whenever somebody looks', () => {
    expect(found(4)).toEqual(['PER-SCANNER-FAULT loose'])
  })

  it('is well if it went once or twice', () => {
    expect(found(2)).toEqual([])
  })
})
