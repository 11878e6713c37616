import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { ProblemError } from '../problems.ts'

const MINUTE = 60_000

/** Requests a minute: of one terminal, whose agent beats every two seconds at most and empties its outbox in batches; of one address, behind which a whole shopping centre may be; to sign in, from one address and under one name. */
export const LIMITS = { terminal: 600, address: 12_000, signInAddress: 60, signInName: 10 } as const

/** IPv6 counts by the 64 bits that one connection has to itself. Of addresses and terminals the five thousand seen last are remembered: whoever asks too often is among them. */
const SUBNET = 64

const loopback = (address: string): boolean => address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')

/** A hook that answers whoever asks too often with 429 and when to come back. */
export type Limit = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/** The limits of HQ. Those of terminals spare this host itself, which could do worse: behind a proxy, say who the proxy is, else all that comes through it is taken for this host. */
export interface Limits { terminal: Limit; address: Limit; signInAddress: Limit; signInName: Limit }

/** Prepares the limits of a server. */
export const limitsOf = async (app: App): Promise<Limits> => {
  await app.register(rateLimit, { global: false })
  const limit = (max: number, detail: string, keyOf?: (request: FastifyRequest) => string): Limit => {
    const count = app.createRateLimit({ max, timeWindow: MINUTE, ipv6Subnet: SUBNET, ...(keyOf === undefined ? {} : { keyGenerator: keyOf }) })
    return (request, _reply, done) => {
      count(request).then((counted) => done(!counted.isAllowed && counted.isExceeded ? new ProblemError(429, 'too-many', detail, counted.ttlInSeconds) : undefined), done)
    }
  }
  const fromAfar = (check: Limit): Limit => (request, reply, done) => {
    if (loopback(request.ip)) done()
    else check(request, reply, done)
  }
  const nameOf = ({ body }: FastifyRequest): string => (typeof body === 'object' && body !== null && 'name' in body ? String(body.name).toLowerCase() : '')
  return {
    terminal: fromAfar(limit(LIMITS.terminal, 'this terminal asks too often; come again later', (request) => request.terminalId ?? '')),
    address: fromAfar(limit(LIMITS.address, 'too much comes from this address; come again later')),
    signInAddress: limit(LIMITS.signInAddress, 'too many attempts to sign in from this address; wait a minute'),
    signInName: limit(LIMITS.signInName, 'too many attempts to sign in under this name; wait a minute', nameOf),
  }
}
