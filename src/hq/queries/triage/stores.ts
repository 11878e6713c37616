import { type Compilable, type Selectable, sql } from 'kysely'
import type { Scope } from '../../../model/access.ts'
import { Severity } from '../../../model/fault.ts'
import type { TenderCounts } from '../../../model/fleet.ts'
import { type FleetMap, StoreCard, type StoreRow, StoreStanding } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import { plain } from '../../plain.ts'
import { rankOf } from '../../severity.ts'
import type { Moment, Rows } from '../../store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { countTenders } from '../overview.ts'
import { contactBounds, costOf, optional } from '../rows.ts'
import { storeWithin } from '../scope.ts'
import type { Tables } from '../tables.ts'

/** A store's state as it is kept. */
export type StoreState = Selectable<Tables['store_state']>

const storeRow = (row: StoreState): StoreRow => ({
  store: row.store,
  ...optional('region', row.region),
  terminals: row.terminals,
  online: row.online,
  silent: row.silent,
  closed: row.closed,
  blocked: row.blocked,
  openIncidents: row.open_incidents,
  ...optional('worst', Severity.options.find((s) => rankOf(s) === row.rank) ?? null),
  ...optional('cost', costOf(row) ?? null),
  ...optional('absence', row.absence),
})

/** What to list of stores: the costliest first, then those with the worst faults. `q` is looked for in the name. */
export interface StoreFilter { q?: string; region?: string; scope?: Scope | undefined; cursor?: string; limit: number }

/** How many stores of a region the map lists: of each where all are shown, and where one is. Of more in all than the latter those that are well are only counted. */
const MAP = { ofEach: 120, ofOne: 2000 } as const

