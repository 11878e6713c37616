import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/hq/access/limits.ts'
import { SESSION } from '../../../src/hq/access/who.ts'
import type { ApiTokenRow, AuditRow, CreatedApiToken, Me, SessionRow, UserRow } from '../../../src/model/access.ts'
import type { Problem } from '../../../src/model/wire.ts'
import { OPERATOR, startTestHq, type TestHq } from '../hq.ts'
import { PASSWORD, seated, seatWith, signIn } from './people.ts'

let hq: TestHq
let ahead = 0
beforeAll(async () => {
  hq = await startTestHq({ now: () => Date.now() + ahead })
})
afterAll(() => hq.end())

const audit = async (action: string): Promise<AuditRow[]> => (await hq.operate<{ rows: AuditRow[] }>(`/api/audit?action=${action}`)).json.rows

describe('signing in', () => {
  it('gives a session that only the browser holds, and that HQ knows by its hash', async () => {
    const { ask, cookie } = await seated(hq, 'zhang.wei', 'viewer', [{ region: '华北' }])
    expect((await signIn(hq, 'ZHANG.WEI')).header).toMatch(/^posdiag_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/)
    expect((await ask<Me>('/api/me')).json).toEqual({ name: 'zhang.wei', role: 'viewer', scope: [{ region: '华北' }], by: 'session', users: 1 })
    const database = (await import('node:fs')).readFileSync(`${hq.dataDir}/hq.sqlite-wal`)
    expect(database.includes('zhang.wei')).toBe(true)
    expect(database.includes(cookie.split('=')[1] ?? '')).toBe(false)
    expect(database.includes(PASSWORD)).toBe(false)
  })

  it('says the same of an unknown name and of a wrong password, and writes both down', async () => {
    const wrong = await signIn(hq, 'zhang.wei', 'not the password')
    const unknown = await signIn(hq, "nobody' or 1=1 --")
    expect([wrong.status, wrong.cookie, unknown.status]).toEqual([401, '', 401])
    expect((wrong.answer.json as Problem).detail).toBe((unknown.answer.json as Problem).detail)
    expect((await audit('sign-in')).slice(0, 2).map((r) => [r.who, r.status, r.address])).toEqual([["nobody' or 1=1 --", 401, '127.0.0.1'], ['zhang.wei', 401, '127.0.0.1']])
  })

  it("is not done at another site's wish", async () => {
    const answer = await hq.ask('/auth/sign-in', { method: 'POST', headers: { 'content-type': 'application/json', origin: 'https://evil.example' }, body: JSON.stringify({ name: 'zhang.wei', password: PASSWORD }) })
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
  })

  it('ends when one signs out, after idling, and after so many days at the latest', async () => {
    const { ask } = seatWith(hq, { cookie: (await signIn(hq, 'zhang.wei')).cookie })
    expect((await ask('/api/me/session', 'DELETE')).status).toBe(204)
    expect((await ask('/api/me')).status).toBe(401)

    const idle = seatWith(hq, { cookie: (await signIn(hq, 'zhang.wei')).cookie })
    ahead += SESSION.person.idleMs - 60_000
    expect((await idle.ask('/api/me')).status).toBe(200)
    ahead += SESSION.person.idleMs - 60_000
    expect((await idle.ask('/api/me')).status).toBe(200)
    ahead += SESSION.person.idleMs + 1000
    expect((await idle.ask('/api/me')).status).toBe(401)

    const long = seatWith(hq, { cookie: (await signIn(hq, 'zhang.wei')).cookie })
    const statuses = []
    for (let left: number = SESSION.person.longestMs; left > 0; left -= SESSION.person.idleMs / 2) {
      ahead += SESSION.person.idleMs / 2
      statuses.push((await long.ask('/api/me')).status)
    }
    expect([new Set(statuses.slice(0, -1)), statuses.at(-1)]).toEqual([new Set([200]), 401])
  })

  it('is slowed down for a name, and for an address', async () => {
    await seated(hq, 'guessed', 'viewer')
    const statuses = []
    for (let i = 0; i < 12; i++) statuses.push(await signIn(hq, 'guessed', `guess ${i}`))
    const last = statuses.slice(-1).map(({ answer }) => [answer.status, (answer.json as Problem).type, Number(answer.headers.get('retry-after')) > 0])
    expect(last).toEqual([[429, 'urn:posdiag:problem:too-many', true]])
    expect((await signIn(hq, 'GUESSED')).status).toBe(429)
    const others = []
    for (let i = 0; i < LIMITS.signInAddress; i++) others.push((await signIn(hq, `somebody-${i}`, 'x')).status)
    expect(others.at(-1)).toBe(429)
    expect((await hq.operate('/api/me')).status).toBe(200)
  }, 60_000)
})

