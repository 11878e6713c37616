import { readFileSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHq, type Hq, type HqOptions } from '../../src/agent/hq.ts'
import { createHttpClient, retryAfter } from '../../src/agent/http.ts'
import { makeReport } from '../../src/agent/report.ts'
import { faults, sampleCheck, scratch, shop } from './sample-check.ts'
import { type TinyHq, tinyHq } from './tiny-hq.ts'

let remove: () => void
let dir: string
let server: TinyHq
const links: Hq[] = []

const link = (options: Partial<HqOptions> = {}): Hq => {
  const all = { url: server.url, ...options }
  const made = createHq(all, createHttpClient(all.url, { version: '1', env: {}, now: Date.now }), { stateDir: dir, identity: shop.terminal, version: '1', now: Date.now, clock: () => ({ at: 1000, bootId: 'b', uptimeMs: 5 }) })
  links.push(made)
  return made
}
const report = () => {
  const made = makeReport(sampleCheck(), { at: Date.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] })
  return { id: made.id, body: JSON.stringify(made) }
}
const beat = { at: 1, agentVersion: '1', bootId: 'b', uptimeMs: 1, sequence: 0, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }

beforeEach(async () => {
  ({ dir, remove } = scratch())
  server = await tinyHq()
})
afterEach(async () => {
  for (const one of links.splice(0)) one.close()
  await server.close()
  remove()
})

describe('an HQ of another version', () => {
  it('is understood as far as this agent knows it', async () => {
    const elsewhere = { at: 1, lanes: 2, faults: [{ fault: 'PRN-PAPER-OUT', open: 1, days7: { lanes: 1, times: 2 }, days30: { lanes: 1, times: 2 } }] }
    const made = link({ token: 'one-time-token-0001' })
    expect(await made.beat(beat)).not.toHaveProperty('answer.elsewhere')
    server.adds = { mood: 'fine', elsewhere: { ...elsewhere, colour: 'red', faults: elsewhere.faults.map((f) => ({ ...f, days90: 3 })) } }
    expect(await made.beat(beat)).toMatchObject({ answer: { commands: [], elsewhere } })
    server.adds = { elsewhere: { at: 'yesterday' } }
    expect(await made.beat(beat)).toHaveProperty('why')
  })
})

