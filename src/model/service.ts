import * as z from 'zod'

const day = z.iso.date()
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
const minor = z.int().min(0)
const line = z.string().min(1).max(200)

/** When the acquirer pays out, and what it keeps. Days are local calendar days (`2026-10-01`). */
export const Settlement = z.strictObject({
  /** T counts working days, D calendar days; T+1 is the next working day, D+0 the same day. */
  cycle: z.string().regex(/^[TD]\+(?:\d|10)$/).default('T+1'),
  /** From this local time on, a payment counts for the next day. */
  cutOff: clock.default('23:00'),
  /** Local time by which the credit is there on its day. */
  by: clock.default('18:00'),
  /** Days besides Saturdays and Sundays on which banks do not work, and weekend days on which they do. */
  holidays: z.array(day).default([]),
  workdays: z.array(day).default([]),
  feePercent: z.number().min(0).max(20).default(0),
  /** Fee of each payment besides, in minor units. */
  feeMinor: minor.default(0),
  /** How far a credit may be off what was worked out and still be it, in minor units: fees are rounded by others. */
  toleranceMinor: minor.default(100),
  /** Working days that a refund may take to reach the customer. */
  refundDays: z.int().min(1).max(60).default(7),
})
export type Settlement = z.infer<typeof Settlement>

/** Whom a matter is taken to, from the counter upwards; a bank is asked beside them. */
export const ContactRole = z.enum(['cashier', 'manager', 'provider', 'acquirer', 'regulator', 'legal', 'bank', 'customer'])
export type ContactRole = z.infer<typeof ContactRole>

/** Who is to be called, and when they answer. */
export const Contact = z.strictObject({
  role: ContactRole, name: line, phone: line.optional(), email: line.optional(), address: line.optional(), hours: line.optional(),
  /** How long this one may take to answer, in working hours of the clock; the usual clock of the matter without it. */
  answersInH: z.number().min(0.1).max(2000).optional(),
})
export type Contact = z.infer<typeof Contact>

/**
 * A contract for a deposit (the merchant's own, for the device) or a guarantee: what was agreed, what the receipt, the provider's system and the
 * bank say. What is absent is not known, and compared with nothing.
 */
export const Agreement = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  kind: z.enum(['deposit', 'guarantee']),
  /** Number of the contract. */
  contract: line,
  amountMinor: minor,
  /** What the receipt says, and what the provider's system shows. */
  receiptMinor: minor.optional(),
  shownMinor: minor.optional(),
  paidOn: day.optional(),
  /** What the bank's line names it by, where it names it. */
  reference: line.optional(),
  /** When the provider's system showed it as paid. */
  confirmedOn: day.optional(),
  /** Term as agreed, and as the institution has written it. */
  until: day.optional(),
  shownUntil: day.optional(),
  /** When it is to be returned, and from which turnover since it was paid on. */
  refundOn: day.optional(),
  refundTurnoverMinor: minor.optional(),
  condition: line.optional(),
  refundedOn: day.optional(),
})
export type Agreement = z.infer<typeof Agreement>

/** The shop's standing with those who let it take cards: contacts, contracts, fees, papers, and where the terminal is registered to be. */
export const Service = z.strictObject({
  contacts: z.array(Contact).default([]),
  agreements: z.array(Agreement).default([]),
  fees: z.array(z.strictObject({ name: line, dueOn: day, amountMinor: minor.optional(), paidOn: day.optional() })).default([]),
  /** Licences and identity papers; only their name and term, never their content. */
  papers: z.array(z.strictObject({ name: line, validUntil: day })).default([]),
  /** Registered place, and the file in which the system writes where the terminal is, as `31.2304,121.4737`. */
  place: z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180), withinKm: z.number().min(0.1).max(1000).default(5), positionFile: z.string().min(1) }).optional(),
  /** Registered as a spare, which may stand idle. */
  spare: z.boolean().default(false),
})
export type Service = z.infer<typeof Service>
