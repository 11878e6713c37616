import { type Compilable, type Selectable, sql } from 'kysely'
import type { Scope } from '../../../model/access.ts'
import { type AbsenceRow, type OpeningHours, StoreCard } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import { careOf, costOf, optional } from '../rows.ts'
import { storeWithin } from '../scope.ts'
import type { Tables } from '../tables.ts'

/** An absence as it is kept. */
export type AbsenceRecord = Selectable<Tables['absence']>

/** An incident that is open on a terminal of which nothing is heard. */
export type OpenIncident = Pick<Selectable<Tables['incident']>, 'id' | 'terminal_id' | 'fault' | 'opened_at' | 'outbreak' | 'absence'>

/** A terminal on its round through the stores. */
export interface SeenTerminal { store: string; id: string; seen_at: number | null; open_incidents: number; worst: string | null; blocked: number; region: string | null; identity: string; closed: number }

const MOST_WORDS = 200

/** Absences with the incidents that explain them. */
const withWords = async (read: Engine['read'], rows: readonly AbsenceRecord[]): Promise<AbsenceRow[]> => {
  if (rows.length === 0) return []
  const told = await read.selectFrom('incident').select(['absence', 'id', 'terminal_id', 'fault', 'device', 'title_zh', 'title_en', 'opened_at'])
    .where('absence', 'in', rows.map((r) => r.id)).where('closed_at', 'is', null).orderBy('opened_at').orderBy('id').execute()
  const of = Map.groupBy(told, (i) => i.absence)
  return rows.map((row) => {
    const words = of.get(row.id)?.slice(0, MOST_WORDS).map((i) => ({ id: i.id, terminalId: i.terminal_id, fault: i.fault, device: i.device, title: { zh: i.title_zh, en: i.title_en }, openedAt: i.opened_at }))
    return { ...absenceRow(row), ...(words && { lastWords: words }) }
  })
}

const absenceRow = (row: AbsenceRecord): AbsenceRow => {
  const { causes, evidence } = JSON.parse(row.reasons) as Pick<AbsenceRow, 'causes' | 'evidence'>
  return {
    id: row.id,
    scope: row.scope === 'store' ? 'store' : 'terminal',
    place: row.place,
    store: row.store,
    ...optional('region', row.region),
    terminals: row.terminals,
    since: row.since,
    noticedAt: row.noticed_at,
    ...optional('backAt', row.back_at),
    causes,
    evidence,
    ...careOf(row),
    ...optional('cost', costOf(row) ?? null),
    ...optional('outbreak', row.outbreak),
  }
}

