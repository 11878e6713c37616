import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dbmOf, fieldsOf, readAt, registrationOf, simTrouble } from '../../../probes/network/at.ts'
import { network } from '../../../probes/network/probe.ts'
import { sntpOffset, sntpQuestion } from '../../../probes/network/sntp.ts'
import { duplicate6, inNetwork, reachOf } from '../../../probes/network/tables.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { device, lookAtDialogue } from '../looking.ts'
import { dialogue, playTo } from '../play.ts'

const settings = { names: ['pay.example.com'] }
const play = async (name: string, more: object = {}) => playTo(network, await dialogue(`network/${name}`), { transport: { type: 'host' }, settings: { ...settings, ...more } })
const modem = async (name: string, more: object = {}) => playTo(network, await dialogue(`network/${name}`), { transport: { type: 'serial', path: '/dev/ttyUSB2' }, settings: { ...settings, ...more } })

/** What every modem dialogue shows besides, as none of them has name servers. */
const ANYWAY = ['network.dns-server-silent']
const own = (present: readonly string[]): string[] => present.filter((id) => !ANYWAY.includes(id))

describe('a cellular modem', () => {
  it('that is well is alive, registered, attached, and tells level, operator and technology', async () => {
    const { seen, present } = await modem('modem-healthy')
    expect(own(present)).toEqual([])
    expect(seen).toMatchObject({
      'network.medium': 'cellular', 'network.modem-answers': true, 'network.sim-ready': true, 'network.modem-registered': true, 'network.modem-dbm': -73,
      'network.modem-attached': true, 'network.modem-operator': 'Shop Mobile', 'network.modem-technology': 'LTE',
    })
  })

  it.each([
    ['modem-no-sim', ['network.modem-detached', 'network.modem-not-registered', 'network.sim-problem'], { 'network.sim-ready': '!missing', 'network.modem-registered': '!refused' }],
    ['modem-denied', ['network.modem-detached', 'network.modem-not-registered'], { 'network.sim-ready': true, 'network.modem-dbm': -69 }],
    ['modem-weak', ['network.modem-weak'], { 'network.modem-registered': true, 'network.modem-dbm': -105 }],
    ['modem-no-data', ['network.modem-detached'], { 'network.modem-registered': true }],
    ['modem-mute', ['network.modem-silent'], { 'network.modem-answers': '!silent' }],
  ])('%s shows %j', async (name, symptoms, seen) => {
    const played = await modem(name)
    expect(own(played.present)).toEqual(symptoms)
    expect(played.seen).toMatchObject(seen)
    expect(played.ms).toBeLessThan(network.deadlineMs)
  })

  it('says why the network does not take it', async () => {
    expect((await modem('modem-denied')).why['network.modem-registered']).toBe('the network refuses this SIM card')
    expect((await modem('modem-no-sim')).why['network.sim-ready']).toBe('no SIM card')
  })

  it('is left alone in a steady round, and where another program holds its port', async () => {
    expect((await modem('modem-healthy', { light: true })).transcript).not.toMatch(/^>/m)
    const { seen, symptoms } = await playTo(network, `${(await dialogue('network/modem-mute')).replace(/^> [\s\S]*/m, '')}? open\n! busy /dev/ttyUSB2 is held by ModemManager\n`, { transport: { type: 'serial', path: '/dev/ttyUSB2' }, settings })
    expect(seen['network.modem-answers']).toBe('!busy')
    expect(symptoms['network.modem-silent']).toBe('unknown')
  })

  it('is asked nothing that the deny-list would refuse', () => {
    for (const command of ['AT', 'AT+CPIN?', 'AT+CEREG?', 'AT+CGREG?', 'AT+CREG?', 'AT+CSQ', 'AT+CGATT?', 'AT+COPS?']) expect(forbidden('at', Buffer.from(`${command}\r`)), command).toBeUndefined()
    expect(forbidden('at', Buffer.from('AT+CPIN=1234\r'))).toBeDefined()
  })
})

