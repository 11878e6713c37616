import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { mask, maskDeep } from '../guard/card-data.ts'
import { intake } from '../journal/intake.ts'
import type { Check } from '../model/check.ts'
import { DeviceKind } from '../model/device.ts'
import type { Language } from '../model/language.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { RepairWords } from '../texts/repair.ts'
import type { AgentStatus } from './agent.ts'
import type { AgentClock } from './clock.ts'
import { answerJson, answerProblem, answerText, DeskProblem, type IncomingMessage, readBody, readJson, type ServerResponse, startLines } from './desk-answer.ts'
import { DESK_FILE } from './desk-client.ts'
import { deskFix } from './desk-fix.ts'
import type { DueLine } from './due-lines.ts'
import type { Fixer } from './fixer.ts'
import type { Log } from './log.ts'
import { writePrivate } from './private-file.ts'
import { type CheckOrder, DEADLINE_BOUNDS, type Job, type JobEvent } from './queue.ts'
import type { FaultLookup } from './report.ts'
import type { StoredReport } from './store.ts'

// By getBuiltinModule, because an ESM import of node:http loads undici: 12 MB more.
const http = () => process.getBuiltinModule('node:http')

/** What the desk serves from. */
export interface DeskParts {
  status: () => AgentStatus
  /** The last check and how many milliseconds ago it ended. */
  last: () => { check: Check | undefined; ageMs: number }
  ask: (order: CheckOrder) => Job
  find: (id: string) => Job | undefined
  /** The job of the first check. */
  boot: () => Job
  reports: (limit: number) => StoredReport[]
  /** JSON text of one report. */
  report: (id: string) => string | undefined
  hear: (steps: readonly TransactionStep[]) => void
  /** What somebody in the shop must see to. */
  due: () => readonly DueLine[]
  faults: FaultLookup
  /** The guided repair, where this agent has one. */
  fixer: () => Fixer | undefined
  repairWords: () => Promise<RepairWords>
  language: Language
  clock: AgentClock
  log: Log
}

