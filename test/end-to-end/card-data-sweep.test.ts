import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TransactionStep } from '../../src/model/transaction.ts'
import { CARDS, filesBelow, leaksIn, PIN_BLOCK, TRACKS, WRITTEN } from './sought-cards.ts'
import { POSDIAG } from './till.ts'

const [FIRST, SECOND] = CARDS

let folder: string
let child: ChildProcess
let printed = ''
let page: URL
let cookie: string
let desk: { url: string; token: string }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-sweep-'))
  child = spawn(process.execPath, [POSDIAG, 'start', '--simulate', 'shop', '--state', folder, '--port', '0', '--lang', 'en'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  page = await new Promise<URL>((resolve, reject) => {
    if (child.stdout === null) throw new Error('no standard output')
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed += `${line}\n`
      const url = /https?:\S+\?token=\S+/.exec(line)?.[0]
      if (url !== undefined) resolve(new URL(url))
    })
    child.once('exit', () => reject(new Error(`it ended before it named its page: ${printed}`)))
  })
  const signedIn = await fetch(page, { redirect: 'manual' })
  cookie = signedIn.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ')
  desk = JSON.parse(await readFile(join(folder, 'desk.json'), 'utf8'))
})
afterAll(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const answers: { from: string; text: string }[] = []
const ask = async (url: URL | string, init: RequestInit = {}): Promise<{ status: number; text: string }> => {
  const response = await fetch(url, init)
  const text = await response.text()
  answers.push({ from: `${init.method ?? 'GET'} ${String(url)}`, text: `${text} ${JSON.stringify([...response.headers])}` })
  return { status: response.status, text }
}
const atDesk = (path: string, body?: string) => ask(new URL(path, desk.url), body === undefined ? {} : { method: 'POST', headers: { authorization: `Bearer ${desk.token}`, 'content-type': 'application/json' }, body })
const atHq = (path: string, init: RequestInit = {}) => ask(new URL(path, page), { ...init, headers: { cookie, ...init.headers } })

/** Asks again until it is so; the deadline only ends a test that has failed. */
const until = async <T>(look: () => Promise<T | undefined>, what: string): Promise<T> => {
  for (const end = performance.now() + 40_000; performance.now() < end; ) {
    const seen = await look()
    if (seen !== undefined) return seen
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain: ${what}; ${printed}`)
}

it('finds what it looks for', () => {
  for (const written of WRITTEN) expect([written, leaksIn(JSON.stringify({ error: written }))]).not.toEqual([written, []])
  expect(leaksIn('sale 401288******1881 declined, 621094*****0025, 1790000000000')).toEqual([])
})

it('leaves no card data anywhere after a till has posted it in every field', async () => {
  const step = { transaction: 'T-1001', step: 'failed', at: Date.now(), error: 'E51', tender: 'chip', panMasked: '401288******1881' }
  const known = Object.keys(TransactionStep.shape)
  const strange = ['pan', 'PAN', 'cardNumber', 'track1', 'track2', 'trackData', 'cvv', 'cvv2', 'pin', 'note', 'receipt', '卡号']
  const steps: object[] = [
    step,
    ...[...known, ...strange].flatMap((field) => WRITTEN.map((value) => ({ ...step, [field]: value }))),
    ...CARDS.map((card) => ({ ...step, [card]: 1, nested: { card }, list: [card], pinBlock: PIN_BLOCK })),
  ]
  let accepted = 0
  for (let i = 0; i < steps.length; i += 400) {
    const answer = await atDesk('/v1/transactions', JSON.stringify(steps.slice(i, i + 400)))
    expect(answer.status).toBe(202)
    accepted += (JSON.parse(answer.text) as { accepted: number }).accepted
  }
  // Most steps are whole without the field that was refused.
  expect(accepted).toBeGreaterThan(steps.length / 2)

  // Whatever else can be said to the desk, rightly or wrongly.
  await atDesk('/v1/transactions', `{"transaction":"${FIRST}`)
  await atDesk('/v1/transactions', JSON.stringify(FIRST))
  await atDesk('/v1/checks', JSON.stringify({ only: [FIRST], note: TRACKS[0] }))
  for (const path of [`/?lang=${FIRST}`, `/v1/reports/${FIRST}`, `/v1/reports?limit=${FIRST}`, `/${FIRST}`, `/v1/checks/${FIRST}`]) await atDesk(path)
  await ask(new URL('/v1/status', desk.url), { headers: { 'user-agent': FIRST, 'x-note': TRACKS[0] ?? '' } })

  // The failed payment sets off a check, whose report carries the steps to HQ.
  const report = await until(async () => {
    const { rows } = JSON.parse((await atDesk('/v1/reports?limit=50')).text) as { rows: { id: string; trigger: string; state: string }[] }
    return rows.find((row) => row.trigger === 'transaction' && row.state === 'delivered')
  }, 'a report of the failed payment at HQ')
  const stored = await atHq(`/api/reports/SHOP-0001-01/${report.id}`)
  const { transactions } = (JSON.parse(stored.text) as { report: { transactions: TransactionStep[] } }).report
  expect(transactions.length).toBeGreaterThan(10)
  expect(transactions).toContainEqual(expect.objectContaining({ transaction: 'T-1001', panMasked: '401288******1881' }))

  for (const path of ['/', '/?lang=zh-CN', '/v1/status', '/v1/reports?limit=200', `/v1/reports/${report.id}`, '/healthz']) expect((await atDesk(path)).status).toBe(200)
  for (const path of ['/', '/api/overview', '/api/terminals', '/api/terminals/SHOP-0001-01', '/api/incidents', '/api/incidents?state=closed', '/api/enrolment-tokens', '/metrics', '/openapi.json', '/healthz', '/readyz']) expect((await atHq(path)).status).toBe(200)
})

it('keeps card data of a terminal that filters nothing out of HQ', async () => {
  const { token } = JSON.parse(await readFile(join(folder, 'hq.json'), 'utf8')) as { token: string }
  const asTerminal = (path: string, body: unknown, type = 'application/json') => atHq(path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': type }, body: JSON.stringify(body) })
  const rows = JSON.parse((await atDesk('/v1/reports?limit=1')).text) as { rows: { id: string }[] }
  const real = JSON.parse((await atDesk(`/v1/reports/${rows.rows[0]?.id}`)).text) as { id: string; check: { transcripts: object[]; observations: object[] }; terminal: object; agentProblems: object[] }
  // An id of its own: the last block of a UUID is random.
  const id = `${real.id.slice(0, 24)}0123456789ab`
  const report = {
    ...real, id, sequence: 100_000, bootId: FIRST,
    terminal: { ...real.terminal, store: `店 ${FIRST}`, lane: SECOND, serial: TRACKS[0] },
    agentProblems: WRITTEN.map((value) => ({ code: 'x', detail: String(value) })),
    check: { ...real.check, transcripts: [{ device: 'reader-1', text: `# ${TRACKS[1]}\n< ${[...Buffer.from(TRACKS[0] ?? '', 'latin1')].map((b) => b.toString(16)).join(' ')} +5ms\n` }] },
  }
  const delivered = await asTerminal('/v1/reports', [{ specversion: '1.0', id, source: FIRST, type: 'posdiag.report.1', data: report }], 'application/cloudevents-batch+json')
  expect(JSON.parse(delivered.text)).toEqual({ items: [{ id, status: 'stored' }] })
  await asTerminal('/v1/reports', [{ specversion: '1.0', id: FIRST, source: 'x', type: 'posdiag.report.1', data: { ...report, check: SECOND } }], 'application/cloudevents-batch+json')
  await asTerminal('/v1/reports', FIRST, 'application/cloudevents-batch+json')
  for (const path of [`/api/incidents?cursor=${FIRST}`, `/api/terminals?q=${FIRST}`]) await atHq(path)
  expect((await atHq(`/api/reports/SHOP-0001-01/${id}`)).status).toBe(200)
  await until(async () => ((await atHq('/api/terminals/SHOP-0001-01')).text.includes(id) ? true : undefined), 'the folded report')
})

it('finds none of it: not in an answer, a log, a database or what was printed', async () => {
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  const files = await filesBelow(folder)
  expect(files.map(({ from }) => from.slice(folder.length + 1))).toEqual(expect.arrayContaining(['store.db', 'agent.log', 'hq/hq.sqlite']))
  // That the files are those of this run: what may be kept is there.
  const store = new DatabaseSync(join(folder, 'store.db'), { readOnly: true })
  expect(store.prepare("select count(*) as n from steps where body like '%401288******1881%'").get()?.n).toBeGreaterThan(10)
  store.close()
  const found = [...answers, ...files, { from: 'printed', text: printed }].flatMap(({ from, text }) => leaksIn(text).map((leak) => `${from}: ${leak}`))
  expect(found).toEqual([])
})
