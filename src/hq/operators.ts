import { createHmac, timingSafeEqual } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import { hashOf, newToken } from './credentials.ts'
import { ProblemError } from './problems.ts'

const COOKIE = 'posdiag_session'
const SESSION_MS = 30 * 86_400_000

const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)))

/** The operator token of a data folder: read from `file`, or made there (mode 0600) at the first start. Throws with the file's name if it is unusable. */
export const operatorTokenIn = (file: string): string => {
  try {
    const fd = openSync(file, 'wx', 0o600)
    try {
      writeSync(fd, `${newToken('po')}\n`)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const token = readFileSync(file, 'utf8').trim()
  if (token.length < 16) throw new Error(`${file} holds no operator token of at least 16 characters; delete it, and HQ makes a new one at its next start`)
  return token
}

/** Decides who may ask what the page asks. */
export interface Operators {
  /** The value of a Set-Cookie header that opens a session, or undefined if the token is wrong. */
  signIn(token: string, secure: boolean): string | undefined
  /** Throws a ProblemError (401, 403) unless the request carries a session or the token, and comes from HQ's own page if it changes anything. */
  check(request: FastifyRequest): void
}

const cookieOf = (header: string | undefined): string | undefined => {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (at !== -1 && part.slice(0, at).trim() === COOKIE) return part.slice(at + 1).trim()
  }
  return undefined
}

/** A page of another site may make a browser send a request; it cannot make it lie about where it comes from. */
const fromElsewhere = (request: FastifyRequest): boolean => {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin } = request.headers
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.headers.host)
}

/** One operator token for everybody. A session is its expiry time signed with a key made of the token: nothing to store, and a new token ends all sessions. */
export const operators = (token: string, now: () => number): Operators => {
  const sign = (expires: string): string => createHmac('sha256', `posdiag session ${token}`).update(expires).digest('base64url')
  const inSession = (cookie: string): boolean => {
    const [expires = '', signature = ''] = cookie.split('.')
    return /^\d{1,15}$/.test(expires) && Number(expires) > now() && same(signature, sign(expires))
  }
  return {
    signIn: (given, secure) => {
      if (!same(given, token)) return undefined
      const expires = String(now() + SESSION_MS)
      return `${COOKIE}=${expires}.${sign(expires)}; Path=/; Max-Age=${SESSION_MS / 1000}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
    },
    check: (request) => {
      const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (bearer !== undefined) {
        if (same(bearer, token)) return
        throw new ProblemError(401, 'operator-token', 'the operator token is wrong; HQ prints the address with the right one when it starts')
      }
      const cookie = cookieOf(request.headers.cookie)
      if (cookie === undefined || !inSession(cookie)) {
        throw new ProblemError(401, 'no-session', 'there is no session; open the address with the token that HQ prints when it starts')
      }
      if (request.method !== 'GET' && request.method !== 'HEAD' && fromElsewhere(request)) {
        throw new ProblemError(403, 'other-origin', "changes are taken only from HQ's own page, or with the operator token in the Authorization header")
      }
    },
  }
}
