import type { Trouble } from './channels/channel.ts'

/** The whole of a request must be over by then, in ms. */
const ANSWER_MS = 10_000
/** What is read of an answer at most. */
const MOST_BYTES = 64 * 1024
const LONGEST_WAIT_MS = 3_600_000

/** An answer with its status from 200 to 299. */
export interface Taken { status: number; text: string }

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop ends the connection.
    if (bytes > MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString()
}

/** The header Retry-After in ms: seconds or a date (RFC 9110, 10.2.3). */
const waitIn = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_WAIT_MS) : undefined
}

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof AggregateError) return cause.errors.map(String).join('; ')
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

/**
 * Posts JSON and lets `judge` say what the answer means if its status is one of success. Redirects are not followed: what is posted
 * is signed for, or secret to, the address it was given.
 */
export const post = async (url: string, headers: Readonly<Record<string, string>>, body: string, judge: (taken: Taken) => Trouble | undefined): Promise<Trouble | undefined> => {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'posdiag', ...headers }, body, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })
    const { status } = response
    const text = await readText(response)
    if (status >= 200 && status < 300) return judge({ status, text })
    const detail = `HTTP ${status} ${text}`
    if (status === 408 || status === 429 || status >= 500) {
      const waitMs = waitIn(response.headers.get('retry-after'), Date.now())
      return { kind: 'busy', detail, ...(waitMs === undefined ? {} : { waitMs }) }
    }
    return { kind: 'refused', detail }
  } catch (error) {
    return { kind: 'no-answer', detail: causeOf(error) }
  }
}

/** The JSON object in an answer; undefined if it holds none. */
export const objectIn = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Judges the answer of a robot that always answers 200 and says with a number, 0 for success, how it went. */
export const byCode = (field: string, codeOf: (said: Record<string, unknown>) => unknown, busy: Readonly<Record<number, number>>) => ({ text }: Taken): Trouble | undefined => {
  const said = objectIn(text)
  const code = said === undefined ? undefined : codeOf(said)
  if (code === 0) return undefined
  if (typeof code !== 'number') return { kind: 'odd', detail: `the answer has no ${field}: ${text}` }
  const waitMs = busy[code]
  return waitMs === undefined ? { kind: 'refused', detail: text } : { kind: 'busy', detail: text, waitMs }
}
