import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import { uuidv7 } from '../../model/id.ts'
import { AbsenceRow, Change, CreateVisit, StoreCard, StoreRow, VisitAction, VisitRow } from '../../model/triage.ts'
import { IncidentRow, pageOf, TerminalRow } from '../../model/wire.ts'
import { scopeOf, whoOf } from '../access/who.ts'
import { PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { plain } from '../plain.ts'
import { ProblemError } from '../problems.ts'
import { storedReport } from '../read-report.ts'
import { carePatch } from '../triage/care.ts'
import { withOpening } from '../triage/closed.ts'
import { isOpen, opensNext } from '../triage/opening.ts'
import { partsFor, type Task, WORK_ORDER_POLICY, workOrder } from '../triage/work-order.ts'

const operator = { tags: ['triage'], security: [{ operator: [] }] }
const Name = z.strictObject({ store: z.string().min(1).max(100) })
const Id = z.strictObject({ id: z.uuid() })
const limit = z.coerce.number().int().min(1).max(200).default(50)
const MOST_TASKS = 100

/** A store is within the scope of who asks if one of its terminals is. */
const SCOPED = { scoped: true } as const
const PLANNED = { role: 'technician', scoped: true } as const
const COMMAND_MS = 24 * 3_600_000

/** GET /api/stores/{store}: terminals at most 200; open incidents, the costliest first; absences that have not ended; visits and history newest first. */
const StoreDetail = z.strictObject({
  store: StoreRow.optional(), card: StoreCard, terminals: z.array(TerminalRow), incidents: z.array(IncidentRow), absences: z.array(AbsenceRow), visits: z.array(VisitRow), history: z.array(Change),
})

/** Whether somebody must come: a fault that the cashier or manager can mend needs nobody, unless a part is needed. */
const needsVisit = (incident: IncidentRow): boolean => incident.actor === 'technician' || partsFor([incident]).length > 0

const storeRoutesOf = (app: App, { store, now, beatMs, log }: Context): void => {
  const { triage } = store
  const terminalsOf = async (request: FastifyRequest, name: string) => withOpening(triage, (await store.terminals({ store: name, scope: scopeOf(request), limit: 200 }, { now: now(), beatMs })).rows, now())
  const query = z.strictObject({ q: z.string().max(100).optional(), region: z.string().max(100).optional(), cursor: z.string().max(500).optional(), limit })
  const told = async (rows: readonly StoreRow[]): Promise<StoreRow[]> => {
    const names = rows.map((r) => r.store)
    const [tenders, hours] = await Promise.all([triage.stores.tenders(names, { now: now(), beatMs }), triage.absences.hoursOf(names)])
    return rows.map((row) => {
      const means = tenders.get(row.store)
      const open = hours.get(row.store)
      const opens = open && opensNext(open, now())
      return { ...row, ...(means && { tenders: means }), ...(open && { opening: isOpen(open, now()) ? 'open' : 'closed' }), ...(opens && { opens }) }
    })
  }
  app.get('/api/stores', { config: SCOPED, schema: { ...operator, summary: 'Stores: those that lose most money first', querystring: query, response: { 200: pageOf(StoreRow), ...PROBLEMS } } }, async (request) => {
    const { limit: most, ...named } = request.query
    const { rows, ...next } = await triage.stores.list({ limit: most, scope: scopeOf(request), ...Object.fromEntries(Object.entries(named).filter(([, value]) => value)) })
    return { rows: await told(rows), ...next }
  })

  app.get('/api/stores/:store', { config: SCOPED, schema: { ...operator, summary: 'One store', params: Name, response: { 200: StoreDetail, ...PROBLEMS } } }, async (request) => {
    const name = plain(request.params.store)
    const scope = scopeOf(request)
    const terminals = await terminalsOf(request, name)
    const row = scope === undefined || terminals.length > 0 ? await triage.stores.one(name) : undefined
    if (row === undefined && terminals.length === 0) throw new ProblemError(404, 'store', 'no terminal names this store')
    const incidents = (await store.incidents({ state: 'open', store: name, scope, byCost: true, limit: 200 })).rows
    return {
      ...(row === undefined ? {} : { store: (await told([row]))[0] }),
      card: await triage.stores.card(name), terminals, incidents, absences: await triage.absences.openRows([name]), visits: await triage.visits.list({ store: name, limit: 50 }),
      history: await triage.care.history({ place: name, id: name }),
    }
  })

  app.put('/api/stores/:store', { config: { role: 'manager', scoped: true, action: 'store.describe' }, schema: { ...operator, summary: 'Say what people know of a store: address, contact, opening hours', params: Name, body: StoreCard, response: { 200: StoreCard, ...PROBLEMS } } }, async (request) => {
    const name = plain(request.params.store)
    if (scopeOf(request) !== undefined && (await terminalsOf(request, name)).length === 0) throw new ProblemError(404, 'store', 'no terminal names this store')
    const { hours } = request.body
    if (hours !== undefined && !isTimeZone(hours.timeZone)) throw new ProblemError(400, 'time-zone', 'hours.timeZone is no time zone; write it as Asia/Shanghai')
    if ([...(hours?.days ?? []), ...(hours?.holidays ?? []).map((h) => h.spans)].flat().some(([from, to]) => to <= from)) throw new ProblemError(400, 'hours', 'hours.days: an end must be later than its beginning; past midnight it is more than 1440')
    const who = whoOf(request).name
    await triage.together('noting a store', [triage.stores.noting(name, request.body), ...triage.care.noting([{ place: name, id: name }], { at: now(), who, what: 'card' })])
    log.info('store card changed', { store: name, who })
    return triage.stores.card(name)
  })
}

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // The engine has no other way to ask whether it knows a zone.
    return false
  }
}

