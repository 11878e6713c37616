import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import type { Bench } from '../../src/model/bench.ts'
import type { Absence } from '../../src/model/observation.ts'
import { absenceOf, lent } from './lent.ts'
import { served, tcpServer } from './servers.ts'

const MS = 400
/** What a deadline may cost on a busy machine. */
const LATE_MS = 2000

const pem = (name: string): string => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8')

const running: { stop(): Promise<void> }[] = []
const bench = (): Bench => {
  const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
  running.push({ stop: () => one.lease.release() })
  return one.bench
}
const serve = async (behave: (socket: Socket) => void): Promise<number> => {
  const server = await tcpServer(behave)
  running.push(server)
  return server.port
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()))
})

/** Writes a piece over and over, as fast as it is taken, until the other side hangs up. */
const pour = (socket: Socket, piece: string): void => {
  const more = (): void => { while (!socket.destroyed && socket.write(piece)); }
  socket.on('drain', more)
  more()
}

/** Sends a text byte by byte, one every ten milliseconds, and then nothing. */
const drip = (socket: Socket, text: string): void => {
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) clearInterval(timer)
    else socket.write(text[at++] ?? '')
  }, 10)
}

const within = async (work: Promise<Absence>): Promise<Absence> => {
  const started = performance.now()
  const absence = await work
  expect(performance.now() - started).toBeLessThan(MS + LATE_MS)
  return absence
}

const ROWS: readonly [about: string, behave: (socket: Socket) => void, http: Absence, tls: Absence][] = [
  ['takes the connection and reads nothing', (socket) => socket.pause(), 'silent', 'silent'],
  ['reads and says nothing', (socket) => socket.resume(), 'silent', 'silent'],
  ['resets in the middle of its answer', (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Le', () => socket.resetAndDestroy())), 'refused', 'garbled'],
  ['resets before a byte', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'refused', 'refused'],
  ['hangs up in the middle of its answer', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Le')), 'refused', 'garbled'],
  ['never ends its headers', (socket) => socket.once('data', () => { socket.write('HTTP/1.1 200 OK\r\n'); pour(socket, `X-More: ${'x'.repeat(1000)}\r\n`) }), 'garbled', 'garbled'],
  ['drips a byte at a time and stops', (socket) => socket.once('data', () => drip(socket, 'HTTP/1.1 200 O')), 'silent', 'garbled'],
  ['floods with garbage', (socket) => socket.once('data', () => pour(socket, '\u0000\u00ff'.repeat(4096))), 'garbled', 'garbled'],
  ['echoes what it is sent', (socket) => socket.pipe(socket), 'garbled', 'garbled'],
]

describe('a server that misbehaves', () => {
  it.each(ROWS)('%s: HTTP is %s', async (_, behave, http) => {
    const port = await serve((socket) => behave(socket))
    expect(await within(absenceOf(bench().net.http(`http://127.0.0.1:${port}/`, { method: 'GET', ms: MS })))).toBe(http)
  })

  it.each(ROWS.map(([about, behave, , tls]) => [about, behave, tls] as const))('%s: TLS is told as such', async (_, behave, tls) => {
    const port = await serve((socket) => behave(socket))
    expect(await within(absenceOf(bench().net.tls('127.0.0.1', port, { name: 'localhost', ms: MS })))).toBe(tls)
  })

  it('shakes hands and then never answers the request: silent, whatever the handshake said', async () => {
    const server = await served(createTls({ cert: pem('valid.pem'), key: pem('valid.key') }, (socket) => socket.resume()))
    running.push(server)
    expect(await within(absenceOf(bench().net.http(`https://127.0.0.1:${server.port}/`, { method: 'GET', ms: MS })))).toBe('silent')
  })

  it('is left without a connection or a growing memory behind', async () => {
    let open = 0
    const port = await serve((socket) => {
      open += 1
      socket.on('close', () => { open -= 1 })
      socket.once('data', () => { socket.write('HTTP/1.1 200 OK\r\n'); pour(socket, `X-More: ${'x'.repeat(1000)}\r\n`) })
    })
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 20; i += 1) {
      const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
      await absenceOf(one.bench.net.http(`http://127.0.0.1:${port}/`, { method: 'GET', ms: MS }))
      await one.lease.release()
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20)
    await vi.waitFor(() => expect(open).toBe(0), LATE_MS)
  })
})
