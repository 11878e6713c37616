import { type Compilable, sql } from 'kysely'
import type { Scope } from '../../../model/access.ts'
import { uuidv7 } from '../../../model/id.ts'
import type { Change } from '../../../model/triage.ts'
import type { Engine } from '../../engine.ts'
import { plain } from '../../plain.ts'
import type { CarePatch } from '../../triage/care.ts'
import { optional } from '../rows.ts'
import { storeWithin, terminalWithin } from '../scope.ts'

/** Something that has a history: an incident or absence at its place, a visit of a store, an issue of the `fleet`. */
export interface Subject { place: string; id: string }

/** What is written into the histories of subjects. */
export interface Entry { at: number; who: string; what: string; detail?: string }

const entryOf = ({ place, id }: Subject, { at, who, what, detail }: Entry) => ({ place, subject: id, id: uuidv7(at), at, who: plain(who), what, detail: detail === undefined ? null : plain(detail) })

/** What people decide, and the histories of it. */
export const careQueries = (engine: Engine) => {
  const { read } = engine
  /** The statement that writes the same entry into the history of each subject; none where there are none. */
  const noting = (subjects: readonly Subject[], entry: Entry): Compilable[] => (subjects.length === 0 ? [] : [read.insertInto('care_change').values(subjects.map((s) => entryOf(s, entry)))])
  const patching = (table: 'incident' | 'absence', ids: readonly string[], { acknowledged_at: at, acknowledged_by: who, ...patch }: CarePatch): Compilable[] => {
    const named = patch.assignee === undefined || patch.assignee === null ? patch : { ...patch, assignee: plain(patch.assignee) }
    const set = { ...named, ...(at === undefined ? {} : { acknowledged_at: sql<number>`coalesce(acknowledged_at, ${at})`, acknowledged_by: sql<string>`coalesce(acknowledged_by, ${who ?? ''})` }) }
    if (Object.keys(set).length === 0 || ids.length === 0) return []
    // One statement for both tables would have to be typed as neither.
    return table === 'incident' ? [read.updateTable('incident').set(set).where('id', 'in', ids)] : [read.updateTable('absence').set(set).where('id', 'in', ids)]
  }
  return {
    noting,
    /** Those of these incidents that are open, with their places. */
    openIncidents: (ids: readonly string[], scope?: Scope): Promise<Subject[]> =>
      engine.reading(async () => {
        if (ids.length === 0) return []
        const query = read.selectFrom('incident').select(['terminal_id as place', 'id']).where('id', 'in', ids).where('closed_at', 'is', null)
        return await (scope === undefined ? query : query.where(terminalWithin('incident.terminal_id', scope))).execute()
      }),
    /** Those of these absences that have not ended, with their places. */
    openAbsences: (ids: readonly string[], scope?: Scope): Promise<Subject[]> =>
      engine.reading(async () => {
        if (ids.length === 0) return []
        const query = read.selectFrom('absence').select(['place', 'id']).where('id', 'in', ids).where('back_at', 'is', null)
        return await (scope === undefined ? query : query.where(storeWithin('absence.store', scope))).execute()
      }),
    /** Changes incidents and absences, and writes it into the history of each. */
    change: (incidents: readonly Subject[], absences: readonly Subject[], patch: CarePatch, entry: Entry): Promise<void> =>
      engine.together('noting a change', [
        ...patching('incident', incidents.map((s) => s.id), patch), ...patching('absence', absences.map((s) => s.id), patch), ...noting([...incidents, ...absences], entry),
      ]),
    forget: (before: number): Promise<unknown> => engine.writing('deleting old histories', () => read.deleteFrom('care_change').where('at', '<', before).execute()),
    /** The history of one subject, newest first. */
    history: (subject: Subject, limit = 200): Promise<Change[]> =>
      engine.reading(async () => {
        const rows = await read.selectFrom('care_change').selectAll().where('place', '=', subject.place).where('subject', '=', subject.id).orderBy('id', 'desc').limit(limit).execute()
        return rows.map((r) => ({ id: r.id, at: r.at, who: r.who, what: r.what, ...optional('detail', r.detail) }))
      }),
  }
}
