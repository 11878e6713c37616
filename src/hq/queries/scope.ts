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
