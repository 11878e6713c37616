import * as z from 'zod'
import { FaultAt } from './diagnosis.ts'
import { Text } from './text.ts'

/** A way of taking the money after all, offered because what it needs was measured as good. */
export const Workaround = z.strictObject({
  way: z.enum(['other-lane', 'other-network', 'other-entry', 'qr', 'cash']),
  /** What to do. */
  ...Text.shape,
  /** What to mind while doing it. */
  note: Text,
  /** What was measured as good: names of readings, as `qr ready` or `network.modem-detached absent`. */
  measured: z.array(z.string()).min(1),
})
export type Workaround = z.infer<typeof Workaround>

/** The decision card for a customer who wants to pay by card while that does not work: one line for the cashier, what stands in the way, and what to do instead, in the order of preference. */
export const Card = z.strictObject({
  line: Text,
  because: z.array(FaultAt),
  /** True if a payment's outcome is unknown: it must be queried before anything is charged. */
  queryFirst: z.boolean(),
  workarounds: z.array(Workaround),
})
export type Card = z.infer<typeof Card>
