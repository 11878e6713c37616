import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { question } from '../../../probes/printer/ipp.ts'
import { printer } from '../../../probes/printer/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { closedPort } from '../../bench/servers.ts'
import { device, lookOver } from '../looking.ts'

/** Peers that nobody here wrote; the package that brings each. */
const PROGRAMS = { '/usr/sbin/snmpd': 'snmpd', '/usr/sbin/cupsd': 'cups-daemon' } as const

/** True if the program can be used; by hand its absence skips tests, in CI it fails them. */
const usable = (program: keyof typeof PROGRAMS): boolean => {
  const there = existsSync(program) && process.getuid?.() === 0
  if (!there && process.env.CI === 'true') throw new Error(`${program} is needed, as root: install ${PROGRAMS[program]}`)
  return there
}

const lend = realBench({ paths: { proc: '/proc', sys: '/sys' } })
const folder = mkdtempSync(join(tmpdir(), 'peers-'))
chmodSync(folder, 0o755)
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const started = (program: string, args: string[], env: Record<string, string> = {}): void => {
  children.push(spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } }))
}

const freeUdpPort = (): Promise<number> => new Promise((resolve) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
    const { port } = socket.address()
    socket.close(() => resolve(port))
  })
})

/** Tries until it succeeds; a daemon needs a moment until it listens. */
const soon = async <T>(attempt: () => Promise<T | undefined>): Promise<T> => {
  for (let i = 0; i < 100; i++) {
    const value = await attempt()
    if (value !== undefined) return value
    await wait(100)
  }
  throw new Error('the peer does not come up')
}

describe.skipIf(!usable('/usr/sbin/snmpd'))('snmpd with the values of a printer', () => {
  const lookAtAgent = async (errors: string, status: number, version: '1' | '2c') => {
    const port = await freeUdpPort()
    const file = join(folder, `snmpd-${port}.conf`)
    writeFileSync(file, `rocommunity between-us 127.0.0.1\noverride 1.3.6.1.2.1.25.3.5.1.1.1 integer ${status}\noverride 1.3.6.1.2.1.25.3.5.1.2.1 octet_str 0x${errors}\n`)
    started('/usr/sbin/snmpd', ['-f', '-Ln', '-C', '-c', file, '-p', `${file}.pid`, `udp:127.0.0.1:${port}`], { MIBS: '' })
    const at = device('printer', { type: 'tcp', host: '127.0.0.1', port: await closedPort() }, { 'snmp-port': port, 'snmp-community': 'between-us', 'snmp-version': version })
    return soon(async () => {
      const looked = await lookOver(lend, printer, at)
      return looked.seen['printer.agent-state'] === '!refused' || looked.seen['printer.agent-state'] === '!silent' ? undefined : looked
    })
  }

  it.each(['1', '2c'] as const)('version %s: no paper and an open cover', async (version) => {
    const { seen, present } = await lookAtAgent('48', 1, version)
    expect(seen).toMatchObject({ 'printer.port': '!refused', 'printer.agent-state': 'other', 'printer.agent-errors': 'noPaper, doorOpen', 'printer.cover-open': true, 'printer.paper-end': true, 'printer.online': true })
    expect(present).toEqual(['printer.unreachable', 'printer.cover-open'])
  })

  it('one that prints is busy, not unreachable', async () => {
    const { seen, present } = await lookAtAgent('00', 4, '1')
    expect(seen).toMatchObject({ 'printer.agent-state': 'printing', 'printer.printing': true })
    expect(present).toEqual(['printer.busy'])
  })
})

const CUPS = join(folder, 'cups')
const SOCKET = join(CUPS, 'cups.sock')

const startCups = (): void => {
  for (const name of ['', 'etc', 'cache', 'run', 'spool', 'log']) mkdirSync(join(CUPS, name), { recursive: true })
  writeFileSync(join(CUPS, 'cupsd.conf'), `Listen ${SOCKET}\nLogLevel error\nBrowsing Off\nDefaultAuthType None\n<Location />\n  Allow all\n</Location>\n<Policy default>\n  <Limit All>\n    Order deny,allow\n  </Limit>\n</Policy>\n`)
  writeFileSync(join(CUPS, 'files.conf'), `SystemGroup root\nServerRoot ${CUPS}/etc\nCacheDir ${CUPS}/cache\nStateDir ${CUPS}/run\nRequestRoot ${CUPS}/spool\nErrorLog ${CUPS}/log/error\nAccessLog ${CUPS}/log/access\nPageLog ${CUPS}/log/page\nFileDevice Yes\nUser lp\nGroup lp\n`)
  writeFileSync(join(CUPS, 'etc/printers.conf'), ['receipt', 'kitchen'].map((name) => `<Printer ${name}>\nDeviceURI file:/dev/null\nState ${name === 'receipt' ? 'Stopped' : 'Idle'}\nAccepting Yes\nShared No\n</Printer>\n`).join(''))
  execFileSync('chown', ['-R', 'lp:lp', ...['cache', 'run', 'spool', 'log'].map((name) => join(CUPS, name))])
  started('/usr/sbin/cupsd', ['-f', '-c', join(CUPS, 'cupsd.conf'), '-s', join(CUPS, 'files.conf')])
}

/** Sends a job to the queue as a till would. */
const printJob = (queue: string): Promise<number> => new Promise((resolve, reject) => {
  const head = question('get-jobs', `ipp://localhost/printers/${queue}`, ['all'])
  head[3] = 2
  const body = Buffer.concat([head, Buffer.from('a receipt\n')])
  const asking = process.getBuiltinModule('node:http').request({ socketPath: SOCKET, path: `/printers/${queue}`, method: 'POST', headers: { 'content-type': 'application/ipp', 'content-length': body.length } }, (answer) => {
    const chunks: Buffer[] = []
    answer.on('data', (chunk: Buffer) => chunks.push(chunk))
    answer.on('end', () => resolve(Buffer.concat(chunks).readUInt16BE(2)))
  })
  asking.on('error', reject)
  asking.end(body)
})

describe.skipIf(!usable('/usr/sbin/cupsd'))('CUPS', () => {
  const look = (queue: string) => lookOver(lend, printer, device('printer', { type: 'host' }, { queue, cups: SOCKET }), { 'printer.queue-oldest-s': 1 })

  it('a queue that stands and one that is paused, with a job that grows old', async () => {
    startCups()
    await soon(async () => ((await look('kitchen')).seen['printer.queue-state'] === 'idle' ? true : undefined))
    expect((await look('kitchen')).seen).toMatchObject({ 'printer.answers': '!not-fitted', 'printer.queue-jobs': 0, 'printer.queue-paused': false, 'printer.queue-reaches': true })
    expect(await printJob('receipt')).toBeLessThan(0x100)
    const { seen, present } = await soon(async () => {
      const looked = await look('receipt')
      return looked.present.includes('printer.queue-stuck') ? looked : undefined
    })
    expect(seen).toMatchObject({ 'printer.queue-state': 'stopped', 'printer.queue-reasons': 'paused', 'printer.queue-jobs': 1 })
    expect(present).toEqual(['printer.queue-stuck', 'printer.queue-paused'])
    expect((await look('none')).seen['printer.queue-state']).toBe('!missing')
  })
})
