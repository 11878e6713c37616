import * as z from 'zod'
import { Severity } from './fault.ts'

/** One fault on one device over time. It opens after enough checks in a row found it and closes after enough did not. */
export const Incident = z.strictObject({
  id: z.uuidv7(),
  fault: z.string(),
  device: z.string(),
  severity: Severity,
  openedAt: z.number(),
  changedAt: z.number(),
  closedAt: z.number().optional(),
  /** Checks that found it. */
  count: z.int(),
  /** Posterior in the last check that found it. */
  posterior: z.number(),
  /** True if the same fault on the same device was closed within the last 30 days. */
  regression: z.boolean().default(false),
})
export type Incident = z.infer<typeof Incident>
