import { type Selectable, sql } from 'kysely'
import { Severity } from '../../../model/fault.ts'
import { ABSENT, type OutbreakRow } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import type { Factor } from '../../fold-types.ts'
import { costOf, optional } from '../rows.ts'
import type { Tables } from '../tables.ts'

const CHUNK = 1000
const SAMPLE = 20

/** The name of the factor that is the revision of the configuration which a terminal took from HQ. */
export const CONFIGURATION = 'configuration'

type Tally = Pick<OutbreakRecord, 'stores' | 'terminals' | 'open_now' | 'last_at' | 'lost' | 'per_hour' | 'currency'>

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
  const n = sql<number>`count(*)`
  const sharedFactors = () => read.selectFrom('terminal_factor').where('name', '<>', 'store').groupBy(['name', 'value']).having(n, '>', 1).select(['name', 'value', n.as('n')]).execute()
  const sharedConfigurations = async () => {
    const going = read.selectFrom('rollout_terminal').where('state', '=', 'done').groupBy('terminal_id').select(['terminal_id', sql<number>`max(revision)`.as('revision')])
    const rows = await read.selectFrom(going.as('g')).groupBy('revision').having(n, '>', 1).select(['revision', n.as('n')]).execute()
    return rows.map(({ revision, n: terminals }) => ({ name: CONFIGURATION, value: String(revision), n: terminals }))
  }
  return {
    /** Incidents that began from then on, with the store of their terminal; those apart that explain an absence, unless they are part of an outbreak already. */
    incidentsSince: (from: number) =>
      engine.reading(() => read.selectFrom('incident').select(['id', 'terminal_id', 'store', 'fault', 'opened_at', 'title_zh', 'title_en', 'severity']).where('opened_at', '>', from).where((eb) => eb.or([eb('absence', 'is', null), eb('outbreak', 'is not', null)])).orderBy('opened_at', 'desc').limit(50_000).execute()),
    /** Absences noticed from then on that are not closing time, and not part of an outbreak of what their terminals last said; of a store any one of its terminals stands for it. */
    absencesSince: (from: number) =>
      engine.reading(() =>
        read.selectFrom('absence').where('noticed_at', '>', from).where('cause', '<>', 'closed')
          .where((eb) => eb.or([eb('outbreak', 'is', null), eb('outbreak', 'in', read.selectFrom('outbreak').select('id').where('fault', '=', ABSENT))]))
          .select(['id', 'store', 'since', 'cause', sql<string>`case when scope = 'terminal' then place else coalesce((select min(f.terminal_id) from terminal_factor f where f.name = 'store' and f.value = absence.store), place) end`.as('terminal_id')])
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
    /** The revision of the configuration that each of these terminals goes by, and since when; terminals that took none are left out. */
    configurationsOf: (terminals: readonly string[]): Promise<Map<string, { revision: number; at: number }>> =>
      engine.reading(async () => {
        const found = new Map<string, { revision: number; at: number }>()
        for (let at = 0; at < terminals.length; at += CHUNK) {
          const rows = await read.selectFrom('rollout_terminal').select(['terminal_id', 'revision', 'at']).where('state', '=', 'done').where('terminal_id', 'in', terminals.slice(at, at + CHUNK)).orderBy('revision').execute()
          for (const { terminal_id, ...taken } of rows) found.set(terminal_id, taken)
        }
        return found
      }),
    /** How many terminals share each factor that at least two share, the revision of their configuration included; stores left out. */
    sharing: () =>
      engine.reading(async () => [...(await sharedFactors()), ...(await sharedConfigurations())]),
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
    /**
     * Members of an outbreak: how many ever and now open, in how many stores, when the last one began, and their money. A terminal that
     * told the fault and then fell silent counts once; what its silence cost belongs to the incident again when it is over.
     */
    tally: (id: string, fault: string) =>
      engine.reading(async () => {
        const ends = fault === ABSENT ? sql`1` : sql`case when back_at is null then 1 else 0 end`
        const members = sql`select coalesce(store, terminal_id) as store, 1 as told, 0 as gone, case when closed_at is null then 1 else 0 end as told_now, 0 as gone_now,
            opened_at as began, lost, case when closed_at is null then per_hour else 0 end as per_hour, currency from incident where outbreak = ${id}
          union all select store, 0, terminals, 0, case when back_at is null then terminals else 0 end, since, lost * ${ends}, case when back_at is null then per_hour else 0 end, currency from absence where outbreak = ${id}`
        const stores = sql`select store, sum(told) as told, sum(gone) as gone, sum(told_now) as told_now, sum(gone_now) as gone_now, max(began) as began, sum(lost) as lost, sum(per_hour) as per_hour, max(currency) as currency
          from (${members}) as member group by store`
        const { rows: [all] } = await sql<Tally>`select count(*) as stores, coalesce(sum(case when told > gone then told else gone end), 0) as terminals, coalesce(sum(case when told_now > gone_now then told_now else gone_now end), 0) as open_now,
          coalesce(max(began), 0) as last_at, coalesce(sum(lost), 0) as lost, coalesce(sum(per_hour), 0) as per_hour, max(currency) as currency from (${stores}) as place`.execute(read)
        if (all === undefined) throw new Error('a sum answered no row')
        return all
      }),
    /** Some open incidents of an outbreak, with the readiness of their terminals (JSON): what stands still, and who can mend it. */
    sample: (id: string) =>
      engine.reading(() =>
        read.selectFrom('incident as i').innerJoin('terminal as t', 't.id', 'i.terminal_id').where('i.outbreak', '=', id).where('i.closed_at', 'is', null).select(['i.fault', 'i.device', 'i.actor', 'i.absence', 't.readiness']).orderBy('i.id').limit(SAMPLE).execute(),
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
