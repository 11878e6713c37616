import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HostFiles, startHostFiles } from '../../../fixtures/standins/host-files.ts'
import { type Names, startNames } from '../../../fixtures/standins/names.ts'
import { network } from '../../../probes/network/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { hasValue } from '../../../src/model/observation.ts'
import { Device } from '../../../src/model/terminal.ts'

const timing = { now: () => Date.now(), mono: () => performance.now() }

const look = async (paths: { proc: string; sys: string }, settings: object) => {
  const device = Device.parse({ id: 'link-1', kind: 'network', transport: { type: 'host' }, settings })
  const { observations, run } = await lookAt({ device, probe: network }, realBench({ paths }), timing, network.deadlineMs)
  return { run, seen: Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])) }
}

describe('the network of a real host', () => {
  let names: Names
  let files: HostFiles

  beforeAll(async () => {
    names = await startNames({ 'pay.example.test': '127.0.0.1' })
    // Loopback dressed as a wired link: its address is real, what the kernel says of it is not.
    files = await startHostFiles({
      'sys/class/net/lo/carrier': '1\n', 'sys/class/net/lo/operstate': 'up\n', 'sys/class/net/lo/speed': '1000\n', 'sys/class/net/lo/duplex': 'full\n',
      'sys/class/net/lo/carrier_changes': '2\n', 'sys/class/net/lo/statistics/rx_crc_errors': '0\n', 'sys/class/net/lo/type': '1\n', 'proc/uptime': '4000.00 8000.00\n',
      'proc/net/route': 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\nlo\t00000000\t0100007F\t0003\t0\t0\t0\t00000000\t0\t0\t0\n',
      'proc/net/ipv6_route': '',
      'proc/net/arp': 'IP address       HW type     Flags       HW address            Mask     Device\n127.0.0.1        0x1         0x2         02:00:00:00:00:01     *        lo\n',
    })
  })
  afterAll(async () => {
    await names.stop()
    await files.stop()
  })

  it('is looked at without an error, whatever it is', async () => {
    const { run, seen } = await look({ proc: '/proc', sys: '/sys' }, { resolvers: [`127.0.0.1:${names.port}`], knownName: 'pay.example.test', light: true })
    expect(run.outcome).not.toBe('broke')
    expect(seen['network.interface']).toBeTypeOf('string')
    expect(seen['network.dns-direct']).toBe(true)
  })

  it('gives every rung of a link whose files are known, by real questions', async () => {
    const { run, seen } = await look(files, { resolvers: [`127.0.0.1:${names.port}`], knownName: 'localhost.pay.example.test', names: ['pay.example.test'], light: true })
    expect(run.outcome).toBe('done')
    expect(seen).toMatchObject({
      'network.interface': 'lo', 'network.carrier': true, 'network.speed-mbit': 1000, 'network.address': '127.0.0.1', 'network.address-kind': 'routable',
      'network.default-route': true, 'network.gateway': '127.0.0.1', 'network.gateway-seen': true, 'network.dns-direct': true,
    })
  })

  it('a name server that is dead is silent, and one that is not there is missing', async () => {
    names.become('dead')
    const dead = await look(files, { resolvers: [`127.0.0.1:${names.port}`], knownName: 'pay.example.test', light: true })
    names.become('alive')
    expect(dead.seen['network.dns-direct']).toBe('!silent')
    expect((await look(files, { resolvers: ['127.0.0.1:9'], knownName: 'pay.example.test', light: true })).seen['network.dns-direct']).toBe('!missing')
  })
})