/** Stores and what people know of them. */
export const storeQueries = (engine: Engine) => {
  const { read } = engine
  return {
    states: (stores: readonly string[]): Promise<StoreState[]> =>
      engine.reading(async () => (stores.length === 0 ? [] : await read.selectFrom('store_state').selectAll().where('store', 'in', stores).execute())),
    /** The statement that keeps states. */
    keeping: (states: readonly StoreState[]): Compilable[] =>
      states.length === 0
        ? []
        : [
            read.insertInto('store_state').values([...states]).onConflict((oc) =>
              oc.column('store').doUpdateSet((eb) => ({
                region: eb.ref('excluded.region'), terminals: eb.ref('excluded.terminals'), online: eb.ref('excluded.online'), silent: eb.ref('excluded.silent'), closed: eb.ref('excluded.closed'), blocked: eb.ref('excluded.blocked'),
                open_incidents: eb.ref('excluded.open_incidents'), rank: eb.ref('excluded.rank'), cost: eb.ref('excluded.cost'), lost: eb.ref('excluded.lost'), per_hour: eb.ref('excluded.per_hour'),
                currency: eb.ref('excluded.currency'), absence: eb.ref('excluded.absence'),
              })),
            ),
          ],
    /** Statement that drops the states of stores between two names (after the first, up to the second) that are not among these: they have no terminal any more. */
    droppingOthers: (after: string, upTo: string | undefined, stores: readonly string[]): Compilable => {
      const query = read.deleteFrom('store_state').where('store', '>', after)
      const bounded = upTo === undefined ? query : query.where('store', '<=', upTo)
      return stores.length === 0 ? bounded : bounded.where('store', 'not in', stores)
    },
    /** Money of open incidents by store. */
    costs: (stores: readonly string[]): Promise<Map<string, { lost: number; per_hour: number; currency: string | null }>> =>
      engine.reading(async () => {
        if (stores.length === 0) return new Map()
        const rows = await read.selectFrom('incident').where('store', 'in', stores).where('closed_at', 'is', null).where('cost', '>', 0).groupBy('store')
          .select(['store', sql<number>`sum(lost)`.as('lost'), sql<number>`sum(per_hour)`.as('per_hour'), sql<string | null>`max(currency)`.as('currency')]).execute()
        return new Map(rows.map(({ store, ...money }) => [store ?? '', money]))
      }),
    list: (filter: StoreFilter): Promise<Rows<StoreRow>> =>
      engine.reading(async () => {
        let query = read.selectFrom('store_state').selectAll().orderBy('cost', 'desc').orderBy('rank', 'desc').orderBy('silent', 'desc').orderBy('store').limit(filter.limit + 1)
        if (filter.region !== undefined) query = query.where('region', '=', plain(filter.region))
        if (filter.scope !== undefined) query = query.where(storeWithin('store_state.store', filter.scope))
        if (filter.q !== undefined) {
          const pattern = `%${plain(filter.q).toLowerCase().replace(/[\\%_]/g, (c) => `\\${c}`)}%`
          query = query.where(sql<boolean>`lower(store) like ${pattern} escape '\\'`)
        }
        if (filter.cursor !== undefined) {
          const [cost, rank, silent, store] = decodeCursor(filter.cursor, ['number', 'number', 'number', 'string'])
          query = query.where((eb) => eb.or([
            eb(eb.refTuple('cost', 'rank', 'silent'), '<', eb.tuple(cost, rank, silent)),
            eb.and([eb('cost', '=', cost), eb('rank', '=', rank), eb('silent', '=', silent), eb('store', '>', store)]),
          ]))
        }
        const rows = await query.execute()
        const last = rows[filter.limit - 1]
        return { rows: rows.slice(0, filter.limit).map(storeRow), ...(rows.length > filter.limit && last !== undefined ? { next: encodeCursor([last.cost, last.rank, last.silent, last.store]) } : {}) }
      }),
    /** All stores counted by region and standing, and of each region the worst ones. */
    map: (now: number, { region, scope }: { region?: string | undefined; scope?: Scope | undefined } = {}): Promise<FleetMap> =>
      engine.reading(async () => {
        const all = read.selectFrom('store_state as s')
        const one = region === undefined ? all : all.where(sql`coalesce(s.region, '')`, '=', plain(region))
        const seen = (scope === undefined ? one : one.where(storeWithin('s.store', scope))).select([
          's.store as store', 's.terminals as terminals', 's.silent as silent', sql<string>`coalesce(s.region, '')`.as('region'),
          sql<number>`case when s.silent > 0 and s.silent + s.closed = s.terminals then 1 when s.closed = s.terminals then 4 when s.blocked > 0 then 0 when s.rank > 0 then 2 when s.silent > 0 then 3 else 5 end`.as('standing'),
        ])
        const counted = await read.selectFrom(seen.as('m')).groupBy(['region', 'standing']).select(['region', 'standing', sql<number>`count(*)`.as('stores'), sql<number>`sum(terminals)`.as('terminals')]).execute()
        // In a large fleet most stores are well, and to sort them all takes long.
        const few = counted.reduce((n, c) => n + c.stores, 0) <= MAP.ofOne
        const told = few ? seen : seen.where((eb) => eb.or([eb('s.blocked', '>', 0), eb('s.rank', '>', 0), eb('s.silent', '>', 0), eb('s.closed', '>', 0)]))
        const nth = sql<number>`row_number() over (partition by region order by standing, store)`
        const listed = await read.selectFrom(read.selectFrom(told.as('m')).select(['region', 'store', 'standing', 'terminals', nth.as('nth')]).as('l')).where('nth', '<=', region === undefined ? MAP.ofEach : MAP.ofOne).select(['region', 'store', 'standing', 'terminals']).orderBy('nth').execute()
        const standing = (i: number): StoreStanding => StoreStanding.options[i] ?? 'well'
        const byRegion = Map.groupBy(listed, (l) => l.region)
        const regions = [...Map.groupBy(counted, (c) => c.region)].map(([name, counts]) => ({
          region: name,
          terminals: counts.reduce((n, c) => n + Number(c.terminals), 0),
          standing: Object.fromEntries(StoreStanding.options.map((s, i) => [s, counts.find((c) => c.standing === i)?.stores ?? 0])) as Record<StoreStanding, number>,
          stores: (byRegion.get(name) ?? []).map((l): [string, StoreStanding, number] => [l.store, standing(l.standing), l.terminals]),
        }))
        return { at: now, regions: regions.toSorted((a, b) => b.terminals - a.terminals || (a.region < b.region ? -1 : 1)) }
      }),
    /** By which means the terminals of these stores can take money; nobody knows of those that are offline. */
    tenders: (stores: readonly string[], moment: Moment): Promise<Map<string, TenderCounts>> =>
      engine.reading(async () => {
        if (stores.length === 0) return new Map()
        const heard = sql<number>`case when t.seen_at >= ${sql.lit(contactBounds(moment).stale)} then 1 else 0 end`
        const rows = await read.selectFrom('terminal_factor as f').innerJoin('terminal as t', 't.id', 'f.terminal_id').where('f.name', '=', 'store').where('f.value', 'in', stores)
          .groupBy(['f.value', 't.tenders', heard]).select(['f.value as store', 't.tenders', heard.as('heard'), sql<number>`count(*)`.as('all')]).execute()
        return new Map([...Map.groupBy(rows, (r) => r.store)].map(([store, all]) => [store, countTenders(all.map((row) => (row.heard === 1 ? row : { ...row, tenders: row.tenders.replaceAll(/[a-z]/g, 'u') })))]))
      }),
    one: (store: string): Promise<StoreRow | undefined> => engine.reading(async () => (await read.selectFrom('store_state').selectAll().where('store', '=', plain(store)).execute()).map(storeRow)[0]),
    /** What people know of a store; empty where nobody said anything. */
    card: (store: string): Promise<StoreCard> =>
      engine.reading(async () => {
        const row = await read.selectFrom('store_card').select('card').where('store', '=', plain(store)).executeTakeFirst()
        return row === undefined ? {} : StoreCard.parse(JSON.parse(row.card))
      }),
    /** The statement that replaces a card. */
    noting: (store: string, card: StoreCard): Compilable =>
      read.insertInto('store_card').values({ store: plain(store), card: plain(JSON.stringify(card)) }).onConflict((oc) => oc.column('store').doUpdateSet((eb) => ({ card: eb.ref('excluded.card') }))),
    /** Ids of the terminals of a store. */
    terminalsOf: (store: string): Promise<string[]> =>
      engine.reading(async () => (await read.selectFrom('terminal_factor').select('terminal_id').where('name', '=', 'store').where('value', '=', plain(store)).orderBy('terminal_id').limit(500).execute()).map((r) => r.terminal_id)),
  }
}
