import type { Engine } from '../engine.ts'
import { countQueries } from '../queries/knowledge/counts.ts'
import { packQueries } from '../queries/knowledge/packs.ts'

/** No terminal teaches more in a day: one that is broken, or lies, must not outweigh a fleet. */
export const EXAMPLES_A_DAY = 20

/** The part of the store that knowledge is kept in: the same statements on both engines. */
export const knowledgeStore = (engine: Engine) => ({
  counts: countQueries(engine),
  packs: packQueries(engine),
})

/** See knowledgeStore. */
export type KnowledgeStore = ReturnType<typeof knowledgeStore>
