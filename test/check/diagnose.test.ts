import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/check/diagnose.ts'
import { Diagnosis } from '../../src/model/diagnosis.ts'
import type { Knowledge, Shows } from '../../src/model/fault.ts'
import { runnerUp } from '../../src/model/runner-up.ts'
import type { Presence } from '../../src/model/symptom.ts'
import { device, fault, knows, symptom } from './network-maker.ts'

const shows = (id: string, p: number, on: Shows['on'] = 'self', more: Partial<Shows> = {}): Shows => ({ symptom: id, p, on, basis: 'estimate', ...more })

const devices = [
  device('host', 'host'),
  device('link-1', 'network', ['host']),
  device('acquirer-1', 'endpoint', ['link-1'], { type: 'tcp', host: 'a.example.com', port: 443 }),
  device('hq-1', 'endpoint', ['link-1'], { type: 'tcp', host: 'b.example.com', port: 443 }),
  device('printer-1', 'printer', ['host'], { type: 'usblp', path: '/dev/usb/lp0' }),
]

const knowledge = knows(
  [
    fault('NET-CUT', 'network', 0.005, [shows('network.down', 0.95), shows('endpoint.gone', 0.9, 'below')], { severity: 'block' }),
    fault('HST-OUT', 'endpoint', 0.004, [shows('endpoint.gone', 0.9)], { severity: 'block' }),
    fault('PRN-OPEN', 'printer', 0.004, [shows('printer.open', 0.95), shows('printer.offline', 0.9)]),
    fault('PRN-EMPTY', 'printer', 0.006, [shows('printer.empty', 0.95), shows('printer.offline', 0.8)]),
    fault('PRN-LOST', 'printer', 0.005, [shows('printer.lost', 0.9, 'self', { over: ['tcp'] })]),
    fault('TXN-STUCK', 'host', 0.01, []),
  ],
  (id) => (id === 'printer.busy' ? 0.3 : 0.0002),
)

const say = (...seen: [string, string, Presence][]) => diagnose({ knowledge, devices, symptoms: seen.map(([id, at, is]) => symptom(id, at, is)) })

