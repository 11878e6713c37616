import * as z from 'zod'

/**
 * What may be told of a transaction, by the POS application, a journal, a host, a statement or a person. The first eight are the steps of a
 * plain payment. refused-locally: the host approved and the terminal did not accept it. tendered: the POS application counts the order as paid.
 * statement-line: the acquirer's list names it. bank-credit, bank-debit: the bank's books show a sum that came in or went out, for one payment or for many. decided: a named person settles what no machine can.
 */
export const StepName = z.enum([
  'started', 'card-presented', 'authorisation-asked', 'answered', 'receipt-printed', 'completed', 'failed', 'abandoned',
  'send-failed', 'refused-locally', 'reversal-asked', 'reversal-answered', 'reversal-dropped', 'stored-offline', 'forwarded',
  'tendered', 'drawer-opened', 'batch-settled', 'statement-line', 'bank-credit', 'bank-debit', 'decided',
])
export type StepName = z.infer<typeof StepName>

const masked = z.string().regex(/^\d{0,6}\*+\d{0,4}$/, 'at most the first six and the last four digits, the rest stars')
const word = (max: number) => z.string().max(max).regex(/^[\p{L}\p{N} ._:/+-]*$/u)
const digits6 = z.string().regex(/^\d{1,6}$/)
const reference = z.string().regex(/^[A-Za-z0-9]{1,12}$/)
const amount = z.int().min(0).max(1_000_000_000_000)

/**
 * One step of one transaction: an allow-list with no field that a card number fits. Whatever else a source knows is dropped at the door.
 */
export const TransactionStep = z.strictObject({
  /** The source's own id of the transaction: the POS application's, or terminal, batch and trace number. */
  transaction: word(64),
  step: StepName,
  /** Wall time in milliseconds since 1970. */
  at: z.number(),
  type: z.enum([
    'sale', 'void', 'refund', 'preauth', 'preauth-cancel', 'completion', 'completion-void', 'completion-advice', 'reversal', 'settlement', 'sign-on', 'balance', 'offline-sale', 'qr-pay', 'cash', 'other',
  ]).optional(),
  tender: z.enum(['chip', 'contactless', 'swipe', 'qr', 'cash', 'manual', 'other']).optional(),
  amountMinor: amount.optional(),
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
  stan: digits6.optional(),
  batch: digits6.optional(),
  rrn: reference.optional(),
  authCode: z.string().regex(/^[A-Za-z0-9]{1,6}$/).optional(),
  /** Terminal (ISO 8583 field 41) and merchant (42) as the host knows them. */
  tid: z.string().regex(/^[A-Za-z0-9]{1,8}$/).optional(),
  mid: z.string().regex(/^[A-Za-z0-9]{1,15}$/).optional(),
  /** The POS application's order. */
  order: word(64).optional(),
  /** An answer of the host (ISO 8583 field 39) or of a terminal interface, as it was given; `profile` names the table that it is read by. */
  responseCode: z.string().regex(/^(?:[A-Za-z0-9]{1,4}|[A-Za-z]{5,24})$/).optional(),
  profile: z.string().regex(/^[a-z0-9-]{1,32}$/).optional(),
  /** Why a reversal was sent (98, 96, A0, 06), or why the terminal refused an approval (mac, aac). */
  reason: z.string().regex(/^[A-Za-z0-9]{1,8}$/).optional(),
  /** What a void, refund, completion or cancellation refers to. */
  originalStan: digits6.optional(),
  originalBatch: digits6.optional(),
  originalRrn: reference.optional(),
  /** Fee that a statement line names. */
  feeMinor: amount.optional(),
  /** What became of the money by the acquirer's list. held: kept back to be looked into. failed: the bank did not take it. */
  payout: z.enum(['paid-out', 'pending', 'held', 'failed']).optional(),
  /** Whether host and terminal agreed when the batch was settled. */
  equal: z.boolean().optional(),
  /** What a person decided, and who. */
  outcome: z.enum(['paid', 'not-paid']).optional(),
  by: word(64).optional(),
  /** Items of the order that were scanned, and those keyed in by hand. */
  itemsScanned: z.int().min(0).max(100_000).optional(),
  itemsKeyed: z.int().min(0).max(100_000).optional(),
  /** What the printer's counter of paper moved by for this transaction, in millimetres. */
  paperMm: z.int().min(0).max(1_000_000).optional(),
  brand: word(16).optional(),
  panMasked: masked.optional(),
  error: word(64).optional(),
  /** Version of the POS application. */
  version: word(32).optional(),
  /** What the operator was shown. */
  prompt: word(64).optional(),
  /** Who told it: the name of a journal source; without one the POS application at the desk. */
  source: z.string().regex(/^[a-z0-9-]{1,32}$/).optional(),
})
export type TransactionStep = z.infer<typeof TransactionStep>
