import * as z from 'zod'
import { ChangeKind, FaultAt, Spread } from './diagnosis.ts'

/** One change; `at` in milliseconds since 1970. `device` where it concerned one. */
export const Change = z.strictObject({ what: ChangeKind, at: z.number(), device: z.string().optional() })
export type Change = z.infer<typeof Change>

/** A device found gone from its port, or silent, `at`; `seen`, where known, is when it was last seen at its port before. Milliseconds since 1970. */
export const Loss = z.strictObject({ device: z.string(), at: z.number(), seen: z.number().optional() })
export type Loss = z.infer<typeof Loss>

/** Faults that are told of other lanes at most: those on most of them. */
export const MOST_ELSEWHERE = 32

/** What was found on the other lanes of a store, as HQ counted it at `at` (milliseconds since 1970); a fault that is not listed was found on none of them, unless the list is full. */
export const Elsewhere = z.strictObject({
  at: z.number(),
  /** How many other lanes the store has. */
  lanes: z.int().min(0),
  /** Lanes on which the fault was open then, and lanes and incidents that had it within 7 and 30 days. */
  faults: z.array(z.strictObject({ fault: z.string().max(64), open: z.int().min(0), days7: Spread, days30: Spread })).max(MOST_ELSEWHERE),
})
export type Elsewhere = z.infer<typeof Elsewhere>

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
  /** What HQ told of the other lanes. */
  elsewhere: Elsewhere.optional(),
})
export type Past = z.infer<typeof Past>

/** Nothing known of before. */
export const NO_PAST: Past = { changes: [], since: [], losses: [], usbPaths: {}, incidents: [] }
