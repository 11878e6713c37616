import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ENROLMENT_TYPE, enrolmentProof, SIGNATURE_HEADER, SIGNATURE_TYPE } from '../model/access.ts'
import type { LogBundle } from '../model/configuration.ts'
import { parseKnown } from '../model/known.ts'
import { PackAnswer } from '../model/pack.ts'
import type { TerminalIdentity } from '../model/terminal.ts'
import { BatchAnswer, type BatchItem, CLOCK_HEADER, Command, type CommandProgress, EnrolAnswer, type EnrolRequest, type Heartbeat, HeartbeatAnswer, Problem, type SenderClock } from '../model/wire.ts'
import type { Answer, Ask, Encoding, HttpClient } from './http.ts'
import { writePrivate } from './private-file.ts'
import { type OwnKey, terminalKey } from './terminal-key.ts'

/** Where HQ is and how this terminal shows who it is. `token` is the one-time token for enrolment, `tokenFile` a file that holds it. */
export interface HqOptions {
  url: string
  token?: string
  tokenFile?: string
  /** PEM file with the only roots to trust. */
  ca?: string
  /** PEM files with this terminal's certificate and its key, for an HQ that asks for one. */
  certificate?: { cert: string; key: string }
}

/**
 * What became of a batch. answered: item by item. too-large: HQ wants less at once. refused: HQ itself says that it will never read
 * this. kept: not now; everything stays where it is.
 */
export type Sent =
  | { kind: 'answered'; items: BatchItem[] }
  | { kind: 'too-large' }
  | { kind: 'refused'; why: string }
  | { kind: 'kept'; why: string; retryAfterMs?: number }

/** How the link to HQ stands, for the desk and the doctor. */
export interface HqState {
  url: string
  enrolled: boolean
  /** What went wrong last; undefined after an answer that was none. */
  problem?: string
  /** Wall time of the last good answer. */
  heardAt?: number
}

/** This terminal's side of HQ's interface. No method rejects. */
export interface Hq {
  send(reports: readonly { id: string; body: string }[]): Promise<Sent>
  beat(heartbeat: Heartbeat): Promise<{ answer: HeartbeatAnswer } | { why: string; retryAfterMs?: number }>
  progress(commandId: string, progress: CommandProgress): Promise<boolean>
  /** Hands over what a command for logs asked for; false if HQ does not have it. */
  bundle(commandId: string, bundle: LogBundle): Promise<boolean>
  /** Fetches a knowledge pack that is on offer. */
  pack(sequence: number): Promise<{ answer: PackAnswer } | { why: string; retryAfterMs?: number }>
  state(): HqState
  close(): void
}

const StoredToken = z.object({ url: z.string(), terminalId: z.string(), token: z.string(), key: z.string().optional() })

/** File in the state folder with the terminal's own token, and the public key that HQ has of it; there once it is enrolled. */
export const TERMINAL_TOKEN_FILE = 'hq.json'

const readToken = (path: string): z.infer<typeof StoredToken> | undefined => {
  try {
    return StoredToken.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    // Not there or not ours: then the terminal is not enrolled, and enrolment says so if it fails.
    return undefined
  }
}

// A later HQ may ask for what this agent does not know; that must not cost the heartbeat, and the command expires by itself.
const Answered = HeartbeatAnswer.extend({ commands: z.array(z.unknown()).transform((sent) => sent.flatMap((one) => Command.safeParse(one).data ?? [])) })

const shorten = (text: string): string => text.slice(0, 300)

/** What an answer that was not the hoped-for one says (English). */
export const said = (answer: Answer): string => {
  if (!answer.ok) return shorten(`${answer.why}: ${answer.detail}`)
  const problem = Problem.safeParse(answer.json)
  return shorten(problem.success ? `${answer.status} ${problem.data.title}${problem.data.detail ? `: ${problem.data.detail}` : ''}` : `${answer.status}, not in the words of HQ (is something in between?)`)
}

const bySelf = (answer: Answer): boolean => answer.ok && answer.contentType.startsWith('application/problem+json') && Problem.safeParse(answer.json).success

const wait = (answer: Answer): { retryAfterMs?: number } => (answer.ok && answer.retryAfterMs !== undefined ? { retryAfterMs: answer.retryAfterMs } : {})

/** Deadlines of an upload and of everything else, in ms. */
export const HQ_PATIENCE = { sendMs: 30_000, askMs: 10_000 } as const

/** Media type of a batch of reports. */
export const BATCH_TYPE = 'application/cloudevents-batch+json'

/** The body of POST /v1/reports: a CloudEvents batch of reports that are JSON already. */
export const batchBody = (terminalId: string, reports: readonly { id: string; body: string }[]): string => {
  const source = `/terminals/${encodeURIComponent(terminalId)}`
  const events = reports.map(({ id, body }) => `{"specversion":"1.0","id":${JSON.stringify(id)},"source":${JSON.stringify(source)},"type":"posdiag.report.1","datacontenttype":"application/json","data":${body}}`)
  return `[${events.join(',')}]`
}

