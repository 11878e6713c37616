import { readFileSync } from 'node:fs'
import { createServer as createTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import type { Bench } from '../../src/model/bench.ts'
import { absenceOf, failureOf, lent } from './lent.ts'
import { closedPort, served, tcpServer } from './servers.ts'

const { createServer: createHttps } = process.getBuiltinModule('node:https')

const file = (name: string): string => new URL(`../../fixtures/tls/${name}`, import.meta.url).pathname
const pem = (name: string): string => readFileSync(file(name), 'utf8')
const running: { stop(): Promise<void> }[] = []
const bench = (options: { ca?: string } = {}): Bench => {
  const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' }, ...options }))
  running.push({ stop: () => one.lease.release() })
  return one.bench
}
const tlsServer = async (name: string): Promise<number> => {
  const server = await served(createTls({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) }))
  running.push(server)
  return server.port
}
const textServer = async (text: string): Promise<number> => {
  const server = await tcpServer((socket) => socket.once('data', () => socket.end(text)))
  running.push(server)
  return server.port
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()))
})

describe('a TLS handshake', () => {
  it('finds nothing wrong with a good certificate, and tells what it says', async () => {
    const port = await tlsServer('valid')
    const facts = await bench().net.tls('127.0.0.1', port, { name: 'localhost', ca: pem('ca.pem'), ms: 5000 })
    expect(facts.problem).toBeUndefined()
    expect(facts.protocol).toBe('TLSv1.3')
    expect(facts.names).toContain('localhost')
    expect(facts.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(facts.chain[0]).toBe(facts.issuer)
    expect(facts.validTo).toBeGreaterThan(facts.validFrom)
  })

  it('takes the roots as text, as a file or from the bench, and trusts no other', async () => {
    const port = await tlsServer('valid')
    const asked = { name: 'localhost', ms: 5000 }
    expect((await bench().net.tls('127.0.0.1', port, { ...asked, ca: file('ca.pem') })).problem).toBeUndefined()
    expect((await bench({ ca: pem('ca.pem') }).net.tls('127.0.0.1', port, asked)).problem).toBeUndefined()
    expect((await bench().net.tls('127.0.0.1', port, asked)).problem).toMatch(/UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)|SELF_SIGNED_CERT_IN_CHAIN/)
    expect(await failureOf(bench().net.tls('127.0.0.1', port, { ...asked, ca: '/no/such.pem' }))).toMatchObject({ absence: 'missing', detail: expect.stringContaining('/no/such.pem') })
  })

  it.each([['expired', 'CERT_HAS_EXPIRED'], ['not-yet-valid', 'CERT_NOT_YET_VALID'], ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'], ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID']])('says of a certificate that is %s: %s', async (name, code) => {
    const port = await tlsServer(name)
    expect((await bench().net.tls('127.0.0.1', port, { name: 'localhost', ca: pem('ca.pem'), ms: 5000 })).problem).toBe(code)
  })

  it('with something that speaks no TLS is garbled', async () => {
    expect(await absenceOf(bench().net.tls('127.0.0.1', await textServer('HTTP/1.1 400 Bad Request\r\n\r\n'), { name: 'x', ms: 5000 }))).toBe('garbled')
    expect(await absenceOf(bench().net.tls('127.0.0.1', await textServer('220 mail ready\r\n'), { name: 'x', ms: 5000 }))).toBe('garbled')
  })

  it('with nobody is refused, with a mute server silent, with one that hangs up refused', async () => {
    expect(await absenceOf(bench().net.tls('127.0.0.1', await closedPort(), { name: 'x', ms: 5000 }))).toBe('refused')
    const mute = await tcpServer(() => undefined)
    const rude = await tcpServer((socket) => socket.once('data', () => socket.destroy()))
    running.push(mute, rude)
    expect(await failureOf(bench().net.tls('127.0.0.1', mute.port, { name: 'x', ms: 50 }))).toMatchObject({ absence: 'silent', detail: expect.stringContaining('50 ms') })
    expect(await absenceOf(bench().net.tls('127.0.0.1', rude.port, { name: 'x', ms: 5000 }))).toBe('refused')
  })
})

