import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../src/hq/app.ts'
import { GROUP } from '../../src/hq/group-commit.ts'
import { openSqliteStore } from '../../src/hq/sqlite/store.ts'
import { type Store, StoreError } from '../../src/hq/store.ts'
import { startChild, terminate } from './child.ts'
import { BATCH_TYPE, OPERATOR, startTestHq, until } from './hq.ts'
import { eventOf, makeReport } from './reports.ts'

const temporary = (): string => mkdtempSync(join(tmpdir(), 'posdiag-trouble-'))

/** A real store of which single methods can be taken away. */
const storeWith = async (folder: string, change: (store: Store) => Partial<Store>): Promise<Store> => {
  const store = await openSqliteStore(join(folder, 'hq.sqlite'))
  return { ...store, ...change(store) }
}

describe('a store that is away', () => {
  it('is answered with 503 and nothing acknowledged, shows in /readyz, and all is well when it is back', async () => {
    const folder = temporary()
    let away = false
    const failing = async (): Promise<never> => {
      throw new StoreError('unavailable', 'the database is away')
    }
    const store = await storeWith(folder, (s) => ({
      putReports: (reports) => (away ? failing() : s.putReports(reports)),
      ready: () => (away ? failing() : s.ready()),
      figures: (moment) => (away ? failing() : s.figures(moment)),
    }))
    const hq = await startTestHq({ store })
    const token = await hq.enrol('T-1')
    const report = makeReport()
    away = true
    const refused = await hq.send(token, [report])
    expect([refused.status, refused.headers.get('retry-after'), refused.json.type]).toEqual([503, expect.stringMatching(/^[1-9]\d?$/), 'urn:posdiag:problem:store-unavailable'])
    expect((await hq.ask('/readyz')).status).toBe(503)
    expect((await hq.ask('/healthz')).status).toBe(200)
    expect((await hq.ask('/metrics')).text).toMatch(/^posdiag_hq_store_up 0$/m)
    away = false
    expect((await hq.send(token, [report])).json.items).toEqual([{ id: report.id, status: 'stored' }])
    await until(() => hq.ask('/readyz'), (a) => a.status === 200)
    await hq.end()
    rmSync(folder, { recursive: true })
  })
})

describe('too much at once', () => {
  it('is refused with a time to come back that is spread over the terminals, and what was taken on is stored', async () => {
    const folder = temporary()
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const store = await storeWith(folder, (s) => ({ putReports: (reports) => held.then(() => s.putReports(reports)) }))
    const hq = await startTestHq({ store })
    const tokens = [await hq.enrol('T-1'), await hq.enrol('T-2'), await hq.enrol('T-3')]
    const batches = GROUP.waiting / 200
    const taken = Array.from({ length: batches }, (_, i) => hq.send(tokens[0] ?? '', Array.from({ length: 200 }, (_, j) => makeReport({ sequence: i * 200 + j + 1 }))))
    await until(async () => (await hq.ask('/metrics')).text, (t) => t.includes(`posdiag_hq_waiting_reports ${GROUP.waiting}`), 30_000)
    const refused = []
    for (const [i, token] of tokens.entries()) refused.push(await hq.send(token, [makeReport({ terminal: `T-${i + 1}` })]))
    expect(refused.map((a) => [a.status, a.json.type])).toEqual(Array(3).fill([503, 'urn:posdiag:problem:overloaded']))
    const waits = refused.map((a) => Number(a.headers.get('retry-after')))
    expect(waits.every((s) => s >= 1 && s <= 30)).toBe(true)
    expect(new Set(waits).size).toBeGreaterThan(1)
    release()
    for (const answer of await Promise.all(taken)) expect(answer.json.items.every((i) => i.status === 'stored')).toBe(true)
    await hq.end()
    rmSync(folder, { recursive: true })
  })
})

