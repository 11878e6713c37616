import { sql } from 'kysely'
import type { Scope } from '../../../model/access.ts'
import type { TerminalIdentity } from '../../../model/terminal.ts'
import type { Cost, Facets, QueueRow } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import { blockedBy, weightOf } from '../../triage/cost.ts'
import { type IncidentNarrowing, narrowedTo } from '../lists.ts'
import { incidentRow } from '../rows.ts'
import { terminalWithin } from '../scope.ts'

/** An incident of the queue, without the parts that it may need. */
export type QueuedIncident = Omit<Extract<QueueRow, { kind: 'incident' }>, 'parts'>

/** What open incidents cost, and the queue that is sorted by it. */
export const moneyQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** Open incidents after that id that may stop money, with the readiness of their terminal, and since when it is silent where they explain that. */
    openAfter: (id: string, limit: number) =>
      engine.reading(() =>
        read.selectFrom('incident as i').innerJoin('terminal as t', 't.id', 'i.terminal_id').leftJoin('absence as a', 'a.id', 'i.absence').where('i.closed_at', 'is', null).where('i.id', '>', id).where('i.severity', '<>', 'advisory')
          .select(['i.id', 'i.terminal_id', 'i.fault', 'i.device', 'i.opened_at', 'i.lost', 'i.per_hour', 't.readiness', 'a.since as silent_since']).orderBy('i.id').limit(limit).execute(),
      ),
    /** The statement that keeps what an incident costs. */
    costing: (id: string, cost: Cost | undefined) =>
      read.updateTable('incident').set({ lost: cost?.lostMinor ?? 0, per_hour: cost?.perHourMinor ?? 0, cost: weightOf(cost), currency: cost?.currency ?? null }).where('id', '=', id),
    /** Open incidents that are not silenced and explain no absence, the costliest first. */
    queue: (now: number, limit: number, scope?: Scope): Promise<QueuedIncident[]> =>
      engine.reading(async () => {
        // What belongs to an outbreak is shown as one thing, but for those who do not see the outbreak.
        const open = read.selectFrom('incident').innerJoin('terminal as t', 't.id', 'incident.terminal_id').selectAll('incident').select(['t.readiness', 't.identity']).where('closed_at', 'is', null)
        const rows = await (scope === undefined ? open.where('outbreak', 'is', null) : open.where(terminalWithin('incident.terminal_id', scope)))
          .where('incident.absence', 'is', null).where((eb) => eb.or([eb('silenced_until', 'is', null), eb('silenced_until', '<=', now)]))
          .orderBy('cost', 'desc').orderBy('rank', 'desc').orderBy('opened_at', 'desc').orderBy('incident.id', 'desc').limit(limit).execute()
        return rows.map((row) => {
          const { id, terminalId, store, region, fault, device, severity, title, openedAt, regression, actor, care, cost } = incidentRow(row)
          const { lane } = JSON.parse(row.identity) as TerminalIdentity
          return {
            kind: 'incident', cost: row.cost, id, terminalId, fault, device, severity, title, openedAt, regression, blocked: blockedBy(JSON.parse(row.readiness), { fault, device }),
            ...(store === undefined ? {} : { store }), ...(region === undefined ? {} : { region }), ...(lane === undefined ? {} : { lane }),
            ...(actor === undefined ? {} : { actor }), ...(care === undefined ? {} : { care }), ...(cost === undefined ? {} : { money: cost }),
          }
        })
      }),
    /** Open incidents counted by each of their properties: what a list may be narrowed by further; at most 50 values each, the most frequent first. A property is counted as if the list were not narrowed by itself. */
    facets: (filter: IncidentNarrowing): Promise<Facets> =>
      engine.reading(async () => {
        const by = async (name: keyof Facets) => {
          const column = name === 'agentVersion' ? 'agent_version' : name
          const { [name]: _, ...others } = filter
          const n = sql<number>`count(*)`
          return await narrowedTo(read.selectFrom('incident'), others).where('closed_at', 'is', null).where(column, 'is not', null).groupBy(column).select([sql<string>`${sql.ref(column)}`.as('value'), n.as('incidents')]).orderBy('incidents', 'desc').orderBy('value').limit(50).execute()
        }
        return { severity: await by('severity'), fault: await by('fault'), region: await by('region'), model: await by('model'), actor: await by('actor'), assignee: await by('assignee'), agentVersion: await by('agentVersion') }
      }),
  }
}
