import { BATCH_TYPE, batchBody, HQ_PATIENCE, type Sent, sentOf } from '../agent/hq.ts'
import { type Answer, type Ask, createHttpClient } from '../agent/http.ts'
import { CLOCK_HEADER, CreatedEnrolmentTokens, EnrolAnswer, type EnrolRequest, type Heartbeat, HeartbeatAnswer, Problem, type SenderClock } from '../model/wire.ts'

/** Who speaks: with which token, and to which of the HQs. */
export interface Speaker { token: string; home: number }

/** The wire of a whole fleet: the terminals' real client and words, over a bounded number of connections to one or several HQs. No method rejects. */
export interface Wire {
  /** One-time tokens for these terminals, in their order, in the operator's name; or what HQ said instead. */
  tokens(terminalIds: readonly string[], home: number): Promise<string[] | { why: string }>
  enrol(request: EnrolRequest, home: number): Promise<{ token: string } | { why: string }>
  send(speaker: Speaker, terminalId: string, reports: readonly { id: string; body: string }[], clock?: SenderClock): Promise<Sent>
  beat(speaker: Speaker, beat: Heartbeat): Promise<{ answer: HeartbeatAnswer } | { why: string; retryAfterMs?: number }>
  /** Puts any question. */
  ask(question: Ask, home: number): Promise<Answer>
  /** Reports that the HQs say they have stored since they started; undefined if one of them does not say. */
  storedAtHq(): Promise<number | undefined>
  close(): void
}

/** Where the HQs are, who asks for tokens, and how many connections may be open to each. `ca` is a PEM file with the only roots to trust. */
export interface WireOptions { urls: readonly string[]; operatorToken: string; sockets: number; version: string; ca?: string }

const said = (answer: Answer): string => {
  if (!answer.ok) return `${answer.why}: ${answer.detail}`
  const problem = Problem.safeParse(answer.json).data
  return problem === undefined ? `${answer.status}` : `${answer.status} ${problem.title}: ${problem.detail ?? ''}`
}

const patience = (answer: Answer): { retryAfterMs?: number } => (answer.ok && answer.retryAfterMs !== undefined ? { retryAfterMs: answer.retryAfterMs } : {})

/** Opens no connection before the first question. Throws if an address is no http(s) URL. */
export const openWire = ({ urls, operatorToken, sockets, version, ca }: WireOptions): Wire => {
  const clients = urls.map((url) => createHttpClient(url, { version, env: process.env, now: Date.now, sockets, ...(ca === undefined ? {} : { ca }) }))
  const ask: Wire['ask'] = async (question, home) => {
    const client = clients[home % clients.length]
    return client === undefined ? { ok: false, why: 'nowhere', detail: 'no address of HQ' } : client.ask(question)
  }
  const stored = async (home: number): Promise<number> => {
    const answer = await ask({ method: 'GET', path: '/metrics', deadlineMs: HQ_PATIENCE.askMs }, home)
    const figure = answer.ok && answer.status === 200 ? /^posdiag_hq_reports_total\{status="stored"\} (\d+)$/m.exec(answer.text)?.[1] : undefined
    return figure === undefined ? (answer.ok && answer.status === 200 ? 0 : Number.NaN) : Number(figure)
  }
  return {
    ask,
    tokens: async (terminalIds, home) => {
      const answer = await ask({ method: 'POST', path: '/api/enrolment-tokens/batch', token: operatorToken, body: JSON.stringify({ terminalIds, note: 'simulate fleet' }), deadlineMs: HQ_PATIENCE.sendMs }, home)
      const made = answer.ok && answer.status === 201 ? CreatedEnrolmentTokens.safeParse(answer.json).data : undefined
      return made === undefined ? { why: said(answer) } : made.rows.map((row) => row.token)
    },
    enrol: async (request, home) => {
      const answer = await ask({ method: 'POST', path: '/v1/enrol', body: JSON.stringify(request), deadlineMs: HQ_PATIENCE.askMs }, home)
      const enrolled = answer.ok && answer.status === 201 ? EnrolAnswer.safeParse(answer.json).data : undefined
      return enrolled === undefined ? { why: said(answer) } : { token: enrolled.token }
    },
    send: async ({ token, home }, terminalId, reports, clock) =>
      sentOf(await ask({
        method: 'POST', path: '/v1/reports', token, body: batchBody(terminalId, reports), contentType: BATCH_TYPE, encoding: 'zstd',
        ...(clock === undefined ? {} : { headers: { [CLOCK_HEADER]: JSON.stringify(clock) } }), deadlineMs: HQ_PATIENCE.sendMs,
      }, home)),
    beat: async ({ token, home }, beat) => {
      const answer = await ask({ method: 'POST', path: '/v1/heartbeats', token, body: JSON.stringify(beat), deadlineMs: HQ_PATIENCE.askMs }, home)
      const read = answer.ok && answer.status === 200 ? HeartbeatAnswer.safeParse(answer.json).data : undefined
      return read === undefined ? { why: said(answer), ...patience(answer) } : { answer: read }
    },
    storedAtHq: async () => {
      const all = await Promise.all(clients.map((_, home) => stored(home)))
      const sum = all.reduce((n, one) => n + one, 0)
      return Number.isNaN(sum) ? undefined : sum
    },
    close: () => {
      for (const client of clients) client.close()
    },
  }
}