const visitRoutes = (app: App, context: Context): void => {
  const { store, now, log } = context
  const { triage } = store
  const query = z.strictObject({ store: z.string().max(100).optional(), state: VisitRow.shape.state.optional(), limit })
  app.get('/api/visits', { config: SCOPED, schema: { ...operator, summary: 'Visits, newest first', querystring: query, response: { 200: z.strictObject({ rows: z.array(VisitRow) }), ...PROBLEMS } } }, async (request) => {
    const { store: name, state, limit: most } = request.query
    return { rows: await triage.visits.list({ limit: most, scope: scopeOf(request), ...(name && { store: name }), ...(state && { state }) }) }
  })

  app.post('/api/visits', { config: { ...PLANNED, action: 'visit.make' }, schema: { ...operator, summary: 'Bundle what is to be settled at a store into one visit, with its parts', body: CreateVisit, response: { 201: VisitRow, ...PROBLEMS } } }, async (request, reply) => {
    const { store: name, incidents: chosen, assignee, plannedFor, note } = request.body
    const open = (await store.incidents({ state: 'open', store: plain(name), scope: scopeOf(request), byCost: true, limit: MOST_TASKS })).rows
    const tasks = chosen === undefined ? open.filter((i) => i.visit === undefined && needsVisit(i)) : open.filter((i) => chosen.includes(i.id))
    if (chosen !== undefined && tasks.length < new Set(chosen).size) throw new ProblemError(409, 'incidents', 'some of these incidents are closed or of another store; choose anew')
    if (tasks.length === 0) throw new ProblemError(409, 'nothing-to-do', 'nothing at this store needs somebody to come that is not part of a visit already')
    const at = now()
    const who = whoOf(request).name
    const visit: VisitRow = {
      id: uuidv7(at), store: plain(name), state: 'planned', madeAt: at, madeBy: who, incidents: tasks.map((t) => t.id), parts: partsFor(tasks),
      ...(assignee === undefined ? {} : { assignee }), ...(plannedFor === undefined ? {} : { plannedFor }), ...(note === undefined ? {} : { note }),
    }
    const subjects = tasks.map((t) => ({ place: t.terminalId, id: t.id }))
    await triage.together('making a visit', [...triage.visits.making(visit), ...triage.care.noting([...subjects, { place: visit.store, id: visit.id }], { at, who, what: 'visit', detail: visit.id })])
    await triage.tell(subjects.map((s) => s.place))
    log.info('visit made', { visit: visit.id, who, incidents: tasks.length })
    return reply.code(201).send(visit)
  })

  const visitOf = async (request: FastifyRequest, id: string): Promise<VisitRow> => {
    const visit = await triage.visits.one(id, scopeOf(request))
    if (visit === undefined) throw new ProblemError(404, 'visit', 'there is no such visit')
    return visit
  }
  app.get('/api/visits/:id', { config: SCOPED, schema: { ...operator, summary: 'One visit with its history', params: Id, response: { 200: z.strictObject({ visit: VisitRow, history: z.array(Change) }), ...PROBLEMS } } }, async (request) => {
    const visit = await visitOf(request, request.params.id)
    return { visit, history: await triage.care.history({ place: visit.store, id: visit.id }) }
  })

  app.post('/api/visits/:id', { config: { ...PLANNED, action: 'visit.change' }, schema: { ...operator, summary: 'Bring a visit into another state; done asks its terminals for the check that closes what was mended', params: Id, body: VisitAction, response: { 200: VisitRow, ...PROBLEMS } } }, async (request) => {
    const visit = await visitOf(request, request.params.id)
    const { state, note } = request.body
    if (visit.state === 'done' || visit.state === 'cancelled') throw new ProblemError(409, 'visit-over', 'this visit is over; make another one')
    const at = now()
    const who = whoOf(request).name
    await triage.together('changing a visit', [...triage.visits.moving(visit, state), ...triage.care.noting([{ place: visit.store, id: visit.id }], { at, who, what: state, ...(note === undefined ? {} : { detail: note }) })])
    const open = await triage.care.openIncidents(visit.incidents)
    const patch = carePatch(state === 'under-way' ? { do: 'repair' } : { do: 'unsilence' }, who, at)
    if (!('problem' in patch) && open.length > 0) await triage.care.change(open, [], patch, { at, who, what: state === 'under-way' ? 'repair' : 'unsilence', detail: visit.id })
    if (state === 'done') {
      for (const terminal of new Set(open.map((i) => i.place))) await store.addCommand({ id: uuidv7(at), type: 'check', createdAt: at, expiresAt: at + COMMAND_MS }, terminal)
    }
    await triage.tell(open.map((i) => i.place))
    log.info('visit changed', { visit: visit.id, state, who })
    return visitOf(request, visit.id)
  })

  const asked = z.strictObject({ lang: z.enum(['zh-CN', 'en']).default('zh-CN') })
  app.get('/api/visits/:id/work-order', { config: SCOPED, schema: { ...operator, summary: 'The work order of a visit, as a page to print', params: Id, querystring: asked, produces: ['text/html'], response: { 200: { description: 'A page of HTML', content: { 'text/html': { schema: z.string() } } }, ...PROBLEMS } } }, async (request, reply) => {
    const visit = await visitOf(request, request.params.id)
    const card = await triage.stores.card(visit.store)
    const tasks: Task[] = []
    for (const id of visit.incidents) {
      const incident = await store.incident(id)
      if (incident === undefined) continue
      const report = (await storedReport(store, incident.terminalId, incident.report))?.report
      const fault = report?.faults.find((f) => f.code === incident.fault)
      tasks.push({ incident, ...(report === undefined ? {} : { terminal: report.terminal }), ...(fault === undefined ? {} : { fault }) })
    }
    const zone = card.hours?.timeZone ?? tasks.find((t) => t.terminal?.timeZone !== undefined)?.terminal?.timeZone ?? 'UTC'
    reply.header('content-security-policy', WORK_ORDER_POLICY).type('text/html; charset=utf-8')
    return reply.send(workOrder(visit, card, tasks, request.query.lang, isTimeZone(zone) ? zone : 'UTC'))
  })
}

/** Stores, and visits to them. */
export const storeRoutes = (app: App, context: Context): void => {
  storeRoutesOf(app, context)
  visitRoutes(app, context)
}
