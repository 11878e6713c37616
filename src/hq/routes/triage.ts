import * as z from 'zod'
import type { Scope } from '../../model/access.ts'
import { Actor } from '../../model/fault.ts'
import { AbsenceDetail, AbsenceRow, CareRequest, Facets, FleetMap, IssueAction, IssueDetail, IssueRow, IssueState, OutbreakDetail, OutbreakRow, type QueueRow, QueueRow as QueueRowSchema } from '../../model/triage.ts'
import { scopeOf, whoOf } from '../access/who.ts'
import { PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import type { Context } from '../context.ts'
import { plain } from '../plain.ts'
import { ProblemError } from '../problems.ts'
import { rankOf } from '../severity.ts'
import { spacedBy } from '../spaced.ts'
import { carePatch, detailOf } from '../triage/care.ts'
import { mapWithOpening } from '../triage/closed.ts'
import { blockedAmong, weightOf } from '../triage/cost.ts'
import { partsFor } from '../triage/work-order.ts'
import { IncidentsNarrowed, narrowingOf } from './narrowing.ts'

const operator = { tags: ['triage'], security: [{ operator: [] }] }
const limit = z.coerce.number().int().min(1).max(200).default(50)
const Id = z.strictObject({ id: z.uuid() })
const Fault = z.strictObject({ fault: z.string().min(1).max(64) })
const FLEET = 'fleet'

/** Routes that answer only of what lies within the scope of who asks; issues and outbreaks are of the whole fleet, and for people without one. */
const SCOPED = { scoped: true } as const

const rankOfRow = (row: QueueRow): number => (row.kind === 'incident' ? rankOf(row.severity) : row.kind === 'outbreak' ? rankOf(row.outbreak.severity) + 1 : rankOf('block'))

const queueRoutes = (app: App, { store: { triage }, now }: Context): void => {
  const rows = z.strictObject({ rows: z.array(QueueRowSchema) })
  app.get('/api/queue', { config: SCOPED, schema: { ...operator, summary: 'What to look into first: outbreaks, absences and incidents, the costliest first', querystring: z.strictObject({ limit }), response: { 200: rows, ...PROBLEMS } } }, async (request) => {
    const { limit: most } = request.query
    const at = now()
    const scope = scopeOf(request)
    const awake = (care: { silencedUntil?: number | undefined } | undefined): boolean => (care?.silencedUntil ?? 0) <= at
    const outbreaks = await Promise.all((scope === undefined ? await triage.outbreaks.list('open', most) : []).map(async (outbreak): Promise<QueueRow> => {
      const some = await triage.outbreaks.sample(outbreak.id)
      const actor = some.map((i) => i.actor).find((a) => a !== null)
      const blocked = blockedAmong(some)
      return { kind: 'outbreak', cost: weightOf(outbreak.cost), outbreak, ...(blocked === undefined ? {} : { blocked }), parts: partsFor([{ fault: outbreak.fault, terminalId: '', device: '' }]), ...(actor === undefined ? {} : { actor: Actor.parse(actor) }) }
    }))
    const absences = (await triage.absences.list('open', most, { scope }))
      .filter((a) => (a.outbreak === undefined || scope !== undefined) && a.causes[0]?.cause !== 'closed' && awake(a.care))
      .map((absence): QueueRow => ({ kind: 'absence', cost: weightOf(absence.cost), absence }))
    const incidents = (await triage.money.queue(at, most, scope)).map((incident): QueueRow => ({ ...incident, parts: partsFor([incident]) }))
    const all = [...outbreaks, ...absences, ...incidents]
    return { rows: all.toSorted((a, b) => b.cost - a.cost || rankOfRow(b) - rankOfRow(a)).slice(0, most) }
  })

  app.get('/api/incidents/facets', { config: SCOPED, schema: { ...operator, summary: 'Open incidents counted by what a list may be narrowed by further', querystring: IncidentsNarrowed, response: { 200: Facets, ...PROBLEMS } } }, (request) =>
    triage.money.facets({ ...narrowingOf(request.query, now()), scope: scopeOf(request) }))
}

const mapRoute = (app: App, { store: { triage }, log, now }: Context): void => {
  // It looks at every store, and every first screen that is open asks for it whenever something happens.
  const map = spacedBy(async (asked: { region: string | undefined; scope: Scope | undefined }) => mapWithOpening(triage, await triage.stores.map(now(), asked)), (error) => log.warn('the map waits for the store', { error: error instanceof Error ? error.message : String(error) }))
  const query = z.strictObject({ region: z.string().max(100).optional() })
  app.get('/api/map', { config: SCOPED, schema: { ...operator, summary: 'Stores by region and how they stand; with a region, only that one, and more of its stores', querystring: query, response: { 200: FleetMap, ...PROBLEMS } } }, (request) =>
    map({ region: request.query.region, scope: scopeOf(request) }))
}

const careRoute = (app: App, { store: { triage }, log, now }: Context): void => {
  const answer = z.strictObject({ changed: z.int() })
  app.post('/api/care', { config: { role: 'technician', scoped: true, action: 'care' }, schema: { ...operator, summary: 'Acknowledge, assign, suppress, take into repair or note, of many incidents and absences at once', body: CareRequest, response: { 200: answer, ...PROBLEMS } } }, async (request) => {
    const { action } = request.body
    const who = whoOf(request).name
    const at = now()
    const patch = carePatch(action, who, at)
    if ('problem' in patch) throw new ProblemError(400, 'care', patch.problem)
    const incidents = await triage.care.openIncidents(request.body.incidents, scopeOf(request))
    const absences = await triage.care.openAbsences(request.body.absences, scopeOf(request))
    const detail = detailOf(action)
    await triage.care.change(incidents, absences, patch, { at, who, what: action.do, ...(detail === undefined ? {} : { detail }) })
    const changed = incidents.length + absences.length
    if (changed > 0) await triage.tell([...incidents, ...absences].map((s) => s.place))
    log.info('care', { what: action.do, who, changed })
    return { changed }
  })
}

const issueRoutes = (app: App, { store: { triage }, log, now }: Context): void => {
  const state = z.union([IssueState, z.literal('all')]).default('all')
  app.get('/api/issues', { schema: { ...operator, summary: 'Faults over the whole fleet: those that came back first, then those open on most terminals', querystring: z.strictObject({ state }), response: { 200: z.strictObject({ rows: z.array(IssueRow) }), ...PROBLEMS } } }, async (request) => {
    const wanted = request.query.state === 'all' ? IssueState.options : [request.query.state]
    return { rows: await triage.issues.list(wanted, now()) }
  })

  const detailOfIssue = async (fault: string): Promise<IssueDetail> => {
    const detail = await triage.issues.detail(plain(fault), now())
    if (detail === undefined) throw new ProblemError(404, 'issue', 'no terminal ever had this fault')
    return { ...detail, history: await triage.care.history({ place: FLEET, id: plain(fault) }) }
  }
  app.get('/api/issues/:fault', { schema: { ...operator, summary: 'One fault over the whole fleet', params: Fault, response: { 200: IssueDetail, ...PROBLEMS } } }, (request) => detailOfIssue(request.params.fault))

  app.post('/api/issues/:fault', { config: { role: 'manager', action: 'issue.change' }, schema: { ...operator, summary: 'Resolve, reopen, mute or assign an issue; a resolved one that comes back is regressed', params: Fault, body: IssueAction, response: { 200: IssueDetail, ...PROBLEMS } } }, async (request) => {
    const fault = plain(request.params.fault)
    await detailOfIssue(fault)
    const action = request.body
    const at = now()
    const set = { assign: action.do === 'assign' ? { assignee: plain(action.to) } : {}, resolve: { state: 'resolved', resolved_at: at }, reopen: { state: 'open' }, mute: { state: 'muted' } } as const
    const detail = [action.do === 'assign' ? action.to : undefined, action.note].filter((d) => d !== undefined).join(' · ')
    await triage.together('changing an issue', [
      triage.issues.changing(fault, set[action.do]),
      ...triage.care.noting([{ place: FLEET, id: fault }], { at, who: whoOf(request).name, what: action.do, ...(detail === '' ? {} : { detail }) }),
    ])
    log.info('issue changed', { fault, what: action.do, who: whoOf(request).name })
    return detailOfIssue(fault)
  })
}

const outbreakRoutes = (app: App, { store: { triage } }: Context): void => {
  const query = z.strictObject({ state: z.enum(['open', 'closed']).default('open'), limit })
  app.get('/api/outbreaks', { schema: { ...operator, summary: 'The same fault in many stores at once, with what they have in common', querystring: query, response: { 200: z.strictObject({ rows: z.array(OutbreakRow) }), ...PROBLEMS } } }, async (request) => ({
    rows: await triage.outbreaks.list(request.query.state, request.query.limit),
  }))

  app.get('/api/outbreaks/:id', { schema: { ...operator, summary: 'One outbreak', params: Id, response: { 200: OutbreakDetail, ...PROBLEMS } } }, async (request) => {
    const { id } = request.params
    const outbreak = await triage.outbreaks.one(id)
    if (outbreak === undefined) throw new ProblemError(404, 'outbreak', 'there is no such outbreak')
    return { outbreak, absences: await triage.absences.list('open', 200, { outbreak: id }), history: await triage.care.history({ place: FLEET, id }) }
  })
}

const absenceRoutes = (app: App, { store: { triage } }: Context): void => {
  const query = z.strictObject({ state: z.enum(['open', 'ended']).default('open'), limit })
  app.get('/api/absences', { config: SCOPED, schema: { ...operator, summary: 'Terminals and stores of which nothing is heard, and why', querystring: query, response: { 200: z.strictObject({ rows: z.array(AbsenceRow) }), ...PROBLEMS } } }, async (request) => ({
    rows: await triage.absences.list(request.query.state, request.query.limit, { scope: scopeOf(request) }),
  }))

  app.get('/api/absences/:id', { config: SCOPED, schema: { ...operator, summary: 'One absence with its evidence', params: Id, response: { 200: AbsenceDetail, ...PROBLEMS } } }, async (request) => {
    const absence = await triage.absences.one(request.params.id, scopeOf(request))
    if (absence === undefined) throw new ProblemError(404, 'absence', 'there is no such absence')
    return { absence, history: await triage.care.history({ place: absence.place, id: absence.id }) }
  })
}

/** What to do first, and what people decide about it. */
export const triageRoutes = (app: App, context: Context): void => {
  queueRoutes(app, context)
  mapRoute(app, context)
  careRoute(app, context)
  issueRoutes(app, context)
  outbreakRoutes(app, context)
  absenceRoutes(app, context)
}