describe('an HTTP request', () => {
  const web = async (): Promise<{ port: number; asked: string[] }> => {
    const asked: string[] = []
    const server = await served(process.getBuiltinModule('node:http').createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.host} ${request.url}`)
      if (request.url === '/portal') response.writeHead(302, { location: 'http://login.invalid/' }).end('go')
      else if (request.url === '/long') response.end('x'.repeat(1_000_000))
      else if (request.url === '/endless') {
        const pour = (): void => { while (!response.destroyed && response.write('y'.repeat(1000))); }
        response.on('drain', pour)
        pour()
      } else if (request.url === '/broken') response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy())
      else response.writeHead(204).end()
    }))
    running.push(server)
    return { port: server.port, asked }
  }

  it('tells status, date and where it was sent on, and follows nothing', async () => {
    const { port } = await web()
    const facts = await bench().net.http(`http://127.0.0.1:${port}/portal`, { method: 'GET', ms: 5000 })
    expect(facts).toMatchObject({ status: 302, location: 'http://login.invalid/', bodyStart: 'go' })
    expect(facts.date).toBeTypeOf('number')
    expect(facts.receivedAt).toBeGreaterThanOrEqual(facts.sentAt)
    expect(await bench().net.http(`http://127.0.0.1:${port}/`, { method: 'HEAD', ms: 5000 })).toMatchObject({ status: 204, bodyStart: '' })
  })

  it('reads no more than 4 KiB, and keeps the status of an answer that breaks off', async () => {
    const { port } = await web()
    expect((await bench().net.http(`http://127.0.0.1:${port}/long`, { method: 'GET', ms: 5000 })).bodyStart).toHaveLength(4096)
    expect((await bench().net.http(`http://127.0.0.1:${port}/endless`, { method: 'GET', ms: 5000 })).bodyStart).toHaveLength(4096)
    expect(await bench().net.http(`http://127.0.0.1:${port}/broken`, { method: 'GET', ms: 5000 })).toMatchObject({ status: 200, bodyStart: 'half' })
  })

  it('connects to another address than its name when told to', async () => {
    const { port, asked } = await web()
    expect((await bench().net.http(`http://page.invalid:${port}/here`, { method: 'GET', ms: 5000, address: '127.0.0.1' })).status).toBe(204)
    expect(asked).toEqual([`GET page.invalid:${port} /here`])
  })

  it('over TLS judges no certificate', async () => {
    const https = process.getBuiltinModule('node:https')
    const server = await served(https.createServer({ cert: pem('expired.pem'), key: pem('expired.key') }, (_request, response) => response.end('ok')))
    running.push(server)
    expect(await bench().net.http(`https://127.0.0.1:${server.port}/`, { method: 'GET', ms: 5000 })).toMatchObject({ status: 200, bodyStart: 'ok' })
  })

  it('is garbled, silent or refused like anything else', async () => {
    const mute = await tcpServer(() => undefined)
    running.push(mute)
    expect(await absenceOf(bench().net.http(`http://127.0.0.1:${await textServer('SSH-2.0-x\r\n')}/`, { method: 'GET', ms: 5000 }))).toBe('garbled')
    expect(await absenceOf(bench().net.http(`https://127.0.0.1:${await textServer('hello\r\n')}/`, { method: 'GET', ms: 5000 }))).toBe('garbled')
    expect(await absenceOf(bench().net.http(`http://127.0.0.1:${mute.port}/`, { method: 'GET', ms: 50 }))).toBe('silent')
    expect(await absenceOf(bench().net.http(`http://127.0.0.1:${await closedPort()}/`, { method: 'GET', ms: 5000 }))).toBe('refused')
    expect(await absenceOf(bench().net.http('ftp://127.0.0.1/', { method: 'GET', ms: 5000 }))).toBe('broke')
  })
})

describe('one look', () => {
  const secure = async (): Promise<{ port: number; connections: () => number }> => {
    let count = 0
    const server = createHttps({ cert: pem('valid.pem'), key: pem('valid.key') }, (_request, response) => response.writeHead(204).end())
    server.on('connection', () => { count += 1 })
    const { port, stop } = await served(server)
    running.push({ stop })
    return { port, connections: () => count }
  }

  it('connects, shakes hands and asks for a page over one connection', async () => {
    const { port, connections } = await secure()
    const { net } = bench()
    await net.connect('127.0.0.1', port, 5000)
    expect((await net.tls('127.0.0.1', port, { name: 'localhost', ca: pem('ca.pem'), ms: 5000 })).problem).toBeUndefined()
    expect((await net.http(`https://localhost:${port}/`, { method: 'GET', ms: 5000, address: '127.0.0.1' })).status).toBe(204)
    expect(connections()).toBe(1)
    expect((await net.http(`https://localhost:${port}/`, { method: 'GET', ms: 5000, address: '127.0.0.1' })).status).toBe(204)
    expect(connections()).toBe(2)
  })

  it('leaves no connection open when it ends', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await tcpServer((socket) => socket.resume().once('close', () => closed.resolve()))
    running.push(server)
    const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
    await one.bench.net.connect('127.0.0.1', server.port, 5000)
    await one.lease.release()
    await closed.promise
  })
})
