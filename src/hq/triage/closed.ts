import type { FleetMap } from '../../model/triage.ts'
import type { TerminalRow } from '../../model/wire.ts'
import { plain } from '../plain.ts'
import { opensNext } from './opening.ts'
import type { TriageStore } from './store.ts'

const storeOf = ({ terminal: { id, store } }: TerminalRow): string => plain(store ?? id)

/** Terminals of closed stores with when those open, where people gave their hours. */
export const withOpening = async <T extends TerminalRow>(triage: TriageStore, rows: readonly T[], now: number): Promise<T[]> => {
  const hours = await triage.absences.hoursOf([...new Set(rows.filter((r) => r.contact === 'closed').map(storeOf))])
  return rows.map((row) => {
    const known = row.contact === 'closed' ? hours.get(storeOf(row)) : undefined
    const opens = known && opensNext(known, now)
    return opens === undefined ? row : { ...row, opens }
  })
}

/** A map on which closed stores say when they open, where people gave their hours. */
export const mapWithOpening = async (triage: TriageStore, map: FleetMap): Promise<FleetMap> => {
  const closed = map.regions.flatMap((r) => r.stores.flatMap(([store, standing]) => (standing === 'closed' ? [store] : [])))
  const hours = await triage.absences.hoursOf(closed)
  return {
    ...map,
    regions: map.regions.map((region) => ({
      ...region,
      stores: region.stores.map(([store, standing, terminals]): FleetMap['regions'][number]['stores'][number] => {
        const known = standing === 'closed' ? hours.get(store) : undefined
        const opens = known && opensNext(known, map.at)
        return opens === undefined ? [store, standing, terminals] : [store, standing, terminals, opens]
      }),
    })),
  }
}
