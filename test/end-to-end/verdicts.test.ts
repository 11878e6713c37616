import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PortDevice, startSerialDevice, startTcpDevice } from '../../fixtures/standins/port.ts'
import { type Shop, startShop } from '../../fixtures/standins/shop.ts'
import type { Report } from '../../src/model/report.ts'
import type { TerminalFile } from '../../src/model/terminal.ts'
import { cannot, checkTerminal, end, found, ROOT, ready, scratch, started } from './till.ts'

const CARDS = ['chip', 'contactless', 'swipe'] as const
const allCards = (is: string) => Object.fromEntries(CARDS.map((t) => [t, is]))

/** The first fault and its remedy, which must be there in both languages. */
const first = (report: Report): string => {
  const [at = ''] = found(report)
  const fault = report.faults.find((f) => at.startsWith(`${f.code} `))
  expect(fault?.title.zh).toMatch(/\p{Script=Han}/u)
  expect(fault?.title.en).toMatch(/[a-z]/)
  expect(fault?.remedy.steps.length).toBeGreaterThan(0)
  for (const step of fault?.remedy.steps ?? []) {
    expect(step.zh).toMatch(/\p{Script=Han}/u)
    expect(step.en).toMatch(/[a-z]/)
  }
  return at
}

let shop: Shop
beforeAll(async () => {
  shop = await startShop(ROOT)
})
afterAll(() => shop.stop())
beforeEach(() => shop.happen('all-well'))

/** The shop's terminal, with the parts that this test is not about left as they are. */
const withPrinter = (transport: object): object => ({ ...shop.terminal, devices: shop.terminal.devices.map((d) => (d.kind === 'printer' ? { ...d, transport } : d)) })

describe('the verdict on a shop of stand-ins', () => {
  it('finds nothing where nothing is wrong, and every tender ready', async () => {
    const { code, report } = await checkTerminal(shop.terminal)
    expect(found(report)).toEqual([])
    expect(ready(report)).toEqual({ ...allCards('ready'), qr: 'ready', cash: 'ready' })
    expect(code).toBe(0)
  })

  it.each([
    ['paper-out', 'PRN-PAPER-OUT printer-1', { ...allCards('degraded'), cash: 'degraded' }, 1],
    ['cover-open', 'PRN-COVER-OPEN printer-1', { ...allCards('degraded'), cash: 'degraded' }, 1],
    ['reader-mute', 'CRD-READER-OFFLINE reader-1', { ...allCards('blocked'), qr: 'ready', cash: 'ready' }, 2],
    ['on-battery', 'PWR-AC-LOST ups-1', { ...allCards('degraded'), cash: 'degraded' }, 1],
    ['names-dead', 'NET-DNS-FAIL link-1', { ...allCards('blocked'), qr: 'blocked', cash: 'ready' }, 2],
    ['acquirer-silent', 'HST-UNREACHABLE acquirer-1', { ...allCards('blocked'), qr: 'blocked', cash: 'ready' }, 2],
    ['certificate-expired', 'NET-TLS-CERT-INVALID acquirer-1', { ...allCards('blocked'), qr: 'blocked', cash: 'ready' }, 2],
  ] as const)('%s: %s', async (event, fault, states, exit) => {
    await shop.happen(event)
    const { code, report } = await checkTerminal(shop.terminal)
    expect(first(report)).toBe(fault)
    expect(ready(report)).toMatchObject(states)
    expect(code).toBe(exit)
  })

  it('printer unplugged: PRN-OFFLINE', async () => {
    const gone = await startTcpDevice('')
    await gone.stop()
    const { report } = await checkTerminal(withPrinter({ type: 'tcp', host: '127.0.0.1', port: gone.port }))
    expect(first(report)).toBe('PRN-OFFLINE printer-1')
    expect(ready(report)).toMatchObject({ ...allCards('degraded'), qr: 'ready', cash: 'degraded' })
  })

  it('POS process dead: SYS-APP-CRASH, and nothing of it while it lives', async () => {
    await using folder = await scratch()
    const program = join(folder.path, 'shop-till')
    await copyFile(execFileSync('which', ['sleep'], { encoding: 'utf8' }).trim(), program)
    execFileSync('chmod', ['755', program])
    const till = spawn(program, ['600'], { stdio: 'ignore' })
    await once(till, 'spawn')
    // A reader on a socket: the stand-in of a serial one would show as a foreign program at its port.
    const reader = await startTcpDevice('> 05\n< 06 +5ms\n')
    const terminal = {
      ...shop.terminal, pos: { process: 'shop-till' }, limits: { ...shop.terminal.limits, 'host.pos-start-grace-s': 0 },
      devices: shop.terminal.devices.map((d) => (d.kind === 'reader' ? { ...d, transport: { type: 'tcp', host: '127.0.0.1', port: reader.port } } : d)),
    }
    const alive = await checkTerminal(terminal)
    await end(till)
    const dead = await checkTerminal(terminal)
    await reader.stop()
    expect(found(alive.report)).toEqual([])
    expect(first(dead.report)).toBe('SYS-APP-CRASH host')
    expect(ready(dead.report)).toEqual({ ...allCards('blocked'), qr: 'blocked', cash: 'blocked' })
  })
})

