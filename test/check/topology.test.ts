import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/check/diagnose.ts'
import { groupsOf } from '../../src/check/topology.ts'
import { Past } from '../../src/model/past.ts'
import { device, fault, knows, symptom } from './network-maker.ts'

const usb = (vendorId: string) => ({ type: 'usb', vendorId })
const devices = [
  device('mains', 'power'),
  device('host', 'host', ['mains']),
  device('reader-1', 'reader', ['host', 'hub-1'], usb('0001')),
  device('scanner-1', 'scanner', ['host', 'hub-1'], usb('0002')),
  device('keyboard-1', 'keyboard', ['host'], usb('0003')),
  device('printer-1', 'printer', ['host', 'strip-1'], { type: 'serial', path: '/dev/ttyS0' }),
  device('pinpad-1', 'pinpad', ['host', 'strip-1'], { type: 'serial', path: '/dev/ttyS1' }),
]
const past = (more: object = {}): Past => Past.parse(more)
const nodes = [{ id: 'hub-1', is: 'hub' as const }, { id: 'strip-1', is: 'outlet' as const }]
const told = (groups: ReturnType<typeof groupsOf>) => groups.map(({ is, basis, devices: of }) => `${is} ${basis} ${[...of].join()}`)

describe('what hangs together', () => {
  it('is what the terminal file declares, and all of USB', () => {
    expect(told(groupsOf(devices, nodes, [], past()))).toEqual(['hub declared reader-1,scanner-1', 'outlet declared printer-1,pinpad-1', 'hub all reader-1,scanner-1,keyboard-1'])
  })

  it('is learnt from USB paths, through every hub that they lead through', () => {
    expect(told(groupsOf(devices, [], [], past({ usbPaths: { 'reader-1': '1-2.1.3', 'scanner-1': '1-2.1.4', 'keyboard-1': '1-2.2', 'gone-1': '1-2.1.1' } })))).toEqual(['hub path reader-1,scanner-1,keyboard-1', 'hub path reader-1,scanner-1'])
  })

  it('is learnt from losses at the same moment, and suspected where devices are missing together', () => {
    const losses = [{ device: 'scanner-1', at: 9000 }, { device: 'reader-1', at: 8200 }, { device: 'keyboard-1', at: 60_000 }]
    expect(told(groupsOf(devices, [], [], past({ losses })))).toContain('hub lost-together reader-1,scanner-1')
    // Still there when the other was found gone.
    expect(told(groupsOf(devices, [], [], past({ losses: losses.map((loss) => ({ ...loss, seen: 8300 })) }))).join()).not.toContain('lost-together')
    const missing = ['reader-1', 'keyboard-1'].map((id) => symptom(`${id.replace('-1', '')}.missing`, id, 'present'))
    expect(told(groupsOf(devices, [], missing, past()))).toContain('hub missing-together reader-1,keyboard-1')
  })

  it('leaves out what went at another moment: a hub takes everything along at once', () => {
    const gone = ['reader-1', 'scanner-1'].map((id) => symptom(`${id.replace('-1', '')}.missing`, id, 'present'))
    const since = [{ symptom: 'reader.missing', device: 'reader-1', at: 60_000 }]
    const groups = (seen: number | undefined) => told(groupsOf(devices, nodes, gone, past({ since, losses: [{ device: 'reader-1', at: 60_000 }, { device: 'scanner-1', at: 90_000, ...(seen === undefined ? {} : { seen }) }] })))
    const together = ['hub declared reader-1,scanner-1', 'outlet declared printer-1,pinpad-1', 'hub all reader-1,scanner-1,keyboard-1']
    expect(groups(undefined)).toEqual(together)
    // Not looked at since before the reader was found gone, it may have gone with it.
    expect(groups(59_000)).toEqual(together)
    expect(groups(60_001)).toEqual(['hub declared reader-1', 'hub declared scanner-1', 'outlet declared printer-1,pinpad-1', 'hub all reader-1,keyboard-1', 'hub all scanner-1,keyboard-1'])
  })

  it('is told once, by the surest way of knowing', () => {
    const losses = [{ device: 'reader-1', at: 0 }, { device: 'scanner-1', at: 1 }]
    expect(told(groupsOf(devices, nodes, [], past({ losses, usbPaths: { 'reader-1': '1-2.1', 'scanner-1': '1-2.2' } }))).filter((t) => t.endsWith(' reader-1,scanner-1'))).toEqual(['hub declared reader-1,scanner-1'])
  })
})

