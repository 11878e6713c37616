import { existsSync } from 'node:fs'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import statics from '@fastify/static'
import { record } from './access/audit.ts'
import { OPERATOR_NAME } from './access/who.ts'
import type { App } from './app.ts'
import type { Context } from './context.ts'
import { ProblemError, pathOf, sendProblem } from './problems.ts'

/** Everything that a page may load comes from HQ itself. */
const POLICY = {
  defaultSrc: ["'self'"],
  baseUri: ["'none'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'"],
}

/** Security headers for everything that a browser may show. HSTS only over TLS: on plain HTTP it would be ignored, and upgrading requests would break the page. */
export const browserHeaders = async (app: App, secure: boolean): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    hsts: secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
}

const noPage = (): ProblemError => new ProblemError(404, 'no-page', 'this HQ was started without its page; run `npm run build`, and start it again')

/** The page's files, its start with `?token=`, and its own routes, which all are index.html. */
export const pageRoutes = async (app: App, context: Context, pageDir?: string): Promise<void> => {
  const root = pageDir !== undefined && existsSync(join(pageDir, 'index.html')) ? pageDir : undefined
  if (pageDir !== undefined && root === undefined) context.log.warn('there is no page to serve', { folder: pageDir })

  app.get<{ Querystring: { token?: unknown } }>('/', { schema: { hide: true } }, async (request, reply) => {
    const { token } = request.query
    if (typeof token === 'string') {
      if (!context.sessions.isOperatorToken(token)) throw new ProblemError(401, 'operator-token', 'the token in the address is wrong; HQ prints the address with the right one when it starts')
      await context.sessions.open(request, reply)
      await record(context.store.access, request, context.now(), { who: OPERATOR_NAME, by: 'operator-token', action: 'sign-in', status: 303 })
      return reply.header('cache-control', 'no-store').redirect('/', 303)
    }
    if (root === undefined) throw noPage()
    return reply.sendFile('index.html')
  })
  if (root !== undefined) {
    // Names of built files carry a hash of their content, index.html does not.
    await app.register(statics, {
      root,
      index: false,
      preCompressed: true,
      schemaHide: true,
      cacheControl: false,
      setHeaders: (reply, path) => void reply.header('cache-control', /-[\w-]{8,}\.\w+(\.br|\.gz|\.zst)?$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'),
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    // Names of stores and terminals may have dots; files lie at the top or among the assets.
    const ofPage = root !== undefined && (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api|v1|auth)\//.test(path) && !/^\/(assets\/|[^/]*\.\w+$)/.test(path) && request.headers.accept?.includes('text/html')
    if (ofPage) return reply.sendFile('index.html')
    return sendProblem(reply, new ProblemError(404, 'route', `there is nothing at ${request.method} ${path.slice(0, 200)}; /openapi.json lists what there is`), path)
  })
}
