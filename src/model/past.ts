import * as z from 'zod'
import { ChangeKind, FaultAt } from './diagnosis.ts'

/** One change; `at` in milliseconds since 1970. `device` where it concerned one. */
export const Change = z.strictObject({ what: ChangeKind, at: z.number(), device: z.string().optional() })
export type Change = z.infer<typeof Change>

/** A device found gone from its port, or silent, `at`; `seen`, where known, is when it was last seen at its port before. Milliseconds since 1970. */
export const Loss = z.strictObject({ device: z.string(), at: z.number(), seen: z.number().optional() })
export type Loss = z.infer<typeof Loss>

const MOST = 1000

/** What is known of a terminal's past when it is diagnosed. All times are wall time in milliseconds since 1970; whatever is not known is left out. */
export const Past = z.strictObject({
  /** Since when changes have been watched; before it, no change on record means nothing. */
  from: z.number().optional(),
  changes: z.array(Change).max(MOST).default([]),
  /** Since when a present symptom has been there without a break. */
  since: z.array(z.strictObject({ symptom: z.string(), device: z.string(), at: z.number() })).max(MOST).default([]),
  /** When devices were lost from their port or fell silent. */
  losses: z.array(Loss).max(MOST).default([]),
  /** Where on USB each device was last seen, as the kernel names it: `1-1.4`. */
  usbPaths: z.record(z.string(), z.string().regex(/^\d+-\d+(\.\d+)*$/, 'a USB path as the kernel writes it, 1-1.4')).default({}),
  /** Faults found before, on this terminal or on another lane. */
  incidents: z.array(z.strictObject({ ...FaultAt.shape, at: z.number(), lane: z.string().max(32).optional() })).max(MOST).default([]),
})
export type Past = z.infer<typeof Past>

/** Nothing known of before. */
export const NO_PAST: Past = { changes: [], since: [], losses: [], usbPaths: {}, incidents: [] }
