/** A request as Node's server hands it over. */
export type IncomingMessage = import('node:http').IncomingMessage

/** The answer to it. */
export type ServerResponse = import('node:http').ServerResponse

/** An error answer of the desk (RFC 9457); `type` is a word of ours, or about:blank. */
export class DeskProblem extends Error {
  readonly status: number
  readonly type: string
  constructor(status: number, type: string, detail: string) {
    super(detail)
    this.name = 'DeskProblem'
    this.status = status
    this.type = type
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request', 401: 'Token needed', 403: 'Forbidden', 404: 'Not found', 405: 'Method not allowed', 408: 'Too slow', 409: 'Not now', 413: 'Too large', 415: 'Not JSON',
  421: 'Wrong host', 422: 'Not acceptable', 429: 'Too many', 500: 'Our bug', 503: 'Not available',
}

// Not no-referrer: browsers then send the page's own form with Origin null.
const COMMON = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' } as const

/** Answers with text that is already JSON. */
export const answerText = (response: ServerResponse, status: number, body: string, type = 'application/json'): void => {
  response.writeHead(status, { ...COMMON, 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** Answers with a value as JSON. */
export const answerJson = (response: ServerResponse, status: number, value: unknown, type = 'application/json'): void => answerText(response, status, JSON.stringify(value), type)

/** Answers with an error. */
export const answerProblem = (response: ServerResponse, problem: DeskProblem): void => {
  if (response.headersSent) {
    response.end()
    return
  }
  const { status, type } = problem
  answerJson(response, status, { type, title: TITLES[status] ?? 'Error', status, detail: problem.message }, 'application/problem+json')
}

/** Starts an answer of one JSON value per line. */
export const startLines = (response: ServerResponse): ((value: unknown) => void) => {
  response.writeHead(200, { ...COMMON, 'content-type': 'application/x-ndjson; charset=utf-8' })
  return (value) => response.write(`${JSON.stringify(value)}\n`)
}

/** Most bytes of a request that the desk reads. */
export const MOST_BODY_BYTES = 256 << 10

/** Reads the body of a request; throws DeskProblem 413 beyond the bound. */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = Buffer.from(chunk)
    bytes += part.length
    if (bytes > MOST_BODY_BYTES) throw new DeskProblem(413, 'too-large', `at most ${MOST_BODY_BYTES} bytes`)
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Reads the body of a request as JSON; throws DeskProblem 413, 415 or 400. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? 'application/json')) throw new DeskProblem(415, 'not-json', 'send application/json')
  const text = await readBody(request)
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    // The parser's message would quote the body, and the body may hold anything.
    throw new DeskProblem(400, 'not-json', 'the body is not JSON')
  }
}
