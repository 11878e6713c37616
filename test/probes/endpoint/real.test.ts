import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Names, startNames } from '../../../fixtures/standins/names.ts'
import { endpoint } from '../../../probes/endpoint/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { hasValue } from '../../../src/model/observation.ts'
import { Device } from '../../../src/model/terminal.ts'

const { createServer } = process.getBuiltinModule('node:http')

const look = async (host: string, port: number, settings: object) => {
  const device = Device.parse({ id: 'acquirer-1', kind: 'endpoint', transport: { type: 'tcp', host, port }, settings })
  const { observations, run } = await lookAt({ device, probe: endpoint }, realBench({ paths: { proc: '/proc', sys: '/sys' } }), { now: () => Date.now(), mono: () => performance.now() }, endpoint.deadlineMs)
  return { run, seen: Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])) }
}

describe('a real endpoint on loopback', () => {
  let names: Names
  let server: ReturnType<typeof createServer>
  let port = 0
  const hosts: (string | undefined)[] = []

  beforeAll(async () => {
    names = await startNames({ 'pay.example.test': '127.0.0.1' })
    server = createServer((request, response) => {
      hosts.push(request.headers.host)
      response.setHeader('date', new Date(Date.now() + 3 * 3_600_000).toUTCString())
      response.writeHead(request.url === '/healthz' ? 200 : 404).end('ok')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(async () => {
    await names.stop()
    await new Promise((resolve) => server.close(resolve))
  })

  it('is climbed by a declared name server, under its own name', async () => {
    const { run, seen } = await look('pay.example.test', port, { tls: false, httpPath: '/healthz', resolvers: [`127.0.0.1:${names.port}`] })
    expect(run.outcome).toBe('done')
    expect(seen).toMatchObject({ 'endpoint.resolves': true, 'endpoint.address': '127.0.0.1', 'endpoint.connects': true, 'endpoint.http-status': 200 })
    expect(Math.abs(Number(seen['endpoint.clock-offset-s']) - 10_800)).toBeLessThan(5)
    expect(hosts).toContain(`pay.example.test:${port}`)
  })

  it('that speaks no TLS is garbled where TLS was expected', async () => {
    const { seen } = await look('127.0.0.1', port, { tls: true })
    expect(seen).toMatchObject({ 'endpoint.connects': true, 'endpoint.tls-ok': '!garbled' })
  })

  it('that is closed refuses, and a name that is not known is told as such', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port: free } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expect((await look('127.0.0.1', free, { tls: true })).seen['endpoint.connects']).toBe('!refused')
    expect((await look('nobody.example.test', port, { tls: false, resolvers: [`127.0.0.1:${names.port}`] })).seen['endpoint.resolves']).toBe('!refused')
  })
})
