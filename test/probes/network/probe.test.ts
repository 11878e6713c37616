import { describe, expect, it } from 'vitest'
import { network } from '../../../probes/network/probe.ts'
import { dialogue, dialoguesOf, playTo } from '../play.ts'

const settings = { names: ['pay.example.com'] }
const play = async (name: string, more: object = {}) => playTo(network, await dialogue(`network/${name}`), { transport: { type: 'host' }, settings: { ...settings, ...more } })

const names = await dialoguesOf('network')

const pages = ['http://check.example.net:80/generate_204', 'http://shop.example.org:80/success.txt']

describe('symptoms of a link', () => {
  it.each([
    ['healthy-wired', []],
    ['no-ping-program', []],
    ['gateway-drops-ping', []],
    ['gateway-provoked', []],
    ['link-down', ['network.link-down']],
    ['interface-off', ['network.dns-fails', 'network.dns-server-silent', 'network.link-down', 'network.no-address']],
    ['only-loopback', ['network.dns-fails', 'network.dns-server-silent', 'network.interface-missing']],
    ['self-assigned', ['network.dns-fails', 'network.dns-server-silent', 'network.no-route', 'network.self-assigned-address']],
    ['gateway-silent', ['network.dns-fails', 'network.dns-server-silent', 'network.gateway-silent']],
    ['dns-dead', ['network.dns-fails', 'network.dns-server-silent']],
    ['dns-system-only', ['network.dns-fails']],
    ['wifi-weak', ['network.jitter-high', 'network.loss-high', 'network.rtt-high', 'network.wifi-weak']],
    ['flapping-half-duplex', ['network.half-duplex', 'network.link-flapping']],
    ['point-to-point', []],
    ['container', ['network.no-route']],
    ['no-kernel-files', []],
  ])('%s shows %j', async (name, present) => {
    const played = await play(name)
    expect(played.run.outcome).toBe('done')
    expect(played.present).toEqual(present)
  })

  it('a link without an address shows it, and no name is asked for where none is known', async () => {
    const played = await play('no-address', { names: [] })
    expect(played.present).toEqual(['network.dns-server-silent', 'network.no-address', 'network.no-route'])
    expect(played.seen).toMatchObject({ 'network.dns-system': '!not-fitted', 'network.dns-direct': '!missing', 'network.gateway': '!missing' })
    expect(played.symptoms['network.dns-fails']).toBe('unknown')
  })

  it('two pages must agree that a login page stands in the way', async () => {
    expect((await play('captive-portal', { pages })).present).toEqual(['network.captive-portal', 'network.no-internet'])
    const contradicted = await play('captive-portal-contradicted', { pages })
    expect(contradicted.present).toEqual([])
    expect(contradicted.seen).toMatchObject({ 'network.captive-portal': false, 'network.internet': true })
  })

  it.each(names)('%s: what was not looked at stays unknown, and a link without a modem has no trouble with one', async (name) => {
    const played = await play(name, { pages })
    const other = ['wired', 'wifi'].includes(String(played.seen['network.medium']))
    const asked = 'network.modem-answers' in played.seen
    for (const id of asked ? [] : ['network.modem-not-registered', 'network.sim-problem']) expect(played.symptoms[id]).toBe(other ? 'absent' : 'unknown')
    if (!('network.interface' in played.seen) || played.seen['network.interface'] === '!missing') expect(played.symptoms['network.link-down']).toBe('unknown')
  })
})

