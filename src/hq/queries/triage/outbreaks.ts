import { type Selectable, sql } from 'kysely'
import { Severity } from '../../../model/fault.ts'
import type { OutbreakRow } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import type { Factor } from '../../fold-types.ts'
import { costOf, optional } from '../rows.ts'
import type { Tables } from '../tables.ts'

const CHUNK = 1000
const SAMPLE = 20

/** An outbreak as it is kept. */
export type OutbreakRecord = Selectable<Tables['outbreak']>

const outbreakRow = (row: OutbreakRecord): OutbreakRow => ({
  id: row.id,
  fault: row.fault,
  title: { zh: row.title_zh, en: row.title_en },
  severity: Severity.parse(row.severity),
  factor: row.factor,
  value: row.value,
  openedAt: row.opened_at,
  lastAt: row.last_at,
  ...optional('closedAt', row.closed_at),
  terminals: row.terminals,
  stores: row.stores,
  openNow: row.open_now,
  among: row.among,
  expected: row.expected,
  log10p: row.log10p,
  windowMs: row.window_ms,
  ...optional('cost', costOf(row) ?? null),
})

/** The same fault in many places, and what places have in common. */
export const outbreakQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** Incidents that began from then on, with the store of their terminal. */
    incidentsSince: (from: number) =>
      engine.reading(() => read.selectFrom('incident').select(['id', 'terminal_id', 'store', 'fault', 'opened_at', 'title_zh', 'title_en', 'severity']).where('opened_at', '>', from).orderBy('opened_at', 'desc').limit(50_000).execute()),
    /** Absences noticed from then on that are not closing time; of a store any one of its terminals stands for it. */
    absencesSince: (from: number) =>
      engine.reading(() =>
        read.selectFrom('absence').where('noticed_at', '>', from).where('cause', '<>', 'closed')
          .select(['id', 'store', 'since', sql<string>`case when scope = 'terminal' then place else coalesce((select min(f.terminal_id) from terminal_factor f where f.name = 'store' and f.value = absence.store), place) end`.as('terminal_id')])
          .limit(50_000).execute(),
      ),
    /** What these terminals may have in common. */
    factorsOf: (terminals: readonly string[]): Promise<Map<string, Factor[]>> =>
      engine.reading(async () => {
        const found = new Map<string, Factor[]>()
        for (let at = 0; at < terminals.length; at += CHUNK) {
          const rows = await read.selectFrom('terminal_factor').selectAll().where('terminal_id', 'in', terminals.slice(at, at + CHUNK)).execute()
          for (const { terminal_id, name, value } of rows) {
            const known = found.get(terminal_id)
            if (known === undefined) found.set(terminal_id, [[name, value]])
            else known.push([name, value])
          }
        }
        return found
      }),
    /** How many terminals share each factor that at least two share; stores left out. */
    sharing: () =>
      engine.reading(() => read.selectFrom('terminal_factor').where('name', '<>', 'store').groupBy(['name', 'value']).having(sql<number>`count(*)`, '>', 1).select(['name', 'value', sql<number>`count(*)`.as('n')]).execute()),
    /** Terminals that have reported. */
    fleetSize: (): Promise<number> => engine.reading(async () => (await read.selectFrom('terminal_factor').where('name', '=', 'store').select(sql<number>`count(*)`.as('n')).executeTakeFirst())?.n ?? 0),
    open: (): Promise<OutbreakRecord[]> => engine.reading(() => read.selectFrom('outbreak').selectAll().where('closed_at', 'is', null).limit(500).execute()),
    /** The statement that opens an outbreak; none is opened twice. */
    opening: (row: OutbreakRecord) => read.insertInto('outbreak').values(row).onConflict((oc) => oc.columns(['fault', 'factor', 'value']).where('closed_at', 'is', null).doNothing()),
    changing: (id: string, set: Partial<OutbreakRecord>) => read.updateTable('outbreak').set(set).where('id', '=', id),
    /** Statements that make open incidents and absences with these ids members. */
    joining: (id: string, members: readonly string[]) =>
      members.length === 0
        ? []
        : [
            read.updateTable('incident').set({ outbreak: id }).where('id', 'in', members).where('outbreak', 'is', null),
            read.updateTable('absence').set({ outbreak: id }).where('id', 'in', members).where('outbreak', 'is', null),
          ],
    /** Members of an outbreak: how many ever and now open, in how many stores, when the last one began, and their money. */
    tally: (id: string) =>
      engine.reading(async () => {
        const of = async (table: 'incident' | 'absence') => {
          const [ended, began, size] = table === 'incident' ? (['closed_at', 'opened_at', sql`1`] as const) : (['back_at', 'since', sql.ref('terminals')] as const)
          const row = await read.selectFrom(table).where('outbreak', '=', id).select([
            sql<number>`coalesce(sum(${size}), 0)`.as('terminals'),
            sql<number>`count(distinct store)`.as('stores'),
            sql<number>`coalesce(sum(case when ${sql.ref(ended)} is null then ${size} else 0 end), 0)`.as('open_now'),
            sql<number>`coalesce(max(${sql.ref(began)}), 0)`.as('last_at'),
            sql<number>`coalesce(sum(lost), 0)`.as('lost'),
            sql<number>`coalesce(sum(case when ${sql.ref(ended)} is null then per_hour else 0 end), 0)`.as('per_hour'),
            sql<string | null>`max(currency)`.as('currency'),
          ]).executeTakeFirstOrThrow()
          return row
        }
        const [a, b] = [await of('incident'), await of('absence')]
        return {
          terminals: a.terminals + b.terminals, stores: a.stores + b.stores, open_now: a.open_now + b.open_now, last_at: Math.max(a.last_at, b.last_at),
          lost: a.lost + b.lost, per_hour: a.per_hour + b.per_hour, currency: a.currency ?? b.currency,
        }
      }),
    /** Some open incidents of an outbreak, with the readiness of their terminals (JSON): what stands still, and who can mend it. */
    sample: (id: string) =>
      engine.reading(() =>
        read.selectFrom('incident as i').innerJoin('terminal as t', 't.id', 'i.terminal_id').where('i.outbreak', '=', id).where('i.closed_at', 'is', null).select(['i.fault', 'i.device', 'i.actor', 't.readiness']).orderBy('i.id').limit(SAMPLE).execute(),
      ),
    list: (state: 'open' | 'closed', limit: number): Promise<OutbreakRow[]> =>
      engine.reading(async () => {
        const query = read.selectFrom('outbreak').selectAll().where('closed_at', state === 'open' ? 'is' : 'is not', null)
        return (await query.orderBy('opened_at', 'desc').limit(limit).execute()).map(outbreakRow)
      }),
    one: (id: string): Promise<OutbreakRow | undefined> => engine.reading(async () => (await read.selectFrom('outbreak').selectAll().where('id', '=', id).execute()).map(outbreakRow)[0]),
    forget: (before: number): Promise<unknown> => engine.writing('deleting old outbreaks', () => read.deleteFrom('outbreak').where('closed_at', '<', before).execute()),
  }
}
