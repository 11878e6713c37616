import { join } from 'node:path'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Place, Scope } from '../../model/access.ts'
import { MadeBackup } from '../../model/health.ts'
import { uuidv7 } from '../../model/id.ts'
import { TerminalFile } from '../../model/terminal.ts'
import {
  CommandRow, CreateCommand, CreatedEnrolmentToken, CreatedEnrolmentTokens, CreateEnrolmentToken, CreateEnrolmentTokens, EnrolmentTokenRow, IncidentDetail, IncidentRow, Overview, pageOf, StoredReport, TerminalDetail, TerminalRow,
} from '../../model/wire.ts'
import { seenTerminal } from '../access/seen.ts'
import { maySee, scopeOf, whoOf } from '../access/who.ts'
import { NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import { makeBackup } from '../backups.ts'
import type { Context } from '../context.ts'
import { makeEnrolmentToken } from '../enrolment.ts'
import { ProblemError } from '../problems.ts'
import { incidentDetail, storedReport } from '../read-report.ts'
import { spacedBy } from '../spaced.ts'
import { withOpening } from '../triage/closed.ts'
import { admissionRoutes } from './admission.ts'
import { fleetRoutes, narrowedBy, noteSubject, TERMINAL_QUERY } from './fleet.ts'
import { IncidentsNarrowed, narrowingOf } from './narrowing.ts'
import { packRoutes } from './packs.ts'
import { peopleRoutes } from './people.ts'
import { rolloutRoutes } from './rollouts.ts'
import { storeRoutes } from './stores.ts'
import { triageRoutes } from './triage.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** How long a command waits for its terminal, and how long somebody's look at a terminal keeps it beating quickly; milliseconds. */
const COMMAND_MS = 10 * MINUTE
const WATCH_MS = 5 * MINUTE

/** Commands of one terminal that may be under way at once. */
const MOST_COMMANDS = 5

const TerminalParams = z.strictObject({ id: TerminalFile.shape.terminal.shape.id })
const limit = z.coerce.number().int().min(1).max(200).default(50)
const cursor = z.string().max(500).optional()
const operator = { tags: ['operator'], security: [{ operator: [] }] }

/** Routes that answer only of what lies within the scope of who asks. */
const SCOPED = { scoped: true } as const

const listRoutes = (app: App, { store, log, now, beatMs }: Context): void => {
  // It looks at every terminal, and every page that is open asks for it whenever something happens.
  const overview = spacedBy((scope: Scope | undefined) => store.overview({ now: now(), beatMs }, scope), (error) => log.warn('the overview waits for the store', { error: error instanceof Error ? error.message : String(error) }))
  app.get('/api/overview', { config: SCOPED, schema: { ...operator, summary: 'The first screen; `at` says of when it is, in a large fleet up to a minute ago', response: { 200: Overview, ...PROBLEMS } } }, (request) => overview(scopeOf(request)))

  const incidents = z.strictObject({ ...IncidentsNarrowed.shape, state: z.enum(['open', 'closed']).default('open'), sort: z.enum(['severity', 'cost']).default('severity'), cursor, limit })
  app.get('/api/incidents', { config: SCOPED, schema: { ...operator, summary: 'Incidents: open ones worst first, closed ones latest first', querystring: incidents, response: { 200: pageOf(IncidentRow), ...PROBLEMS } } }, (request) => {
    const { state, limit: most, sort, cursor: from, ...narrowed } = request.query
    return store.incidents({ ...narrowingOf(narrowed, now()), scope: scopeOf(request), state, limit: most, byCost: sort === 'cost', ...(from && { cursor: from }) })
  })

  const terminals = z.strictObject({ ...TERMINAL_QUERY, cursor, limit })
  app.get('/api/terminals', { config: SCOPED, schema: { ...operator, summary: 'Terminals in the order of their ids', querystring: terminals, response: { 200: pageOf(TerminalRow), ...PROBLEMS } } }, async (request) => {
    const { cursor: from, limit: most, ...named } = request.query
    const { rows, ...next } = await store.terminals({ ...narrowedBy(named), limit: most, scope: scopeOf(request), ...(from && { cursor: from }) }, { now: now(), beatMs })
    return { rows: await withOpening(store.triage, rows, now()), ...next }
  })
}

const detailRoutes = (app: App, context: Context): void => {
  const { store, now, beatMs } = context
  app.get('/api/incidents/:id', { config: SCOPED, schema: { ...operator, summary: 'One incident with its evidence', params: z.strictObject({ id: z.uuid() }), response: { 200: IncidentDetail, ...PROBLEMS } } }, async (request) => {
    const detail = await incidentDetail(store, request.params.id, { now: now(), beatMs })
    if (detail === undefined || !maySee(request, detail.terminal?.terminal ?? {})) throw new ProblemError(404, 'incident', 'there is no such incident')
    return detail
  })

  app.get('/api/terminals/:id', { config: SCOPED, schema: { ...operator, summary: 'All that HQ knows of one terminal; for five minutes it beats every two seconds', params: TerminalParams, response: { 200: TerminalDetail, ...PROBLEMS } } }, async (request) => {
    const { id } = request.params
    const at = now()
    const seen = await seenTerminal(request, context, id)
    const [terminal = seen] = await withOpening(store.triage, [seen], at)
    await store.watch(id, at + WATCH_MS)
    const incidents = await store.incidents({ state: 'open', terminal: id, limit: 200 })
    const revision = await store.triage.rollouts.takenBy(id)
    return {
      terminal, reports: await store.reportsOf(id, 200), incidents: incidents.rows, commands: await store.commandsOf(id, at - DAY, 50),
      enrolment: (await store.access.enrolment(id)) ?? { token: false }, ...(revision === undefined ? {} : { revision }), notes: await store.triage.care.history(noteSubject(id), 50),
    }
  })

  const params = z.strictObject({ terminal: TerminalParams.shape.id, id: z.uuidv7() })
  app.get('/api/reports/:terminal/:id', { config: SCOPED, schema: { ...operator, summary: 'One report, whole', params, response: { 200: StoredReport, ...PROBLEMS } } }, async (request) => {
    await seenTerminal(request, context, request.params.terminal)
    const stored = await storedReport(store, request.params.terminal, request.params.id.toLowerCase())
    if (stored === undefined) throw new ProblemError(404, 'report', 'there is no such report')
    return stored
  })
}

const commandRoute = (app: App, context: Context): void => {
  const { store, log, now } = context
  const schema = { ...operator, summary: 'Ask a terminal for a check or for its logs; one that waits already is answered with 200', params: TerminalParams, body: CreateCommand, response: { 200: CommandRow, 201: CommandRow, ...PROBLEMS } }
  app.post('/api/terminals/:id/commands', { config: { role: 'technician', scoped: true, action: 'command.give' }, schema }, async (request, reply) => {
    const { id } = request.params
    const at = now()
    await seenTerminal(request, context, id)
    const live = (await store.commandsOf(id, at - DAY, 50)).filter((c) => (c.state === 'waiting' || c.state === 'sent' ? c.expiresAt > at : c.state === 'running'))
    const same = live.find((c) => c.state !== 'running' && c.type === request.body.type && JSON.stringify(c.only) === JSON.stringify(request.body.only))
    if (same !== undefined) return reply.code(200).send(same)
    if (live.length >= MOST_COMMANDS) throw new ProblemError(409, 'too-many-commands', 'this terminal has enough to do; wait until a command has ended')
    const { type, only } = request.body
    await store.watch(id, at + WATCH_MS)
    const command = await store.addCommand({ id: uuidv7(at), type, createdAt: at, expiresAt: at + COMMAND_MS, ...(only === undefined ? {} : { only }) }, id)
    log.info('command given', { terminal: id, command: command.id, type })
    return reply.code(201).send(command)
  })
}

const MANAGED = { role: 'manager', scoped: true } as const

const tokenRoutes = (app: App, context: Context): void => {
  const { store, log, now, beatMs, credentials } = context
  const tokens = z.strictObject({ rows: z.array(EnrolmentTokenRow) })
  app.get('/api/enrolment-tokens', { config: MANAGED, schema: { ...operator, summary: 'Enrolment tokens, newest first', response: { 200: tokens, ...PROBLEMS } } }, async (request) => ({ rows: await store.enrolmentTokens(500, scopeOf(request)) }))

  /** Throws a ProblemError (403) unless a token for these may be made by who asks. */
  const mayMake = async (request: FastifyRequest, place: Place, terminalIds: readonly string[]): Promise<void> => {
    const may = async (id: string): Promise<boolean> => {
      const known = await store.terminal(id, { now: now(), beatMs })
      return known === undefined || maySee(request, known.terminal)
    }
    // A token for a terminal takes it over, wherever it is said to be from then on.
    if (!maySee(request, place) || (scopeOf(request) !== undefined && !(await Promise.all(terminalIds.map(may))).every(Boolean))) {
      throw new ProblemError(403, 'scope', 'name a region or a store within your scope; the token will enrol only terminals there')
    }
  }

  app.post('/api/enrolment-tokens', { config: { ...MANAGED, action: 'enrolment-token.make' }, schema: { ...operator, summary: 'Make a one-time enrolment token', body: CreateEnrolmentToken, response: { 201: CreatedEnrolmentToken, ...PROBLEMS } } }, async (request, reply) => {
    const { terminalId } = request.body
    await mayMake(request, request.body, terminalId === undefined ? [] : [terminalId])
    const made = await makeEnrolmentToken(store, request.body, now(), whoOf(request).name)
    log.info('enrolment token made', { id: made.id, terminal: made.terminalId })
    return reply.code(201).send(made)
  })

  const batch = { ...operator, summary: 'Make one-time enrolment tokens for many terminals', body: CreateEnrolmentTokens, response: { 201: CreatedEnrolmentTokens, ...PROBLEMS } }
  app.post('/api/enrolment-tokens/batch', { config: { ...MANAGED, action: 'enrolment-token.make' }, schema: batch }, async (request, reply) => {
    const { terminalIds, ...rest } = request.body
    await mayMake(request, rest, terminalIds)
    const at = now()
    // One flush of the disk serves them all.
    const rows = await Promise.all(terminalIds.map((terminalId) => makeEnrolmentToken(store, { ...rest, terminalId }, at, whoOf(request).name)))
    log.info('enrolment tokens made', { count: rows.length })
    return reply.code(201).send({ rows })
  })

  app.delete('/api/enrolment-tokens/:id', { config: { ...MANAGED, action: 'enrolment-token.revoke' }, schema: { ...operator, summary: 'Revoke an enrolment token that was not used', params: z.strictObject({ id: z.uuid() }), response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    const [seen] = await store.enrolmentTokens(1, scopeOf(request), request.params.id)
    if (seen === undefined || !(await store.revokeEnrolmentToken(seen.id, now()))) throw new ProblemError(404, 'enrolment-token', 'there is no such token that could still be used')
    log.info('enrolment token revoked', { id: request.params.id })
    return reply.code(204).send(null)
  })

  app.delete('/api/terminals/:id/token', { config: { ...MANAGED, action: 'terminal.revoke' }, schema: { ...operator, summary: "Revoke a terminal's own token; it must enrol again", params: TerminalParams, response: { 204: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    await seenTerminal(request, context, request.params.id)
    const revoked = await store.revokeTerminalToken(request.params.id)
    credentials.forget(request.params.id)
    if (!revoked) throw new ProblemError(404, 'terminal-token', 'this terminal has no token')
    log.info('terminal token revoked', { terminal: request.params.id })
    return reply.code(204).send(null)
  })
}

const backupRoute = (app: App, { store, log, dataDir, now }: Context): void => {
  let running = false
  app.post('/api/backups', { config: { action: 'backup.make' }, schema: { ...operator, summary: 'Write a copy of the embedded database into the data folder', response: { 201: MadeBackup, ...PROBLEMS } } }, async (_request, reply) => {
    if (store.backup === undefined) throw new ProblemError(409, 'backup-elsewhere', 'this HQ keeps its data in PostgreSQL; back it up with pg_basebackup or pg_dump')
    if (running) throw new ProblemError(409, 'backup-running', 'a backup is being written already')
    running = true
    const began = performance.now()
    try {
      const made = await makeBackup(store.backup, join(dataDir, 'backups'), now())
      const ms = Math.round(performance.now() - began)
      log.info('backup written', { ...made, ms })
      return reply.code(201).send({ ...made, ms })
    } finally {
      running = false
    }
  })
}

/** What the page asks, in the name of an operator. */
export const operatorRoutes = (app: App, context: Context): void => {
  const { sessions, live } = context
  listRoutes(app, context)
  detailRoutes(app, context)
  commandRoute(app, context)
  tokenRoutes(app, context)
  backupRoute(app, context)
  triageRoutes(app, context)
  storeRoutes(app, context)
  fleetRoutes(app, context)
  rolloutRoutes(app, context)
  peopleRoutes(app, context)
  admissionRoutes(app, context)
  packRoutes(app, context)
  app.get('/api/events', { config: SCOPED, schema: { ...operator, summary: 'What happens, as server-sent events (see LiveEvent)', produces: ['text/event-stream'] } }, (request, reply) => {
    const still = () => sessions.whoIs(request).then(() => true, (error: unknown) => {
      if (error instanceof ProblemError) return false
      throw error
    })
    if (!live.add(reply, { scope: scopeOf(request), still })) throw new ProblemError(503, 'too-many-listeners', 'too many pages listen already; this one asks from time to time instead', 30)
  })
}
