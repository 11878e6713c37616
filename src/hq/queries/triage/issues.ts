import { type Compilable, type Selectable, sql } from 'kysely'
import { Severity } from '../../../model/fault.ts'
import { type IssueDetail, type IssueRow, IssueState } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import { optional } from '../rows.ts'
import type { Tables } from '../tables.ts'

const DAY = 86_400_000

/** An incident as counting needs it. */
export interface Born { id: string; fault: string; title_zh: string; title_en: string; severity: string; opened_at: number; region: string | null; model: string | null; agent_version: string | null; firmware: string | null }

const dayOf = (at: number): number => Math.floor(at / DAY) * DAY

interface Counted { open: number; terminals: number; week: number; weekBefore: number }

const issueRow = (row: Selectable<Tables['issue']>, counted: Counted): IssueRow => ({
  fault: row.fault,
  title: { zh: row.title_zh, en: row.title_en },
  severity: Severity.parse(row.severity),
  state: IssueState.parse(row.state),
  ...optional('assignee', row.assignee),
  firstSeenAt: row.first_seen_at,
  lastSeenAt: row.last_seen_at,
  incidents: row.incidents,
  open: counted.open,
  openTerminals: counted.terminals,
  ...optional('resolvedAt', row.resolved_at),
  ...optional('regressedAt', row.regressed_at),
  week: counted.week,
  weekBefore: counted.weekBefore,
})

