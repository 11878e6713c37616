import fastify, { type FastifyServerOptions } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { HqLog } from './log.ts'
import { errorHandler, rawProblem } from './problems.ts'
import { screen } from './screen.ts'

/** Deadlines towards clients, in ms: a whole request, its headers, and how long a quiet connection is kept. */
export const PATIENCE = { requestMs: 30_000, headersMs: 10_000, idleMs: 75_000, checkMs: 5000 } as const

/** A private key and certificate chain, PEM; with `clientCa` (PEM) terminals must show a certificate that it issued. */
export interface Tls { key: string; cert: string; clientCa?: string | undefined }

const NO_BYTES = new Uint8Array()

/** What is kept only as a hash, or random, and by chance may look like card data: judging it would change it. A signed pack would no longer be what was signed; what it holds passed the filter before. */
const KEPT = ['token', 'password', 'old', 'key', 'target', 'pack']

/** The body without card data. Batches of reports come as bytes and are screened one by one. */
const screened = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return body
  const { value, masked } = screen(body, NO_BYTES)
  if (masked === 0 || typeof value !== 'object' || value === null) return body
  return { ...value, ...Object.fromEntries(Object.entries(body).filter(([name]) => KEPT.includes(name))) }
}

/** Browsers have no such certificate, so whoever shows none is let in here and refused by the routes of terminals. */
const tlsOptions = ({ key, cert, clientCa }: Tls) => ({ key, cert, minVersion: 'TLSv1.2' as const, ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }) })

/** An HTTP server without routes, whose every error is a problem document. `proxies` are the addresses of those whose word counts on where a request came from. */
export const makeApp = (log: HqLog, { tls, proxies = [] }: { tls?: Tls | undefined; proxies?: readonly string[] | undefined } = {}, patience: { requestMs: number; headersMs: number; idleMs: number; checkMs: number } = PATIENCE) => {
  const options: FastifyServerOptions = {
    logger: false,
    ...(proxies.length === 0 ? {} : { trustProxy: [...proxies] }),
    bodyLimit: 64 * 1024,
    requestTimeout: patience.requestMs,
    keepAliveTimeout: patience.idleMs,
    forceCloseConnections: 'idle',
    // Answered by a hook of ours, as a problem document.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => void errorHandler(log)(error, request, reply),
    clientErrorHandler: (error, socket) => {
      if (socket.writable && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') socket.end(rawProblem((error as NodeJS.ErrnoException).code))
      else socket.destroy()
    },
  }
  const transport = { headersTimeout: patience.headersMs, connectionsCheckingInterval: patience.checkMs }
  const app = (tls === undefined ? fastify({ ...options, http: transport }) : fastify({ ...options, https: { ...transport, ...tlsOptions(tls) } } as FastifyServerOptions)).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(errorHandler(log))
  // What a terminal says of itself, and what an operator notes, passes the filter as reports do.
  app.addHook('preValidation', (request, _reply, done) => {
    request.body = screened(request.body)
    done()
  })
  return app
}

/**
 * Closes the server: no new connections, what was begun is answered for up to `ms`, then every connection is cut. Connections on
 * which nothing was asked yet, such as browsers open in advance, count as nothing begun; Node by itself would wait for them.
 */
export const closing = (app: App): ((ms: number) => Promise<void>) => {
  let active = 0
  let idle: (() => void) | undefined
  app.server.on('request', (_request, response) => {
    active++
    response.once('close', () => {
      active--
      if (active === 0) idle?.()
    })
  })
  return async (ms) => {
    const closed = app.close()
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, ms)
      idle = () => {
        clearTimeout(late)
        resolve()
      }
      if (active === 0) idle()
    })
    app.server.closeAllConnections()
    await closed
  }
}

/** The server that routes are added to. */
export type App = ReturnType<typeof makeApp>
