import { sql } from 'kysely'
import type { Counts } from '../../../model/pack.ts'
import type { Engine } from '../../engine.ts'

/** Rows that are kept of each kind of count. A fleet that tells the truth has a tenth of that. */
export const MOST_COUNTS = 20_000
const DELETED_AT_ONCE = 500

/** What closed repairs teach, counted. */
export const countQueries = (engine: Engine) => {
  const { read } = engine
  const remedyWeight = sql<number>`worked + failed`
  const symptomWeight = sql<number>`shown + hidden`
  /** Statements that delete the rows that least was counted of, where there are too many. */
  const excess = async (most: number) => {
    const count = async (table: 'knowledge_remedy' | 'knowledge_symptom'): Promise<number> => Math.min(DELETED_AT_ONCE, (await read.selectFrom(table).select(sql<number>`count(*)`.as('n')).executeTakeFirstOrThrow()).n - most)
    const [remedies, symptoms] = [await count('knowledge_remedy'), await count('knowledge_symptom')]
    const leastRemedies = remedies <= 0 ? [] : await read.selectFrom('knowledge_remedy').select(['fault', 'remedy', 'model', 'firmware']).orderBy(remedyWeight).limit(remedies).execute()
    const leastSymptoms = symptoms <= 0 ? [] : await read.selectFrom('knowledge_symptom').select(['fault', 'symptom']).orderBy(symptomWeight).limit(symptoms).execute()
    return [
      ...leastRemedies.map((r) => read.deleteFrom('knowledge_remedy').where('fault', '=', r.fault).where('remedy', '=', r.remedy).where('model', '=', r.model).where('firmware', '=', r.firmware)),
      ...leastSymptoms.map((s) => read.deleteFrom('knowledge_symptom').where('fault', '=', s.fault).where('symptom', '=', s.symptom)),
    ]
  }
  return {
    /** Repairs counted so far. */
    repairs: (): Promise<number> => engine.reading(async () => (await read.selectFrom('knowledge_total').select('repairs').executeTakeFirst())?.repairs ?? 0),
    /** At most so many rows of each, those of which most was counted, in the order of their keys. */
    most: (limit: number): Promise<Counts> =>
      engine.reading(async () => {
        const remedies = await read.selectFrom('knowledge_remedy').selectAll().orderBy(remedyWeight, 'desc').orderBy('fault').orderBy('remedy').orderBy('model').orderBy('firmware').limit(limit).execute()
        const symptoms = await read.selectFrom('knowledge_symptom').selectAll().orderBy(symptomWeight, 'desc').orderBy('fault').orderBy('symptom').limit(limit).execute()
        return {
          remedies: remedies.map(({ fault, remedy, model, firmware, worked, failed }) => ({ fault, remedy, ...(model === '' ? {} : { model }), ...(firmware === '' ? {} : { firmware }), worked, failed })),
          symptoms: symptoms.map(({ fault, symptom, shown, hidden }) => ({ fault, symptom, shown, hidden })),
        }
      }),
    /** Forgets which repairs were counted before then, and counts beyond `most` of a kind, those of which least was counted first. */
    forget: async (before: number, most: number = MOST_COUNTS): Promise<void> => {
      await engine.writing('deleting old examples', () => read.deleteFrom('knowledge_example').where('received_at', '<', before).execute())
      const statements = await engine.reading(() => excess(most))
      if (statements.length > 0) await engine.together('deleting rare counts', statements)
    },
  }
}
