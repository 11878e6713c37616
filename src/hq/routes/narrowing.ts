import * as z from 'zod'
import { Actor, Severity } from '../../model/fault.ts'
import type { IncidentNarrowing } from '../queries/lists.ts'

const name = z.string().max(100).optional()

/** What incidents may be narrowed by in a query: of lists, of exports, and of what is counted beside them. An empty text is none. */
export const IncidentsNarrowed = z.strictObject({
  severity: Severity.optional(), fault: z.string().max(64).optional(), terminal: z.string().max(64).optional(), store: name, region: name, model: name, agentVersion: z.string().max(64).optional(),
  actor: Actor.optional(), assignee: name, outbreak: z.uuid().optional(), regression: z.literal('true').optional(), care: z.enum(['new', 'acknowledged', 'silenced']).optional(),
})

/** The same as the store is asked. */
export const narrowingOf = ({ care, regression, ...named }: z.infer<typeof IncidentsNarrowed>, now: number): IncidentNarrowing => ({
  ...Object.fromEntries(Object.entries(named).filter(([, value]) => value)), regression: regression !== undefined, ...(care && { care: { is: care, now } }),
})