/** Faults over the whole fleet. */
export const issueQueries = (engine: Engine) => {
  const { read } = engine
  const counts = async (now: number, faults: readonly string[]): Promise<Map<string, Counted>> => {
    if (faults.length === 0) return new Map()
    const open = await read.selectFrom('incident').where('closed_at', 'is', null).where('fault', 'in', faults).groupBy('fault').select(['fault', sql<number>`count(*)`.as('n'), sql<number>`count(distinct terminal_id)`.as('terminals')]).execute()
    const week = sql<number>`sum(case when day >= ${dayOf(now) - 6 * DAY} then incidents else 0 end)`
    const before = sql<number>`sum(case when day < ${dayOf(now) - 6 * DAY} then incidents else 0 end)`
    const days = await read.selectFrom('issue_day').where('fault', 'in', faults).where('day', '>=', dayOf(now) - 13 * DAY).groupBy('fault').select(['fault', week.as('week'), before.as('weekBefore')]).execute()
    const openOf = new Map(open.map((o) => [o.fault, o]))
    const daysOf = new Map(days.map((d) => [d.fault, d]))
    return new Map(faults.map((f) => [f, { open: openOf.get(f)?.n ?? 0, terminals: openOf.get(f)?.terminals ?? 0, week: daysOf.get(f)?.week ?? 0, weekBefore: daysOf.get(f)?.weekBefore ?? 0 }]))
  }
  const rowsOf = async (rows: Selectable<Tables['issue']>[], now: number): Promise<IssueRow[]> => {
    const counted = await counts(now, rows.map((r) => r.fault))
    return rows.map((r) => issueRow(r, counted.get(r.fault) ?? { open: 0, terminals: 0, week: 0, weekBefore: 0 }))
  }
  return {
    /** Incidents that were not counted yet. Their ids tell when their report came, not when it was folded, so no id says how far counting is. */
    uncounted: (limit: number): Promise<Born[]> =>
      engine.reading(() =>
        read.selectFrom('incident').select(['id', 'fault', 'title_zh', 'title_en', 'severity', 'opened_at', 'region', 'model', 'agent_version', 'firmware']).where('counted', '=', 0).orderBy('id').limit(limit).execute(),
      ),
    /** Statements that count incidents and note that they were. One opened after its issue was resolved makes that one regressed. */
    counting: (born: readonly Born[]): Compilable[] => {
      const days = Map.groupBy(born, (b) => JSON.stringify([b.fault, dayOf(b.opened_at), b.region ?? '', b.model ?? '', b.agent_version ?? '', b.firmware ?? '']))
      const faults = Map.groupBy(born, (b) => b.fault)
      const dayRows = [...days].map(([key, all]) => {
        const [fault, day, region, model, agent_version, firmware] = JSON.parse(key) as [string, number, string, string, string, string]
        return { fault, day, region, model, agent_version, firmware, incidents: all.length }
      })
      const issueRows = [...faults].map(([fault, all]) => {
        const at = all.map((b) => b.opened_at)
        const last = all.at(-1)
        return { fault, title_zh: last?.title_zh ?? fault, title_en: last?.title_en ?? fault, severity: last?.severity ?? 'degraded', first_seen_at: Math.min(...at), last_seen_at: Math.max(...at), incidents: all.length }
      })
      if (born.length === 0) return []
      const later = sql<boolean>`issue.state = 'resolved' and excluded.last_seen_at > issue.resolved_at`
      return [
        read.insertInto('issue_day').values(dayRows)
          .onConflict((oc) => oc.columns(['fault', 'day', 'region', 'model', 'agent_version', 'firmware']).doUpdateSet({ incidents: sql<number>`issue_day.incidents + excluded.incidents` })),
        read.insertInto('issue').values(issueRows).onConflict((oc) =>
          oc.column('fault').doUpdateSet({
            title_zh: sql<string>`excluded.title_zh`, title_en: sql<string>`excluded.title_en`, severity: sql<string>`excluded.severity`,
            first_seen_at: sql<number>`case when excluded.first_seen_at < issue.first_seen_at then excluded.first_seen_at else issue.first_seen_at end`,
            last_seen_at: sql<number>`case when excluded.last_seen_at > issue.last_seen_at then excluded.last_seen_at else issue.last_seen_at end`,
            incidents: sql<number>`issue.incidents + excluded.incidents`,
            regressed_at: sql<number | null>`case when ${later} then excluded.last_seen_at else issue.regressed_at end`,
            state: sql<string>`case when ${later} then 'regressed' else issue.state end`,
          }),
        ),
        read.updateTable('incident').set({ counted: 1 }).where('id', 'in', born.map((b) => b.id)),
      ]
    },
    /** Issues in one of these states, those open on most terminals first, then the latest. */
    list: (states: readonly IssueState[], now: number): Promise<IssueRow[]> =>
      engine.reading(async () => {
        const rows = await rowsOf(await read.selectFrom('issue').selectAll().where('state', 'in', states).orderBy('last_seen_at', 'desc').limit(500).execute(), now)
        return rows.toSorted((a, b) => Number(b.state === 'regressed') - Number(a.state === 'regressed') || b.openTerminals - a.openTerminals || b.lastSeenAt - a.lastSeenAt)
      }),
    /** One issue with its days and what its incidents have in common; undefined if no such fault was ever seen. */
    detail: (fault: string, now: number): Promise<Omit<IssueDetail, 'history'> | undefined> =>
      engine.reading(async () => {
        const [issue] = await rowsOf(await read.selectFrom('issue').selectAll().where('fault', '=', fault).execute(), now)
        if (issue === undefined) return undefined
        const first = dayOf(now) - 29 * DAY
        const rows = await read.selectFrom('issue_day').selectAll().where('fault', '=', fault).where('day', '>=', first).execute()
        const sumBy = (key: 'model' | 'firmware' | 'agent_version' | 'region') =>
          [...Map.groupBy(rows.filter((r) => r[key] !== ''), (r) => r[key])].map(([value, all]) => ({ value, incidents: all.reduce((n, r) => n + r.incidents, 0) })).toSorted((a, b) => b.incidents - a.incidents).slice(0, 50)
        return {
          issue,
          days: Array.from({ length: 30 }, (_, i) => ({ day: first + i * DAY, incidents: rows.filter((r) => r.day === first + i * DAY).reduce((n, r) => n + r.incidents, 0) })),
          by: { model: sumBy('model'), firmware: sumBy('firmware'), agentVersion: sumBy('agent_version'), region: sumBy('region') },
        }
      }),
    /** The statement that changes an issue. */
    changing: (fault: string, set: { state?: IssueState; resolved_at?: number | null; assignee?: string }) => read.updateTable('issue').set(set).where('fault', '=', fault),
    /** What is usual: incidents per fault and per what they share, of days from `from` until before `to`, and on which day counting began. */
    usual: (from: number, to: number): Promise<{ began: number | undefined; rows: Omit<Selectable<Tables['issue_day']>, 'day'>[] }> =>
      engine.reading(async () => {
        const dims = ['fault', 'region', 'model', 'agent_version', 'firmware'] as const
        const rows = await read.selectFrom('issue_day').where('day', '>=', from).where('day', '<', to).groupBy(dims).select([...dims, sql<number>`sum(incidents)`.as('incidents')]).execute()
        const first = await read.selectFrom('issue_day').select(sql<number | null>`min(day)`.as('day')).executeTakeFirst()
        return { began: first?.day ?? undefined, rows }
      }),
    forget: (before: number): Promise<unknown> => engine.writing('deleting old days', () => read.deleteFrom('issue_day').where('day', '<', before).execute()),
  }
}