/** A desk that listens. */
export interface Desk {
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

const CheckBody = z.strictObject({
  only: z.array(DeviceKind).min(1).optional(),
  /** Milliseconds to wait for the report before answering; 0 answers at once. */
  wait: z.int().min(0).max(60_000).default(0),
  override: z.boolean().default(false),
  /** Milliseconds that the check may take; brought within the agent's bounds, and told in the answer. */
  deadline: z.int().positive().optional(),
  boot: z.boolean().default(false),
})

const MOST_STREAMS = 16
const MOST_STEPS = 500
const FORM_SPACING_MS = 5_000

const same = (a: string, b: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

const describe = (job: Job): object => ({
  id: job.id, state: job.state, looked: job.looked, total: job.total, trigger: job.order.trigger,
  ...(job.report ? { report: job.report.id } : {}),
  ...(job.detail === undefined ? {} : { detail: job.detail }),
  ...(job.order.deadlineMs === undefined ? {} : { deadline: job.order.deadlineMs }),
})

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL, id: string) => Promise<void> | void

/** Opens the desk on the loopback address and writes where it is, and what opens it, into the state folder. If the port is taken, any free one will do. */
export const openDesk = async ({ port, mode = 0o600, stateDir }: { port: number; mode?: number; stateDir: string }, parts: DeskParts): Promise<Desk> => {
  const token = randomBytes(32).toString('base64url')
  const formKey = createHmac('sha256', token).update('page').digest('base64url')
  let hosts: string[] = []
  let streams = 0
  let formFreeAt = Number.NEGATIVE_INFINITY

  const languageOf = async (request: IncomingMessage, url: URL): Promise<Language> => {
    const { pageLanguage } = await import('./desk-page.ts')
    return pageLanguage(url.searchParams.get('lang'), request.headers['accept-language'], parts.language)
  }
  const fix = deskFix({ fixer: parts.fixer, words: parts.repairWords, status: parts.status, faults: parts.faults, formKey })
  const answerPage = async (response: ServerResponse, status: number, page: string): Promise<void> => {
    const { PAGE_POLICY } = await import('./desk-frame.ts')
    response.setHeader('content-security-policy', PAGE_POLICY)
    response.setHeader('x-frame-options', 'DENY')
    answerText(response, status, page, 'text/html')
  }
  const page: Handler = async (request, response, url) => {
    const { renderPage } = await import('./desk-page.ts')
    const { check, ageMs } = parts.last()
    const repair = await fix.underWay()
    const facts = { status: parts.status(), check, ageMs, faults: parts.faults, due: parts.due(), formKey, guides: parts.fixer() !== undefined, ...(repair ? { repair } : {}) }
    await answerPage(response, 200, renderPage(facts, await languageOf(request, url)))
  }
  const fixPage: Handler = async (request, response, url) => answerPage(response, 200, await fix.page(await languageOf(request, url)))
  /** Does what a form of the desk's own pages asks, then leads to the page that tells what came of it. */
  const formed = (path: string, act: (form: URLSearchParams) => void): Handler => async (request, response, url) => {
    const form = new URLSearchParams(await readBody(request))
    const language = await languageOf(request, url)
    if (!same(form.get('key') ?? '', formKey)) {
      const { renderOld } = await import('./desk-page.ts')
      return answerPage(response, 403, renderOld(parts.status(), path, language))
    }
    act(form)
    response.writeHead(303, { location: `${path}?lang=${language}` })
    response.end()
  }
  const pageCheck = formed('/', () => {
    if (parts.clock.mono() < formFreeAt) return
    formFreeAt = parts.clock.mono() + FORM_SPACING_MS
    parts.ask({ trigger: { by: 'operator', detail: 'page' }, depth: 'full' })
  })
  const ask: Handler = async (request, response) => {
    const read = CheckBody.safeParse(await readJson(request))
    if (!read.success) throw new DeskProblem(422, 'bad-request', mask(z.prettifyError(read.error)).text.slice(0, 500))
    const { only, wait, override, boot, deadline } = read.data
    const deadlineMs = deadline === undefined ? undefined : Math.min(Math.max(deadline, DEADLINE_BOUNDS.least), DEADLINE_BOUNDS.most)
    const job = boot ? parts.boot() : parts.ask({ trigger: { by: 'operator', detail: 'desk' }, depth: 'full', override, ...(only ? { only } : {}), ...(deadlineMs === undefined ? {} : { deadlineMs }) })
    if (wait > 0) {
      const late = Promise.withResolvers<void>()
      const cancel = parts.clock.after(wait, late.resolve)
      await Promise.race([job.done, late.promise])
      cancel()
    }
    response.setHeader('location', `/v1/checks/${job.id}`)
    answerJson(response, job.state === 'done' ? 200 : 202, { ...describe(job), ...(wait > 0 && job.report ? { document: job.report } : {}) })
  }
  const known = (id: string): Job => {
    const job = parts.find(id)
    if (!job) throw new DeskProblem(404, 'no-such-check', 'no check of late has that id')
    return job
  }
  const follow: Handler = (_request, response, _url, id) => {
    const job = known(id)
    if (streams >= MOST_STREAMS) throw new DeskProblem(503, 'too-many-streams', `at most ${MOST_STREAMS} at once`)
    const write = startLines(response)
    const say = (event: JobEvent): void => {
      write(event)
      if (event.type === 'report' || event.type === 'done' || event.type === 'failed') response.end()
    }
    if (job.state === 'done') return say(job.report ? { type: 'report', report: job.report } : { type: 'done' })
    if (job.state === 'failed') return say({ type: 'failed', detail: job.detail ?? 'failed' })
    streams += 1
    if (job.state === 'queued') write(parts.status().saleOpen && job.order.override !== true ? { type: 'deferred', because: 'sale-open' } : { type: 'queued' })
    if (job.started) write(job.started)
    const unlisten = job.listen(say)
    response.on('close', () => {
      streams -= 1
      unlisten()
    })
  }
  const reports: Handler = (_request, response, url) => {
    const limit = Number(url.searchParams.get('limit') ?? 50)
    if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new DeskProblem(422, 'bad-limit', 'limit is a whole number from 1 to 200')
    answerJson(response, 200, { rows: parts.reports(limit) })
  }
  const report: Handler = (_request, response, _url, id) => {
    const body = parts.report(id)
    if (body === undefined) throw new DeskProblem(404, 'no-such-report', 'this agent does not have that report, or no longer')
    answerText(response, 200, body)
  }
  const transactions: Handler = async (request, response) => {
    const body = await readJson(request)
    const raw: unknown[] = Array.isArray(body) ? body : [body]
    if (raw.length > MOST_STEPS) throw new DeskProblem(413, 'too-many-steps', `at most ${MOST_STEPS} steps at once`)
    const steps: TransactionStep[] = []
    const rejected: { index: number; problem: string }[] = []
    const dropped = new Set<string>()
    for (const [index, one] of raw.entries()) {
      const taken = intake(one)
      if ('problem' in taken) rejected.push({ index, problem: mask(taken.problem).text.slice(0, 300) })
      // The intake has no field for a card number; a number in a field meant for something else is refused here.
      else if (Object.keys(maskDeep(taken.step).masked).length > 0) rejected.push({ index, problem: 'a field holds what looks like card data; nothing of it was kept' })
      else {
        steps.push(taken.step)
        for (const name of taken.dropped) dropped.add(mask(name).text.slice(0, 64))
      }
    }
    if (steps.length > 0) parts.hear(steps)
    if (steps.length === 0 && rejected.length > 0) throw new DeskProblem(422, 'no-step', rejected.slice(0, 3).map((r) => `${r.index}: ${r.problem}`).join('; '))
    answerJson(response, 202, { accepted: steps.length, rejected, dropped: [...dropped].slice(0, 50) })
  }
  const health: Handler = (_request, response) => {
    const { store } = parts.status()
    answerJson(response, store ? 503 : 200, store ? { ok: false, store: store.failure } : { ok: true })
  }

  const routes: readonly { method: 'GET' | 'POST'; path: RegExp; open?: boolean; handle: Handler }[] = [
    { method: 'GET', path: /^\/$/, handle: page },
    { method: 'POST', path: /^\/check$/, open: true, handle: pageCheck },
    { method: 'GET', path: /^\/fix$/, handle: fixPage },
    { method: 'POST', path: /^\/fix$/, open: true, handle: formed('/fix', fix.pageStart) },
    { method: 'POST', path: /^\/fix\/reply$/, open: true, handle: formed('/fix', fix.pageReply) },
    { method: 'GET', path: /^\/healthz$/, handle: health },
    { method: 'GET', path: /^\/v1\/status$/, handle: (_request, response) => answerJson(response, 200, parts.status()) },
    { method: 'POST', path: /^\/v1\/checks$/, handle: ask },
    { method: 'GET', path: /^\/v1\/checks\/([0-9a-f-]{36})$/, handle: (_request, response, _url, id) => answerJson(response, 200, describe(known(id))) },
    { method: 'GET', path: /^\/v1\/checks\/([0-9a-f-]{36})\/events$/, handle: follow },
    { method: 'GET', path: /^\/v1\/reports$/, handle: reports },
    { method: 'GET', path: /^\/v1\/reports\/([0-9a-f-]{36})$/, handle: report },
    { method: 'POST', path: /^\/v1\/transactions$/, handle: transactions },
    { method: 'GET', path: /^\/v1\/fix$/, handle: fix.view },
    { method: 'POST', path: /^\/v1\/fix$/, handle: fix.start },
    { method: 'POST', path: /^\/v1\/fix\/reply$/, handle: fix.reply },
  ]

  /** Refuses pages of other sites: a name that was made to point here (DNS rebinding), or a form that posts here. */
  const guard = ({ headers }: IncomingMessage): void => {
    if (!hosts.includes(headers.host ?? '')) throw new DeskProblem(421, 'wrong-host', 'the desk answers only to its own address')
    if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) throw new DeskProblem(403, 'foreign-page', 'a page of another site asked')
    if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') throw new DeskProblem(403, 'foreign-page', 'a page of another site asked')
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    guard(request)
    const url = new URL(request.url ?? '/', 'http://desk')
    const fitting = routes.filter(({ path }) => path.test(url.pathname))
    const route = fitting.find(({ method }) => method === request.method)
    if (!route) throw fitting.length > 0 ? new DeskProblem(405, 'wrong-method', `use ${fitting.map((r) => r.method).join(' or ')}`) : new DeskProblem(404, 'no-such-page', 'nothing here')
    if (route.method === 'POST' && route.open !== true && !same((request.headers.authorization ?? '').replace(/^Bearer /, ''), token)) {
      throw new DeskProblem(401, 'token-needed', `send the token of ${DESK_FILE} in the agent's state folder as Authorization: Bearer`)
    }
    await route.handle(request, response, url, route.path.exec(url.pathname)?.[1] ?? '')
  }
  const server = http().createServer({ headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!(error instanceof DeskProblem)) parts.log.error('the desk failed', { detail: error instanceof Error ? error.message : String(error) })
      answerProblem(response, error instanceof DeskProblem ? error : new DeskProblem(500, 'broke', 'posdiag itself failed; its log says more'))
    })
  })
  server.maxConnections = 64
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  await listen(port).catch((error: unknown) => {
    // Another program on our port must not keep the till from being looked at; the command line finds the desk by its file.
    parts.log.warn('the port of the desk is taken; it gets another one', { port, detail: error instanceof Error ? error.message : String(error) })
    return listen(0)
  })
  const address = server.address()
  const chosen = typeof address === 'object' && address !== null ? address.port : port
  hosts = [`127.0.0.1:${chosen}`, `localhost:${chosen}`]
  const url = `http://127.0.0.1:${chosen}`
  const file = join(stateDir, DESK_FILE)
  try {
    writePrivate(file, `${JSON.stringify({ url, token, pid: process.pid })}\n`, mode)
  } catch (error) {
    parts.log.error('the command line will not find this agent', { detail: error instanceof Error ? error.message : String(error) })
  }
  return {
    url, token,
    close: async () => {
      try {
        rmSync(file, { force: true })
      } catch (error) {
        parts.log.warn('the address of the desk stays behind', { detail: error instanceof Error ? error.message : String(error) })
      }
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