describe('people', () => {
  beforeAll(async () => {
    await hq.end()
    hq = await startTestHq({ now: () => Date.now() + ahead })
  })

  it('are added, changed and shut out by an administrator, at once and everywhere', async () => {
    const li = await seated(hq, 'li', 'technician')
    expect((await hq.operate('/api/users', 'POST', { name: 'LI', role: 'viewer', password: PASSWORD })).status).toBe(409)
    expect((await hq.operate('/api/users', 'POST', { name: 'Operator', role: 'viewer', password: PASSWORD })).status).toBe(409)
    expect((await hq.operate(`/api/users/${li.id}`, 'PATCH', { role: 'manager', scope: [{ store: 'A' }] })).status).toBe(204)
    expect((await li.ask('/api/me')).status).toBe(401)
    const again = seatWith(hq, { cookie: (await signIn(hq, 'li')).cookie })
    expect((await again.ask<Me>('/api/me')).json).toMatchObject({ role: 'manager', scope: [{ store: 'A' }] })
    expect((await hq.operate(`/api/users/${li.id}`, 'PATCH', { role: 'administrator' })).status).toBe(400)
    await hq.operate(`/api/users/${li.id}`, 'PATCH', { disabled: true })
    expect([(await again.ask('/api/me')).status, (await signIn(hq, 'li')).status]).toEqual([401, 401])
    await hq.operate(`/api/users/${li.id}`, 'PATCH', { disabled: false, password: 'another long password' })
    expect([(await signIn(hq, 'li')).status, (await signIn(hq, 'li', 'another long password')).status]).toEqual([401, 204])
    const { json } = await hq.operate<{ rows: UserRow[] }>('/api/users')
    expect(json.rows.find((r) => r.name === 'li')).toMatchObject({ role: 'manager', password: true, external: false, sessions: 1 })
    expect(JSON.stringify(json)).not.toMatch(/argon2|hash/)
  })

  it('keep their own powers, and change their own password', async () => {
    const chief = await seated(hq, 'chief', 'administrator')
    expect((await chief.ask(`/api/users/${chief.id}`, 'PATCH', { disabled: true })).status).toBe(409)
    expect((await chief.ask(`/api/users/${chief.id}`, 'PATCH', { role: 'viewer' })).status).toBe(409)
    const elsewhere = seatWith(hq, { cookie: (await signIn(hq, 'chief')).cookie })
    expect((await chief.ask<{ rows: SessionRow[] }>('/api/me/sessions')).json.rows.map((r) => r.current).toSorted()).toEqual([false, true])
    expect((await chief.ask('/api/me/sessions', 'DELETE')).status).toBe(204)
    expect([(await chief.ask('/api/me')).status, (await elsewhere.ask('/api/me')).status]).toEqual([200, 401])
    expect((await chief.ask('/api/me/password', 'PUT', { old: 'wrong', password: 'a new long password' })).status).toBe(403)
    const changed = await chief.ask('/api/me/password', 'PUT', { old: PASSWORD, password: '4111111111111111 as a password' })
    expect([changed.status, (await chief.ask('/api/me')).status]).toEqual([204, 401])
    expect((await signIn(hq, 'chief', '4111111111111111 as a password')).status).toBe(204)
  })

  it.each([
    ['too short a password', { name: 'x', role: 'viewer', password: 'short' }],
    ['no way to sign in', { name: 'x', role: 'viewer' }],
    ['an administrator of a region', { name: 'x', role: 'administrator', password: PASSWORD, scope: [{ region: 'East' }] }],
    ['an empty place', { name: 'x', role: 'viewer', password: PASSWORD, scope: [{}] }],
    ['a scope of nothing', { name: 'x', role: 'viewer', password: PASSWORD, scope: [] }],
    ['a role that does not exist', { name: 'x', role: 'root', password: PASSWORD }],
    ['a name that is none', { name: '<script>', role: 'viewer', password: PASSWORD }],
    ['a field too many', { name: 'x', role: 'viewer', password: PASSWORD, id: '1' }],
  ])('are refused with %s', async (_what, body) => {
    expect((await hq.operate<Problem>('/api/users', 'POST', body)).json).toMatchObject({ status: 400, type: 'urn:posdiag:problem:invalid' })
  })
})

