import type { Compilable, Selectable } from 'kysely'
import type { Scope } from '../../../model/access.ts'
import { Part, VisitRow } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import { plain } from '../../plain.ts'
import { optional } from '../rows.ts'
import { storeWithin } from '../scope.ts'
import type { Tables } from '../tables.ts'

const visitRow = (row: Selectable<Tables['visit']>): VisitRow => ({
  id: row.id,
  store: row.store,
  state: VisitRow.shape.state.parse(row.state),
  ...optional('assignee', row.assignee),
  ...optional('plannedFor', row.planned_for),
  ...optional('note', row.note),
  madeAt: row.made_at,
  madeBy: row.made_by,
  incidents: JSON.parse(row.incidents) as string[],
  parts: Part.array().parse(JSON.parse(row.parts)),
})

/** Visits to stores. */
export const visitQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** Statements that make a visit and tie its incidents to it. */
    making: (v: VisitRow): Compilable[] => [
      read.insertInto('visit').values({
        store: v.store, id: v.id, state: v.state, assignee: v.assignee === undefined ? null : plain(v.assignee), planned_for: v.plannedFor ?? null, note: v.note === undefined ? null : plain(v.note),
        made_at: v.madeAt, made_by: plain(v.madeBy), incidents: JSON.stringify(v.incidents), parts: JSON.stringify(v.parts),
      }),
      read.updateTable('incident').set({ visit: v.id }).where('id', 'in', v.incidents),
    ],
    /** Statements that bring a visit into another state; one that is cancelled lets its incidents go. */
    moving: (v: VisitRow, state: VisitRow['state']): Compilable[] => [
      read.updateTable('visit').set({ state }).where('store', '=', v.store).where('id', '=', v.id),
      ...(state === 'cancelled' ? [read.updateTable('incident').set({ visit: null }).where('visit', '=', v.id)] : []),
    ],
    list: (filter: { store?: string; state?: VisitRow['state']; scope?: Scope | undefined; limit: number }): Promise<VisitRow[]> =>
      engine.reading(async () => {
        let query = read.selectFrom('visit').selectAll().orderBy('id', 'desc').limit(filter.limit)
        if (filter.store !== undefined) query = query.where('store', '=', plain(filter.store))
        if (filter.state !== undefined) query = query.where('state', '=', filter.state)
        if (filter.scope !== undefined) query = query.where(storeWithin('visit.store', filter.scope))
        return (await query.execute()).map(visitRow)
      }),
    one: (id: string, scope?: Scope): Promise<VisitRow | undefined> =>
      engine.reading(async () => {
        const query = read.selectFrom('visit').selectAll().where('id', '=', id)
        return (await (scope === undefined ? query : query.where(storeWithin('visit.store', scope))).execute()).map(visitRow)[0]
      }),
  }
}
