import type { Engine } from '../engine.ts'
import { absenceQueries } from '../queries/triage/absences.ts'
import { bundleQueries } from '../queries/triage/bundles.ts'
import { careQueries } from '../queries/triage/care.ts'
import { issueQueries } from '../queries/triage/issues.ts'
import { laneQueries } from '../queries/triage/lanes.ts'
import { moneyQueries } from '../queries/triage/money.ts'
import { outbreakQueries } from '../queries/triage/outbreaks.ts'
import { rolloutQueries } from '../queries/triage/rollouts.ts'
import { salesQueries } from '../queries/triage/sales.ts'
import { storeQueries } from '../queries/triage/stores.ts'
import { turnQueries } from '../queries/triage/turns.ts'
import { visitQueries } from '../queries/triage/visits.ts'

/** The part of the store that triage works with: the same statements on both engines. */
export const triageStore = (engine: Engine) => ({
  /** Runs statements that the parts below make, all or none. */
  together: engine.together,
  tell: engine.tell,
  turns: turnQueries(engine),
  care: careQueries(engine),
  issues: issueQueries(engine),
  outbreaks: outbreakQueries(engine),
  absences: absenceQueries(engine),
  stores: storeQueries(engine),
  lanes: laneQueries(engine),
  sales: salesQueries(engine),
  money: moneyQueries(engine),
  visits: visitQueries(engine),
  rollouts: rolloutQueries(engine),
  bundles: bundleQueries(engine),
})

/** See triageStore. */
export type TriageStore = ReturnType<typeof triageStore>