const knowledge = knows([
  fault('PER-HUB', 'host', 0.003, ['reader', 'scanner', 'keyboard'].map((kind) => ({ symptom: `${kind}.missing`, p: 0.9, on: 'below' as const, ways: ['hub'], basis: 'estimate' })), { ways: { hub: 0.5, other: 0.5 }, through: { hub: 'hub' } }),
  fault('PWR-GONE', 'power', 0.004, [
    { symptom: 'printer.silent', p: 0.9, on: 'below', ways: ['strip'], basis: 'estimate' }, { symptom: 'pinpad.silent', p: 0.9, on: 'below', ways: ['strip'], basis: 'estimate' },
    { symptom: 'power.lost', p: 0.95, on: 'self', ways: ['all'], basis: 'estimate' },
  ], { ways: { strip: 0.2, all: 0.8 }, through: { strip: 'outlet' } }),
  ...['reader', 'scanner', 'keyboard'].map((kind) => fault(`${kind.slice(0, 3).toUpperCase()}-OUT`, kind as 'reader', 0.004, [{ symptom: `${kind}.missing`, p: 0.95, on: 'self', basis: 'estimate' }])),
  fault('PRN-OFF', 'printer', 0.005, [{ symptom: 'printer.silent', p: 0.9, on: 'self', basis: 'estimate' }]),
  fault('PED-OFF', 'pinpad', 0.003, [{ symptom: 'pinpad.silent', p: 0.9, on: 'self', basis: 'estimate' }]),
], () => 0.0002)

const say = (present: readonly string[], more: object = {}) => diagnose({
  knowledge, devices, nodes,
  symptoms: [...['reader', 'scanner', 'keyboard'].map((kind) => [`${kind}.missing`, `${kind}-1`] as const), ['printer.silent', 'printer-1'] as const, ['pinpad.silent', 'pinpad-1'] as const]
    .map(([id, at]) => symptom(id, at, present.includes(at) ? 'present' : 'absent')),
  ...more,
})
const found = (d: ReturnType<typeof say>) => d.verdicts.filter((v) => v.verdict === 'found').map((v) => `${v.fault}@${v.device}`)

describe('a fault of what devices share', () => {
  it('beats as many coincidences, though devices on other hubs are well', () => {
    const d = say(['reader-1', 'scanner-1'])
    expect(found(d)).toEqual(['PER-HUB@host'])
    expect(d.verdicts[0]?.ways?.[0]).toMatchObject({ way: 'hub', devices: ['reader-1', 'scanner-1'] })
  })

  it('is not blamed for one device alone, nor for devices that share nothing', () => {
    expect(found(say(['scanner-1']))).toEqual(['SCA-OUT@scanner-1'])
    expect(found(say(['scanner-1', 'printer-1']))).toEqual(['SCA-OUT@scanner-1', 'PRN-OFF@printer-1'])
  })

  it('is not blamed for two devices that went one after the other', () => {
    const since = [{ symptom: 'reader.missing', device: 'reader-1', at: 60_000 }]
    const losses = [{ device: 'reader-1', at: 60_000, seen: 50_000 }, { device: 'scanner-1', at: 90_000, seen: 80_000 }]
    expect(found(say(['reader-1', 'scanner-1'], { past: past({ since, losses }), now: 90_000 })).toSorted()).toEqual(['REA-OUT@reader-1', 'SCA-OUT@scanner-1'])
  })

  it('takes the data cable from a UPS, and nothing from what the UPS feeds', () => {
    const fed = [device('ups-1', 'power', [], { type: 'hid', vendorId: '051d' }), device('host', 'host', ['ups-1']), device('reader-1', 'reader', ['host'], usb('0001')), device('keyboard-1', 'keyboard', ['host'], { type: 'serial', path: '/dev/ttyS0' })]
    const symptoms = [symptom('reader.missing', 'reader-1', 'present'), symptom('keyboard.missing', 'keyboard-1', 'present')]
    const hub = diagnose({ knowledge, devices: fed, symptoms }).verdicts.find((v) => v.fault === 'PER-HUB')
    expect(hub?.for.map(({ device: at }) => at)).toEqual(['reader-1'])
  })

  it('may be a strip that went dark while the mains are there', () => {
    expect(found(say(['printer-1', 'pinpad-1']))).toEqual(['PWR-GONE@mains'])
  })

  it('is believed the more, the surer it is that they share a hub', () => {
    const posterior = (more: object) => say(['reader-1', 'keyboard-1'], { nodes: [], ...more }).verdicts.find((v) => v.fault === 'PER-HUB')?.posterior ?? 0
    const guessed = posterior({})
    const lost = posterior({ past: past({ losses: [{ device: 'reader-1', at: 5 }, { device: 'keyboard-1', at: 6 }] }) })
    const known = posterior({ past: past({ usbPaths: { 'reader-1': '1-1.1', 'keyboard-1': '1-1.2' } }) })
    expect(guessed).toBeLessThan(lost)
    expect(lost).toBeLessThan(known)
  })

  it('is one hypothesis, on the device that tells most, where the terminal has but one of it', () => {
    const shared = knows([{ ...fault('PWR-GONE', 'power', 0.004, [{ symptom: 'power.lost', p: 0.98, on: 'self', basis: 'estimate' }, { symptom: 'power.lost', p: 0.9, on: 'any', basis: 'estimate' }]), shared: true }], () => 0.0001)
    const two = [device('mains', 'power'), device('ups-1', 'power')]
    const d = diagnose({ knowledge: shared, devices: two, symptoms: [symptom('power.lost', 'mains', 'unknown'), symptom('power.lost', 'ups-1', 'present')] })
    expect(d.verdicts.map((v) => `${v.fault}@${v.device} ${v.verdict}`)).toEqual(['PWR-GONE@ups-1 found'])
  })
})