/** Terminals and stores of which nothing is heard. */
export const absenceQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** The next terminals after that store, by store; all those of the last store may not be among them. */
    terminalsAfter: (store: string, limit: number): Promise<SeenTerminal[]> =>
      engine.reading(() =>
        read.selectFrom('terminal_factor as f').innerJoin('terminal as t', 't.id', 'f.terminal_id')
          .leftJoin('terminal_factor as r', (on) => on.onRef('r.terminal_id', '=', 'f.terminal_id').on('r.name', '=', 'region'))
          .where('f.name', '=', 'store').where('f.value', '>', store)
          .select(['f.value as store', 't.id', 't.seen_at', 't.open_incidents', 't.worst', 't.blocked', 'r.value as region', 't.identity', 't.closed'])
          .orderBy('f.value').orderBy('f.terminal_id').limit(limit).execute(),
      ),
    /** Absences of these stores that have not ended. */
    openIn: (stores: readonly string[]): Promise<AbsenceRecord[]> =>
      engine.reading(async () => (stores.length === 0 ? [] : await read.selectFrom('absence').selectAll().where('store', 'in', stores).where('back_at', 'is', null).execute())),
    /** The same, as pages show them. */
    openRows: (stores: readonly string[]): Promise<AbsenceRow[]> =>
      engine.reading(async () => withWords(read, await read.selectFrom('absence').selectAll().where('store', 'in', stores).where('back_at', 'is', null).orderBy('since').limit(500).execute())),
    /** When absences of these stores began that ended and began from then on. */
    earlier: (stores: readonly string[], from: number): Promise<Map<string, number[]>> =>
      engine.reading(async () => {
        if (stores.length === 0) return new Map()
        const rows = await read.selectFrom('absence').select(['store', 'since']).where('store', 'in', stores).where('since', '>=', from).where('back_at', 'is not', null).distinct().execute()
        return new Map([...Map.groupBy(rows, (r) => r.store)].map(([store, all]) => [store, all.map((r) => r.since)]))
      }),
    /** What is open on these terminals. */
    incidentsOn: (terminals: readonly string[]): Promise<Map<string, OpenIncident[]>> =>
      engine.reading(async () => {
        if (terminals.length === 0) return new Map()
        const rows = await read.selectFrom('incident').select(['id', 'terminal_id', 'fault', 'opened_at', 'outbreak', 'absence']).where('terminal_id', 'in', terminals).where('closed_at', 'is', null).execute()
        return Map.groupBy(rows, (r) => r.terminal_id)
      }),
    /** Statements by which these open incidents explain an absence; with `undefined` they explain none. */
    explaining: (id: string | undefined, incidents: readonly string[]): Compilable[] =>
      incidents.length === 0 ? [] : [read.updateTable('incident').set({ absence: id ?? null }).where('id', 'in', incidents)],
    /** Statements by which nothing is heard of these terminals as their stores are closed, or for another reason. One for each, in the order of their ids, as every process locks terminals in that order. */
    closing: (terminals: ReadonlyMap<string, boolean>): Compilable[] =>
      [...terminals].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, is]) => read.updateTable('terminal').set({ closed: is ? 1 : 0 }).where('id', '=', id)),
    /** Statements that end an absence; what explained it goes on by itself. */
    ending: (id: string, at: number): Compilable[] => [
      read.updateTable('absence').set({ back_at: at }).where('id', '=', id),
      read.updateTable('incident').set({ absence: null }).where('absence', '=', id),
    ],
    /** Which of these terminals said that they were being stopped, and when. */
    goodbyes: (terminals: readonly string[]): Promise<Map<string, number>> =>
      engine.reading(async () => {
        if (terminals.length === 0) return new Map()
        return new Map((await read.selectFrom('goodbye').select(['terminal_id', 'at']).where('terminal_id', 'in', terminals).execute()).map((r) => [r.terminal_id, r.at]))
      }),
    /** Notes the last word of a terminal that is being stopped. */
    bid: (terminal_id: string, at: number, reason: string): Promise<unknown> =>
      engine.writing('noting a last word', () =>
        read.insertInto('goodbye').values({ terminal_id, at, reason }).onConflict((oc) => oc.column('terminal_id').doUpdateSet({ at, reason })).execute(),
      ),
    /** The opening hours that people gave for these stores. */
    hoursOf: (stores: readonly string[]): Promise<Map<string, OpeningHours>> =>
      engine.reading(async () => {
        if (stores.length === 0) return new Map()
        const rows = await read.selectFrom('store_card').selectAll().where('store', 'in', stores).execute()
        return new Map(rows.flatMap((r): [string, OpeningHours][] => {
          const { hours } = StoreCard.parse(JSON.parse(r.card))
          return hours === undefined ? [] : [[r.store, hours]]
        }))
      }),
    /** The statement that begins an absence; a place has one at a time. */
    beginning: (row: Omit<AbsenceRecord, 'acknowledged_at' | 'acknowledged_by' | 'assignee' | 'silence' | 'silenced_until' | 'outbreak'> & { outbreak?: string | null }): Compilable =>
      read.insertInto('absence').values(row).onConflict((oc) => oc.column('place').where('back_at', 'is', null).doNothing()),
    changing: (id: string, set: Partial<AbsenceRecord>): Compilable => read.updateTable('absence').set(set).where('id', '=', id),
    /** The costliest first; those who are just closed last. */
    list: (state: 'open' | 'ended', limit: number, { outbreak, scope }: { outbreak?: string; scope?: Scope | undefined } = {}): Promise<AbsenceRow[]> =>
      engine.reading(async () => {
        const query = read.selectFrom('absence').selectAll().where('back_at', state === 'open' ? 'is' : 'is not', null)
        const narrowed = outbreak === undefined ? query : query.where('outbreak', '=', outbreak)
        const seen = scope === undefined ? narrowed : narrowed.where(storeWithin('absence.store', scope))
        const rows = await seen.orderBy(sql`case when cause = 'closed' then 1 else 0 end`).orderBy('cost', 'desc').orderBy('since', 'desc').limit(limit).execute()
        return withWords(read, rows)
      }),
    one: (id: string, scope?: Scope): Promise<AbsenceRow | undefined> =>
      engine.reading(async () => {
        const query = read.selectFrom('absence').selectAll().where('id', '=', id)
        return (await withWords(read, await (scope === undefined ? query : query.where(storeWithin('absence.store', scope))).execute()))[0]
      }),
    forget: (before: number): Promise<unknown> => engine.writing('deleting old absences', () => read.deleteFrom('absence').where('back_at', '<', before).execute()),
  }
}
