import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { AuditRow, Me, SignInWays, UserRow } from '../../../src/model/access.ts'
import { startTestHq, type TestHq } from '../hq.ts'
import { type Issuer, oidcOf, startIssuer } from './issuer.ts'
import { PASSWORD, seatWith } from './people.ts'

// Browsers reach HQ by a name of its own; the tests take the part of the browser and of the proxy.
const PUBLIC = 'http://hq.test'

let issuer: Issuer
let hq: TestHq
let browsers = 1
beforeAll(async () => {
  issuer = await startIssuer()
  hq = await startTestHq({ oidc: oidcOf(issuer, PUBLIC), proxies: ['127.0.0.1'] })
})
afterEach(() => {
  issuer.bend = (token) => token
})
afterAll(async () => {
  await hq.end()
  await issuer.close()
})

const cookiesOf = (headers: Headers): string => headers.getSetCookie().map((c) => c.split(';')[0] ?? '').join('; ')
const add = async (name: string, more: object = {}) => (await hq.operate<UserRow>('/api/users', 'POST', { name, role: 'technician', external: true, ...more })).json

/** Goes the whole way as a browser does; `tamper` changes what comes back with it. */
const walk = async (tamper: (callback: URL, cookie: string) => string = (_, cookie) => cookie) => {
  // Everybody sits somewhere else, so that nobody is slowed down.
  const from = { 'x-forwarded-for': `192.0.2.${browsers++}` }
  const begun = await hq.ask('/auth/oidc', { headers: from })
  expect(begun.status).toBe(303)
  const location = begun.headers.get('location') ?? ''
  expect(location.startsWith(`${issuer.url}/authorize?`)).toBe(true)
  const cookie = cookiesOf(begun.headers)
  const vouched = await fetch(location, { redirect: 'manual' })
  const callback = new URL(vouched.headers.get('location') ?? '')
  expect(callback.origin + callback.pathname).toBe(`${PUBLIC}/auth/oidc/callback`)
  const sent = tamper(callback, cookie)
  const ended = await hq.ask(callback.pathname + callback.search, { headers: { ...from, cookie: sent } })
  return { begun, callback, ended, to: ended.headers.get('location'), cookie: cookiesOf(ended.headers) }
}

it('offers itself on the page before anybody has signed in', async () => {
  expect((await hq.ask<SignInWays>('/auth/ways')).json).toEqual({ password: true, provider: 'Example ID' })
})

it('lets in whom an administrator has added, with a code, PKCE, state and nonce', async () => {
  const added = await add('lin@example.com')
  issuer.claims = { sub: '4711', email: 'lin@example.com', email_verified: true }
  const { begun, to, cookie, ended } = await walk()
  expect(to).toBe('/')
  expect(begun.headers.getSetCookie()[0]).toMatch(/^posdiag_flow=[\w-]+; Max-Age=600; Path=\/auth\/; HttpOnly; SameSite=Lax$/)
  const asked = issuer.asked.at(-1)
  expect([asked?.get('response_type'), asked?.get('code_challenge_method'), asked?.get('state')?.length, asked?.get('nonce')?.length]).toEqual(['code', 'S256', 43, 43])
  const session = ended.headers.getSetCookie().find((c) => c.startsWith('posdiag_session='))
  expect(session).toMatch(/HttpOnly; SameSite=Lax$/)
  expect((await seatWith(hq, { cookie }).ask<Me>('/api/me')).json).toMatchObject({ name: 'lin@example.com', role: 'technician', by: 'session' })
  expect((await hq.operate<{ rows: AuditRow[] }>('/api/audit?action=sign-in')).json.rows[0]).toMatchObject({ who: 'lin@example.com', by: 'oidc', status: 303 })
  expect((await hq.operate<{ rows: UserRow[] }>('/api/users')).json.rows[0]).toMatchObject({ id: added.id, external: true, password: false, signedInAt: expect.any(Number) })
})

it('knows a person by the subject from then on, whatever their address becomes, and nobody else by that address', async () => {
  issuer.claims = { sub: '4711', email: 'lin.new@example.com' }
  expect((await walk()).to).toBe('/')
  issuer.claims = { sub: 'somebody-else', email: 'lin@example.com', email_verified: true }
  expect((await walk()).to).toBe('/sign-in?problem=not-invited')
})

it.each([
  ['nobody added', { sub: '1', email: 'stranger@example.com' }],
  ['whose address nobody checked', { sub: '2', email: 'an@example.com', email_verified: false }],
  ['who has only a password', { sub: '3', email: 'pat@example.com' }],
  ['without an address', { sub: '4' }],
])('does not let in a person %s', async (_what, claims) => {
  await add('an@example.com')
  await add('pat@example.com', { external: false, password: PASSWORD })
  issuer.claims = claims
  const { to, cookie } = await walk()
  expect(to).toBe('/sign-in?problem=not-invited')
  expect(cookie).not.toContain('posdiag_session')
})

it('lets nobody in who was shut out since', async () => {
  const wu = await add('wu@example.com')
  issuer.claims = { sub: 'wu', email: 'wu@example.com' }
  expect((await walk()).to).toBe('/')
  await hq.operate(`/api/users/${wu.id}`, 'PATCH', { disabled: true })
  expect((await walk()).to).toBe('/sign-in?problem=not-invited')
})

it.each([
  ['another state', 'provider-refused', (callback: URL, cookie: string) => { callback.searchParams.set('state', 'x'); return cookie }],
  ['a made-up code', 'provider-refused', (callback: URL, cookie: string) => { callback.searchParams.set('code', 'x'); return cookie }],
  ['no flow of its own', 'provider-stale', () => ''],
  ['a damaged flow', 'provider-stale', () => 'posdiag_flow=abc'],
] as const)('refuses %s', async (_what, problem, tamper) => {
  issuer.claims = { sub: '4711' }
  const { to, cookie } = await walk(tamper)
  expect([to, cookie.includes('posdiag_session')]).toEqual([`/sign-in?problem=${problem}`, false])
})

it.each([
  ['of another issuer', { iss: 'https://evil.example' }], ['for another client', { aud: 'other' }], ['of another sign-in', { nonce: 'x' }], ['that has expired', { exp: 1 }],
])('refuses an ID token %s', async (_what, change) => {
  issuer.claims = { sub: '4711' }
  issuer.bend = (token) => ({ ...token, ...change })
  expect((await walk()).to).toBe('/sign-in?problem=provider-refused')
})

it('takes a code once', async () => {
  issuer.claims = { sub: '4711' }
  let kept = ''
  const { callback } = await walk((_, cookie) => {
    kept = cookie
    return cookie
  })
  expect((await hq.ask(callback.pathname + callback.search, { headers: { cookie: kept } })).headers.get('location')).toBe('/sign-in?problem=provider-refused')
})

it('says so when the issuer is away, and passwords go on', async () => {
  const gone = await startIssuer()
  await gone.close()
  const alone = await startTestHq({ oidc: oidcOf(gone, PUBLIC) })
  const answer = await alone.ask('/auth/oidc')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?problem=provider-away'])
  expect((await alone.operate('/api/me')).status).toBe(200)
  await alone.end()
})
