import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import type { PortAddress } from '../../src/model/bench.ts'
import { hex } from '../../src/model/dialogue.ts'
import { absenceOf, failureOf, type Lent, lent } from './lent.ts'
import { closedPort, type Served, tcpServer } from './servers.ts'

const PATHS = { proc: '/proc', sys: '/sys' }
const running: { stop(): Promise<void> }[] = []
const serving = async (serve: (socket: Socket) => void): Promise<Served> => {
  const server = await tcpServer(serve)
  running.push(server)
  return server
}
const borrowed = (lend = realBench({ paths: PATHS })): Lent => {
  const one = lent(lend)
  running.push({ stop: () => one.lease.release() })
  return one
}
/** Questions that a printer may be asked. */
const STATUS = Uint8Array.of(0x10, 0x04, 0x01)
const CAUSE = Uint8Array.of(0x10, 0x04, 0x02)
const at = (port: number): PortAddress => ({ type: 'tcp', host: '127.0.0.1', port, dialect: 'esc-pos' })

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()))
})

describe('a TCP port', () => {
  it('carries bytes both ways, into the transcript', async () => {
    const { port } = await serving((socket) => socket.on('data', (bytes) => socket.write(Uint8Array.from(bytes, (b) => b + 1))))
    const { bench, lease } = borrowed()
    const open = await bench.open(at(port))
    await open.write(STATUS)
    expect(hex(await open.read(2000, (got) => got.length >= 3))).toBe('11 05 02')
    expect(await open.lines()).toBeUndefined()
    expect(lease.transcript()).toMatch(/^\? open \[\{"type":"tcp","host":"127\.0\.0\.1".*\n= null \+[\d.]+ms\n> 10 04 01\n< 11 05 02 \+[\d.]+ms\n/)
  })

  it('that is closed refuses', async () => {
    expect(await failureOf(borrowed().bench.open(at(await closedPort())))).toMatchObject({ absence: 'refused', detail: expect.stringContaining('ECONNREFUSED') })
  })

  it('that says nothing gives nothing', async () => {
    const { port } = await serving(() => undefined)
    const { bench, lease } = borrowed()
    const open = await bench.open(at(port))
    await open.write(STATUS)
    expect(await open.read(20)).toHaveLength(0)
    expect(lease.transcript()).toMatch(/> 10 04 01\n! silence\n$/)
  })

  it('cut in the middle of an answer gives what came, then is missing', async () => {
    const { port } = await serving((socket) => socket.on('data', (bytes) => {
      if (bytes[2] === 1) socket.write(Uint8Array.of(0xaa))
      else socket.resetAndDestroy()
    }))
    const { bench, lease } = borrowed()
    const open = await bench.open(at(port))
    await open.write(STATUS)
    expect(hex(await open.read(2000, (got) => got.length > 0))).toBe('aa')
    await open.write(CAUSE)
    expect(await absenceOf(open.read(2000))).toBe('missing')
    expect(await absenceOf(open.write(STATUS))).toBe('missing')
    expect(lease.transcript()).toMatch(/! unplug/)
  })

  it('closed by the other side gives what came before, then is missing', async () => {
    const { port } = await serving((socket) => socket.end(Uint8Array.of(0x55)))
    const open = await borrowed().bench.open(at(port))
    expect(hex(await open.read(2000))).toBe('55')
    expect(await absenceOf(open.read(2000))).toBe('missing')
  })

  it('that floods is bounded', async () => {
    const { port } = await serving((socket) => {
      const pour = (): void => { while (socket.writable && socket.write(Buffer.alloc(50_001, 0x41))); }
      socket.on('drain', pour)
      pour()
    })
    const { bench, lease } = borrowed()
    const open = await bench.open(at(port))
    expect(await open.read(100)).toHaveLength(65536)
    expect(await open.read(30)).toHaveLength(65536)
    expect(lease.transcript().length).toBeLessThanOrEqual(65536)
    expect(lease.transcript()).toMatch(/# the rest is left out: the transcript is full\n$/)
  })

  it('refuses bytes that must not be sent', async () => {
    const heard: number[] = []
    const { port } = await serving((socket) => socket.on('data', (bytes) => heard.push(...bytes)))
    const { bench, lease } = borrowed()
    const open = await bench.open(at(port))
    expect(await absenceOf(open.write(Uint8Array.of(0x10, 0x14, 0x01, 0x00, 0x01)))).toBe('blocked')
    await open.write(STATUS)
    expect(await open.read(20)).toHaveLength(0)
    expect(heard).toEqual([0x10, 0x04, 0x01])
    expect(lease.transcript()).toMatch(/# not sent/)
  })

  it('takes turns among probes, and tells a probe that has it already', async () => {
    const { port } = await serving(() => undefined)
    const lend = realBench({ paths: PATHS })
    const [first, second, third] = [borrowed(lend), borrowed(lend), borrowed(lend)]
    const open = await first.bench.open(at(port))
    expect(await absenceOf(first.bench.open(at(port)))).toBe('busy')
    const order: string[] = []
    const waiting = second.bench.open(at(port)).then(() => order.push('second'))
    const impatient = absenceOf(third.bench.open(at(port)))
    third.deadline()
    expect(await impatient).toBe('silent')
    // As long as opening takes when nobody is in the way.
    for (let i = 0; i < 5; i++) await first.bench.net.connect('127.0.0.1', port, 2000)
    order.push('first closes')
    await open.close()
    await waiting
    expect(order).toEqual(['first closes', 'second'])
  })
})

describe('the lease', () => {
  it('ends every pending call when the deadline comes', async () => {
    const { port } = await serving(() => undefined)
    const { bench, lease, deadline } = borrowed()
    const open = await bench.open(at(port))
    const pending = [open.read(60_000), bench.clock.sleep(60_000), bench.net.tls('127.0.0.1', port, { name: 'x', ms: 60_000 }), bench.net.http(`http://127.0.0.1:${port}/`, { method: 'GET', ms: 60_000 })].map(failureOf)
    deadline()
    expect(await Promise.all(pending)).toEqual(pending.map(() => ({ absence: 'silent', detail: 'deadline' })))
    expect(await absenceOf(bench.files.read('/proc/uptime'))).toBe('silent')
    expect(await absenceOf(open.write(STATUS))).toBe('silent')
    expect(lease.transcript()).not.toContain('> ')
    expect(await absenceOf(bench.open(at(port)))).toBe('silent')
  })

  it('closes what the probe left open', async () => {
    const closed = Promise.withResolvers<void>()
    const { port } = await serving((socket) => socket.on('close', () => closed.resolve()))
    const { bench, lease } = borrowed()
    await bench.open(at(port))
    await lease.release()
    await closed.promise
  })
})

describe('connecting', () => {
  it('tells how long it took and where it led, or why not', async () => {
    const { port } = await serving(() => undefined)
    const { bench } = borrowed()
    expect(await bench.net.connect('127.0.0.1', port, 2000)).toMatchObject({ address: '127.0.0.1', ms: expect.any(Number) })
    expect(await absenceOf(bench.net.connect('127.0.0.1', await closedPort(), 2000))).toBe('refused')
    expect(await absenceOf(bench.net.connect('no-such-name.invalid', port, 8000))).toMatch(/missing|silent/)
  })
})
