import { describe, expect, it } from 'vitest'
import { readiness } from '../../src/check/readiness.ts'
import type { Diagnosis, Verdict } from '../../src/model/diagnosis.ts'
import { fitted } from '../../src/model/fitted.ts'
import type { Observation } from '../../src/model/observation.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { fault, knows } from './network-maker.ts'

const terminal = (more: object = {}): TerminalFile => TerminalFile.parse({
  terminal: { id: 'T1' },
  devices: [
    { id: 'reader-1', kind: 'reader', transport: { type: 'serial', path: '/dev/ttyS0' } },
    { id: 'printer-1', kind: 'printer', transport: { type: 'usblp', path: '/dev/usb/lp0' } },
  ],
  endpoints: [{ id: 'acquirer-1', role: 'acquirer', host: 'a.example.com' }, { id: 'acquirer-2', role: 'acquirer', host: 'b.example.com' }],
  ...more,
})

const knowledge = knows(
  [
    fault('CRD-DEAD', 'reader', 0.01, [], { impact: { chip: 'blocked', contactless: 'blocked', swipe: 'blocked' } }),
    fault('CRD-DIRTY', 'reader', 0.01, [], { impact: { chip: 'degraded' } }),
    fault('PRN-DEAD', 'printer', 0.01, [], { impact: { chip: 'blocked', cash: 'blocked' } }),
    fault('HST-DEAD', 'endpoint', 0.01, [], { impact: { chip: 'blocked', contactless: 'blocked', swipe: 'blocked', qr: 'blocked' } }),
    fault('NET-DEAD', 'network', 0.01, [], { impact: { chip: 'blocked', qr: 'blocked' } }),
    fault('SYS-CLOCK', 'host', 0.01, [], { impact: { chip: 'degraded' } }),
  ],
  () => 0.002,
)

const verdict = (code: string, device: string, more: Partial<Verdict> = {}): Verdict => ({ fault: code, device, verdict: 'found', posterior: 0.9, for: [], against: [], notLookedAt: [], ...more })

const say = (file: TerminalFile, verdicts: Verdict[], unseen: string[] = []) => {
  const devices = fitted(file)
  const diagnosis: Diagnosis = { verdicts, unexplained: [], healthy: 0.5 }
  const observations = devices.filter((d) => !unseen.includes(d.id)).map((d): Observation => ({ name: 'x.seen', device: d.id, at: 0, source: 'live', value: true }))
  return readiness({ terminal: file, devices, knowledge, diagnosis, observations })
}

const states = (...args: Parameters<typeof say>) => Object.fromEntries(say(...args).map((r) => [r.tender, r.is]))

