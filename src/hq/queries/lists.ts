import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import type { Scope } from '../../model/access.ts'
import { Facet, type TerminalFacets } from '../../model/fleet.ts'
import type { IncidentRow, TerminalRow } from '../../model/wire.ts'
import { plain } from '../plain.ts'
import type { IncidentFilter, Moment, Rows, TerminalFilter } from '../store.ts'
import { decodeCursor, encodeCursor, paged } from './cursor.ts'
import { contactBounds, incidentRow, terminalRow } from './rows.ts'
import { placedWithin, terminalWithin } from './scope.ts'
import type { Tables } from './tables.ts'

const TERMINAL = ['id', 'identity', 'agent_version', 'seen_at', 'clock_offset', 'readiness', 'checked_at', 'spool', 'open_incidents', 'worst', 'pack', 'closed'] as const

const INCIDENT = [
  'id', 'terminal_id', 'store', 'fault', 'device', 'severity', 'title_zh', 'title_en', 'opened_at', 'changed_at', 'closed_at', 'count', 'posterior', 'regression', 'report',
  'region', 'model', 'agent_version', 'firmware', 'actor', 'previous', 'resolved_by', 'resolved_report', 'acknowledged_at', 'acknowledged_by', 'assignee', 'silence', 'silenced_until',
  'lost', 'per_hour', 'cost', 'currency', 'outbreak', 'visit', 'absence',
] as const

/** What incidents are narrowed to by, apart from whether they are open. */
export type IncidentNarrowing = Omit<IncidentFilter, 'state' | 'limit' | 'cursor' | 'byCost'>

const NAMED = { fault: 'fault', terminal: 'terminal_id', store: 'store', region: 'region', model: 'model', actor: 'actor', assignee: 'assignee', agentVersion: 'agent_version', outbreak: 'outbreak' } as const

/** The same question asked of fewer incidents. */
export const narrowedTo = <O>(all: SelectQueryBuilder<Tables, 'incident', O>, filter: IncidentNarrowing): SelectQueryBuilder<Tables, 'incident', O> => {
  let query = all
  if (filter.severity !== undefined) query = query.where('severity', '=', filter.severity)
  if (filter.scope !== undefined) query = query.where(terminalWithin('incident.terminal_id', filter.scope))
  for (const [name, column] of Object.entries(NAMED) as [keyof typeof NAMED, (typeof NAMED)[keyof typeof NAMED]][]) {
    const wanted = filter[name]
    if (wanted !== undefined) query = query.where(column, '=', plain(wanted))
  }
  if (filter.regression === true) query = query.where('regression', '=', 1)
  if (filter.care !== undefined) {
    const { is, now } = filter.care
    if (is === 'silenced') query = query.where('silenced_until', '>', now)
    else query = query.where('acknowledged_at', is === 'new' ? 'is' : 'is not', null).where((eb) => eb.or([eb('silenced_until', 'is', null), eb('silenced_until', '<=', now)]))
  }
  return query
}

/** Open incidents worst first (or costliest first), then latest first; closed ones by the time of closing, latest first. Keyset paging. */
export const listIncidents = async (db: Kysely<Tables>, filter: IncidentFilter): Promise<Rows<IncidentRow>> => {
  let query = narrowedTo(db.selectFrom('incident').select([...INCIDENT, 'rank']), filter).limit(filter.limit + 1)
  if (filter.state === 'open' && filter.byCost === true) {
    query = query.where('closed_at', 'is', null).orderBy('cost', 'desc').orderBy('rank', 'desc').orderBy('opened_at', 'desc').orderBy('id', 'desc')
    if (filter.cursor !== undefined) {
      const [cost, rank, openedAt, id] = decodeCursor(filter.cursor, ['number', 'number', 'number', 'string'])
      query = query.where((eb) => eb(eb.refTuple('cost', 'rank', 'opened_at', 'id'), '<', eb.tuple(cost, rank, openedAt, id)))
    }
    return paged(await query.execute(), filter.limit, incidentRow, (r) => encodeCursor([r.cost, r.rank, r.opened_at, r.id]))
  }
  if (filter.state === 'open') {
    query = query.where('closed_at', 'is', null).orderBy('rank', 'desc').orderBy('opened_at', 'desc').orderBy('id', 'desc')
    if (filter.cursor !== undefined) {
      const [rank, openedAt, id] = decodeCursor(filter.cursor, ['number', 'number', 'string'])
      query = query.where((eb) => eb(eb.refTuple('rank', 'opened_at', 'id'), '<', eb.tuple(rank, openedAt, id)))
    }
    return paged(await query.execute(), filter.limit, incidentRow, (r) => encodeCursor([r.rank, r.opened_at, r.id]))
  }
  query = query.where('closed_at', 'is not', null).orderBy('closed_at', 'desc').orderBy('id', 'desc')
  if (filter.cursor !== undefined) {
    const [closedAt, id] = decodeCursor(filter.cursor, ['number', 'string'])
    query = query.where((eb) => eb(eb.refTuple('closed_at', 'id'), '<', eb.tuple(closedAt, id)))
  }
  return paged(await query.execute(), filter.limit, incidentRow, (r) => encodeCursor([r.closed_at ?? 0, r.id]))
}