describe('a full disk', () => {
  it('acknowledges nothing that is not stored, shows in /readyz, and keeps all that was acknowledged', async () => {
    const folder = temporary()
    const limited = await startChild(folder, { fileBlocks: 6000 })
    const headers = { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' }
    const made = (await (await fetch(`${limited.url}/api/enrolment-tokens`, { method: 'POST', headers, body: '{"terminalId":"T-1"}' })).json()) as { token: string }
    const { token } = (await (await fetch(`${limited.url}/v1/enrol`, { method: 'POST', headers, body: JSON.stringify({ token: made.token, terminal: { id: 'T-1' }, agentVersion: '1' }) })).json()) as { token: string }
    const acknowledged: string[] = []
    let last: { status: number; json: { type?: string } } | undefined
    for (let i = 0; i < 100; i++) {
      const reports = Array.from({ length: 50 }, (_, j) => makeReport({ sequence: i * 50 + j + 1 }))
      const response = await fetch(`${limited.url}/v1/reports`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': BATCH_TYPE }, body: JSON.stringify(reports.map(eventOf)) })
      last = { status: response.status, json: (await response.json()) as { type?: string } }
      if (response.status !== 202) break
      acknowledged.push(...reports.map((r) => r.id))
    }
    expect(last).toMatchObject({ status: 503, json: { type: 'urn:posdiag:problem:store-full' } })
    expect(acknowledged.length).toBeGreaterThan(0)
    await until(() => fetch(`${limited.url}/readyz`).then((r) => r.status), (status) => status === 503)
    expect((await fetch(`${limited.url}/healthz`)).status).toBe(200)
    await terminate(limited)

    const store = await openSqliteStore(join(folder, 'hq.sqlite'))
    for (const id of acknowledged) expect(await store.report('T-1', id)).toBeDefined()
    await store.close()
    rmSync(folder, { recursive: true })
  })
})

describe('a slow client', () => {
  it('is told so and let go', async () => {
    const app = makeApp({ info: () => {}, warn: () => {}, error: () => {} }, {}, { requestMs: 150, headersMs: 100, idleMs: 1000, checkMs: 20 })
    app.post('/slow', async () => 'done')
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    for (const start of ['POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{', 'POST /slow HT']) {
      const socket = connect(port, '127.0.0.1')
      const text = await new Promise<string>((resolve, reject) => {
        let all = ''
        socket.on('data', (chunk) => {
          all += chunk.toString()
        })
        socket.on('close', () => resolve(all))
        socket.on('error', reject)
        socket.write(start)
      })
      expect(text).toMatch(/^HTTP\/1\.1 408 .*problem\+json.*too-slow/s)
    }
    await app.close()
  })
})

describe('extreme values', () => {
  it('of one terminal do not hold up another', async () => {
    const hq = await startTestHq()
    const [wild, mild] = [await hq.enrol('T-1'), await hq.enrol('T-2')]
    const extremes = [1e300, -1e300, Number.MAX_SAFE_INTEGER, -0, 0.1, 5e-324]
    const reports = extremes.map((at, i) => {
      const report = makeReport({ sequence: i + 1, found: ['PRN-PAPER-OUT'], changes: [{ fault: 'PRN-PAPER-OUT', change: i % 2 === 0 ? 'opened' : 'closed' }] })
      return { ...report, at, uptimeMs: at, check: { ...report.check, startedAt: at, ms: at } }
    })
    const answer = await hq.send(wild, [...reports, makeReport({ sequence: Number.MAX_SAFE_INTEGER, store: '\ud800\u0000\u202e' })])
    expect(answer.json.items.map((i) => i.status)).toEqual(Array(extremes.length + 1).fill('stored'))
    for (const at of extremes) {
      const beat = { at, agentVersion: '1', bootId: 'b', uptimeMs: at, sequence: 1, spool: { reports: 0, bytes: 0, oldestAt: at, lost: 0 }, readiness: [], checkedAt: at, openIncidents: 0 }
      const headers = { authorization: `Bearer ${wild}`, 'content-type': 'application/json' }
      expect((await hq.ask('/v1/heartbeats', { method: 'POST', headers, body: JSON.stringify(beat) })).status).toBe(200)
    }
    await hq.send(mild, [makeReport({ terminal: 'T-2' })])
    const seen = async (id: string) => (await hq.operate<{ terminal: { lastSeenAt?: number }; reports: unknown[] }>(`/api/terminals/${id}`)).json
    await until(() => seen('T-2'), (t) => t.reports.length === 1)
    expect((await seen('T-1')).reports).toHaveLength(extremes.length + 1)
    await until(() => hq.operate<{ terminal: { clockOffsetMs?: number } }>('/api/terminals/T-1'), (a) => a.json.terminal.clockOffsetMs !== undefined)
    for (const path of ['/api/overview', '/api/incidents', '/api/incidents?state=closed', '/api/terminals', '/metrics']) expect((await hq.operate(path)).status).toBe(200)
    expect(hq.logged.filter((l) => l.level !== 'info')).toEqual([])
    await hq.end()
  })
})

describe('a start that cannot be', () => {
  it('says what is in the way and what to do', async () => {
    const hq = await startTestHq()
    await expect(startTestHq({ port: Number(new URL(hq.hq.url).port) })).rejects.toThrow(/cannot listen on 127\.0\.0\.1 port \d+ .*EADDRINUSE.*choose another/)
    await expect(startTestHq({ operatorToken: 'short' })).rejects.toThrow(/shorter than 16 characters/)
    await expect(startTestHq({ dataDir: join(hq.dataDir, 'hq.sqlite', 'x') })).rejects.toThrow(/data folder .* cannot be made/)
    await hq.end()
  })
})

describe('a stop', () => {
  it('answers what was begun, and does not wait for connections on which nothing was asked', async () => {
    const folder = temporary()
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const store = await storeWith(folder, (s) => ({ putReports: (reports) => held.then(() => s.putReports(reports)) }))
    const hq = await startTestHq({ store })
    const token = await hq.enrol('T-1')
    const idle = connect(Number(new URL(hq.hq.url).port), '127.0.0.1')
    idle.on('error', () => idle.destroy())
    const answer = hq.send(token, [makeReport()])
    await until(async () => (await hq.ask('/metrics')).text, (t) => t.includes('posdiag_hq_waiting_reports 1'))
    const began = performance.now()
    const stopped = hq.hq.stop()
    release()
    expect((await answer).status).toBe(202)
    await stopped
    expect(performance.now() - began).toBeLessThan(8000)
    await hq.end()
    rmSync(folder, { recursive: true })
  })
})
