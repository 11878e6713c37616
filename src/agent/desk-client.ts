import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { DeviceKind } from '../model/device.ts'
import { Report } from '../model/report.ts'
import { Problem } from '../model/wire.ts'
import type { IncomingMessage } from './desk-answer.ts'
import { FixView } from './fixer.ts'
import type { JobEvent } from './queue.ts'

// By getBuiltinModule, because an ESM import of node:http loads undici: 12 MB more.
const http = () => process.getBuiltinModule('node:http')

/** Name of the file in the state folder that says where the desk is. */
export const DESK_FILE = 'desk.json'

/** Where a running agent's desk is, and what opens it. */
export const DeskAddress = z.object({ url: z.url(), token: z.string(), pid: z.int() })
export type DeskAddress = z.infer<typeof DeskAddress>

/** What the agent answered, or why it could not be asked. `status` is that of HTTP, 0 if there was no answer. */
export class DeskError extends Error {
  readonly status: number
  readonly type: string
  constructor(status: number, type: string, detail: string) {
    super(detail)
    this.name = 'DeskError'
    this.status = status
    this.type = type
  }
}

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not ours to signal, but there.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM'
  }
}

/** Finds a running agent by its state folder; undefined if there is none, or none that this user may ask. */
export const readDesk = (stateDir: string): DeskAddress | undefined => {
  try {
    const desk = DeskAddress.safeParse(JSON.parse(readFileSync(join(stateDir, DESK_FILE), 'utf8'))).data
    return desk && lives(desk.pid) ? desk : undefined
  } catch {
    // No such file, no permission, half written: each means that there is no agent to ask from here.
    return undefined
  }
}

interface Asking {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  signal: AbortSignal
}

const asDeskError = (error: unknown, signal: AbortSignal): DeskError =>
  signal.aborted
    ? new DeskError(0, 'deadline', 'the agent did not answer in time')
    : new DeskError(0, 'unreachable', `the agent cannot be asked: ${error instanceof Error ? error.message : String(error)}`)

const send = (desk: DeskAddress, { method, path, body, signal }: Asking): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : JSON.stringify(body)
    const headers = { authorization: `Bearer ${desk.token}`, ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) }) }
    const request = http().request(new URL(path, desk.url), { method, headers, signal, agent: false }, resolve)
    request.on('error', (error) => reject(asDeskError(error, signal)))
    request.end(bytes)
  })

const MOST_BYTES = 16 << 20

/** Lines of an answer as they come; at most 16 MiB in all. */
async function* lines(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8')
  let rest = ''
  let total = 0
  for await (const chunk of response) {
    total += String(chunk).length
    if (total > MOST_BYTES) throw new DeskError(0, 'too-long', 'the answer of the agent is too long')
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}

const json = async (desk: DeskAddress, asking: Asking): Promise<unknown> => {
  const response = await send(desk, asking)
  const parts: string[] = []
  try {
    for await (const line of lines(response)) parts.push(line)
  } catch (error) {
    throw error instanceof DeskError ? error : asDeskError(error, asking.signal)
  }
  const status = response.statusCode ?? 0
  const body: unknown = JSON.parse(parts.join('\n') || 'null')
  if (status < 400) return body
  const problem = Problem.safeParse(body)
  throw new DeskError(status, problem.success ? problem.data.type : 'about:blank', problem.success ? (problem.data.detail ?? problem.data.title) : `status ${status}`)
}

/** What is asked of a running agent. */
export interface AgentQuestion {
  only?: readonly DeviceKind[]
  /** Check even while a customer pays. */
  override?: boolean
  /** Not a new check: the one that the agent made when it started. */
  boot?: boolean
  /** How long the check itself may take, in milliseconds; `onDeadline` hears how long the agent lets it take. */
  checkMs?: number
  onDeadline?: (ms: number) => void
  /** Waits this long for the report, in milliseconds. */
  deadlineMs: number
  onEvent?: (event: JobEvent) => void
}

const Event = z.looseObject({ type: z.string() })

/** Has a running agent check, tells its progress, and returns the report. Throws DeskError. */
export const askAgent = async (desk: DeskAddress, { only, override, boot, checkMs, onDeadline, deadlineMs, onEvent }: AgentQuestion): Promise<Report> => {
  const signal = AbortSignal.timeout(deadlineMs)
  const asked = await json(desk, { method: 'POST', path: '/v1/checks', body: { ...(only ? { only } : {}), ...(override ? { override } : {}), ...(boot ? { boot } : {}), ...(checkMs === undefined ? {} : { deadline: checkMs }) }, signal })
  const { id, deadline } = z.object({ id: z.string(), deadline: z.number().optional() }).parse(asked)
  if (deadline !== undefined) onDeadline?.(deadline)
  const response = await send(desk, { method: 'GET', path: `/v1/checks/${id}/events`, signal })
  try {
    for await (const line of lines(response)) {
      if (line === '') continue
      const event = Event.parse(JSON.parse(line))
      if (event.type === 'report') return Report.parse(event.report)
      if (event.type === 'failed') throw new DeskError(500, 'check-failed', String(event.detail))
      // What is not the last word is shown and nothing else, so its shape is the reader's business.
      onEvent?.(event as unknown as JobEvent)
    }
  } catch (error) {
    throw error instanceof DeskError || error instanceof z.ZodError ? error : asDeskError(error, signal)
  }
  throw new DeskError(0, 'cut', 'the agent ended before its check did')
}

/** Asks a running agent about its guided repair: where it stands, or, with something to post, begins one, takes it up (`/v1/fix`) or answers (`/v1/fix/reply`). Throws DeskError. */
export const askFix = async (desk: DeskAddress, post: { path: '/v1/fix' | '/v1/fix/reply'; body: object } | undefined, deadlineMs: number): Promise<FixView> =>
  FixView.parse(await json(desk, { ...(post ? { method: 'POST', ...post } : { method: 'GET', path: '/v1/fix' }), signal: AbortSignal.timeout(deadlineMs) }))
