import * as z from 'zod'
import { ContactRole } from './service.ts'

const line = z.string().max(500)
const who = z.string().min(1).max(64)

/** What a matter is about; each has its own evidence, clock and letter. */
export const CaseKind = z.enum(['guarantee', 'deposit', 'suspension', 'funds', 'breakdown', 'payment', 'security'])
export type CaseKind = z.infer<typeof CaseKind>

/** Where a matter stands. watching: over, and looked at for three days in case it comes back. */
export const CaseStage = z.enum(['open', 'reported', 'under-review', 'disputed', 'watching', 'closed'])
export type CaseStage = z.infer<typeof CaseStage>

/** One thing done in a matter: by whom, when (milliseconds since 1970), with whom, how, and what came of it. */
export const CaseEntry = z.strictObject({
  at: z.number(), by: who, note: line.default(''),
  stage: CaseStage.exclude(['watching', 'closed']).optional(),
  to: ContactRole.optional(),
  channel: z.enum(['phone', 'e-mail', 'portal', 'letter', 'visit', 'chat']).optional(),
  /** The other side's number for it. */
  reference: z.string().max(64).optional(),
  /** Evidence that is now at hand, by its places in the list of the matter, from 1. */
  has: z.array(z.int().min(1).max(20)).min(1).max(20).optional(),
})
export type CaseEntry = z.infer<typeof CaseEntry>

/** A matter that people pursue: what a fault of the money trail needs beyond its remedy. Its text passes the card-data filter before it is kept. */
export const Case = z.strictObject({
  id: z.uuidv7(),
  fault: z.string(),
  kind: CaseKind,
  openedAt: z.number(),
  openedBy: who,
  note: line,
  /** True if nothing had measured the fault when it was opened, so that a person's word is what speaks for it. */
  told: z.boolean(),
  /** Transactions and the agreement that it is about. */
  transactions: z.array(z.string().max(64)).max(50),
  agreement: z.string().optional(),
  entries: z.array(CaseEntry).max(500),
  /** How it ended: what it was, what to do better, whether the customer was told. */
  closing: z.strictObject({ at: z.number(), by: who, cause: line.min(1), lessons: line, customerInformed: z.boolean() }).optional(),
})
export type Case = z.infer<typeof Case>
