import { connect, type Socket } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, noPostgres, startCluster } from '../../../fixtures/servers/postgres.ts'
import { type AuditRow, SIGNATURE_HEADER } from '../../../src/model/access.ts'
import { BATCH_LIMITS, type CreatedEnrolmentToken, type Overview, type Problem, type TerminalRow } from '../../../src/model/wire.ts'
import { BATCH_TYPE, OPERATOR, startTestHq, type TestHq } from '../hq.ts'
import { eventOf, makeReport } from '../reports.ts'
import { PASSWORD, type Seat, seated, signIn } from './people.ts'
import { type SigningTerminal, signingTerminal } from './terminal.ts'

let hq: TestHq
let ahead = 0
let terminal: SigningTerminal
let chief: Seat

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => hq.ask<Problem>(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
const deep = (n: number): string => '['.repeat(n) + ']'.repeat(n)
const own = () => ({ authorization: `Bearer ${terminal.token}` })
const batch = { 'content-type': BATCH_TYPE }

describe.each(['SQLite', 'PostgreSQL'])('HQ on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && noPostgres)('withstands', () => {
    let cluster: Cluster | undefined
    beforeAll(async () => {
      cluster = engine === 'PostgreSQL' ? await startCluster() : undefined
      hq = await startTestHq({ now: () => Date.now() + ahead, ...(cluster === undefined ? {} : { database: { url: await cluster.database() } }) })
      terminal = await signingTerminal(hq, 'T-1')
      chief = await seated(hq, 'chief', 'administrator')
    }, 60_000)
    afterAll(async () => {
      await hq.end()
      await cluster?.end()
    })

    // Whatever came, HQ goes on: the page has its data, terminals are heard, and nothing broke inside.
    afterEach(async () => {
      const overview = await chief.ask<Overview>('/api/overview')
      expect(overview.status).toBe(200)
      expect((await hq.ask('/readyz')).status).toBe(200)
      const report = makeReport({ terminal: 'T-1', sequence: Math.floor(performance.now()) })
      expect((await terminal.send([report])).json.items).toEqual([{ id: report.id, status: 'stored' }])
      expect(hq.logged.filter((l) => l.level === 'error')).toEqual([])
    })

    describe('what nobody should send', () => {
      const ROWS: { what: string; send: () => ReturnType<typeof post>; status: number; slug: string }[] = [
        { what: 'a gzip bomb', send: () => post('/v1/reports', gzipSync(Buffer.alloc(BATCH_LIMITS.bytes + 1)), { ...own(), ...batch, 'content-encoding': 'gzip' }), status: 413, slug: 'body-too-large' },
        { what: 'a zstd bomb', send: () => post('/v1/reports', zstdCompressSync(Buffer.alloc(BATCH_LIMITS.bytes + 1)), { ...own(), ...batch, 'content-encoding': 'zstd' }), status: 413, slug: 'body-too-large' },
        { what: 'a bomb to sign in with', send: () => post('/auth/sign-in', gzipSync(Buffer.alloc(1 << 20)), { 'content-encoding': 'gzip' }), status: 400, slug: 'not-json' },
        { what: 'more than a batch may be', send: () => post('/v1/reports', Buffer.alloc(BATCH_LIMITS.compressedBytes + 1, ' '), { ...own(), ...batch }), status: 413, slug: 'body-too-large' },
        { what: 'more than a form may be', send: () => post('/auth/sign-in', JSON.stringify({ name: 'x', password: 'x'.repeat(70_000) })), status: 413, slug: 'body-too-large' },
        { what: 'a password without end', send: () => post('/auth/sign-in', JSON.stringify({ name: 'x', password: 'x'.repeat(60_000) })), status: 400, slug: 'invalid' },
        { what: 'numbers for words', send: () => post('/auth/sign-in', '{"name":1,"password":["a"]}'), status: 400, slug: 'invalid' },
        { what: 'a query of a document database', send: () => post('/auth/sign-in', '{"name":{"$gt":""},"password":{"$gt":""}}'), status: 400, slug: 'invalid' },
        { what: 'a prototype', send: () => post('/auth/sign-in', '{"name":"chief","password":"x","__proto__":{"role":"administrator"}}'), status: 400, slug: 'not-json' },
        { what: 'brackets without end', send: () => post('/auth/sign-in', deep(30_000)), status: 400, slug: 'invalid' },
        { what: 'not JSON', send: () => post('/auth/sign-in', 'name=chief'), status: 400, slug: 'not-json' },
        { what: 'a form of another kind', send: () => post('/auth/sign-in', 'name=chief', { 'content-type': 'application/x-www-form-urlencoded' }), status: 415, slug: 'media-type' },
        { what: 'a forged terminal token', send: () => post('/v1/reports', '[]', { ...batch, authorization: `Bearer pt_${'A'.repeat(43)}` }), status: 401, slug: 'terminal-token' },
        { what: 'a forged API token', send: () => post('/api/enrolment-tokens', '{}', { authorization: `Bearer pa_${'A'.repeat(43)}` }), status: 401, slug: 'operator-token' },
        { what: "a terminal's token for an operator's", send: () => post('/api/enrolment-tokens', '{}', own()), status: 401, slug: 'operator-token' },
        { what: "an operator's token for a terminal's", send: () => post('/v1/reports', '[]', { ...batch, authorization: `Bearer ${OPERATOR}` }), status: 401, slug: 'terminal-token' },
        { what: 'a forged session', send: () => post('/api/enrolment-tokens', '{}', { cookie: `posdiag_session=${'A'.repeat(43)}` }), status: 401, slug: 'no-session' },
        { what: 'the session of another HQ', send: () => post('/api/enrolment-tokens', '{}', { cookie: 'posdiag_session=9999999999999.YWJj' }), status: 401, slug: 'no-session' },
        { what: 'a signature as long as a header may be', send: () => post('/v1/reports', '[]', { ...own(), ...batch, [SIGNATURE_HEADER]: 'A'.repeat(8000) }), status: 403, slug: 'signature-form' },
        { what: 'a key that is no point of the curve', send: () => post('/v1/key', JSON.stringify({ key: { kty: 'OKP', crv: 'Ed25519', x: 'short' } }), own()), status: 400, slug: 'invalid' },
        { what: 'a private key', send: () => post('/v1/key', JSON.stringify({ key: { ...terminal.key, d: terminal.key.x } }), own()), status: 400, slug: 'invalid' },
      ]
      it.each(ROWS)('$what: $status $slug', async ({ send, status, slug }) => {
        const answer = await send()
        expect([answer.status, answer.json.type]).toEqual([status, `urn:posdiag:problem:${slug}`])
        expect(answer.headers.get('content-type')).toContain('application/problem+json')
        expect(answer.text).not.toMatch(/\bat \/|node_modules|SQLITE|stack/)
      })
    })

    describe('what was good once', () => {
      it('a replayed batch changes nothing', async () => {
        const report = makeReport({ terminal: 'T-1', sequence: 900_001 })
        const body = JSON.stringify([eventOf(report)])
        const headers = { [SIGNATURE_HEADER]: await terminal.sign(body) }
        const answers = []
        for (let i = 0; i < 3; i++) answers.push((await hq.sendRaw(terminal.token, body, headers)).json.items[0]?.status)
        expect(answers).toEqual(['stored', 'duplicate', 'duplicate'])
        ahead += 61 * 86_400_000
        expect((await hq.sendRaw(terminal.token, body, headers)).json.items[0]).toMatchObject({ status: 'rejected', reason: expect.stringMatching(/^too-old/) })
        ahead = 0
      })

      it('a token that has expired, was used or was revoked enrols nobody', async () => {
        const enrol = (token: string) => post('/v1/enrol', JSON.stringify({ token, terminal: { id: 'T-LATE' }, agentVersion: '1' }))
        const made = async () => (await hq.operate<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', { hours: 1 })).json
        const late = await made()
        ahead = 3_600_001
        expect((await enrol(late.token)).json.type).toBe('urn:posdiag:problem:enrolment-expired')
        ahead = 0
        const revoked = await made()
        await hq.operate(`/api/enrolment-tokens/${revoked.id}`, 'DELETE')
        expect((await enrol(revoked.token)).json.type).toBe('urn:posdiag:problem:enrolment-revoked')
        const once = await made()
        expect([(await enrol(once.token)).status, (await enrol(once.token)).json.type]).toEqual([201, 'urn:posdiag:problem:enrolment-used'])
      })
    })

    describe('a crowd of slow clients', () => {
      it('holds up nobody', async () => {
        const { port } = new URL(hq.hq.url)
        const sockets: Socket[] = Array.from({ length: 300 }, (_, i) => {
          const socket = connect(Number(port), '127.0.0.1')
          socket.on('error', () => socket.destroy())
          socket.write(i % 2 === 0 ? 'POST /v1/reports HTTP/1.1\r\nhost: hq\r\nx-slow: ' : `POST /v1/enrol HTTP/1.1\r\nhost: hq\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"name":`)
          return socket
        })
        await Promise.all(sockets.map((s) => new Promise((resolve) => (s.connecting ? s.once('connect', resolve) : resolve(undefined)))))
        expect((await chief.ask('/api/terminals')).status).toBe(200)
        const report = makeReport({ terminal: 'T-1', sequence: 900_002 })
        expect((await terminal.send([report])).status).toBe(202)
        for (const socket of sockets) socket.destroy()
      })
    })

    describe('SQL and scripts in every field of text', () => {
      const EVIL = ["'; drop table terminal; --", '" or ""="', '<script>ran("x")</script>', '<img src=x onerror=ran("y")>', '\u0000\ud800', '%_\\', "$1; select pg_sleep(10)", '{{7*7}}#{7*7}', '../../etc/passwd', '\r\nset-cookie: a=b']

      it.each(EVIL.map((evil) => ({ evil })))('$evil is kept as it is where it may be, and refused where not', async ({ evil }) => {
        const scope = [{ region: evil, store: evil }]
        const name = `user-${EVIL.indexOf(evil)}`
        expect((await hq.operate('/api/users', 'POST', { name: evil, role: 'viewer', password: PASSWORD })).status).toBe(400)
        const made = await hq.operate<{ scope: unknown }>('/api/users', 'POST', { name, role: 'viewer', password: PASSWORD, scope })
        expect(made.status).toBe(201)
        const seat = await signIn(hq, name)
        expect((await hq.ask<{ rows: unknown[] }>('/api/terminals', { headers: { cookie: seat.cookie } })).json.rows).toEqual([])
        expect((await signIn(hq, evil, evil)).status).toBe(401)
        expect((await hq.operate('/api/tokens', 'POST', { name: evil, role: 'viewer', scope })).status).toBe(201)
        const token = (await hq.operate<CreatedEnrolmentToken>('/api/enrolment-tokens', 'POST', { note: evil, region: evil, store: evil })).json.token
        const id = `EVIL-${EVIL.indexOf(evil)}`
        const enrolled = await post('/v1/enrol', JSON.stringify({ token, terminal: { id, region: evil, store: evil, merchant: evil.slice(0, 64), lane: evil.slice(0, 32) }, agentVersion: evil.slice(0, 64) }))
        expect(enrolled.status).toBe(201)
        expect((await hq.ask<{ rows: TerminalRow[] }>('/api/terminals', { headers: { cookie: seat.cookie } })).json.rows.map((r) => r.terminal.id)).toEqual([id])
        for (const path of ['/api/terminals?q=', '/api/incidents?fault=', '/api/incidents?terminal=', '/api/audit?who=', '/api/audit?action=', '/api/audit?cursor=', '/api/terminals/', '/api/incidents/', '/api/users/']) {
          const answer = await hq.operate(path + encodeURIComponent(evil.toWellFormed()))
          expect([200, 400, 404], path).toContain(answer.status)
          expect(answer.headers.get('set-cookie'), path).toBeNull()
        }
        const { rows } = (await hq.operate<{ rows: AuditRow[] }>('/api/audit?action=sign-in&limit=5')).json
        expect(rows.map((r) => r.who)).toContain(evil.toWellFormed().replaceAll('\0', '\ufffd'))
      }, 20_000)
    })
  })
})
