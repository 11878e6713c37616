import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { uuidv7 } from '../../model/id.ts'
import { TerminalFile } from '../../model/terminal.ts'
import { seenTerminal } from '../access/seen.ts'
import { scopeOf } from '../access/who.ts'
import { PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { catmStatusReport } from '../exports/catm.ts'
import { NexoDiagnosis, nexoDiagnosis } from '../exports/nexo.ts'
import { type Standing, standingOf } from '../exports/standing.ts'
import { EXPORTS, exporter, type Format, type Pages } from '../exports/stream.ts'
import { type Columns, INCIDENT_COLUMNS, REPORT_COLUMNS, TERMINAL_COLUMNS } from '../exports/tables.ts'
import { ProblemError } from '../problems.ts'
import { storedReport } from '../read-report.ts'
import { narrowedBy, TERMINAL_QUERY } from './fleet.ts'
import { IncidentsNarrowed, narrowingOf } from './narrowing.ts'

const operator = { tags: ['exports'], security: [{ operator: [] }] }
const format = z.enum(['csv', 'json']).default('csv')
const produces = ['text/csv', 'application/json']

/** An answer that is written as it goes; the content types say what it is. */
const WRITTEN = z.string()

const DAY = 86_400_000
const MOST_DAYS = 31

const SCOPED = { scoped: true } as const

const tableRoutes = (app: App, { store, now, beatMs }: Context): void => {
  const stream = exporter()
  const send = <T>(reply: FastifyReply, name: string, as: Format, pages: Pages<T>, columns: Columns<T>): void => {
    const day = new Date(now()).toISOString().slice(0, 10)
    reply
      .type(as === 'csv' ? 'text/csv; charset=utf-8' : 'application/json')
      .header('content-disposition', `attachment; filename="posdiag-${name}-${day}.${as}"`)
      .header('cache-control', 'no-store')
      .send(stream(pages, columns, as))
  }
  const after = (cursor: string | undefined) => ({ limit: EXPORTS.rows, ...(cursor === undefined ? {} : { cursor }) })

  const terminals = z.strictObject({ format, ...TERMINAL_QUERY })
  app.get('/api/export/terminals', { config: SCOPED, schema: { ...operator, summary: 'Terminals as a table, CSV or JSON', querystring: terminals, produces, response: { 200: WRITTEN, ...PROBLEMS } } }, (request, reply) => {
    const { format: as, ...named } = request.query
    const moment = { now: now(), beatMs }
    send(reply, 'terminals', as, (cursor) => store.terminals({ ...narrowedBy(named), ...after(cursor), scope: scopeOf(request) }, moment), TERMINAL_COLUMNS)
  })

  const incidents = z.strictObject({ ...IncidentsNarrowed.shape, format, state: z.enum(['open', 'closed']).default('open'), sort: z.enum(['severity', 'cost']).default('severity') })
  app.get('/api/export/incidents', { config: SCOPED, schema: { ...operator, summary: 'Incidents as a table, CSV or JSON; narrowed and sorted as the list', querystring: incidents, produces, response: { 200: WRITTEN, ...PROBLEMS } } }, (request, reply) => {
    const { format: as, state, sort, ...narrowed } = request.query
    const filter = { ...narrowingOf(narrowed, now()), scope: scopeOf(request), state, byCost: sort === 'cost' }
    send(reply, 'incidents', as, (cursor) => store.incidents({ ...filter, ...after(cursor) }), INCIDENT_COLUMNS)
  })

  const moment = z.coerce.number().int().min(0).max(8.64e15)
  const reports = z.strictObject({ format, from: moment.optional(), to: moment.optional() })
  app.get('/api/export/reports', { config: SCOPED, schema: { ...operator, summary: `Reports as a table, CSV or JSON: of the last day, or of at most ${MOST_DAYS} days between two times (ms since 1970)`, querystring: reports, produces, response: { 200: WRITTEN, ...PROBLEMS } } }, (request, reply) => {
    const { format: as, from, to } = request.query
    const end = to ?? now() + DAY
    const begin = from ?? Math.max(0, Math.min(end, now()) - DAY)
    if (end < begin || end - begin > (MOST_DAYS + 1) * DAY) throw new ProblemError(400, 'export-range', `give times that are at most ${MOST_DAYS} days apart, the earlier one first`)
    send(reply, 'reports', as, (cursor) => store.reportsBetween({ from: begin, to: end, limit: EXPORTS.rows, scope: scopeOf(request), cursor }), REPORT_COLUMNS)
  })
}

const standardRoutes = (app: App, context: Context): void => {
  const { store, now } = context
  const params = z.strictObject({ id: TerminalFile.shape.terminal.shape.id })
  const standing = async (request: FastifyRequest, id: string): Promise<Standing> => {
    const terminal = await seenTerminal(request, context, id)
    const [latest] = await store.reportsOf(id, 1)
    const stored = latest === undefined ? undefined : await storedReport(store, id, latest.id)
    return standingOf(terminal, stored?.report, now())
  }
  app.get('/api/terminals/:id/nexo', { config: SCOPED, schema: { ...operator, summary: "A terminal's state as a nexo Diagnosis response", params, response: { 200: NexoDiagnosis, ...PROBLEMS } } }, async (request) => nexoDiagnosis(await standing(request, request.params.id), uuidv7(now()).slice(-10)))
  app.get('/api/terminals/:id/catm', { config: SCOPED, schema: { ...operator, summary: "A terminal's state as an ISO 20022 catm.001 StatusReport", params, produces: ['application/xml'], response: { 200: WRITTEN, ...PROBLEMS } } }, async (request, reply) => {
    const { report, ...rest } = await standing(request, request.params.id)
    if (report === undefined) throw new ProblemError(404, 'report', 'this terminal has not reported yet, so there is no state to write down')
    return reply.type('application/xml; charset=utf-8').send(await catmStatusReport({ ...rest, report }))
  })
}

/** Tables to take away, and a terminal's state in the words of other standards, in the name of an operator. */
export const exportRoutes = (app: App, context: Context): void => {
  tableRoutes(app, context)
  standardRoutes(app, context)
}
