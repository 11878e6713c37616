import type { Knowledge } from '../model/fault.ts'
import { written } from './read.ts'

const { faults, leaks, changes, groups } = written
const byId = new Map(Object.entries(leaks.symptoms).map(([id, leak]) => [id, leak.p]))

/** The built-in catalogue of faults, with what holds for all of them: leaks, changes, groups. */
export const catalogue: Knowledge = {
  faults,
  leak: (symptom) => byId.get(symptom) ?? leaks.standard.p,
  changes,
  groups: { declared: groups.declared.p, path: groups.path.p, 'lost-together': groups['lost-together'].p, 'missing-together': groups['missing-together'].p, all: groups.all.p },
}