describe('API tokens', () => {
  it('ask in their own name and role until revoked or expired; only their hash is kept', async () => {
    const made = (await hq.operate<CreatedApiToken>('/api/tokens', 'POST', { name: 'Grafana', role: 'viewer', days: 30 })).json
    const program = seatWith(hq, { authorization: `Bearer ${made.token}` })
    expect((await program.ask<Me>('/api/me')).json).toMatchObject({ name: 'Grafana', role: 'viewer', by: 'api-token' })
    expect([(await program.ask('/api/overview')).status, (await program.ask('/api/enrolment-tokens', 'POST', {})).status, (await program.ask('/api/users')).status]).toEqual([200, 403, 403])
    const listed = await hq.operate<{ rows: ApiTokenRow[] }>('/api/tokens')
    expect(listed.json.rows[0]).toMatchObject({ name: 'Grafana', createdBy: 'operator', usedAt: expect.any(Number), expiresAt: made.createdAt + 30 * 86_400_000 })
    expect(listed.text).not.toContain(made.token)
    ahead += 31 * 86_400_000
    expect((await program.ask('/api/me')).status).toBe(401)
    ahead -= 31 * 86_400_000
    expect((await hq.operate(`/api/tokens/${made.id}`, 'DELETE')).status).toBe(204)
    expect((await program.ask('/api/me')).status).toBe(401)
    expect((await hq.operate(`/api/tokens/${made.id}`, 'DELETE')).status).toBe(404)
  })
})

describe('the audit log', () => {
  it('says who did what, to what, when and from where, what was refused, and no secret', async () => {
    const fang = await seated(hq, 'fang', 'manager')
    const made = await fang.ask<{ id: string }>('/api/enrolment-tokens', 'POST', { terminalId: 'T-1', note: 'lane 3' })
    await fang.ask('/api/backups', 'POST')
    const [line] = await audit('enrolment-token.make')
    expect(line).toMatchObject({ who: 'fang', by: 'session', target: made.json.id, status: 201, address: '127.0.0.1', detail: '{"terminalId":"T-1","note":"lane 3","hours":24}' })
    expect(Math.abs((line?.at ?? 0) - Date.now() - ahead)).toBeLessThan(60_000)
    expect(await audit('backup.make')).toMatchObject([{ who: 'fang', status: 403 }])
    expect((await audit('user.add'))[0]).toMatchObject({ who: 'operator', target: 'fang', detail: expect.stringContaining('"password":"…"') })
    const { text } = await hq.operate('/api/audit?limit=200')
    for (const secret of [PASSWORD, OPERATOR, 'another long password', 'a new long password', '4111111111111111']) expect(text).not.toContain(secret)
    expect((await fang.ask('/api/audit')).status).toBe(403)
  })
})