describe('the verdict on a serial port', () => {
  let device: PortDevice & { path: string }
  beforeAll(async () => {
    device = await startSerialDevice('> 10 04 01\n< 12 +5ms\n> 10 04 02\n< 12 +5ms\n> 10 04 03\n< 12 +5ms\n> 10 04 04\n< 12 +5ms\n')
  })
  afterAll(() => device.stop())

  it('held by another process: says who, and blames no device', async () => {
    const holder = await started([join(ROOT, 'test/end-to-end/port-holder.js'), device.path], /held/)
    try {
      const { report } = await checkTerminal({ ...withPrinter({ type: 'serial', path: device.path }), pos: undefined })
      const busy = report.check.observations.find((o) => o.name === 'printer.port')
      expect(busy).toMatchObject({ absent: 'busy' })
      expect(report.check.observations.find((o) => o.name === 'host.port-holder')).toMatchObject({ value: expect.stringContaining('printer-1') })
      expect(first(report)).toBe('CFG-INCOMPATIBLE configuration')
      expect(found(report).some((f) => f.startsWith('PRN-'))).toBe(false)
    } finally {
      await end(holder.child)
    }
  })
})

describe('the verdict on a host', () => {
  it.skipIf(cannot('mount'))('disk full: SYS-DISK-LOW', async () => {
    await using folder = await scratch()
    const disk = join(folder.path, 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'posdiag-test', disk])
    try {
      const terminal: object = { ...shop.terminal, disks: [disk] }
      await writeFile(join(disk, 'journal'), Buffer.alloc(4_190_000))
      const full = await checkTerminal(terminal)
      expect(first(full.report)).toBe('SYS-DISK-LOW host')
    } finally {
      execFileSync('umount', [disk])
    }
  })

  it.skipIf(cannot('ip'))('gateway silent: the network is blamed and no server of the acquirer', async () => {
    const name = `posdiag-${process.pid}`
    const ip = (...args: string[]) => execFileSync('ip', args)
    ip('netns', 'add', name)
    try {
      // A link whose other end answers nothing: its neighbour has no address.
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far')
      for (const link of ['lo', 'eth0', 'far']) ip('-n', name, 'link', 'set', link, 'up')
      ip('-n', name, 'addr', 'add', '10.77.0.2/24', 'dev', 'eth0')
      ip('-n', name, 'route', 'add', 'default', 'via', '10.77.0.1')
      const terminal: TerminalFile = {
        ...shop.terminal, devices: [], network: { resolvers: ['10.77.0.1'], knownName: 'acquirer.test' },
        endpoints: shop.terminal.endpoints.map((e) => ({ ...e, host: '10.77.9.9', port: 443 })),
      }
      const { report } = await checkTerminal({ ...terminal, pos: undefined }, ['ip', 'netns', 'exec', name])
      expect(first(report)).toMatch(/^NET-[A-Z-]+ link-1$/)
      expect(found(report).some((f) => f.startsWith('HST-'))).toBe(false)
      expect(report.check.symptoms).toContainEqual(expect.objectContaining({ id: 'network.gateway-silent', is: 'present' }))
    } finally {
      ip('netns', 'del', name)
    }
  })
})
