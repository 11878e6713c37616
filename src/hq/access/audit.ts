import type { FastifyRequest } from 'fastify'
import { mask } from '../../guard/card-data.ts'
import { uuidv7 } from '../../model/id.ts'
import type { AccessStore } from './store.ts'

/** Bounds of a line's detail and target, in characters. */
const MOST = { detail: 2000, target: 200, who: 100 } as const

const SECRET = /password|token|secret|^old$|^key$/i

const withoutSecrets = (name: string, value: unknown): unknown => (name !== '' && SECRET.test(name) && typeof value === 'string' ? '…' : value)

/** What was asked, as JSON without secrets and card data. */
export const detailOf = (body: unknown): string => (body === undefined || body === null ? '' : mask(JSON.stringify(body, withoutSecrets).slice(0, MOST.detail)).text)

/** What the audit log is told of a deed. */
export interface Deed { who: string; by: string; action: string; target?: string | undefined; status: number; detail?: string }

/** Adds a line to the audit log, from where the request came. Rejects with the store's error: what cannot be written down must not seem to have been. */
export const record = (store: AccessStore, request: FastifyRequest, now: number, { who, by, action, target = '', status, detail = '' }: Deed): Promise<void> =>
  store.record({ id: uuidv7(now), at: now, who: mask(who.slice(0, MOST.who)).text, by, action, target: mask(target.slice(0, MOST.target)).text, status, address: request.ip, detail })

const idIn = (payload: unknown): string | undefined => {
  if (typeof payload !== 'string' || payload.length > 64 * 1024 || !payload.startsWith('{')) return undefined
  const said: unknown = JSON.parse(payload)
  return typeof said === 'object' && said !== null && 'id' in said && typeof said.id === 'string' ? said.id : undefined
}

/** The line about a request of an operator that changed something or was not allowed to; undefined for all others. */
export const deedOf = (request: FastifyRequest, status: number, payload: unknown): Deed | undefined => {
  const { who, method, routeOptions } = request
  if (who === undefined || method === 'GET' || method === 'HEAD') return undefined
  if (status >= 300 && status !== 403) return undefined
  const targets = Object.values((request.params ?? {}) as Record<string, string>)
  const target = request.target || (targets.length > 0 ? targets.join(' ') : idIn(payload))
  return { who: who.name, by: who.by, action: routeOptions.config.action ?? `${method} ${routeOptions.url ?? ''}`, target, status, detail: detailOf(request.body) }
}
