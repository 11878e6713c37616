import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { question } from '../../probes/printer/ipp.ts'
import { realBench } from '../../src/bench/real.ts'
import type { Bench } from '../../src/model/bench.ts'
import { absenceOf, failureOf, type Lent, lent } from './lent.ts'
import { closedPort, tcpServer } from './servers.ts'

const running: (() => unknown)[] = []
const borrowed = (): Lent => {
  const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
  running.push(() => one.lease.release())
  return one
}
afterEach(async () => {
  for (const stop of running.splice(0)) await stop()
})

/** An agent on UDP that does this with every datagram. */
const agent = (serve: (socket: Socket, got: Buffer, port: number) => void): Promise<number> => new Promise((resolve) => {
  const socket = createSocket('udp4')
  running.push(() => new Promise<void>((done) => { socket.close(() => done()) }))
  socket.on('message', (got, { port }) => serve(socket, got, port))
  socket.bind(0, '127.0.0.1', () => resolve(socket.address().port))
})

const ROOT = '1.3.6.1.2.1.25.3.5.1.1'
const walk = (bench: Bench, port: number, ms = 400, version: '1' | '2c' = '1') => bench.net.snmp('127.0.0.1', { port, community: 'public', version, ms }, [ROOT])

/** An answer of version 1 to the question got: the object id (its last arcs as bytes) with an integer. */
const answered = (got: Buffer, arcs: number[], value: number): Uint8Array => {
  const id = got.subarray(got.indexOf(Buffer.from([0xa1])) + 4, got.indexOf(Buffer.from([0xa1])) + 4 + (got[got.indexOf(Buffer.from([0xa1])) + 3] ?? 0))
  const oid = [0x2b, 6, 1, 2, 1, 25, 3, 5, 1, 1, ...arcs]
  const bind = [0x30, oid.length + 5, 6, oid.length, ...oid, 2, 1, value]
  const pdu = [2, id.length, ...id, 2, 1, 0, 2, 1, 0, 0x30, bind.length, ...bind]
  const message = [2, 1, 0, 4, 6, ...Buffer.from('public'), 0xa2, pdu.length, ...pdu]
  return Uint8Array.from([0x30, message.length, ...message])
}

describe('asking an SNMP agent', () => {
  it('walks a subtree by questions alone', async () => {
    const kinds: number[] = []
    let n = 0
    const port = await agent((socket, got, to) => {
      kinds.push(got[13] ?? 0)
      n += 1
      socket.send(answered(got, n <= 2 ? [n] : [99, 1], 3), to)
    })
    const { bench, lease } = borrowed()
    const values = await walk(bench, port)
    expect(values.slice(0, 2)).toEqual([{ oid: `${ROOT}.1`, value: 3 }, { oid: `${ROOT}.2`, value: 3 }])
    expect(new Set(kinds)).toEqual(new Set([0xa1]))
    expect(lease.transcript()).not.toContain('public')
  })

  it.each([
    ['says nothing', () => undefined, 'silent'],
    ['answers garbage', (socket: Socket, _got: Buffer, to: number) => socket.send(Uint8Array.of(1, 2, 3), to), 'garbled'],
    ['answers half a message', (socket: Socket, got: Buffer, to: number) => socket.send(answered(got, [1], 3).subarray(0, 20), to), 'garbled'],
    ['gives back the question', (socket: Socket, got: Buffer, to: number) => socket.send(got, to), 'garbled'],
  ] as const)('that %s', async (_what, serve, absence) => {
    const began = performance.now()
    expect(await absenceOf(walk(borrowed().bench, await agent(serve)))).toBe(absence)
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('that says the same for ever is bounded', async () => {
    const values = await walk(borrowed().bench, await agent((socket, got, to) => socket.send(answered(got, [1], 3), to)))
    expect(values.length).toBeLessThanOrEqual(256)
  })

  it('that never comes to an end is bounded', async () => {
    let n = 0
    const port = await agent((socket, got, to) => {
      n += 1
      socket.send(answered(got, [1 + (n >> 6), n & 63], 3), to)
    })
    expect((await walk(borrowed().bench, port, 5000)).length).toBe(256)
  })

  it('where nobody listens', async () => {
    expect(await absenceOf(walk(borrowed().bench, await closedPort()))).toBe('refused')
  })

  it('ends with the deadline', async () => {
    const { bench, deadline } = borrowed()
    const pending = failureOf(walk(bench, await agent(() => undefined), 60_000))
    deadline()
    expect(await pending).toEqual({ absence: 'silent', detail: 'deadline' })
  })
})

const ASK = question('get-printer-attributes', 'ipp://localhost/printers/receipt', ['printer-state'])
const http = (status: string, body: Uint8Array): Buffer => Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n`), body])

describe('asking an IPP server', () => {
  const serving = async (answer: Uint8Array | undefined): Promise<string> => {
    const server = await tcpServer((socket) => socket.once('data', () => { if (answer) socket.write(answer) }))
    running.push(server.stop)
    return `ipp://127.0.0.1:${server.port}/ipp/print`
  }
  const ask = (bench: Bench, address: string, request = ASK, ms = 400) => bench.net.ipp(address, request, { ms })

  it('gives the whole answer', async () => {
    const body = Uint8Array.from({ length: 9000 }, (_, i) => i & 0xff)
    expect((await ask(borrowed().bench, await serving(http('200 OK', body)))).bytes).toEqual(body)
  })

  it('goes through a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ipp-'))
    const path = join(folder, 'cups.sock')
    const server = createServer((socket) => socket.once('data', () => socket.end(http('200 OK', Uint8Array.of(1, 1, 0, 0)))))
    await new Promise<void>((resolve) => { server.listen(path, resolve) })
    running.push(() => new Promise<void>((resolve) => { server.close(() => { rmSync(folder, { recursive: true, force: true }); resolve() }) }))
    const { bench } = borrowed()
    expect((await bench.net.ipp('ipp://localhost/printers/receipt', ASK, { ms: 1000, socket: path })).bytes).toEqual(Uint8Array.of(1, 1, 0, 0))
    expect(await absenceOf(bench.net.ipp('ipp://localhost/', ASK, { ms: 1000, socket: `${path}x` }))).toBe('missing')
  })

  it.each([
    ['says nothing', undefined, 'silent'],
    ['refuses', http('404 Not Found', new Uint8Array()), 'refused'],
    ['speaks no HTTP', Buffer.from('220 ready\r\n'), 'garbled'],
    ['floods', http('200 OK', new Uint8Array(100_000)), 'garbled'],
    ['stops in the middle', Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'), 'silent'],
  ] as const)('that %s', async (_what, answer, absence) => {
    expect(await absenceOf(ask(borrowed().bench, await serving(answer)))).toBe(absence)
  })

  it('sends nothing that prints', async () => {
    const { bench, lease } = borrowed()
    const print = Uint8Array.from(ASK)
    print[3] = 2
    const failure = await failureOf(ask(bench, await serving(http('200 OK', new Uint8Array())), print))
    expect(failure).toMatchObject({ absence: 'blocked', detail: expect.stringContaining('Print-Job prints') })
    expect(lease.transcript()).toMatch(/# not sent, forbidden/)
  })
})
