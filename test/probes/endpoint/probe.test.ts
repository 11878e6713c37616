import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockOffset, pageUrl } from '../../../probes/endpoint/ladder.ts'
import { endpoint } from '../../../probes/endpoint/probe.ts'
import { dialogue, dialoguesOf, playTo } from '../play.ts'

const device = (settings: object = {}, host = 'pay.example.com', port = 443) => ({ transport: { type: 'tcp', host, port }, settings: { tls: true, httpPath: '/healthz', ...settings } })
const play = async (name: string, as: object = device()) => playTo(endpoint, await dialogue(`endpoint/${name}`), as)

const VARIANTS: Readonly<Record<string, object>> = {
  'cert-expired-clock-ahead': { transport: { type: 'tcp', host: 'pay.example.com', port: 443 }, settings: { tls: true } },
  'captive-portal-302': device({ tls: false }, 'pay.example.com', 80),
  'by-address': device({ tls: false }, '127.0.0.1', 8080),
  'own-resolver': device({ resolvers: ['192.0.2.53', '192.0.2.54:5353'] }),
}

describe('symptoms of an endpoint', () => {
  it.each([
    ['healthy', []],
    ['by-address', []],
    ['own-resolver', []],
    ['second-address', []],
    ['no-such-name', ['endpoint.unresolved']],
    ['name-server-silent', ['endpoint.unresolved']],
    ['refused', ['endpoint.connect-refused']],
    ['silent', ['endpoint.connect-silent']],
    ['no-route', ['endpoint.no-route']],
    ['cert-expired', ['endpoint.tls-expired']],
    ['cert-expired-clock-ahead', ['endpoint.clock-differs', 'endpoint.tls-expired']],
    ['cert-not-yet-valid', ['endpoint.clock-differs', 'endpoint.tls-not-yet-valid']],
    ['cert-wrong-name', ['endpoint.tls-wrong-name']],
    ['cert-self-signed', ['endpoint.tls-untrusted']],
    ['cert-expiring', ['endpoint.cert-expiring']],
    ['not-tls', ['endpoint.tls-fails']],
    ['mute', ['endpoint.tls-silent']],
    ['captive-portal-302', ['endpoint.http-error']],
    ['clock-3h-off', ['endpoint.clock-differs']],
    ['server-error', ['endpoint.http-error']],
    ['slow', ['endpoint.slow']],
  ])('%s shows %j', async (name, present) => {
    const played = await play(name, VARIANTS[name])
    expect(played.run.outcome).toBe('done')
    expect(played.present).toEqual(present)
  })

  it('every dialogue is played above', async () => {
    expect(await dialoguesOf('endpoint')).toHaveLength(21)
  })

  it.each(['no-such-name', 'refused', 'silent', 'no-route'])('%s: the rungs above are not climbed and stay unknown', async (name) => {
    const { symptoms, seen } = await play(name)
    for (const id of ['tls-expired', 'tls-untrusted', 'tls-fails', 'http-error', 'clock-differs', 'cert-expiring']) expect(symptoms[`endpoint.${id}`]).toBe('unknown')
    expect(Object.keys(seen).filter((key) => /tls|http|cert|clock/.test(key))).toEqual([])
  })

  it('of the other troubles, one certificate problem says only what it can', async () => {
    const wrongName = (await play('cert-wrong-name')).symptoms
    expect(wrongName).toMatchObject({ 'endpoint.tls-untrusted': 'absent', 'endpoint.tls-expired': 'absent', 'endpoint.tls-fails': 'absent' })
    const expired = (await play('cert-expired')).symptoms
    expect(expired).toMatchObject({ 'endpoint.tls-untrusted': 'unknown', 'endpoint.tls-wrong-name': 'unknown', 'endpoint.tls-not-yet-valid': 'absent', 'endpoint.cert-expiring': 'absent' })
  })

  it('a file of roots that is not there is no trouble of the server', async () => {
    const text = (await dialogue('endpoint/healthy')).replace(/^= \{"ms":48.*$/m, '! missing roots to trust, /etc/ca.pem: ENOENT')
    const { present, symptoms } = await playTo(endpoint, text, device())
    expect(present).toEqual([])
    expect(symptoms['endpoint.tls-fails']).toBe('unknown')
  })
})

describe('observations of an endpoint', () => {
  it('tells each rung with its time', async () => {
    const { seen } = await play('healthy')
    expect(seen).toEqual({
      'endpoint.resolves': true, 'endpoint.dns-ms': 9.4, 'endpoint.address': '203.0.113.10', 'endpoint.connects': true, 'endpoint.connect-ms': 21.3,
      'endpoint.tls-ok': true, 'endpoint.tls-problem': 'none', 'endpoint.tls-ms': 48, 'endpoint.cert-days-left': 200, 'endpoint.cert-age-days': 100,
      'endpoint.cert-issuer': 'C=US, O=Example Trust, CN=Example TLS CA 1', 'endpoint.http-status': 200, 'endpoint.http-ms': 31, 'endpoint.clock-offset-s': 0.485,
    })
  })

  it('takes the time of its rungs, which all use one connection', async () => {
    expect((await play('healthy')).ms).toBeLessThanOrEqual(9.4 + 21.3 + 70 + 31 + 1)
  })

  it('asks for no page where the handshake fails', async () => {
    expect((await play('not-tls')).transcript).not.toContain('net.http')
  })

  it('does not wait for TLS and HTTP where nothing connects', async () => {
    expect((await play('silent')).ms).toBeLessThanOrEqual(9.4 + 2500 + 1)
  })

  it('an endpoint given by its address has no name to resolve', async () => {
    const { seen } = await play('by-address', VARIANTS['by-address'])
    expect(seen).not.toHaveProperty('endpoint.resolves')
    expect(seen).toMatchObject({ 'endpoint.address': '127.0.0.1', 'endpoint.connects': true, 'endpoint.http-status': 200 })
  })

  it('asks the declared name servers and not the system', async () => {
    const { seen, transcript, ms } = await play('own-resolver', VARIANTS['own-resolver'])
    expect(transcript).not.toContain('net.lookup')
    // The dead one holds up nobody.
    expect(ms).toBeLessThanOrEqual(6 + 21.3 + 70 + 31 + 1)
    expect(seen).toMatchObject({ 'endpoint.resolves': true, 'endpoint.dns-ms': 6 })
  })

  it('goes on to the address that answers', async () => {
    expect((await play('second-address')).seen['endpoint.address']).toBe('203.0.113.10')
  })

  it('looks at the server\'s clock where a certificate\'s dates are in doubt, and at nothing else of that answer', async () => {
    const { seen } = await play('cert-expired-clock-ahead', VARIANTS['cert-expired-clock-ahead'])
    expect(seen['endpoint.clock-offset-s']).toBeCloseTo(-365 * 86_400, -1)
    expect(seen).not.toHaveProperty('endpoint.http-status')
  })

  it('asks for no page where none is declared', async () => {
    const { seen, transcript } = await play('healthy', { transport: { type: 'tcp', host: 'pay.example.com', port: 443 }, settings: { tls: true } })
    expect(transcript).not.toContain('net.http')
    expect(seen).not.toHaveProperty('endpoint.clock-offset-s')
  })

  it('names the host that a redirect leads to', async () => {
    expect((await play('captive-portal-302', VARIANTS['captive-portal-302'])).seen['endpoint.http-redirect']).toBe('10.0.0.1')
  })
})

describe('clock offset', () => {
  it('is exact to half a second and half the round trip, whatever the clocks say', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (sentAt, offset, rtt, at) => {
      const serverTime = sentAt + rtt * at + offset
      const told = clockOffset({ date: Math.floor(serverTime / 1000) * 1000, sentAt, receivedAt: sentAt + rtt }) ?? Number.NaN
      expect(Math.abs(told * 1000 - offset)).toBeLessThanOrEqual(500 + rtt / 2 + 1)
    }))
  })

  it('is unknown without a Date header', () => {
    expect(clockOffset({ sentAt: 0, receivedAt: 1 })).toBeUndefined()
  })

  it('an IPv6 address goes into brackets', () => {
    expect(pageUrl({ host: '::1', port: 8443, tls: true }, '/x')).toBe('https://[::1]:8443/x')
  })
})
