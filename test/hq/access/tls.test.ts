import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHq } from '../../../src/agent/hq.ts'
import { createHttpClient } from '../../../src/agent/http.ts'
import { startTestHq, type TestHq } from '../hq.ts'
import { makeReport } from '../reports.ts'

const TLS = join(import.meta.dirname, '../../../fixtures/tls')
const pem = (name: string): string => readFileSync(join(TLS, name), 'utf8')
const https = process.getBuiltinModule('node:https')

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq({ tls: { cert: pem('valid.pem'), key: pem('valid.key'), clientCa: pem('clients/ca.pem') } })
})
afterAll(() => hq.end())

/** An agent's own link to HQ, as terminal `id` with the certificate of that name. */
const linkOf = async (id: string, certificate?: string) => {
  const options = { url: hq.hq.url, token: await hq.hq.createEnrolmentToken(id), ca: join(TLS, 'ca.pem') }
  const own = certificate === undefined ? {} : { certificate: { cert: join(TLS, `clients/${certificate}.pem`), key: join(TLS, `clients/${certificate}.key`) } }
  const client = createHttpClient(options.url, { ca: options.ca, ...own, version: '1', env: {}, now: Date.now })
  return createHq(options, client, { stateDir: hq.dataDir, identity: { id }, version: '1', now: Date.now, clock: () => ({ at: Date.now(), bootId: 'b', uptimeMs: 5 }) })
}
const sentBy = async (id: string, certificate?: string) => {
  const link = await linkOf(id, certificate)
  const report = makeReport({ terminal: id })
  const sent = await link.send([{ id: report.id, body: JSON.stringify(report) }])
  const { problem = '' } = link.state()
  link.close()
  return { ...sent, problem }
}

const get = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => https.get(`${hq.hq.url}${path}`, { ca: pem('ca.pem'), agent: false }, (response) => resolve(response.resume().statusCode)).on('error', reject))

it.each([['as common name', 'T-1', 't-1'], ['as DNS name', 'T-2', 't-2']])("takes reports from an agent whose certificate of the customer's authority names it %s", async (_how, id, certificate) => {
  expect(await sentBy(id, certificate)).toMatchObject({ kind: 'answered', items: [{ status: 'stored' }] })
})

it.each([
  ['without a certificate', 'T-3', undefined, 'give the agent one (--client-cert, --client-key)'],
  ['with that of another terminal', 'T-4', 't-1', 'the certificate is not one of terminal T-4'],
  ['with one that somebody else issued', 'T-1', 'forged-t-1', 'a certificate of its own authority'],
])('takes none from an agent %s, and says why', async (_how, id, certificate, why) => {
  const sent = await sentBy(id, certificate)
  expect([sent.kind, sent.problem]).toEqual(['kept', expect.stringContaining(why)])
})

it('refuses a token that was stolen from a terminal with a certificate', async () => {
  const { token } = JSON.parse(readFileSync(join(hq.dataDir, 'hq.json'), 'utf8')) as { token: string }
  const status = await new Promise((resolve, reject) => {
    const request = https.request(`${hq.hq.url}/v1/heartbeats`, { method: 'POST', ca: pem('ca.pem'), agent: false, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }, (response) => resolve(response.resume().statusCode))
    request.on('error', reject).end('{}')
  })
  expect(status).toBe(403)
})

it('lets browsers in without one, and pins them to TLS', async () => {
  expect([await get('/healthz'), await get('/auth/ways'), await get('/api/me')]).toEqual([200, 200, 401])
  const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => https.get(`${hq.hq.url}/auth/ways`, { ca: pem('ca.pem'), agent: false }, (response) => resolve(response.resume().headers)).on('error', reject))
  expect(headers['strict-transport-security']).toContain('max-age=31536000')
})