/** One incident, or undefined. */
export const getIncident = async (db: Kysely<Tables>, id: string): Promise<IncidentRow | undefined> => {
  const row = await db.selectFrom('incident').select(INCIDENT).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : incidentRow(row)
}

const like = (text: string): string => `%${plain(text).toLowerCase().replace(/[\\%_]/g, (c) => `\\${c}`)}%`

/** Terminals in the order of their ids. Keyset paging. */
export const listTerminals = async (db: Kysely<Tables>, filter: TerminalFilter, moment: Moment): Promise<Rows<TerminalRow>> => {
  // First which, then what: an index holds the words to search beside the ids, and rows are many times as large.
  let ids = db.selectFrom('terminal').select('id').orderBy('id').limit(filter.limit + 1)
  if (filter.q !== undefined && filter.q !== '') {
    const pattern = like(filter.q)
    ids = ids.where(sql<boolean>`search like ${pattern} escape '\\'`)
  }
  if (filter.scope !== undefined) ids = ids.where(placedWithin('terminal', filter.scope))
  for (const name of ['store', ...Facet.options] as const) {
    const wanted = filter[name]
    if (wanted !== undefined) ids = ids.where('id', 'in', db.selectFrom('terminal_factor').select('terminal_id').where('name', '=', name).where('value', '=', plain(wanted)))
  }
  const { online, stale } = contactBounds(moment)
  if (filter.contact === 'never') ids = ids.where('seen_at', 'is', null)
  else if (filter.contact === 'online') ids = ids.where('seen_at', '>=', online)
  else if (filter.contact === 'stale') ids = ids.where('seen_at', '<', online).where('seen_at', '>=', stale)
  else if (filter.contact === 'offline' || filter.contact === 'closed') ids = ids.where('seen_at', '<', stale).where('closed', '=', filter.contact === 'closed' ? 1 : 0)
  if (filter.cursor !== undefined) {
    const [id] = decodeCursor(filter.cursor, ['string'])
    ids = ids.where('id', '>', id)
  }
  const rows = await db.selectFrom('terminal').select(TERMINAL).where('id', 'in', ids).orderBy('id').execute()
  return paged(rows, filter.limit, (r) => terminalRow(r, moment), (r) => encodeCursor([r.id]))
}

const MOST_VALUES = 300

/** Terminals within the scope counted by what they last reported of themselves. */
export const terminalFacets = async (db: Kysely<Tables>, scope?: Scope): Promise<TerminalFacets> => {
  let query = db.selectFrom('terminal_factor').where('name', 'in', Facet.options).groupBy(['name', 'value']).select(['name', 'value', sql<number>`count(*)`.as('terminals')])
    .orderBy('terminals', 'desc').orderBy('name').orderBy('value').limit(MOST_VALUES)
  if (scope !== undefined) query = query.where(terminalWithin('terminal_factor.terminal_id', scope))
  const rows = await query.execute()
  const of = (facet: Facet) => rows.filter((r) => r.name === facet).map(({ value, terminals }) => ({ value, terminals }))
  return { region: of('region'), model: of('model'), agent: of('agent') }
}

/** One terminal, or undefined. */
export const getTerminal = async (db: Kysely<Tables>, id: string, moment: Moment): Promise<TerminalRow | undefined> => {
  const row = await db.selectFrom('terminal').select(TERMINAL).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : terminalRow(row, moment)
}
