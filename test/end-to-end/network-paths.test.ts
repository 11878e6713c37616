import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { cannot, checkTerminal, end, found, ROOT } from './till.ts'

const SHOP = `posdiag-shop-${process.pid}`
const ROUTER = `posdiag-router-${process.pid}`
const PROVIDER = `posdiag-provider-${process.pid}`
const OUTSIDE = `posdiag-outside-${process.pid}`
const ALL = [SHOP, ROUTER, PROVIDER, OUTSIDE]
const ip = (...args: string[]): void => void execFileSync('ip', args)

const SERVER = `
const { readFileSync } = require('node:fs')
const file = (name) => readFileSync('${join(ROOT, 'fixtures/tls')}/' + name)
require('node:https').createServer({ cert: file('valid.pem'), key: file('valid.key') }, (_, response) => response.end('ok')).listen(443, '10.79.2.2', () => console.log('listening'))
`

const TERMINAL = {
  terminal: { id: 'PATHS-1' },
  network: { interface: 'eth0' },
  endpoints: ['acquirer-1', 'wallet-1'].map((id) => ({ id, role: id === 'acquirer-1' ? 'acquirer' : 'wallet', host: 'localhost', port: 443, ca: join(ROOT, 'fixtures/tls/ca.pem') })),
}

const seen = (report: Report, name: string): unknown => report.check.observations.filter((o) => o.name === name).map((o) => ('value' in o ? o.value : `!${o.absent}`))
const present = (report: Report): string[] => [...new Set(report.check.symptoms.filter((s) => s.is === 'present' && /^(network|endpoint)\./.test(s.id)).map((s) => s.id))].sort()

/** A shop behind a router, its provider, and a server outside that goes by the name in its certificate; every end of the wires has 1500 bytes unless a test says otherwise. */
describe.skipIf(cannot('ip', 'ping'))('a way through a router', () => {
  let server: ChildProcess

  beforeAll(async () => {
    for (const name of ALL) {
      ip('netns', 'add', name)
      ip('-n', name, 'link', 'set', 'lo', 'up')
    }
    await mkdir(join('/etc/netns', SHOP), { recursive: true })
    await writeFile(join('/etc/netns', SHOP, 'hosts'), '10.79.2.2 localhost\n')
    ip('-n', SHOP, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'inner', 'netns', ROUTER)
    ip('-n', ROUTER, 'link', 'add', 'outer', 'type', 'veth', 'peer', 'name', 'near', 'netns', PROVIDER)
    ip('-n', OUTSIDE, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far', 'netns', PROVIDER)
    ip('-n', PROVIDER, 'link', 'add', 'bridge', 'type', 'bridge')
    for (const port of ['near', 'far']) ip('-n', PROVIDER, 'link', 'set', port, 'master', 'bridge', 'up')
    ip('-n', PROVIDER, 'link', 'set', 'bridge', 'up')
    for (const [name, link, address] of [[SHOP, 'eth0', '10.79.1.2/24'], [ROUTER, 'inner', '10.79.1.1/24'], [ROUTER, 'outer', '10.79.2.1/24'], [OUTSIDE, 'eth0', '10.79.2.2/24']] as const) {
      ip('-n', name, 'addr', 'add', address, 'dev', link)
      ip('-n', name, 'link', 'set', link, 'up')
    }
    // What the kernel would cut up only at the very end of a real wire passes a virtual one whole, however large.
    for (const name of [SHOP, OUTSIDE]) ip('-n', name, 'link', 'set', 'eth0', 'gso_max_segs', '1')
    ip('-n', SHOP, 'route', 'add', 'default', 'via', '10.79.1.1')
    ip('-n', OUTSIDE, 'route', 'add', 'default', 'via', '10.79.2.1')
    ip('netns', 'exec', ROUTER, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
    server = spawn('ip', ['netns', 'exec', OUTSIDE, process.execPath, '-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(server.stdout ?? server, 'data')
  })
  afterAll(async () => {
    await end(server)
    for (const name of ALL) ip('netns', 'del', name)
    await rm(join('/etc/netns', SHOP), { recursive: true, force: true })
  })
  beforeEach(() => {
    ip('-n', PROVIDER, 'link', 'set', 'far', 'mtu', '1500')
  })

  const check = (): Promise<{ report: Report }> => checkTerminal(TERMINAL, ['ip', 'netns', 'exec', SHOP])

  it('that is sound shows nothing, and its gateway is where it should be', async () => {
    const { report } = await check()
    expect(present(report)).toEqual([])
    expect(seen(report, 'network.gateway-on-link')).toEqual([true])
    expect(seen(report, 'endpoint.tls-ok')).toEqual([true, true])
    expect(seen(report, 'endpoint.mtu-black-hole')).toEqual([])
  })

  it('that swallows full packets is told from a server that hangs', async () => {
    // A bridge passes no frame that is too large for a port, and says nothing.
    ip('-n', PROVIDER, 'link', 'set', 'far', 'mtu', '1000')
    const { report } = await check()
    expect(seen(report, 'endpoint.mtu-black-hole')).toEqual([true, true])
    expect(found(report)).toEqual(['NET-FIREWALL-BLOCKED link-1'])
    expect(report.check.ms).toBeLessThan(10_000)
  })

  it('to a server that hangs is none', async () => {
    server.kill('SIGSTOP')
    try {
      const { report } = await check()
      expect(seen(report, 'endpoint.mtu-black-hole')).toEqual([false, false])
      expect(present(report)).toContain('endpoint.tls-silent')
      expect(found(report).some((at) => at.startsWith('NET-FIREWALL'))).toBe(false)
    } finally {
      server.kill('SIGCONT')
    }
  })
})