describe('a cellular modem that ModemManager drives', () => {
  it('needs no port: the one of the interface is told of, and nothing is opened', async () => {
    const { seen, present, transcript } = await play('managed-healthy')
    expect(own(present)).toEqual([])
    expect(seen).toMatchObject({
      'network.medium': 'cellular', 'network.modem-answers': true, 'network.sim-ready': true, 'network.modem-registered': true, 'network.modem-dbm': -71,
      'network.modem-attached': true, 'network.modem-operator': 'Shop Mobile', 'network.modem-technology': 'LTE',
    })
    expect((await modem('managed-healthy')).seen).toEqual(seen)
    expect(transcript).not.toContain('? open')
  })

  it.each([
    ['managed-weak', ['network.modem-weak'], { 'network.modem-registered': true, 'network.modem-dbm': -105 }],
    ['managed-no-sim', ['network.modem-not-registered', 'network.sim-problem'], { 'network.modem-answers': true, 'network.sim-ready': '!missing', 'network.modem-registered': '!refused' }],
    ['managed-denied', ['network.modem-detached', 'network.modem-not-registered'], { 'network.sim-ready': true, 'network.modem-registered': '!refused' }],
    ['managed-disabled', ['network.modem-not-registered'], { 'network.sim-ready': true, 'network.modem-registered': '!refused' }],
    ['managed-given-up', ['network.modem-not-registered', 'network.modem-silent'], { 'network.modem-answers': '!refused' }],
  ])('%s shows %j', async (name, symptoms, seen) => {
    const played = await play(name)
    expect(own(played.present)).toEqual(symptoms)
    expect(played.seen).toMatchObject(seen)
    // A percentage from before the registration is no level.
    if (name !== 'managed-weak') expect(played.seen).not.toHaveProperty('network.modem-dbm')
  })

  it('of which a level was measured long ago says so', async () => {
    const looked = await lookAtDialogue('network/managed-weak', network, device('network', { type: 'host' }, settings))
    expect(looked.observations.find(({ name }) => name === 'network.modem-dbm')?.source).toBe('cached')
  })

  it('is found by the port that a name below /dev/serial leads to', async () => {
    const text = `${await dialogue('network/managed-healthy')}? files.link ["/dev/serial/by-id/usb-modem"]\n= "/dev/ttyUSB2"\n`
    const { seen } = await playTo(network, text, { transport: { type: 'serial', path: '/dev/serial/by-id/usb-modem' }, settings })
    expect(seen['network.modem-operator']).toBe('Shop Mobile')
  })

  it('is the only one, where PPP made the interface', async () => {
    const text = (await dialogue('network/managed-healthy')).replace('"cdc-wdm0","wwan0"', '"cdc-wdm0"').replaceAll('wwan0', 'ppp0')
    expect((await playTo(network, text, { transport: { type: 'host' }, settings })).seen['network.modem-operator']).toBe('Shop Mobile')
  })

  it('is not mistaken for another: two modems and a port of neither leave the port to be asked', async () => {
    const text = (await dialogue('network/managed-healthy')).replace(/^= \[(\{"ports".*\})\]/m, '= [$1,{"ports":["ttyACM0"],"state":"registered"}]').replace('"cdc-wdm0","wwan0"', '"cdc-wdm0"')
    expect(Object.keys((await playTo(network, text, { transport: { type: 'host' }, settings })).seen).filter((name) => /modem|sim/.test(name))).toEqual([])
    expect((await playTo(network, text, { transport: { type: 'serial', path: '/dev/ttyUSB9' }, settings })).seen['network.modem-answers']).toBe('!missing')
  })

  it.each(['missing', 'blocked', 'silent', 'garbled', 'refused'])('that cannot be asked for (%s) raises no alarm', async (absence) => {
    const text = (await dialogue('network/managed-healthy')).replace(/^= \[\{"ports".*$/m, `! ${absence} for some reason`)
    const { present, seen } = await playTo(network, text, { transport: { type: 'host' }, settings })
    expect(own(present)).toEqual([])
    expect(Object.keys(seen).filter((name) => /modem|sim/.test(name))).toEqual([])
  })

  it.each(['blocked', 'silent', 'garbled', 'refused'])('may hold the port where it cannot be asked (%s): the port is left alone, and nobody is alarmed', async (absence) => {
    const text = `${(await dialogue('network/modem-healthy'))}? modems.list []\n! ${absence} for some reason\n`
    const { seen, present, why, transcript } = await playTo(network, text, { transport: { type: 'serial', path: '/dev/ttyUSB2' }, settings })
    expect(own(present)).toEqual([])
    expect(seen['network.modem-answers']).toBe('!blocked')
    expect(why['network.modem-answers']).toBe('not asked, as nobody tells whether ModemManager drives the modem: for some reason')
    expect(transcript).not.toContain('? open')
  })

  it('does not run on this host: the port is asked', async () => {
    const text = `${(await dialogue('network/modem-healthy'))}? modems.list []\n! missing org.freedesktop.ModemManager1 does not run on this host\n`
    expect((await playTo(network, text, { transport: { type: 'serial', path: '/dev/ttyUSB2' }, settings })).seen['network.modem-operator']).toBe('Shop Mobile')
  })

  it('is not asked for behind a cable', async () => {
    const text = (await dialogue('network/managed-healthy')).replaceAll('wwan0', 'eth0')
    expect((await playTo(network, text, { transport: { type: 'host' }, settings })).transcript).not.toContain('modems.list')
  })
})

describe('an answer of a modem', () => {
  const read = (text: string, command = 'AT+CSQ') => readAt(Buffer.from(text, 'latin1'), command)

  it('is whole with its last line, whatever comes in between', () => {
    expect(read('\r\n+CSQ: 20,0\r\n\r\nOK')).toEqual({ is: 'waiting' })
    expect(read('AT+CSQ\r\r\n+CSQ: 20,0\r\n\r\nOK\r\n')).toEqual({ is: 'ok', lines: ['+CSQ: 20,0'] })
    expect(read('\r\n+CREG: 1\r\n\r\n+CSQ: 20,0\r\n\r\nOK\r\n')).toEqual({ is: 'ok', lines: ['+CREG: 1', '+CSQ: 20,0'] })
    expect(read('\r\nERROR\r\n')).toEqual({ is: 'error' })
    expect(read('\r\n+CME ERROR: 10\r\n')).toEqual({ is: 'error', code: 10 })
  })

  it('is read by its fields', () => {
    expect(registrationOf(fieldsOf(['+CREG: 2,1,"00C3","02FA"'], 'CREG') ?? [])).toBe('home')
    expect(registrationOf(fieldsOf(['+CREG: 1'], 'CREG') ?? [])).toBe('home')
    expect(registrationOf(fieldsOf(['+CREG: 0,3'], 'CREG') ?? [])).toBe('denied')
    expect([dbmOf(['0', '0']), dbmOf(['7', '99']), dbmOf(['31', '0']), dbmOf(['99', '99']), dbmOf([''])]).toEqual([-113, -99, -51, undefined, undefined])
    expect([simTrouble(10), simTrouble(30), simTrouble(undefined)]).toEqual(['no SIM card', undefined, undefined])
  })

  it('of any bytes is read without failing, and more bytes never take a whole one back', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readAt(bytes, 'AT')
      expect(readAt(Buffer.concat([Buffer.from('\r\nOK\r\n'), bytes]), 'AT')).toEqual({ is: 'ok', lines: [] })
    }))
  })
})