describe('readiness', () => {
  it('is ready where nothing was found', () => {
    expect(states(terminal(), [])).toEqual({ chip: 'ready', contactless: 'ready', swipe: 'ready', qr: 'ready', cash: 'ready' })
  })

  it('leaves out what is not fitted', () => {
    expect(states(terminal({ devices: [], endpoints: [] }), [])).toEqual({ cash: 'ready' })
    expect(states(terminal({ devices: [{ id: 'reader-1', kind: 'reader', transport: { type: 'pcsc' } }], endpoints: [] }), [])).toEqual({ chip: 'ready', contactless: 'ready', cash: 'ready' })
    expect(states(terminal({ devices: [{ id: 'reader-1', kind: 'reader', transport: { type: 'hid', vendorId: '0801' } }], endpoints: [] }), [])).toEqual({ swipe: 'ready', cash: 'ready' })
    expect(states(terminal({ devices: [{ id: 'reader-1', kind: 'reader', transport: { type: 'hid', vendorId: '0801' }, settings: { reads: ['chip'] } }], endpoints: [] }), [])).toEqual({ chip: 'ready', cash: 'ready' })
  })

  it('blocks what uses the faulty device and says why', () => {
    expect(say(terminal(), [verdict('CRD-DEAD', 'reader-1')])[0]).toEqual({ tender: 'chip', is: 'blocked', because: [{ fault: 'CRD-DEAD', device: 'reader-1' }], unseen: [] })
  })

  describe('where no single cause is found', () => {
    const evidence = [{ symptom: 'reader.silent', device: 'reader-1', weight: 3 }]
    const open = (code: string, posterior: number, more: Partial<Verdict> = {}) => verdict(code, 'reader-1', { verdict: 'open', posterior, for: evidence, ...more })

    it('says what the contending causes have in common', () => {
      expect(states(terminal(), [open('CRD-DEAD', 0.4), open('CRD-DIRTY', 0.3)])).toMatchObject({ chip: 'degraded', swipe: 'ready' })
      expect(states(terminal(), [open('CRD-DEAD', 0.55), open('CRD-DIRTY', 0.3)])).toMatchObject({ chip: 'blocked', swipe: 'blocked', cash: 'ready' })
    })

    it('says nothing where they are unlikely, explain different things, or follow a found fault', () => {
      expect(states(terminal(), [open('CRD-DEAD', 0.2), open('CRD-DIRTY', 0.2)])).toMatchObject({ chip: 'ready' })
      expect(states(terminal(), [open('CRD-DEAD', 0.4), open('CRD-DIRTY', 0.4, { for: [{ symptom: 'reader.card-mute', device: 'reader-1', weight: 3 }] })])).toMatchObject({ chip: 'ready' })
      const follows = { fault: 'PRN-DEAD', device: 'printer-1' }
      expect(states(terminal(), [open('CRD-DEAD', 0.4, { follows }), open('CRD-DIRTY', 0.4, { follows })])).toMatchObject({ chip: 'ready' })
    })
  })

  it('counts a fault on what a used device depends on', () => {
    expect(states(terminal(), [verdict('NET-DEAD', 'link-1')])).toMatchObject({ chip: 'blocked', qr: 'blocked', cash: 'ready' })
  })

  it('degrades at most where the device is only wanted', () => {
    expect(states(terminal(), [verdict('PRN-DEAD', 'printer-1')])).toMatchObject({ chip: 'degraded', cash: 'degraded', qr: 'ready' })
  })

  it('is degraded while one of several acquirers can be reached, blocked when none can', () => {
    expect(states(terminal(), [verdict('HST-DEAD', 'acquirer-1')])).toMatchObject({ chip: 'degraded', qr: 'degraded' })
    expect(states(terminal(), [verdict('HST-DEAD', 'acquirer-1'), verdict('HST-DEAD', 'acquirer-2')])).toMatchObject({ chip: 'blocked', qr: 'blocked' })
  })

  it('puts the worst reason first', () => {
    expect(say(terminal(), [verdict('CRD-DIRTY', 'reader-1'), verdict('CRD-DEAD', 'reader-1')])[0]?.because.map((f) => f.fault)).toEqual(['CRD-DEAD', 'CRD-DIRTY'])
  })

  it('does not know where a used device could not be looked at, unless it knows it blocked', () => {
    expect(say(terminal(), [], ['reader-1'])[0]).toEqual({ tender: 'chip', is: 'unknown', because: [], unseen: ['reader-1'] })
    expect(say(terminal(), [verdict('CRD-DEAD', 'reader-1')], ['reader-1'])[0]).toMatchObject({ is: 'blocked', unseen: [] })
    expect(states(terminal(), [], ['acquirer-1'])).toMatchObject({ chip: 'ready' })
    expect(states(terminal(), [], ['host'])).toMatchObject({ cash: 'unknown' })
  })

  it('does not mind faults that are open or ruled out', () => {
    expect(states(terminal(), [verdict('CRD-DEAD', 'reader-1', { verdict: 'open', posterior: 0.4 })])).toMatchObject({ chip: 'ready' })
  })

  it('counts what a found fault brings about below as that fault\'s doing', () => {
    const follows = { fault: 'SYS-CLOCK', device: 'host' }
    const strong = [{ symptom: 'endpoint.tls-expired', device: 'acquirer-1', weight: 6 }]
    const below = ['acquirer-1', 'acquirer-2'].map((id) => verdict('HST-DEAD', id, { verdict: 'ruled-out', posterior: 0.001, for: strong, follows }))
    expect(say(terminal(), [verdict('SYS-CLOCK', 'host'), ...below])[0]).toMatchObject({ is: 'blocked', because: [follows] })
    const weak = below.map((v) => ({ ...v, against: [{ symptom: 'endpoint.connect-refused', device: v.device, weight: -5 }] }))
    expect(say(terminal(), [verdict('SYS-CLOCK', 'host'), ...weak])[0]).toMatchObject({ is: 'degraded' })
  })

  it('follows the terminal file where it says what a tender relies on', () => {
    const file = terminal({ tenders: { chip: { uses: ['acquirer-2', 'reader-1'], wants: ['acquirer-1'] }, swipe: { uses: ['reader-9'] } } })
    expect(states(file, [verdict('HST-DEAD', 'acquirer-1')])).toMatchObject({ chip: 'degraded' })
    expect(states(file, [verdict('HST-DEAD', 'acquirer-2')])).toMatchObject({ chip: 'blocked' })
    expect(say(file, []).find((r) => r.tender === 'swipe')).toMatchObject({ is: 'unknown', unseen: ['reader-9'] })
  })
})
