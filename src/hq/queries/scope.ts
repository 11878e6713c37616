import { type Expression, type SqlBool, sql } from 'kysely'
import type { Place, Scope } from '../../model/access.ts'
import { plain } from '../plain.ts'

const equal = (column: string, value: string | undefined): Expression<SqlBool>[] => (value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${plain(value)}`])

/** True of rows of a table with columns `region` and `store` that lie within the scope. */
export const placedWithin = (table: 'terminal' | 'enrolment_token', scope: readonly Place[]): Expression<SqlBool> => {
  const places = scope.map(({ region, store }) => sql`(${sql.join([...equal(`${table}.region`, region), ...equal(`${table}.store`, store)], sql` and `)})`)
  return sql<SqlBool>`(${sql.join(places, sql` or `)})`
}

/** True of rows whose column names a terminal within the scope. */
export const terminalWithin = (column: string, scope: Scope): Expression<SqlBool> =>
  sql<SqlBool>`exists (select 1 from terminal where terminal.id = ${sql.ref(column)} and ${placedWithin('terminal', scope)})`

/** True of rows whose column names a store that has a terminal within the scope; a terminal that names no store is a store of its own. */
export const storeWithin = (column: string, scope: Scope): Expression<SqlBool> =>
  sql<SqlBool>`exists (select 1 from terminal where (terminal.store = ${sql.ref(column)} or (terminal.id = ${sql.ref(column)} and terminal.store is null)) and ${placedWithin('terminal', scope)})`