describe('the wire, the way and the names', () => {
  it.each([
    ['duplex-mismatch-full', ['network.duplex-mismatch', 'network.frame-errors'], { 'network.frame-errors-permille': 4.4, 'network.collisions': 12, 'network.mtu': 1500 }],
    ['duplex-mismatch-half', ['network.duplex-mismatch', 'network.half-duplex'], { 'network.late-collisions': 180, 'network.frame-errors-permille': 0 }],
    ['gateway-elsewhere', ['network.gateway-elsewhere'], { 'network.gateway-on-link': false }],
    ['address-duplicate', ['network.address-duplicate'], { 'network.address-duplicate': true }],
    ['dns-invents', ['network.dns-lies'], { 'network.dns-invents': true, 'network.dns-contradicts': false }],
    ['dns-contradicts', ['network.dns-lies'], { 'network.dns-contradicts': true }],
    ['dns-honest', [], { 'network.dns-invents': false, 'network.dns-contradicts': false }],
    ['proxy-dead', ['network.proxy-dead'], { 'network.proxy': 'proxy.shop.example:3128', 'network.proxy-connects': '!refused' }],
  ])('%s shows %j', async (name, symptoms, seen) => {
    const played = await play(name)
    expect(played.present).toEqual(symptoms)
    expect(played.seen).toMatchObject(seen)
    const light = await play(name, { light: true })
    for (const of of Object.keys(seen)) expect(light.seen).not.toHaveProperty(of)
  })

  it('keeps the account of a proxy to itself', async () => {
    expect(JSON.stringify((await play('proxy-dead')).seen)).not.toContain('secret')
  })

  it('knows networks, doubled addresses and where an address leads', () => {
    expect([inNetwork('192.168.1.1', '192.168.1.50', 24), inNetwork('192.168.2.1', '192.168.1.50', 24), inNetwork('192.168.2.1', '192.168.1.50', 16), inNetwork('8.8.8.8', '1.1.1.1', 0)]).toEqual([true, false, true, true])
    expect(duplicate6('fe800000000000000000000000000001 02 40 20 80     eth0\n', 'eth0')).toBe(false)
    expect(['0.0.0.0', '::', '127.0.0.1', '::1', '10.1.2.3', '172.31.0.1', '172.32.0.1', '100.64.0.1', 'fd00::1', '203.0.113.10', '2001:db8::1'].map(reachOf)).toEqual(['nowhere', 'nowhere', 'own', 'own', 'private', 'private', 'public', 'private', 'private', 'public', 'public'])
  })
})

