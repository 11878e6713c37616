import * as z from 'zod'

/** The steps of taking a payment that the POS application may tell us. */
export const StepName = z.enum(['started', 'card-presented', 'authorisation-asked', 'answered', 'receipt-printed', 'completed', 'failed', 'abandoned'])
export type StepName = z.infer<typeof StepName>

const masked = z.string().regex(/^\d{0,6}\*+\d{0,4}$/, 'at most the first six and the last four digits, the rest stars')
const word = (max: number) => z.string().max(max).regex(/^[\p{L}\p{N} ._:/+-]*$/u)

/**
 * One step of one transaction: an allow-list with no field that a card number fits. Whatever else a source knows is dropped at the door.
 */
export const TransactionStep = z.strictObject({
  /** The POS application's own id of the transaction. */
  transaction: word(64),
  step: StepName,
  /** Wall time in milliseconds since 1970. */
  at: z.number(),
  type: z.enum(['sale', 'void', 'refund', 'preauth', 'preauth-cancel', 'completion', 'reversal', 'settlement', 'sign-on', 'qr-pay', 'cash', 'other']).optional(),
  tender: z.enum(['chip', 'contactless', 'swipe', 'qr', 'cash', 'manual', 'other']).optional(),
  amountMinor: z.int().min(0).max(1_000_000_000_000).optional(),
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
  stan: z.string().regex(/^\d{1,6}$/).optional(),
  batch: z.string().regex(/^\d{1,6}$/).optional(),
  rrn: z.string().regex(/^[A-Za-z0-9]{1,12}$/).optional(),
  responseCode: z.string().regex(/^[A-Za-z0-9]{1,4}$/).optional(),
  brand: word(16).optional(),
  panMasked: masked.optional(),
  error: word(64).optional(),
  /** Version of the POS application. */
  version: word(32).optional(),
})
export type TransactionStep = z.infer<typeof TransactionStep>
