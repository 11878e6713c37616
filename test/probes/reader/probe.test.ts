import { describe, expect, it } from 'vitest'
import { reader } from '../../../probes/reader/probe.ts'
import { type Played, playFixture, playTo } from '../play.ts'

const PCSC = { type: 'pcsc', reader: 'ACR39U' }
const HID = { type: 'hid', vendorId: '0801', productId: '0002' }

const play = (name: string, device: object = {}): Promise<Played> => playFixture(reader, name, device)

/** Observations that a dialogue must lead to; its symptoms stand in its `# expect:` line. */
const SEEN: Record<string, Record<string, unknown>> = {
  ready: { 'reader.port': true, 'reader.answers': true, 'reader.state': 'ready', 'reader.reply-ms': 21 },
  'not-ready': { 'reader.answers': true, 'reader.state': 'not-ready' },
  idle: { 'reader.answers': true, 'reader.state': 'idle' },
  silent: { 'reader.answers': '!silent', 'reader.state': undefined },
  'wrong-parity': { 'reader.answers': '!garbled' },
  garbage: { 'reader.answers': '!garbled' },
  echo: { 'reader.answers': '!garbled' },
  'port-busy': { 'reader.port': '!busy' },
  'port-missing': { 'reader.port': '!missing' },
  'talks-unasked': { 'reader.answers': true, 'reader.state': 'talking', 'reader.reply-ms': undefined },
  unplugged: { 'reader.port': true, 'reader.answers': '!missing' },
  'pcsc-no-card': { 'reader.service': true, 'reader.port': true, 'reader.answers': true, 'reader.slot': 'none', 'reader.product': 'ACS ACR39U ICC Reader 00 00', 'reader.atr-valid': undefined },
  'pcsc-card': { 'reader.slot': 'present', 'reader.atr-valid': true, 'reader.card-protocols': 'T=1', 'reader.card-answers': undefined },
  'pcsc-malformed-atr': { 'reader.slot': 'present', 'reader.atr-valid': false, 'reader.atr-problem': 'cut' },
  'pcsc-mute-card': { 'reader.slot': 'mute', 'reader.answers': true },
  'pcsc-unavailable': { 'reader.slot': 'unavailable', 'reader.answers': '!silent' },
  'pcsc-no-reader': { 'reader.service': true, 'reader.port': '!missing' },
  'pcsc-on-bus-but-unlisted': { 'reader.port': true, 'reader.state': 'not-ready', 'reader.product': 'CCID USB Reader' },
  'pcsc-not-on-bus': { 'reader.port': '!missing' },
  'pcsc-service-down': { 'reader.service': '!missing', 'reader.port': true },
  'pcsc-held-by-kernel-driver': { 'reader.port': true, 'reader.state': 'not-ready', 'reader.driver': 'pn533_usb' },
  'pcsc-held-by-pcscd': { 'reader.port': true, 'reader.state': 'not-ready', 'reader.driver': undefined },
  'ecr17-talks-unasked': { 'reader.answers': true, 'reader.state': 'talking', 'reader.reply-ms': undefined },
  'pcsc-card-test': { 'reader.card-answers': true, 'reader.card-status': '9000', 'reader.applications': 'a0000000031010' },
  'pcsc-card-test-silent': { 'reader.card-answers': '!silent', 'reader.atr-valid': true },
  'pcsc-card-taken': { 'reader.card-answers': '!busy' },
  'pcsc-wrong-check-byte': { 'reader.atr-valid': false, 'reader.atr-problem': 'check' },
  'pcsc-denied': { 'reader.service': '!blocked', 'reader.port': '!blocked' },
  'hid-present': { 'reader.tool': true, 'reader.port': true, 'reader.product': 'USB Swipe Reader', 'reader.serial': 'B0A1234' },
  'hid-missing': { 'reader.port': '!missing' },
  'hid-no-library-present': { 'reader.tool': '!missing', 'reader.port': true, 'reader.product': 'USB Swipe Reader' },
  'hid-no-library-no-bus': { 'reader.tool': '!missing', 'reader.port': '!blocked' },
  'usb-present': { 'reader.port': true, 'reader.product': 'CCID USB Reader', 'reader.serial': undefined },
  'usb-missing': { 'reader.port': '!missing' },
}

describe('dialogues', () => {
  it.each(Object.entries(SEEN))('%s', async (name, seen) => {
    const played = await play(name)
    expect(Object.fromEntries(Object.keys(seen).map((key) => [key, played.seen[key]]))).toEqual(seen)
  })
})