const found = (d: Diagnosis) => d.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault}@${v.device}`)
const of = (d: Diagnosis, code: string, at: string) => d.verdicts.find((v) => v.fault === code && v.device === at)

describe('diagnose', () => {
  it('prefers one cause above to a coincidence below, and says that the losers follow it', () => {
    const d = say(['network.down', 'link-1', 'present'], ['endpoint.gone', 'acquirer-1', 'present'], ['endpoint.gone', 'hq-1', 'present'])
    expect(found(d)).toEqual(['NET-CUT@link-1'])
    expect(of(d, 'HST-OUT', 'acquirer-1')?.follows).toEqual({ fault: 'NET-CUT', device: 'link-1' })
    expect(d.unexplained).toEqual([])
  })

  it('blames the one server where only that one is gone', () => {
    const d = say(['network.down', 'link-1', 'absent'], ['endpoint.gone', 'acquirer-1', 'present'], ['endpoint.gone', 'hq-1', 'absent'])
    expect(found(d)).toEqual(['HST-OUT@acquirer-1'])
    expect(of(d, 'NET-CUT', 'link-1')).toMatchObject({ verdict: 'ruled-out', against: [{ symptom: 'network.down' }, { symptom: 'endpoint.gone', device: 'hq-1' }] })
  })

  it('says why a fault lost: what it should have shown, and what its rival shows better', () => {
    const d = say(['printer.open', 'printer-1', 'present'], ['printer.offline', 'printer-1', 'present'], ['printer.empty', 'printer-1', 'absent'])
    const { lost } = of(d, 'PRN-EMPTY', 'printer-1') ?? {}
    expect(lost).toMatchObject({ fault: 'PRN-OPEN', device: 'printer-1', by: [{ symptom: 'printer.open', is: 'present' }, { symptom: 'printer.empty', is: 'absent' }] })
    expect(lost?.prior).toBeCloseTo(Math.log(0.006 / 0.004), 10)
    expect(lost?.by[1]?.weight).toBeCloseTo(Math.log(0.05), 3)
    expect(runnerUp(d)?.fault).toBe('PRN-EMPTY')
    expect(of(d, 'NET-CUT', 'link-1')?.lost).toBeUndefined()
  })

  it('gives weights as log-likelihood ratios in nats', () => {
    const d = say(['printer.open', 'printer-1', 'present'], ['printer.offline', 'printer-1', 'absent'])
    expect(of(d, 'PRN-OPEN', 'printer-1')?.for[0]?.weight).toBeCloseTo(Math.log((1 - (1 - 0.0002) * 0.05) / 0.0002), 10)
    expect(of(d, 'PRN-OPEN', 'printer-1')?.against[0]?.weight).toBeCloseTo(Math.log(0.1), 10)
  })

  it('puts found before open before ruled out, and of unrelated faults the worse first', () => {
    const d = say(['printer.open', 'printer-1', 'present'], ['printer.offline', 'printer-1', 'present'], ['printer.empty', 'printer-1', 'unknown'], ['network.down', 'link-1', 'present'], ['endpoint.gone', 'acquirer-1', 'absent'])
    expect(found(d)).toEqual(['NET-CUT@link-1', 'PRN-OPEN@printer-1'])
    const order = ['found', 'open', 'ruled-out']
    const words = d.verdicts.map((v) => order.indexOf(v.verdict))
    expect(words).toEqual([...words].sort())
  })

  it('puts a cause before what may be its consequence, though the consequence is worse', () => {
    const worse: Knowledge = { ...knowledge, faults: [
      fault('NET-BAD', 'network', 0.005, [shows('network.bad', 0.95), shows('endpoint.slow', 0.3, 'below')]),
      fault('HST-DEAD', 'endpoint', 0.005, [shows('endpoint.slow', 0.5), shows('endpoint.dead', 0.9)], { severity: 'block' }),
    ] }
    const d = diagnose({ knowledge: worse, devices, symptoms: [symptom('network.bad', 'link-1', 'present'), symptom('endpoint.slow', 'acquirer-1', 'present'), symptom('endpoint.dead', 'acquirer-1', 'present')] })
    expect(found(d)).toEqual(['NET-BAD@link-1', 'HST-DEAD@acquirer-1'])
    expect(of(d, 'HST-DEAD', 'acquirer-1')?.follows).toBeUndefined()
  })

  it('names what was not looked at, most telling first', () => {
    const faults = [fault('PRN-EMPTY', 'printer', 0.006, [shows('printer.a-bit', 0.1), shows('printer.empty', 0.95), shows('printer.much', 0.5), shows('printer.offline', 0.8)])]
    const symptoms = ['printer.a-bit', 'printer.empty', 'printer.much'].map((id) => symptom(id, 'printer-1', 'unknown'))
    const told = diagnose({ knowledge: { ...knowledge, faults }, devices, symptoms: [...symptoms, symptom('printer.offline', 'printer-1', 'absent')] })
    expect(told.verdicts[0]?.notLookedAt.map((n) => n.symptom)).toEqual(['printer.empty', 'printer.much', 'printer.a-bit'])
    const d = say(['printer.offline', 'printer-1', 'present'], ['printer.open', 'printer-1', 'unknown'], ['printer.empty', 'printer-1', 'unknown'])
    expect(of(d, 'PRN-EMPTY', 'printer-1')).toMatchObject({ notLookedAt: [{ symptom: 'printer.empty', device: 'printer-1' }] })
  })

  it('reports a symptom that no fault explains, but not one that healthy devices often show', () => {
    expect(say(['printer.odd', 'printer-1', 'present'], ['printer.busy', 'printer-1', 'present']).unexplained).toEqual([{ symptom: 'printer.odd', device: 'printer-1' }])
  })

  it('marks what a loser would leave unexplained, and not what it shows less likely or what is missing', () => {
    const d = say(['printer.open', 'printer-1', 'present'], ['printer.offline', 'printer-1', 'present'], ['printer.empty', 'printer-1', 'absent'])
    const by = of(d, 'PRN-EMPTY', 'printer-1')?.lost?.by ?? []
    expect(by.map(({ symptom: id, is, leaves }) => [id, is, leaves])).toEqual([['printer.open', 'present', true], ['printer.empty', 'absent', undefined]])
    const below = say(['network.down', 'link-1', 'present'], ['endpoint.gone', 'acquirer-1', 'present'], ['endpoint.gone', 'hq-1', 'present'])
    expect(of(below, 'HST-OUT', 'acquirer-1')?.lost?.by.map((one) => [one.symptom, one.device, one.leaves])).toEqual(expect.arrayContaining([['endpoint.gone', 'hq-1', true]]))
  })

  it('leaves out faults of which nothing was looked at, and finds a silent terminal healthy as far as it looked', () => {
    const d = say(['printer.open', 'printer-1', 'unknown'])
    expect(d).toEqual({ verdicts: [], unexplained: [], healthy: 1 })
  })

  it('reads a symptom over the transports that the catalogue names only', () => {
    expect(say(['printer.lost', 'printer-1', 'present']).unexplained).toEqual([{ symptom: 'printer.lost', device: 'printer-1' }])
  })

  it('refuses knowledge with an impossible leak', () => {
    expect(() => diagnose({ knowledge: { ...knowledge, leak: () => 0 }, devices, symptoms: [symptom('printer.open', 'printer-1', 'present')] })).toThrow(/leak of printer.open/)
  })

  it('stands a circle of dependencies', () => {
    const circle = [device('a', 'printer', ['b']), device('b', 'printer', ['a'])]
    const d = diagnose({ knowledge: { ...knowledge, faults: [fault('PRN-OPEN', 'printer', 0.004, [shows('printer.open', 0.95), shows('printer.open', 0.3, 'below')])] }, devices: circle, symptoms: circle.map(({ id }) => symptom('printer.open', id, 'present')) })
    expect(Diagnosis.safeParse(d).success).toBe(true)
  })
})