/** What the answer to POST /v1/reports means for the reports. */
export const sentOf = (answer: Answer): Sent => {
  const batch = answer.ok && answer.status === 202 ? parseKnown(BatchAnswer, answer.json).data : undefined
  if (batch) return { kind: 'answered', items: batch.items }
  if (!answer.ok || !bySelf(answer)) return { kind: 'kept', why: said(answer), ...wait(answer) }
  if (answer.status === 413) return { kind: 'too-large' }
  return [400, 409, 410, 415, 422].includes(answer.status) ? { kind: 'refused', why: said(answer) } : { kind: 'kept', why: said(answer), ...wait(answer) }
}

/** Connects this terminal to HQ; enrols by itself with the first question. */
export const createHq = (options: HqOptions, client: HttpClient, facts: { stateDir: string; identity: TerminalIdentity; version: string; now: () => number; clock: () => SenderClock; onEnrolled?: () => void }): Hq => {
  const path = join(facts.stateDir, TERMINAL_TOKEN_FILE)
  const stored = readToken(path)
  const fits = stored?.url === options.url && stored.terminalId === facts.identity.id
  let token = fits ? stored.token : undefined
  /** The `x` of the key that HQ has of this terminal. */
  let keyAtHq = fits ? stored.key : undefined
  let own: OwnKey | undefined
  let offered = false
  let refusedToken: string | undefined
  let encoding: Encoding = 'zstd'
  let problem: string | undefined
  /** Why nothing is signed; an upload that is taken all the same does not end it. */
  let unsigned: string | undefined
  let heardAt: number | undefined
  let enrolling: Promise<string | undefined> | undefined

  const note = (answer: Answer, good: boolean): void => {
    problem = good ? undefined : said(answer)
    if (good) heardAt = facts.now()
  }
  const oneTime = (): string | undefined => {
    if (options.token !== undefined) return options.token
    if (options.tokenFile === undefined) return undefined
    try {
      return readFileSync(options.tokenFile, 'utf8').trim()
    } catch (error) {
      problem = shorten(`cannot read the enrolment token: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  /** This terminal's key; undefined if the state folder cannot hold one, and then nothing is signed. */
  const ownKey = (): OwnKey | undefined => {
    try {
      own ??= terminalKey(facts.stateDir)
      unsigned = undefined
    } catch (error) {
      unsigned = shorten(`reports are not signed: ${error instanceof Error ? error.message : String(error)}`)
    }
    return own
  }
  const keep = (terminalToken: string): void =>
    writePrivate(path, `${JSON.stringify({ url: options.url, terminalId: facts.identity.id, token: terminalToken, ...(keyAtHq === undefined ? {} : { key: keyAtHq }) })}\n`)
  /** Exchanges the one-time token for the terminal's own; undefined if that cannot be had now. */
  const enrol = async (): Promise<string | undefined> => {
    const once = oneTime()
    if (once === undefined || once === '' || once === refusedToken) {
      if (token === undefined) problem ??= 'not enrolled: give this terminal a one-time token made at HQ'
      return undefined
    }
    const mine = ownKey()
    const key = mine?.public
    const request: EnrolRequest = { token: once, terminal: facts.identity, agentVersion: facts.version, ...(key === undefined ? {} : { key }) }
    const answer = await client.ask({
      method: 'POST', path: '/v1/enrol', body: JSON.stringify(request), deadlineMs: HQ_PATIENCE.askMs,
      // By it HQ answers once more if its first answer gets lost: the key was kept before anything was asked.
      ...(mine === undefined ? {} : { headers: { [SIGNATURE_HEADER]: mine.signBody(enrolmentProof(once, facts.identity.id), ENROLMENT_TYPE) } }),
    })
    const enrolled = answer.ok && answer.status >= 200 && answer.status < 300 ? parseKnown(EnrolAnswer, answer.json).data : undefined
    if (!enrolled || enrolled.terminalId !== facts.identity.id) {
      if (bySelf(answer) && answer.ok && answer.status < 500 && answer.status !== 429) refusedToken = once
      problem = shorten(`enrolment failed: ${enrolled ? `HQ enrolled ${enrolled.terminalId}, this is ${facts.identity.id}` : said(answer)}`)
      return undefined
    }
    token = enrolled.token
    keyAtHq = key?.x
    problem = undefined
    try {
      keep(token)
    } catch (error) {
      problem = shorten(`enrolled, but the token cannot be kept, so the next start will have to enrol again: ${error instanceof Error ? error.message : String(error)}`)
    }
    facts.onEnrolled?.()
    return token
  }
  // A one-time token works once, so questions that come meanwhile wait for the same enrolment.
  const enrolOnce = (): Promise<string | undefined> => {
    enrolling ??= enrol().finally(() => {
      enrolling = undefined
    })
    return enrolling
  }
  /** Gives HQ the key of a terminal that enrolled before it had one; once a start, unless HQ could not be asked. */
  const offerKey = async (): Promise<void> => {
    const key = token === undefined || offered ? undefined : ownKey()?.public
    if (key === undefined || key.x === keyAtHq || token === undefined) return
    const answer = await client.ask({ method: 'POST', path: '/v1/key', body: JSON.stringify({ key }), token, deadlineMs: HQ_PATIENCE.askMs })
    if (!answer.ok || answer.status >= 500 || [401, 403, 429].includes(answer.status)) return
    offered = true
    // An HQ that has another key of this terminal says so better of what is signed with this one.
    if (answer.status === 204 || answer.status === 409) keyAtHq = key.x
    if (answer.status !== 204) return
    try {
      keep(token)
    } catch (error) {
      problem = shorten(`HQ has the key of this terminal, but that cannot be noted: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  /** The signature of a body, if HQ has the key to check it with. */
  const signature = (body: string): Record<string, string> => {
    const key = keyAtHq === undefined ? undefined : ownKey()
    return key === undefined ? {} : { [SIGNATURE_HEADER]: key.signBody(body, SIGNATURE_TYPE) }
  }
  /** Asks with the terminal's token; `what` is made anew where that had to be renewed. */
  const ask = async (what: () => Ask): Promise<Answer> => {
    const mine = token ?? (await enrolOnce())
    if (mine === undefined) return { ok: false, why: 'not-enrolled', detail: problem ?? 'no token' }
    const answer = await client.ask({ ...what(), token: mine })
    if (!answer.ok || answer.status !== 401 || !bySelf(answer)) return answer
    // HQ no longer knows this token; there may be a new one-time token by now.
    const renewed = token === mine ? await enrolOnce() : token
    return renewed === undefined ? answer : client.ask({ ...what(), token: renewed })
  }

  return {
    send: async (reports) => {
      const body = batchBody(facts.identity.id, reports)
      if (token === undefined) await enrolOnce()
      await offerKey()
      const answer = await ask(() => ({
        method: 'POST', path: '/v1/reports', body, contentType: BATCH_TYPE, encoding, headers: { [CLOCK_HEADER]: JSON.stringify(facts.clock()), ...signature(body) }, deadlineMs: HQ_PATIENCE.sendMs,
      }))
      const sent = sentOf(answer)
      note(answer, sent.kind === 'answered')
      if (!answer.ok || answer.status !== 415 || !bySelf(answer) || encoding === 'identity') return sent
      encoding = encoding === 'zstd' ? 'gzip' : 'identity'
      return { kind: 'kept', why: `HQ does not read that compression; next time ${encoding}`, retryAfterMs: 0 }
    },
    beat: async (heartbeat) => {
      const answer = await ask(() => ({ method: 'POST', path: '/v1/heartbeats', body: JSON.stringify(heartbeat), deadlineMs: HQ_PATIENCE.askMs }))
      const read = answer.ok && answer.status >= 200 && answer.status < 300 ? parseKnown(Answered, answer.json).data : undefined
      note(answer, read !== undefined)
      return read ? { answer: read } : { why: said(answer), ...wait(answer) }
    },
    progress: async (commandId, progress) => {
      const answer = await ask(() => ({ method: 'POST', path: `/v1/commands/${encodeURIComponent(commandId)}/progress`, body: JSON.stringify(progress), deadlineMs: HQ_PATIENCE.askMs }))
      return answer.ok && answer.status >= 200 && answer.status < 300
    },
    bundle: async (commandId, bundle) => {
      const answer = await ask(() => ({ method: 'POST', path: `/v1/commands/${encodeURIComponent(commandId)}/bundle`, body: JSON.stringify(bundle), deadlineMs: HQ_PATIENCE.sendMs }))
      return answer.ok && answer.status >= 200 && answer.status < 300
    },
    pack: async (sequence) => {
      const answer = await ask(() => ({ method: 'GET', path: `/v1/packs/${sequence}`, deadlineMs: HQ_PATIENCE.sendMs }))
      const read = answer.ok && answer.status === 200 ? PackAnswer.safeParse(answer.json).data : undefined
      return read ? { answer: read } : { why: said(answer), ...wait(answer) }
    },
    state: () => {
      const wrong = problem ?? unsigned
      return { url: options.url, enrolled: token !== undefined, ...(wrong === undefined ? {} : { problem: wrong }), ...(heardAt === undefined ? {} : { heardAt }) }
    },
    close: () => client.close(),
  }
}
