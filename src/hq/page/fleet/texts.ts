import { CATALOGUE } from './texts-catalogue.ts'
import { HEALTH } from './texts-health.ts'
import { PACKS } from './texts-packs.ts'
import { PLACES } from './texts-places.ts'
import { ROLLOUTS } from './texts-rollouts.ts'
import { TERMINAL } from './texts-terminal.ts'

/** Texts of the pages about the fleet, about faults and about HQ itself. */
export const FLEET_TEXTS = { ...PLACES, ...TERMINAL, ...ROLLOUTS, ...CATALOGUE, ...HEALTH, ...PACKS } as const