describe('enrolment', () => {
  it('exchanges the one-time token once, keeps the answer to itself, and does not ask again after a restart', async () => {
    const first = link({ token: 'one-time-token-0001' })
    // Two questions at once must not use the token twice.
    const [sent, answered] = await Promise.all([first.send([report()]), first.beat(beat)])
    expect([sent.kind, 'answer' in answered]).toEqual(['answered', true])
    expect(server.enrolments).toBe(1)
    expect(statSync(join(dir, 'hq.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dir, 'hq.json'), 'utf8')).not.toContain('one-time')
    expect((await link().send([report()])).kind).toBe('answered')
    expect(server.enrolments).toBe(1)
  })
  it('says what is missing without a token', async () => {
    const made = link()
    expect(await made.send([report()])).toMatchObject({ kind: 'kept' })
    expect(made.state()).toMatchObject({ enrolled: false, problem: expect.stringContaining('one-time token') })
  })
  it('does not repeat a token that HQ refused', async () => {
    const made = link({ token: 'wrong-wrong-wrong-wrong' })
    await made.send([report()])
    server.oneTime.add('wrong-wrong-wrong-wrong')
    await made.send([report()])
    expect(server.enrolments).toBe(0)
    expect(made.state().problem).toContain('401')
  })
  it('takes a new token from the file when HQ has revoked the old one', async () => {
    await link({ token: 'one-time-token-0001' }).send([report()])
    server.token = 'another-token'
    server.oneTime.add('one-time-token-0002')
    expect((await link({ token: 'one-time-token-0002' }).send([report()])).kind).toBe('answered')
    expect(server.enrolments).toBe(2)
  })
  it('is for one HQ: another address enrols anew', async () => {
    await link({ token: 'one-time-token-0001' }).send([report()])
    const second = await tinyHq()
    const made = link({ url: second.url, token: 'one-time-token-0001' })
    await made.send([report()])
    expect(second.enrolments).toBe(1)
    await second.close()
  })
})

describe('sending', () => {
  const ready = () => link({ token: 'one-time-token-0001' })
  it('compresses, and falls back where HQ cannot read that', async () => {
    server.interrupt = () => (server.batches.at(-1)?.encoding === 'zstd' ? { status: 415 } : undefined)
    const made = ready()
    expect(await made.send([report()])).toMatchObject({ kind: 'kept', retryAfterMs: 0 })
    expect((await made.send([report()])).kind).toBe('answered')
    expect(server.batches.map((b) => b.encoding)).toEqual(['zstd', 'gzip'])
  })
  it('says what the clocks of the terminal show, by which HQ dates reports of one whose wall clock is wrong', async () => {
    await ready().send([report()])
    expect(JSON.parse(server.batches[0]?.clock ?? '')).toEqual({ at: 1000, bootId: 'b', uptimeMs: 5 })
  })
  it.each([
    ['a refusal in HQ’s own words', { status: 422 }, { kind: 'refused' }],
    ['a refusal by something in between', { status: 400, headers: { 'content-type': 'text/html' }, body: '<h1>proxy</h1>' }, { kind: 'kept' }],
    ['too much at once', { status: 413 }, { kind: 'too-large' }],
    ['no time now', { status: 503, headers: { 'retry-after': '7' } }, { kind: 'kept', retryAfterMs: 7_000 }],
    ['too often', { status: 429, headers: { 'retry-after': '99999999' } }, { kind: 'kept', retryAfterMs: 3_600_000 }],
    ['a captive portal that says 200', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' }, { kind: 'kept' }],
    ['202 that is not HQ’s', { status: 202, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' }, { kind: 'kept' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { kind: 'kept' }],
    ['an answer without end', { status: 202, body: 'x'.repeat(2 << 20) }, { kind: 'kept', why: expect.stringContaining('too-long') }],
    ['a cut connection', { status: 0, cut: 'before' as const }, { kind: 'kept' }],
  ])('understands %s', async (_name, interruption, expected) => {
    server.interrupt = () => interruption
    expect(await ready().send([report()])).toMatchObject(expected)
  })
  it('says that nobody is there', async () => {
    const made = link({ url: 'http://127.0.0.1:1', token: 'one-time-token-0001' })
    expect(await made.send([report()])).toMatchObject({ kind: 'kept', why: expect.stringContaining('ECONNREFUSED') })
  })
})

it('goes through the proxy that the environment names, but not to this host itself', async () => {
  const http = process.getBuiltinModule('node:http')
  const asked: string[] = []
  const proxy = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('{}')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const env = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  const far = createHttpClient('http://hq.example', { version: '1', env, now: Date.now })
  expect(await far.ask({ method: 'GET', path: '/x', deadlineMs: 5_000 })).toMatchObject({ ok: true, status: 200 })
  expect(asked).toEqual(['http://hq.example/x'])
  const near = createHttpClient(server.url, { version: '1', env, now: Date.now })
  expect(await near.ask({ method: 'GET', path: '/x', deadlineMs: 5_000 })).toMatchObject({ status: 401 })
  expect(asked).toHaveLength(1)
  far.close()
  near.close()
  proxy.closeAllConnections()
  proxy.close()
})

it('gives up at the deadline', async () => {
  const net = await import('node:net')
  const mute = net.createServer(() => undefined)
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const client = createHttpClient(`http://127.0.0.1:${(mute.address() as AddressInfo).port}`, { version: '1', env: {}, now: Date.now })
  expect(await client.ask({ method: 'GET', path: '/', deadlineMs: 50 })).toMatchObject({ ok: false, why: 'deadline' })
  client.close()
  mute.close()
})

it('refuses an address that is none', () => expect(() => createHttpClient('ftp://hq', { version: '1', env: {}, now: Date.now })).toThrow('https://'))

it.each([['5', 5_000], ['0', 0], ['-3', 0], ['soon', undefined], [undefined, undefined], ['Tue, 02 Jun 2026 08:00:10 GMT', 10_000], ['999999', 3_600_000]])('reads Retry-After %s', (header, ms) => {
  expect(retryAfter(header, Date.UTC(2026, 5, 2, 8))).toBe(ms)
})