describe('observations of a link', () => {
  it('tells each rung of a healthy link', async () => {
    const { seen } = await play('healthy-wired')
    expect(seen).toMatchObject({
      'network.interface': 'eth0', 'network.medium': 'wired', 'network.carrier': true, 'network.operstate': 'up', 'network.speed-mbit': 1000, 'network.duplex': 'full',
      'network.carrier-changes': 2, 'network.carrier-changes-per-hour': 0, 'network.crc-errors': 0, 'network.address': '192.168.1.50', 'network.address-kind': 'routable',
      'network.default-route': true, 'network.gateway': '192.168.1.1', 'network.gateway-seen': true, 'network.gateway-answers': true, 'network.loss-percent': 0,
      'network.rtt-ms': 0.43, 'network.jitter-ms': 0.1, 'network.dns-system': true, 'network.dns-direct': true, 'network.dns-ms': 11.2,
    })
  })

  it('looks side by side: a healthy link takes no longer than its slowest look', async () => {
    expect((await play('healthy-wired')).ms).toBeLessThanOrEqual(403)
  })

  it('starts no program in a light round, and loses nothing but the quality of the way', async () => {
    const light = await play('healthy-wired', { light: true })
    expect(light.transcript).not.toContain('net.ping')
    expect(light.seen['network.gateway-seen']).toBe(true)
    expect(light.seen).not.toHaveProperty('network.loss-percent')
    expect(light.symptoms).toMatchObject({ 'network.loss-high': 'unknown', 'network.gateway-silent': 'absent' })
  })

  it('without a ping program says so, and goes by ARP', async () => {
    const { seen, why, symptoms } = await play('no-ping-program')
    expect(seen).toMatchObject({ 'network.gateway-answers': '!missing', 'network.loss-percent': '!missing', 'network.gateway-seen': true })
    expect(why['network.gateway-answers']).toContain('iputils-ping')
    expect(symptoms['network.gateway-silent']).toBe('absent')
  })

  it('makes the kernel ask for a gateway that is not in its table, and takes a refusal for an answer', async () => {
    const { seen, transcript } = await play('gateway-provoked')
    expect(transcript).toContain('? net.datagram ["192.168.1.1",9,"00"]')
    expect(seen).toMatchObject({ 'network.gateway-seen': true, 'network.gateway-answers': true, 'network.loss-percent': '!missing' })
  })

  it('does not take a datagram that may not leave for a silent gateway', async () => {
    const text = (await dialogue('network/gateway-provoked')).replace(/! refused .*ECONNREFUSED/, '! blocked 192.168.1.1:9: EPERM')
    const { seen, symptoms } = await playTo(network, text, { transport: { type: 'host' }, settings })
    expect(seen['network.gateway-seen']).toBe('!blocked')
    expect(symptoms['network.gateway-silent']).toBe('unknown')
  })

  it('asks a lossy gateway again before it says how lossy', async () => {
    const { seen, transcript } = await play('wifi-weak')
    expect(transcript).toContain('"count":10')
    expect(seen).toMatchObject({ 'network.loss-percent': 30.77, 'network.wifi-dbm': -79, 'network.medium': 'wifi' })
    expect(seen).not.toHaveProperty('network.duplex')
  })

  it('does not ask for names where the only way out is unplugged', async () => {
    const { seen, transcript } = await play('link-down')
    expect(transcript).not.toContain('net.lookup')
    expect(seen).not.toHaveProperty('network.gateway')
  })

  it('counts flapping since the last look where it is told of one', async () => {
    const before = { carrierChangesBefore: 58, carrierChangesBeforeAt: 1767225600000 - 2 * 3_600_000 }
    expect((await play('flapping-half-duplex', before)).seen['network.carrier-changes-per-hour']).toBe(1.5)
    expect((await play('flapping-half-duplex')).seen['network.carrier-changes-per-hour']).toBe(29.5)
  })

  it('a declared interface that is not there is missing, and the others are named', async () => {
    const { seen, why, present } = await play('healthy-wired', { interface: 'eth7' })
    expect(seen['network.interface']).toBe('!missing')
    expect(why['network.interface']).toContain('eth0')
    expect(present).toContain('network.interface-missing')
  })

  it('a host that shows no kernel files is no fault of its network', async () => {
    const { seen, symptoms } = await play('no-kernel-files')
    expect(seen).toMatchObject({ 'network.interface': '!blocked', 'network.dns-system': true })
    expect(symptoms).toMatchObject({ 'network.interface-missing': 'unknown', 'network.no-route': 'unknown' })
    const noRoutes = (await dialogue('network/healthy-wired')).replaceAll(/\? files\.read \["\/proc\/net\/(ipv6_)?route"\]\n= .*\n/g, '')
    const without = await playTo(network, noRoutes, { transport: { type: 'host' }, settings: { ...settings, interface: 'eth0' } })
    expect(without.seen).toMatchObject({ 'network.default-route': '!blocked', 'network.gateway': '!blocked' })
    expect(without.symptoms['network.no-route']).toBe('unknown')
  })

  it('takes a virtual wire with an address where there is no other', async () => {
    expect((await play('container')).seen).toMatchObject({ 'network.interface': 'eth0', 'network.address': '172.18.0.5', 'network.default-route': false })
  })

  it('a declared gateway is the one that is asked', async () => {
    const { seen } = await play('healthy-wired', { gateway: '192.168.1.254' })
    expect(seen).toMatchObject({ 'network.gateway': '192.168.1.254', 'network.gateway-seen': '!silent' })
  })
})
