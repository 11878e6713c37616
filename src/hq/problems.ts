import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { mask } from '../guard/card-data.ts'
import type { Problem } from '../model/wire.ts'
import type { HqLog } from './log.ts'
import { CursorError } from './queries/cursor.ts'
import { spreadOf } from './spread.ts'
import { type EnrolledTerminal, StoreError } from './store.ts'

/** An answer that is an error. `slug` names its kind (the last part of the problem's `type`); `detail` says what to do. */
export class ProblemError extends Error {
  readonly status: number
  readonly slug: string
  readonly retryAfter: number | undefined
  /** `retryAfter` in seconds. */
  constructor(status: number, slug: string, detail: string, retryAfter?: number) {
    super(detail)
    this.name = 'ProblemError'
    this.status = status
    this.slug = slug
    this.retryAfter = retryAfter
  }
}

/** Media type of every error answer (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json'

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  422: 'Not acceptable as it is',
  429: 'Too many',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available now',
}

/** The body of an error answer. */
export const problemBody = (status: number, slug: string, detail: string, instance?: string): Problem => ({
  type: `urn:posdiag:problem:${slug}`,
  title: TITLES[status] ?? 'Error',
  status,
  detail,
  ...(instance === undefined ? {} : { instance }),
})

/** Seconds after which a terminal should come back: from 1 to 30, spread by its id so that not all come at once. */
export const retryAfterOf = (terminalId: string): number => 1 + (spreadOf(terminalId) % 30)

const FASTIFY: Record<string, [status: number, slug: string, detail: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body-too-large', 'the body is larger than this route takes; send less at a time'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'media-type', 'this route does not take this content type; the OpenAPI document names those it takes'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'not-json', 'the body is empty where JSON is expected'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'not-json', 'the body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'content-length', 'the body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: [400, 'bad-address', 'the address cannot be decoded'],
}

/** The error as status, slug and detail. What is not ours to explain becomes a 500 without particulars: they are in the log. */
const explain = (error: unknown, retryAfter: number): ProblemError => {
  if (error instanceof ProblemError) return error
  if (error instanceof CursorError) return new ProblemError(400, 'cursor', error.message)
  if (error instanceof StoreError) {
    const detail = error.kind === 'full' ? 'HQ has no space left to store anything; keep it and come again' : 'HQ cannot reach its database; keep it and come again'
    return new ProblemError(503, error.kind === 'full' ? 'store-full' : 'store-unavailable', detail, retryAfter)
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const places = error.validation.slice(0, 5).map((v) => `${error.validationContext ?? 'request'}${v.instancePath}: ${v.message ?? 'not valid'}`)
    return new ProblemError(400, 'invalid', places.join('; ').slice(0, 800))
  }
  const code = error instanceof Error && 'code' in error ? String((error as FastifyError).code) : ''
  const known = FASTIFY[code]
  if (known !== undefined) return new ProblemError(...known)
  const status = error instanceof Error && 'statusCode' in error ? Number((error as FastifyError).statusCode) : 500
  if (status >= 400 && status < 500) return new ProblemError(status, 'request', TITLES[status] ?? 'the request cannot be served')
  return new ProblemError(500, 'internal', 'something broke inside HQ; its log says more')
}

/** Sends an error answer. */
export const sendProblem = (reply: FastifyReply, problem: ProblemError, instance: string): FastifyReply => {
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problemBody(problem.status, problem.slug, mask(problem.message).text, mask(instance).text)))
}

/** The path of a request without its query, which may hold a token. */
export const pathOf = (request: FastifyRequest): string => {
  const end = request.url.indexOf('?')
  return end === -1 ? request.url : request.url.slice(0, end)
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The authenticated terminal; undefined or empty on routes that ask for none. */
    terminalId?: string
    /** The same terminal with what is known of how it enrolled. */
    enrolled?: EnrolledTerminal
  }
}

/** Fastify's error handler: every error becomes a problem document, and what is our fault is logged. */
export const errorHandler =
  (log: HqLog) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = explain(error, retryAfterOf(request.terminalId || request.ip))
    if (problem.status >= 500 && !(error instanceof ProblemError)) {
      log.error('request failed', { method: request.method, path: mask(pathOf(request)).text, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
    return sendProblem(reply, problem, pathOf(request))
  }

/** What is written to a connection whose request could not even be read. */
export const rawProblem = (code: string | undefined): string => {
  const [status, slug, detail] =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ([408, 'too-slow', 'the request did not arrive in time'] as const)
      : code === 'HPE_HEADER_OVERFLOW'
        ? ([431, 'headers-too-large', 'the headers are too large'] as const)
        : ([400, 'not-http', 'the request is not valid HTTP'] as const)
  const body = JSON.stringify(problemBody(status, slug, detail))
  return `HTTP/1.1 ${status} ${TITLES[status]}\r\nconnection: close\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
