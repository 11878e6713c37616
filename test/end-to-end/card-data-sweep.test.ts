import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BATCH_TYPE } from '../../src/agent/hq.ts'
import { terminalKey } from '../../src/agent/terminal-key.ts'
import { SIGNATURE_HEADER, SIGNATURE_TYPE } from '../../src/model/access.ts'
import { TransactionStep } from '../../src/model/transaction.ts'
import { CARDS, filesBelow, leaksIn, PIN_BLOCK, TRACKS, WRITTEN } from './sought-cards.ts'
import { POSDIAG, posdiag } from './till.ts'

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

/** Files of a ZIP archive by the headers before each of them. */
const unzipped = function* (archive: Buffer): Generator<[string, string]> {
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50; ) {
    const [size, name] = [archive.readUInt32LE(at + 18), archive.readUInt16LE(at + 26)]
    const from = at + 30 + name
    yield [archive.toString('utf8', at + 30, from), inflateRawSync(archive.subarray(from, from + size)).toString('utf8')]
    at = from + size
  }
}

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

/** A day of a busy till, in steps: approvals, declines, time-outs, reversals, refunds and payments given up, by a POS application that says more than it may. */
const trade = function* (payments: number): Generator<object> {
  const dawn = Date.now() - 80_000_000
  for (let i = 0; i < payments; i++) {
    const at = dawn + i * 7_000
    const card = CARDS[i % CARDS.length] ?? FIRST
    const transaction = `D-${i}`
    const ids = { transaction, tid: '10000001', batch: '000042', stan: String(i % 999_999).padStart(6, '0'), rrn: `R${i}` }
    const said = i % 97 === 0 ? { prompt: `请刷卡 ${card}` } : i % 89 === 0 ? { error: TRACKS[i % TRACKS.length] } : i % 83 === 0 ? { order: `O${card}` } : {}
    yield { ...ids, step: 'authorisation-asked', at, type: i % 50 === 7 ? 'refund' : 'sale', tender: 'chip', amountMinor: 100 + (i % 40_000), panMasked: card, ...said, cvv: '739', track2: TRACKS[0] }
    if (i % 211 === 3) continue
    if (i % 211 === 5) yield { ...ids, step: 'reversal-asked', at: at + 60_000, reason: '98', note: card }
    else if (i % 307 === 9) yield { ...ids, step: 'abandoned', at: at + 4_000, error: `card ${card} removed` }
    else {
      yield { ...ids, step: 'answered', at: at + 1_500, responseCode: ['00', '00', '00', '51', '00', '55', '00', '00', '96'][i % 9] }
      yield { ...ids, step: 'receipt-printed', at: at + 3_000, receipt: `CARD NO ${card}` }
    }
  }
}

const PAYMENTS = 10_000

it('takes in a day of ten thousand payments that are told with card data', { timeout: 300_000 }, async () => {
  let batch: object[] = []
  let taken = 0
  const post = async (): Promise<void> => {
    const answer = await atDesk('/v1/transactions', JSON.stringify(batch))
    expect(answer.status).toBe(202)
    taken += (JSON.parse(answer.text) as { accepted: number }).accepted
    batch = []
  }
  for (const step of trade(PAYMENTS)) {
    batch.push(step)
    if (batch.length === 400) await post()
  }
  await post()
  expect(taken).toBeGreaterThan(2.5 * PAYMENTS)

  // The same till writes a log in clear, which is imported beside the running agent; a matter is noted by somebody who copies a number.
  const terminal = ['--state', folder, '--lang', 'en']
  const log = join(folder, 'till.jsonl')
  await writeFile(log, CARDS.map((card, i) => `${JSON.stringify({ transaction: `L-${i}`, step: 'failed', at: Date.now(), cardNo: card, track2: TRACKS[i % TRACKS.length] })}\n`).join(''))
  const runs = [
    ['journal', 'import', log, ...terminal], ['case', 'open', 'TXN-TIMEOUT-UNKNOWN', '--by', '店长', '--note', `顾客卡号 ${FIRST}`, ...terminal], ['case', 'show', 'none', ...terminal], ['case', 'list', ...terminal],
    ['maintenance', 'done', 'reader', '--by', '店长', '--note', `${TRACKS[1]}`, ...terminal], ['maintenance', 'log', ...terminal], ['journal', 'reconcile', ...terminal], ['report', 'export', '--to', join(folder, 'evidence.zip'), ...terminal],
  ]
  for (const args of runs) {
    const ran = await posdiag(args)
    answers.push({ from: args.join(' ').replaceAll(/\d{6,}/g, ''), text: `${ran.out} ${ran.err}` })
  }
  expect(answers.at(-2)?.text).toContain('do not charge again yet')
  await rm(log)
  // What is in the bundle is packed, so it is looked at unpacked.
  const packed = await readFile(join(folder, 'evidence.zip'))
  for (const [name, text] of unzipped(packed)) answers.push({ from: `evidence.zip ${name}`, text })
  expect(answers.filter(({ from }) => from.startsWith('evidence.zip')).length).toBeGreaterThan(10)
  for (const path of ['/', '/?lang=zh-CN', '/v1/status']) expect((await atDesk(path)).status).toBe(200)
})

it('keeps card data of a terminal that filters nothing out of HQ', async () => {
  const { token } = JSON.parse(await readFile(join(folder, 'hq.json'), 'utf8')) as { token: string }
  const key = terminalKey(folder)
  const sent = (value: unknown) => {
    const body = JSON.stringify(value)
    return atHq('/v1/reports', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': BATCH_TYPE, [SIGNATURE_HEADER]: key.signBody(body, SIGNATURE_TYPE) }, body })
  }
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
  const delivered = await sent([{ specversion: '1.0', id, source: FIRST, type: 'posdiag.report.1', data: report }])
  expect(JSON.parse(delivered.text)).toEqual({ items: [{ id, status: 'stored' }] })
  await sent([{ specversion: '1.0', id: FIRST, source: 'x', type: 'posdiag.report.1', data: { ...report, check: SECOND } }])
  await sent(FIRST)
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
  expect(Number(store.prepare('select count(*) as n from attempts').get()?.n)).toBeGreaterThan(PAYMENTS)
  expect(store.prepare("select lines from exposed where source = 'till-jsonl'").get()).toEqual({ lines: CARDS.length })
  store.close()
  const found = [...answers, ...files, { from: 'printed', text: printed }].flatMap(({ from, text }) => leaksIn(text).map((leak) => `${from}: ${leak}`))
  expect(found).toEqual([])
})
