import { join } from 'node:path'
import { probes } from '../../probes/index.ts'
import { catalogue } from '../../src/faults/index.ts'
import { type Plan, planFleet, type Scene } from '../../src/fleet/plan.ts'

/** The plan of a fleet as the command makes it. */
export const plan = (terminals: number, hours: number, scene: Scene = 'ordinary', seed = '1'): Plan =>
  planFleet({ terminals, seed, language: 'en', version: '0.1.0', scene, hours, fixtures: join(import.meta.dirname, '../../fixtures'), probes, knowledge: catalogue })
