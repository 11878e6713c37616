import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromPortal } from '../../../probes/network/names.ts'
import { defaultRoutes4, defaultRoutes6, littleEndianAddress, nameServers, neighbour, wirelessLevel } from '../../../probes/network/tables.ts'

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'

describe('kernel tables', () => {
  it('every address survives the way through the routing table', () => {
    fc.assert(fc.property(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), (octets) => {
      const hex = [...octets].reverse().map((octet) => octet.toString(16).toUpperCase().padStart(2, '0')).join('')
      expect(littleEndianAddress(hex)).toBe(octets.join('.'))
    }))
  })

  it('the default route with the lowest metric comes first; routes that are down or reject do not count', () => {
    const table = `${HEAD}wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\neth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`
      + 'eth1\t00000000\t0100000A\t0002\t0\t0\t1\t00000000\t0\t0\t0\neth2\t00000000\t00000000\t0201\t0\t0\t1\t00000000\t0\t0\t0\neth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n'
    expect(defaultRoutes4(table)).toEqual([{ interface: 'eth0', gateway: '192.0.2.1', metric: 100 }, { interface: 'wlan0', gateway: '192.168.1.1', metric: 600 }])
  })

  it('an IPv6 default route gives its next hop; the kernel\'s reject entry on lo does not count', () => {
    const none = '0'.repeat(32)
    const table = `${none} 00 ${none} 00 fe80000000000000020000fffe000001 00000064 00000001 00000000 00450003     eth0\n${none} 00 ${none} 00 ${none} ffffffff 00000001 00000000 00200200       lo\n`
    expect(defaultRoutes6(table)).toEqual([{ interface: 'eth0', gateway: 'fe80:0:0:0:200:ff:fe00:1', metric: 100 }])
  })

  it('a neighbour is complete, incomplete or unknown, and not mistaken for one with a longer address', () => {
    const table = 'IP address       HW type     Flags       HW address            Mask     Device\n192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0\n192.0.2.11       0x1         0x6         02:fc:00:00:00:07     *        eth0\n'
    expect(['192.0.2.1', '192.0.2.9', '192.0.2.11', '192.0.2.111'].map((address) => neighbour(table, address))).toEqual(['complete', 'incomplete', 'complete', 'unknown'])
  })

  it('a Wi-Fi level is read signed and, from old drivers, unsigned', () => {
    const table = (level: string) => `Inter-| sta-|   Quality\n face | tus | link level noise\n wlan0: 0000   54.  ${level}  -256        0      0\n`
    expect(wirelessLevel(table('-56.'), 'wlan0')).toBe(-56)
    expect(wirelessLevel(table('200.'), 'wlan0')).toBe(-56)
    expect(wirelessLevel(table('0.'), 'wlan0')).toBeUndefined()
    expect(wirelessLevel(table('-56.'), 'wlan1')).toBeUndefined()
  })

  it('reads name servers and nothing else of resolv.conf', () => {
    expect(nameServers('# nameserver 9.9.9.9\nsearch shop.example\nnameserver 192.0.2.53\n  nameserver 2001:db8::53\noptions timeout:1\nnameserver\n')).toEqual(['192.0.2.53', '2001:db8::53'])
  })

  it('no text makes a parser throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.array(fc.constantFrom('eth0', '00000000', '0003', 'zz', '', '0x2', ':', '-1'), { maxLength: 12 }).map((words) => words.join('\t')), { maxLength: 5 }).map((lines) => lines.join('\n'))), (text) => {
      defaultRoutes4(text)
      defaultRoutes6(text)
      neighbour(text, '192.0.2.1')
      wirelessLevel(text, 'eth0')
      nameServers(text)
    }))
  })
})

describe('an answer in place of the server', () => {
  it.each([
    ['http://c.example/generate_204', { status: 204, bodyStart: '' }, false],
    ['http://c.example/generate_204', { status: 200, bodyStart: '<html>' }, true],
    ['http://c.example/connecttest.txt', { status: 200, bodyStart: 'Microsoft Connect Test' }, false],
    ['http://c.example/connecttest.txt', { status: 200, bodyStart: 'Welcome' }, true],
    ['http://c.example/health', { status: 302, location: '/ready', bodyStart: '' }, false],
    ['http://c.example/health', { status: 302, location: 'http://10.0.0.1/login', bodyStart: '' }, true],
    ['http://c.example/health', { status: 511, bodyStart: '' }, true],
    ['http://c.example/health', { status: 200, bodyStart: 'anything' }, false],
    ['http://c.example/generate_204', { status: 503, bodyStart: '' }, false],
  ])('%s answered by %j', (url, answer, portal) => {
    expect(fromPortal(url, answer)).toBe(portal)
  })
})