describe('a missing tool is never a missing reader', () => {
  it.each(['pcsc-denied', 'hid-no-library-no-bus'])('%s', async (name) => {
    const { symptoms, why } = await play(name)
    expect(symptoms['reader.missing']).toBe('unknown')
    expect(symptoms['reader.silent']).toBe('unknown')
    expect(Object.values(why).every((detail) => detail.length > 10)).toBe(true)
  })

  it('the package that would help is named', async () => {
    expect((await play('pcsc-service-down', { transport: PCSC })).why['reader.service']).toContain('install and start pcscd')
    expect((await play('hid-no-library-no-bus', { transport: HID })).why['reader.port']).toContain('libusb-1.0-0')
  })

  it('nothing at all can be looked at: everything is unknown', async () => {
    const { symptoms } = await playTo(reader, '# an empty host', { transport: HID })
    expect(new Set(Object.values(symptoms))).toEqual(new Set(['unknown']))
  })
})

describe('an unknown payment device', () => {
  it('is sent a single ENQ and nothing else', async () => {
    for (const name of ['ready', 'not-ready', 'idle', 'silent', 'garbage', 'echo', 'wrong-parity']) {
      expect((await play(name)).transcript.match(/^> .*$/gm), name).toEqual(['> 05'])
    }
  })

  it('is sent nothing while it talks', async () => {
    expect((await play('talks-unasked')).transcript).not.toMatch(/^>/m)
  })

  it('is asked the same over TCP', async () => {
    expect((await play('ready', { transport: { type: 'tcp', host: '192.0.2.30', port: 4000 } })).seen['reader.state']).toBe('ready')
  })

  it('is given up within the deadline of the probe', async () => {
    expect((await play('silent', { transport: { type: 'tcp', host: '192.0.2.30', port: 4000 } })).ms).toBeLessThan(reader.deadlineMs)
  })
})

describe('readers with several slots', () => {
  const slots = (cards: string) => `? smartcards.slots []\n= ${cards}`
  it('the worst of them speaks', async () => {
    const { seen } = await playTo(reader, slots('[{"name":"ACS ACR1252 PICC 00 00","card":"none"},{"name":"ACS ACR1252 ICC 00 01","card":"mute"}]'), { transport: { type: 'pcsc', reader: 'ACR1252' } })
    expect(seen['reader.slot']).toBe('mute')
  })

  it('a slot for a security module does not, unless there is no other', async () => {
    const both = await playTo(reader, slots('[{"name":"ACS ACR1252 [SAM] 00 01","card":"mute"},{"name":"ACS ACR1252 PICC 00 00","card":"none"}]'), { transport: { type: 'pcsc' } })
    expect(both.seen['reader.slot']).toBe('none')
    const alone = await playTo(reader, slots('[{"name":"ACS ACR1252 [SAM] 00 01","card":"present","atr":"3b00"}]'), { transport: { type: 'pcsc' } })
    expect(alone.seen['reader.slot']).toBe('present')
  })
})

describe('the probe', () => {
  it('a wrong transport is told, and no symptom comes of it', async () => {
    const { why, present } = await playTo(reader, '# nothing', { transport: { type: 'host' } })
    expect(why['reader.answers']).toContain('host')
    expect(present).toEqual([])
  })

  it('reads only what it observes', () => {
    for (const { id, reads } of reader.symptoms) {
      expect(id).toMatch(/^reader\./)
      for (const name of reads) expect(reader.observes).toHaveProperty([name])
    }
    expect(new Set(reader.symptoms.map(({ id }) => id)).size).toBe(reader.symptoms.length)
  })

  it.each([
    ['reader.swipe-fail-percent', 11, 'reader.swipe-reads-fail', 'present'], ['reader.swipe-fail-percent', 10, 'reader.swipe-reads-fail', 'absent'], ['reader.chip-fail-percent', 40, 'reader.chip-reads-fail', 'present'],
    ['reader.tap-fail-percent', 40, 'reader.tap-reads-fail', 'present'], ['reader.collisions', 3, 'reader.collision', 'present'], ['reader.emv-parameters-ok', false, 'reader.emv-parameters-missing', 'present'],
    ['reader.emv-parameters-ok', true, 'reader.emv-parameters-missing', 'absent'], ['reader.tamper', true, 'reader.tamper', 'present'],
  ])('%s %s makes %s %s', (name, value, id, is) => {
    const rule = reader.symptoms.find((one) => one.id === id)
    const see = { value: (asked: string) => (asked === name ? value : undefined), number: (asked: string) => (asked === name && typeof value === 'number' ? value : undefined), absence: () => undefined, under: () => [] }
    expect(rule?.read(see, (limit) => reader.limits[limit]?.standard ?? Number.NaN)).toBe(is)
  })
})