describe('a time server', () => {
  const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')
  const T = Date.UTC(2025, 0, 1)
  const answer = (question: Uint8Array, change: (bytes: Uint8Array) => void = () => undefined): Uint8Array => {
    const bytes = new Uint8Array(48)
    bytes.set([0x24, 2], 0)
    bytes.set(question.subarray(40, 48), 24)
    // EB 1F 04 00 is 2025-01-01T00:00:00Z.
    bytes.set(hex('eb1f040000000000'), 32)
    bytes.set(hex('eb1f040000000000'), 40)
    change(bytes)
    return bytes
  }

  it('tells how far the clock is off', () => {
    const sent = T - 2020
    expect(sntpOffset(sntpQuestion(sent), answer(sntpQuestion(sent)), sent, sent + 40)).toEqual({ offset: 2000 })
    expect(Buffer.from(sntpQuestion(T)).toString('hex')).toBe(`23${'00'.repeat(39)}eb1f040000000000`)
  })

  it.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, 40), /40 bytes/],
    ['another question', (bytes: Uint8Array) => { bytes[24] = 0; return bytes }, /another question/],
    ['a kiss of death', (bytes: Uint8Array) => { bytes.set([0xe4, 0], 0); bytes.set(Buffer.from('RATE'), 12); return bytes }, /RATE/],
    ['unsynchronised', (bytes: Uint8Array) => { bytes[1] = 16; return bytes }, /no time itself/],
    ['a client', (bytes: Uint8Array) => { bytes[0] = 0x23; return bytes }, /mode 3/],
  ])('that is %s tells none', (_, change, why) => {
    const read = sntpOffset(sntpQuestion(T), change(answer(sntpQuestion(T))), T, T + 10)
    expect('no' in read ? read.no : '').toMatch(why)
  })

  it('of any bytes is read without failing, and the offset is that of the clocks', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => { sntpOffset(sntpQuestion(T), bytes, T, T + 1) }))
    fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), (off) => {
      const question = sntpQuestion(T)
      const bytes = answer(question, (all) => { const then = sntpQuestion(T + off).subarray(40, 48); all.set(then, 32); all.set(then, 40) })
      const read = sntpOffset(question, bytes, T, T)
      expect('offset' in read && Math.abs(read.offset - off) < 0.01).toBe(true)
    }))
  })
})
