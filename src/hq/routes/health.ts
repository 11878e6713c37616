import * as z from 'zod'
import { PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'
import { remembered } from '../remembered.ts'
import { spaced } from '../spaced.ts'

/** How long an answer of the store about its readiness is believed, in ms. */
const BELIEVED_MS = 1000

/** For load balancers and Prometheus: /healthz (the process lives), /readyz (it can store), /metrics, and the OpenAPI document. */
export const healthRoutes = (app: App, context: Context): void => {
  const { store, metrics } = context
  const state = z.strictObject({ status: z.literal('ok'), version: z.string() })
  const ok = { status: 'ok', version: context.version } as const
  app.get('/healthz', { schema: { tags: ['health'], summary: 'The process lives', response: { 200: state } } }, async () => ok)

  const ready = remembered(() => store.ready(), BELIEVED_MS)
  app.get('/readyz', { schema: { tags: ['health'], summary: 'HQ can store reports now', response: { 200: state, ...PROBLEMS } } }, async () => {
    await ready()
    if (context.commits.failing()) throw new ProblemError(503, 'store-failing', 'reports could not be stored a moment ago', 10)
    return ok
  })

  const figures = spaced(() => context.refresh(), (error) => context.log.warn('no figures', { error: String(error) }))
  app.get('/metrics', { schema: { tags: ['health'], summary: 'Figures for Prometheus', produces: ['text/plain'] } }, async (_request, reply) => {
    await figures()
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.text())
  })

  app.get('/openapi.json', { schema: { tags: ['health'], summary: 'This document' } }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(app.swagger())))
}
