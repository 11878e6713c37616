import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/hq/access/limits.ts'
import { type Admission, type AuditRow, Me } from '../../../src/model/access.ts'
import type { Problem } from '../../../src/model/wire.ts'
import { startTestHq, type TestHq, until } from '../hq.ts'
import { PASSWORD, seated } from './people.ts'

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq({ proxies: ['127.0.0.1'] })
})
afterAll(() => hq.end())

const beat = { at: Date.now(), agentVersion: '0.1.0', bootId: 'b', uptimeMs: 1, sequence: 1, spool: { reports: 0, bytes: 0, lost: 0 }, readiness: [], openIncidents: 0 }
const heartbeat = (token: string, address?: string) =>
  hq.ask<Problem>('/v1/heartbeats', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(address === undefined ? {} : { 'x-forwarded-for': address }) }, body: JSON.stringify(beat) })

describe('a terminal that asks too often', () => {
  it('is told when to come back, the others are heard, and operators see it', async () => {
    const [loud, quiet] = [await hq.enrol('LOUD-1'), await hq.enrol('QUIET-1')]
    for (let i = 0; i < LIMITS.terminal; i++) expect((await heartbeat(loud, '192.0.2.1')).status).toBe(200)
    const refused = await heartbeat(loud, '192.0.2.1')
    expect([refused.status, refused.json.type]).toEqual([429, 'urn:posdiag:problem:too-many'])
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait > 0 && wait <= 60).toBe(true)
    // Coming from elsewhere does not help it.
    expect((await heartbeat(loud, '192.0.2.2')).status).toBe(429)
    expect((await heartbeat(quiet, '192.0.2.1')).status).toBe(200)
    const seen = await until(() => hq.operate<Admission>('/api/admission'), (a) => a.json.refusals.length > 0)
    expect(seen.json.refusals[0]).toMatchObject({ terminalId: 'LOUD-1', reason: 'too-many', count: 2, address: '192.0.2.2' })
  }, 30_000)
})

describe('an address', () => {
  it('is slowed down whoever it says it is, but this host is not', async () => {
    const guess = (i: number, headers: Record<string, string>) => hq.ask('/v1/enrol', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ token: `pe_guess-${String(i).padStart(12, '0')}`, terminal: { id: 'G-1' }, agentVersion: '1' }) })
    let status = 0
    let asked = 0
    for (; status !== 429 && asked <= LIMITS.address; asked += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => guess(asked + i, { 'x-forwarded-for': `2001:db8::${(i + 1).toString(16)}` })))
      status = Math.max(...answers.map((a) => a.status))
    }
    expect([status, asked > LIMITS.address - 50]).toEqual([429, true])
    expect((await guess(0, { 'x-forwarded-for': '2001:db8:0:1::1' })).status).toBe(401)
    expect((await guess(0, {})).status).toBe(401)
  }, 120_000)
})

describe('behind a proxy', () => {
  it('the audit log and sessions know the browser by its own address, and the cookie keeps to TLS', async () => {
    await seated(hq, 'far', 'viewer')
    const forwarded = { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https', origin: 'https://hq.example.com', 'x-forwarded-host': 'hq.example.com' }
    const answer = await hq.ask('/auth/sign-in', { method: 'POST', headers: { ...forwarded, 'sec-fetch-site': 'same-origin' }, body: JSON.stringify({ name: 'far', password: PASSWORD }) })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-posdiag=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(Me.parse((await hq.ask('/api/me', { headers: { ...forwarded, cookie } })).json).name).toBe('far')
    expect((await hq.operate<{ rows: AuditRow[] }>('/api/audit?action=sign-in&limit=1')).json.rows[0]).toMatchObject({ who: 'far', address: '198.51.100.7' })
  })

  it('which HQ was not told of, nobody can say that he is somebody else', async () => {
    const alone = await startTestHq()
    await alone.ask('/auth/sign-in', { method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' }, body: JSON.stringify({ name: 'x', password: 'y' }) })
    expect((await alone.operate<{ rows: AuditRow[] }>('/api/audit')).json.rows[0]).toMatchObject({ who: 'x', address: '127.0.0.1' })
    await alone.end()
  })
})
