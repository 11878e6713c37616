import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { record } from '../access/audit.ts'
import { CALLBACK, type Flow, type Oidc, type Vouched } from '../access/oidc.ts'
import type { Person } from '../access/store.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'

/** How long somebody may take at the issuer, in seconds. */
const FLOW_S = 600

const StoredFlow = z.strictObject({ state: z.string(), nonce: z.string(), verifier: z.string() })

const flowCookie = (request: FastifyRequest): string => (request.protocol === 'https' ? '__Secure-posdiag-flow' : 'posdiag_flow')

const flowIn = (request: FastifyRequest): Flow => {
  const text = request.cookies[flowCookie(request)]
  try {
    return StoredFlow.parse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString()))
  } catch {
    throw new ProblemError(401, 'provider-stale', 'this sign-in was begun too long ago, or in another browser; begin again')
  }
}

/** Whom the issuer vouches for, as HQ knows them. An administrator has added the person by name; the first sign-in binds that name to the issuer's subject for good. */
const knownPerson = async ({ store }: Context, { subject, name }: Vouched): Promise<Person> => {
  const bound = await store.access.person({ subject })
  const named = bound === undefined && name !== undefined ? await store.access.person({ name }) : undefined
  const person = bound ?? (named?.external === true && named.subject === undefined ? named : undefined)
  if (person === undefined || person.disabled || !person.external) throw new ProblemError(403, 'not-invited', 'nobody at HQ has added this person; ask an administrator')
  return person
}

/** Tells a person, who came by following a link, what went wrong: on the page, in their language. */
const back = (reply: FastifyReply, error: unknown): FastifyReply => {
  if (!(error instanceof ProblemError)) throw error
  return reply.header('cache-control', 'no-store').redirect(`/sign-in?problem=${error.slug}`, 303)
}

/** Signing in through the company's own sign-in. */
export const oidcRoutes = (app: App, context: Context, oidc: Oidc): void => {
  const { limits, sessions, store, now, log } = context
  app.get('/auth/oidc', { onRequest: limits.signInAddress, schema: { hide: true } }, async (request, reply) => {
    try {
      const { url, flow } = await oidc.begin()
      reply.setCookie(flowCookie(request), Buffer.from(JSON.stringify(flow)).toString('base64url'), { path: '/auth/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https', maxAge: FLOW_S })
      return reply.header('cache-control', 'no-store').redirect(url.href, 303)
    } catch (error) {
      log.warn('the company sign-in cannot be asked', { error: error instanceof Error ? error.message : String(error) })
      return back(reply, error)
    }
  })

  app.get(CALLBACK, { onRequest: limits.signInAddress, schema: { hide: true } }, async (request, reply) => {
    let vouched: Vouched | undefined
    try {
      vouched = await oidc.finish(request.url, flowIn(request))
      const person = await knownPerson(context, vouched)
      await store.access.signedIn(person.id, now(), vouched.subject)
      reply.clearCookie(flowCookie(request), { path: '/auth/' })
      await sessions.open(request, reply, person.id)
      await record(store.access, request, now(), { who: person.name, by: 'oidc', action: 'sign-in', status: 303 })
      return reply.header('cache-control', 'no-store').redirect('/', 303)
    } catch (error) {
      log.warn('company sign-in refused', { address: request.ip, error: error instanceof Error ? error.message : String(error) })
      // Only whom the issuer knows is worth a line that stays for ever.
      if (vouched !== undefined) await record(store.access, request, now(), { who: vouched.name ?? '', by: 'oidc', action: 'sign-in', target: vouched.subject, status: 401 })
      return back(reply, error)
    }
  })
}
