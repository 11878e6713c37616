import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isWithin, type Place, type Role, Role as Roles, type Scope } from '../../model/access.ts'
import { uuidv7 } from '../../model/id.ts'
import { hashOf } from '../credentials.ts'
import { ProblemError } from '../problems.ts'
import { same } from './operator-token.ts'
import type { AccessStore } from './store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How long a session may go unused, and how long it may be at all, in ms: of a person, and of whoever opens HQ by the address that it prints. */
export const SESSION = { person: { idleMs: 12 * HOUR, longestMs: 7 * DAY }, operator: { idleMs: 30 * DAY, longestMs: 30 * DAY } } as const

/** Use is noted to the minute. */
const TOUCH_MS = 60_000

/** Who asks, and what they may. `scope` undefined: everywhere. `personId` only of people, `sessionId` only of sessions. */
export interface Who {
  name: string
  role: Role
  scope?: Scope
  by: 'operator-token' | 'session' | 'api-token'
  personId?: string
  sessionId?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route of operators. */
    who?: Who
    /** What the audit log says that this was done to, where neither the address nor the answer names it as people do. */
    target?: string
  }
  interface FastifyContextConfig {
    /** Who may ask this at least. Without it everybody may look, and only administrators may change anything. */
    role?: Role
    /** True if the route answers only of what lies within the scope of who asks. People with a scope are refused everywhere else. */
    scoped?: true
    /** What the audit log calls it; without it method and path. */
    action?: string
  }
}

/** Name under which whoever holds the operator token appears. */
export const OPERATOR_NAME = 'operator'

const AS_OPERATOR: Who = { name: OPERATOR_NAME, role: 'administrator', by: 'operator-token' }

/** Name of the session cookie: with TLS one that no other host name could set. */
export const cookieName = (request: FastifyRequest): string => (request.protocol === 'https' ? '__Host-posdiag' : 'posdiag_session')

/** A page of another site may make a browser send a request; it cannot make it lie about where it comes from. */
export const fromElsewhere = (request: FastifyRequest): boolean => {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin } = request.headers
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host)
}

const isReading = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD'

/** Finds out who asks, and opens and ends sessions. */
export interface Sessions {
  /** Rejects with a ProblemError (401, 403) unless the request carries a session or a token that counts, and comes from HQ's own page if it changes anything by a session. */
  whoIs(request: FastifyRequest): Promise<Who>
  isOperatorToken(token: string): boolean
  /** Opens a session of a person, or of the operator, and gives it to the browser. */
  open(request: FastifyRequest, reply: FastifyReply, personId?: string): Promise<void>
  /** Ends the session of who asks, if it is one. */
  end(who: Who, request: FastifyRequest, reply: FastifyReply): Promise<void>
}

const LONGEST_BROWSER = 200

/** `token` is the operator token. */
export const sessions = (store: AccessStore, token: string, now: () => number): Sessions => {
  const byToken = async (given: string): Promise<Who> => {
    if (same(given, token)) return AS_OPERATOR
    const found = given.startsWith('pa_') ? await store.apiToken(hashOf(given), now()) : undefined
    if (found === undefined) throw new ProblemError(401, 'operator-token', 'this token is not known, or it was revoked or has expired')
    if (now() - (found.usedAt ?? 0) > TOUCH_MS) await store.usedApiToken(found.id, now())
    return { name: found.name, role: found.role, ...(found.scope === undefined ? {} : { scope: found.scope }), by: 'api-token' }
  }
  const bySession = async (cookie: string | undefined): Promise<Who> => {
    const found = cookie === undefined ? undefined : await store.session(hashOf(cookie), now())
    if (found === undefined) throw new ProblemError(401, 'no-session', 'sign in, or open the address with the token that HQ prints when it starts')
    if (now() - found.seenAt > TOUCH_MS) await store.touchSession(found.id, now())
    const { person } = found
    if (person === undefined) return { ...AS_OPERATOR, sessionId: found.id }
    return { name: person.name, role: person.role, ...(person.scope === undefined ? {} : { scope: person.scope }), by: 'session', personId: person.id, sessionId: found.id }
  }
  const cookie = (request: FastifyRequest) => ({ path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' }) as const
  return {
    whoIs: async (request) => {
      const bearer = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1]
      if (bearer !== undefined) return byToken(bearer)
      const who = await bySession(request.cookies[cookieName(request)])
      if (!isReading(request) && fromElsewhere(request)) {
        throw new ProblemError(403, 'other-origin', "changes are taken only from HQ's own page, or with a token in the Authorization header")
      }
      return who
    },
    isOperatorToken: (given) => same(given, token),
    open: async (request, reply, personId) => {
      const value = randomBytes(32).toString('base64url')
      const { idleMs, longestMs } = personId === undefined ? SESSION.operator : SESSION.person
      const browser = (request.headers['user-agent'] ?? '').slice(0, LONGEST_BROWSER)
      await store.addSession({ hash: hashOf(value), id: uuidv7(now()), ...(personId === undefined ? {} : { personId }), now: now(), idleMs, expiresAt: now() + longestMs, address: request.ip, browser })
      reply.setCookie(cookieName(request), value, { ...cookie(request), maxAge: longestMs / 1000 })
    },
    end: async (who, request, reply) => {
      if (who.sessionId !== undefined) await store.endSessions({ id: who.sessionId })
      reply.clearCookie(cookieName(request), cookie(request))
    },
  }
}

const rank = (role: Role): number => Roles.options.indexOf(role)

/** True if who asks may do what this role may. */
export const mayAs = (who: Who, role: Role): boolean => rank(who.role) >= rank(role)

/** Throws a ProblemError (403) unless the route is for who asks: by role, and with a scope only where routes heed scopes. */
export const admit = (request: FastifyRequest, who: Who): void => {
  const { config } = request.routeOptions
  const role = config.role ?? (isReading(request) ? 'viewer' : 'administrator')
  if (!mayAs(who, role)) throw new ProblemError(403, 'role', `this takes the role ${role}; ${who.name} is ${who.role}`)
  if (who.scope !== undefined && config.scoped !== true) throw new ProblemError(403, 'scope', 'this is for people whose scope is everywhere')
}

/** Who asks, on a route of operators. */
export const whoOf = (request: FastifyRequest): Who => {
  if (request.who) return request.who
  throw new Error('a route of operators was reached without finding out who asks')
}

/** The scope of who asks. */
export const scopeOf = (request: FastifyRequest): Scope | undefined => whoOf(request).scope

/** True if who asks may see a terminal there. */
export const maySee = (request: FastifyRequest, at: Place): boolean => isWithin(scopeOf(request), at)
