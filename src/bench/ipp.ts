import { BenchError, type Net } from '../model/bench.ts'
import { httpFailure } from './http.ts'

/** Most bytes of one answer: some fifty jobs. */
const MOST_READ = 65536

/** An IPP address as HTTP reaches it (RFC 8010 3, RFC 3510). */
const overHttp = (address: string): URL => {
  const url = URL.canParse(address) ? new URL(address.replace(/^ipp(s?):/, 'http$1:')) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new BenchError('broke', `not an ipp or http address: ${address}`)
  if (url.port === '' && address.startsWith('ipp')) url.port = '631'
  return url
}

/** Asks IPP servers: one POST of a request, the answer whole. Certificates are not judged: printers sign their own. */
export const hostIpp = (signal: AbortSignal): Net['ipp'] => async (address, request, { ms, socket }) => {
  const target = overHttp(address)
  const tools = target.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const what = socket ?? target.host
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const asking = tools.request(target, {
      ...(socket === undefined ? {} : { socketPath: socket }),
      method: 'POST',
      agent: false,
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/ipp', 'content-length': request.length, 'user-agent': 'posdiag', connection: 'close' },
    })
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', silent)
      settle()
      asking.on('error', () => undefined)
      asking.destroy()
    }
    const fail = (error: BenchError): void => end(() => reject(error))
    const silent = (): void => fail(new BenchError('silent', `${what}: no answer within ${ms} ms`))
    const timer = setTimeout(silent, ms)
    signal.addEventListener('abort', silent, { once: true })
    asking.once('error', (error) => fail(httpFailure(error, what)))
    asking.once('response', (answer) => {
      if (answer.statusCode !== 200) return fail(new BenchError('refused', `${what} answers with HTTP ${answer.statusCode}`))
      const chunks: Buffer[] = []
      let length = 0
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length > MOST_READ) fail(new BenchError('garbled', `${what}: an answer of more than ${MOST_READ} bytes`))
      })
      answer.once('end', () => end(() => resolve({ bytes: Uint8Array.from(Buffer.concat(chunks)), ms: performance.now() - started })))
      answer.once('error', (error) => fail(httpFailure(error, what)))
    })
    asking.end(request)
    if (signal.aborted) silent()
  })
}
