import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { AgentStatus } from '../../src/agent/agent.ts'
import { type Desk, openDesk } from '../../src/agent/desk.ts'
import { pageLanguage, renderPage } from '../../src/agent/desk-page.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { type CheckOrder, createQueue } from '../../src/agent/queue.ts'
import { makeReport } from '../../src/agent/report.ts'
import type { Check } from '../../src/model/check.ts'
import type { TransactionStep } from '../../src/model/transaction.ts'
import { manualClock } from './manual-clock.ts'
import { faults, PAPER, sampleCheck, scratch, shop } from './sample-check.ts'

let dir: string
let remove: () => void
let desk: Desk
let asked: CheckOrder[]
let steps: TransactionStep[]
let check: Check | undefined
// A published test number, put together so that no scanner takes this file for a leak.
const NUMBER = ['4111', '1111', '1111', '1111'].join('')

const status = (): AgentStatus => ({
  terminal: shop.terminal, agent: { version: '1', pid: 1, startedAt: 0 }, readiness: check?.readiness ?? [], incidents: [], spool: { reports: 2, bytes: 1, lost: 0, rejected: 0 }, sequence: 1,
  hq: { url: 'x', enrolled: true }, saleOpen: false,
})
beforeEach(async () => {
  ({ dir, remove } = scratch())
  asked = []
  steps = []
  check = sampleCheck({ paper: 'present' })
  const clock = manualClock()
  const queue = createQueue({
    run: async (order) => {
      asked.push(order)
      return sampleCheck({ by: 'operator' })
    },
    conclude: (made) => makeReport(made, { at: clock.now(), bootId: 'b', uptimeMs: 1, clock: 'unknown', identity: shop.terminal, version: '0', faults, incidents: [], transactions: [], problems: [] }),
    saleOpen: () => false, clock, log: SILENT_LOG,
  })
  desk = await openDesk({ port: 0, stateDir: dir }, {
    status, last: () => ({ check, ageMs: 61_000 }), ask: queue.ask, find: queue.find, boot: () => queue.ask({ trigger: { by: 'boot' }, depth: 'full' }),
    reports: (limit) => [{ id: 'r', sequence: limit, at: 0, trigger: 'boot', found: 0, bytes: 1, state: 'local' }],
    report: (id) => (id.startsWith('0') ? '{"a":1}' : undefined),
    hear: (heard) => steps.push(...heard), due: () => [{ late: true, text: { zh: '检查逾期 <b>', en: 'Inspection overdue <b>' } }], fixer: () => undefined, repairWords: async () => ({ faults: [], tests: [], meaning: () => undefined }), faults, language: 'zh-CN', clock, log: SILENT_LOG,
  })
})
afterEach(async () => {
  await desk.close()
  remove()
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(desk.url + path, { headers, redirect: 'manual' })
const post = (path: string, body: unknown, headers: Record<string, string> = { authorization: `Bearer ${desk.token}` }) =>
  fetch(desk.url + path, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
const problemOf = async (response: Response) => ({ status: response.status, type: z.object({ type: z.string() }).parse(await response.json()).type, media: response.headers.get('content-type')?.split(';')[0] })
/** A request with a header that fetch would not let us set. */
const withHost = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(desk.url)
    const request = process.getBuiltinModule('node:http').get({ host: '127.0.0.1', port, path: '/v1/status', headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
  })

describe('who may ask', () => {
  it('a POST needs the token', async () => {
    for (const path of ['/v1/checks', '/v1/transactions']) {
      expect(await problemOf(await post(path, {}, {}))).toEqual({ status: 401, type: 'token-needed', media: 'application/problem+json' })
      expect((await post(path, {}, { authorization: `Bearer ${desk.token}x` })).status).toBe(401)
    }
    expect(asked).toEqual([])
  })
  it('another name that points here is refused (DNS rebinding)', async () => {
    expect(await withHost('evil.example')).toBe(421)
    expect(await withHost(`evil.example:${new URL(desk.url).port}`)).toBe(421)
    expect(await withHost(`localhost:${new URL(desk.url).port}`)).toBe(200)
  })
  it('a page of another site is refused, even with the token', async () => {
    expect((await post('/v1/checks', {}, { authorization: `Bearer ${desk.token}`, origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/v1/status', { origin: 'null' })).status).toBe(403)
    expect((await get('/v1/status', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await get('/v1/status', { origin: desk.url })).status).toBe(200)
  })
  it('the button on the page works by its own key, and not without', async () => {
    const page = await (await get('/')).text()
    const key = /name="key" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const form = (body: string) => fetch(`${desk.url}/check?lang=en`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(body) })
    expect((await form('key=wrong')).status).toBe(403)
    expect((await form('')).status).toBe(403)
    const pressed = await form(`key=${key}`)
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/?lang=en'])
    await form(`key=${key}`)
    expect(asked).toMatchObject([{ trigger: { by: 'operator', detail: 'page' }, depth: 'full' }])
    expect(page).not.toContain(desk.token)
  })
})

describe('the interface', () => {
  it('takes an order for a check and tells what became of it', async () => {
    const answer = await post('/v1/checks', { only: ['printer'] })
    expect(answer.status).toBe(202)
    const { id } = z.object({ id: z.string() }).parse(await answer.json())
    const events = (await (await get(`/v1/checks/${id}/events`)).text()).trim().split('\n').map((line) => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({ type: 'report', report: { check: { trigger: { by: 'operator' } } } })
    expect(await (await get(`/v1/checks/${id}`)).json()).toMatchObject({ state: 'done', report: events.at(-1).report.id })
    expect(asked).toMatchObject([{ only: ['printer'], depth: 'full', override: false }])
  })
  it('lets a check take as long as asked, within its bounds, and says how long that is', async () => {
    for (const [deadline, taken] of [[3_000, 3_000], [1, 500], [3_600_000, 60_000]]) {
      const answer = await post('/v1/checks', { deadline, wait: 5_000 })
      expect(await answer.json()).toMatchObject({ state: 'done', deadline: taken })
      expect(asked.at(-1)).toMatchObject({ deadlineMs: taken })
    }
    for (const deadline of [0, -1, 1.5, '10s']) expect((await post('/v1/checks', { deadline })).status).toBe(422)
    expect(asked).toHaveLength(3)
  })
  it('waits for the report if asked to', async () => {
    const answer = await post('/v1/checks', { wait: 5_000 })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ document: { schema: 'posdiag.report/1' } })
  })
  it('lists and shows reports', async () => {
    expect(await (await get('/v1/reports?limit=7')).json()).toMatchObject({ rows: [{ sequence: 7 }] })
    expect(await (await get('/v1/reports/01941f29-7c00-7000-8000-000000000001')).json()).toEqual({ a: 1 })
    expect((await get('/healthz')).status).toBe(200)
  })
  it.each([
    ['GET', '/nothing', 404], ['GET', '/v1/checks', 405], ['GET', '/v1/reports?limit=0', 422], ['GET', '/v1/reports?limit=x', 422],
    ['GET', '/v1/reports/11941f29-7c00-7000-8000-000000000001', 404], ['GET', '/v1/checks/01941f29-7c00-7000-8000-000000000001', 404], ['GET', '/v1/checks/01941f29-7c00-7000-8000-000000000001/events', 404],
  ])('%s %s is %i in the words of RFC 9457', async (_method, path, code) => {
    const answer = await problemOf(await get(path))
    expect(answer).toMatchObject({ status: code, media: 'application/problem+json' })
  })
  it.each([
    ['no JSON', '{', 400], ['another type', { only: 'printer' }, 422], ['an unknown kind', { only: ['toaster'] }, 422], ['an unknown field', { shutdown: true }, 422], ['too much', `"${'x'.repeat(300_000)}"`, 413],
  ])('refuses %s', async (_name, body, code) => {
    expect((await post('/v1/checks', body)).status).toBe(code)
    expect(asked).toEqual([])
  })
  it('refuses what is not JSON by its type', async () => expect((await post('/v1/checks', 'x', { authorization: `Bearer ${desk.token}`, 'content-type': 'text/plain' })).status).toBe(415))
})

describe('a posted transaction', () => {
  const step = { transaction: 't-1', step: 'started', at: 1, type: 'sale' }
  it('is taken one by one or many at once', async () => {
    expect(await (await post('/v1/transactions', step)).json()).toMatchObject({ accepted: 1, rejected: [] })
    expect(await (await post('/v1/transactions', [step, { ...step, step: 'completed' }])).json()).toMatchObject({ accepted: 2 })
    expect(steps.map((s) => s.step)).toEqual(['started', 'started', 'completed'])
  })
  it('never brings a card number in, not as a field, not inside one, and not back in the answer', async () => {
    const bodies = [
      { ...step, pan: NUMBER, track2: `;${NUMBER}=25121011234567890?`, cvv: '737' },
      { ...step, transaction: NUMBER },
      { ...step, error: `card ${NUMBER}` },
      { ...step, [NUMBER]: 1 },
      { ...step, panMasked: NUMBER },
      NUMBER,
    ]
    for (const body of bodies) expect(await (await post('/v1/transactions', body)).text()).not.toContain(NUMBER)
    expect(await (await post('/v1/transactions', bodies)).text()).not.toContain(NUMBER)
    expect(JSON.stringify(steps)).not.toContain(NUMBER)
    expect(steps.length).toBeGreaterThan(0)
  })
  it('that is none is refused, beside those that are', async () => {
    expect((await post('/v1/transactions', { step: 'dancing' })).status).toBe(422)
    expect(await (await post('/v1/transactions', [step, 7])).json()).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] })
    expect((await post('/v1/transactions', Array.from({ length: 501 }, () => step))).status).toBe(413)
  })
})

describe('the cashier’s page', () => {
  it('says in both languages whether money can be taken, what is wrong and what to do', async () => {
    const zh = await (await get('/')).text()
    expect(zh).toContain('lang="zh-CN"')
    for (const words of ['可以收款，但有问题', '现金', `标题 title（${PAPER}）`, `步骤 step（${PAPER}）`, '由收银员处理', '61 秒前检查', '2 份报告等待发送到总部']) expect(zh).toContain(words)
    const en = await (await get('/?lang=en')).text()
    for (const words of ['You can take money, with a problem', 'cash', `title of ${PAPER}`, 'For the cashier', 'Checked 61 seconds ago']) expect(en).toContain(words)
    expect(en).not.toMatch(/\{\w+\}/)
  })
  it('says what is to be seen to', async () => {
    expect(await (await get('/')).text()).toContain('<h2>待办</h2><ul><li class="blocked">检查逾期 &lt;b&gt;</li></ul>')
    expect(await (await get('/?lang=en')).text()).toContain('<h2>To be seen to</h2><ul><li class="blocked">Inspection overdue &lt;b&gt;</li></ul>')
  })
  it('runs no script but its own, loads nothing from elsewhere, escapes what it shows, and renews itself without scripts too', async () => {
    const answer = await get('/?lang=en')
    const page = await answer.text()
    expect(page.match(/<script|https?:\/\/|src=| on\w+=| style=/gi)).toEqual(['<script'])
    expect(page).toContain('Lane &amp; Sons')
    expect(page).toMatch(/http-equiv="refresh" content="15;url=\/\?lang=en"/)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    // With no-referrer a browser would send the form of the page itself with Origin null.
    expect(answer.headers.get('referrer-policy')).toBe('same-origin')
    const { createHash } = await import('node:crypto')
    for (const tag of ['style', 'script']) {
      const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? ''
      expect(answer.headers.get('content-security-policy')).toContain(`${tag}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    }
  })
  it.each([
    ['zh', undefined, 'zh-CN'], ['en-GB', 'zh-CN', 'en'], [null, 'fr;q=0.9, en;q=0.8, zh;q=0.3', 'en'], [null, 'zh-TW', 'zh-CN'], [null, undefined, 'zh-CN'], ['xx', '', 'zh-CN'],
  ] as const)('speaks by ?lang=%s and Accept-Language %s', (asked_, accept, language) => expect(pageLanguage(asked_, accept, 'zh-CN')).toBe(language))
  it('waits for the first check without claiming anything', () => {
    const page = renderPage({ status: { ...status(), readiness: [] }, check: undefined, ageMs: 0, faults, due: [], formKey: 'k', guides: false }, 'en')
    expect(page).toContain('The first check is running')
    expect(page).not.toContain('You can take money')
  })
  it.each([
    [['ready', 'ready'], 'You can take money'], [['ready', 'blocked'], 'Some ways of paying do not work'], [['blocked', 'blocked'], 'You cannot take money now'], [['blocked', 'unknown'], 'You cannot take money now'],
    [['ready', 'unknown'], 'Cannot tell yet'], [['degraded', 'ready'], 'with a problem'],
  ] as const)('sums up %j', (states, words) => {
    const readiness = states.map((is, i) => ({ tender: (['chip', 'cash'] as const)[i] ?? 'cash', is, because: [], unseen: [] }))
    expect(renderPage({ status: { ...status(), readiness }, check: sampleCheck(), ageMs: 0, faults, due: [], formKey: 'k', guides: false }, 'en')).toContain(words)
  })
})
