import * as z from 'zod'
import type { Scope } from '../../model/access.ts'
import { BootOutcome, BootRow, CreateNote, type Facet, Readings, TerminalFacets } from '../../model/fleet.ts'
import { TerminalFile } from '../../model/terminal.ts'
import { Change } from '../../model/triage.ts'
import { Contact } from '../../model/wire.ts'
import { seenTerminal } from '../access/seen.ts'
import { scopeOf, whoOf } from '../access/who.ts'
import { PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { readingsOf } from '../readings.ts'
import { spacedBy } from '../spaced.ts'
import type { TerminalFilter } from '../store.ts'

const operator = { tags: ['fleet'], security: [{ operator: [] }] }
const Id = z.strictObject({ id: TerminalFile.shape.terminal.shape.id })
const SCOPED = { scoped: true } as const
const DAY = 86_400_000
const LONGEST_DAYS = 62

const words = z.string().max(100).optional()

/** What lists and tables of terminals may be narrowed by, as parameters of a query. */
export const TERMINAL_QUERY = { q: words, contact: Contact.optional(), store: words, region: words, model: words, agent: words } as const

type Asked = Partial<Record<'q' | 'store' | Facet, string | undefined>> & { contact?: Contact | undefined }

/** The same as the store takes it; an empty parameter is none. */
export const narrowedBy = ({ q, contact, store, region, model, agent }: Asked): Omit<TerminalFilter, 'limit'> =>
  ({ ...(q && { q }), ...(contact && { contact }), ...(store && { store }), ...(region && { region }), ...(model && { model }), ...(agent && { agent }) })

/** What of a terminal's history is subject to people's notes. */
export const noteSubject = (terminal: string) => ({ place: terminal, id: terminal })

/** Counts over the fleet, and what is measured and noted of one terminal. */
export const fleetRoutes = (app: App, context: Context): void => {
  const { store, log, now } = context
  const facets = spacedBy((scope: Scope | undefined) => store.terminalFacets(scope), (error) => log.warn('counts of terminals wait for the store', { error: error instanceof Error ? error.message : String(error) }))
  app.get('/api/terminal-facets', { config: SCOPED, schema: { ...operator, summary: 'Terminals counted by region, model and version of the agent, as they last reported them', response: { 200: TerminalFacets, ...PROBLEMS } } }, (request) => facets(scopeOf(request)))

  const boots = z.strictObject({ days: z.coerce.number().int().min(1).max(7).default(1), is: BootOutcome.exclude(['ready']).optional(), limit: z.coerce.number().int().min(1).max(200).default(200) })
  app.get('/api/boot-checks', { config: SCOPED, schema: { ...operator, summary: 'Checks at the start of a terminal after which it was not ready, the latest first', querystring: boots, response: { 200: z.strictObject({ rows: z.array(BootRow) }), ...PROBLEMS } } }, async (request) => {
    const { days: back, is, limit } = request.query
    return { rows: await store.boots.failed({ from: now() - back * DAY, ...(is && { is }), scope: scopeOf(request), limit }) }
  })

  const days = z.strictObject({ days: z.coerce.number().positive().max(LONGEST_DAYS).default(1) })
  app.get('/api/terminals/:id/readings', { config: SCOPED, schema: { ...operator, summary: 'What probes measured over time, out of the reports that HQ keeps', params: Id, querystring: days, response: { 200: Readings, ...PROBLEMS } } }, async (request) => {
    await seenTerminal(request, context, request.params.id)
    return readingsOf(store, request.params.id, now() - request.query.days * DAY)
  })

  app.post('/api/terminals/:id/notes', { config: { role: 'technician', scoped: true, action: 'terminal.note' }, schema: { ...operator, summary: 'Write a note about a terminal', params: Id, body: CreateNote, response: { 201: z.strictObject({ notes: z.array(Change) }), ...PROBLEMS } } }, async (request, reply) => {
    const { id } = request.params
    await seenTerminal(request, context, id)
    const { care, together } = store.triage
    await together('noting', care.noting([noteSubject(id)], { at: now(), who: whoOf(request).name, what: 'note', detail: request.body.note }))
    return reply.code(201).send({ notes: await care.history(noteSubject(id)) })
  })
}
