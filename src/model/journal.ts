import * as z from 'zod'
import { StepName as StepNames, TransactionStep } from './transaction.ts'

/** Fields that a column, a key or a named group of a pattern may be mapped to; `date` and `time` are for sources that keep them apart. */
const FIELD_NAMES = [...(Object.keys(TransactionStep.shape) as (keyof TransactionStep)[]).filter((name) => name !== 'source' && name !== 'outcome' && name !== 'by'), 'date', 'time', 'entryMode', 'result', 'card'] as const
/** One such field. */
export type FieldName = (typeof FIELD_NAMES)[number]

const Fields = z.partialRecord(z.enum(FIELD_NAMES), z.union([z.string(), z.array(z.string())]))

/** A journal or export that somebody else writes, and how to read it. */
export const JournalSource = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** jsonl: one JSON object a line. csv: a header line, then rows. lines: free text read by `pattern`. */
  format: z.enum(['jsonl', 'csv', 'lines']),
  path: z.string().optional(),
  /** auto reads a line as UTF-8 and, where that is not valid, as GB18030. */
  encoding: z.enum(['auto', 'utf-8', 'gb18030']).default('auto'),
  /** Table of response codes. */
  profile: z.string().default('unionpay'),
  /** Column headers, JSON keys (a dotted path) or group names that hold a field, beyond the usual ones. */
  fields: Fields.default({}),
  /** Regular expression with named groups, for lines; lines that do not match say nothing of a transaction. */
  pattern: z.string().max(2000).optional(),
  /** Words of the source for steps and types. */
  steps: z.record(z.string(), StepNames).default({}),
  types: z.record(z.string(), TransactionStep.shape.type.unwrap()).default({}),
  /** The step that a line stands for where it names none. */
  step: StepNames.default('answered'),
  /** minor: whole fen or cents. decimal: 1,234.56. auto: decimal where there is a point. */
  amounts: z.enum(['auto', 'minor', 'decimal']).default('auto'),
  /** Digits behind the point of the currency. */
  exponent: z.int().min(0).max(3).default(2),
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
  /** Offset of times that name none, as +08:00. */
  offset: z.string().regex(/^[+-]\d\d:\d\d$/).default('+08:00'),
  delimiter: z.string().length(1).default(','),
})
export type JournalSource = z.infer<typeof JournalSource>

const Tally = z.strictObject({ count: z.int().min(0), /** Wall time of the oldest, milliseconds since 1970. */ oldestAt: z.number().optional(), amountMinor: z.int().optional() })

/** How many transactions are in a state that a fault stands for, how old the oldest is, and the sum of their amounts. */
export type Tally = z.infer<typeof Tally>

/** What the journal says at a moment, for the probe of the journal: tallies by fault code, and signals. Written by the agent into its state folder. */
export const JournalSummary = z.strictObject({
  schema: z.literal('posdiag.journal/1'),
  writtenAt: z.number(),
  transactions: z.int().min(0),
  /** Of states, by the code of the fault that they stand for. */
  faults: z.record(z.string(), Tally),
  /** Of answers of the host in the last quarter of an hour, by the code of the fault that they name. */
  answers: z.record(z.string(), z.int().min(0)),
  contradictions: z.record(z.string(), z.int().min(0)),
  /** Runs of trace numbers missing in open batches. */
  gaps: z.int().min(0),
  /** Of open matters that a person told of, by the code of their fault. */
  told: z.record(z.string(), z.int().min(0)).default({}),
  /** Answers in a row, over at least two cards, by which the host refuses the terminal and not the card. */
  refusedInRow: z.int().min(0).default(0),
  /** True if the host refuses one type of transaction, brand or way of reading a card, and approves the others. */
  oneKindRefused: z.boolean().default(false),
  /** True if the host answered and never approved anything. */
  neverApproved: z.boolean().default(false),
  /** Patterns that risk control of acquirers looks for, by name; told to explain, not to accuse. */
  risks: z.record(z.string(), z.int().min(0)).default({}),
  /** Wall time of the last approval. */
  lastApprovedAt: z.number().optional(),
  /** Wall time of the last answer, whatever it was. */
  lastAnsweredAt: z.number().optional(),
  silent: z.strictObject({ cardsStopped: z.boolean(), keyedRising: z.boolean(), contactlessGone: z.boolean(), approvalsSlow: z.boolean() }),
  /** Medians in milliseconds by step: what is usual on this terminal, and of late. */
  paces: z.record(z.string(), z.strictObject({ usualMs: z.number(), latelyMs: z.number(), slow: z.boolean() })),
})
export type JournalSummary = z.infer<typeof JournalSummary>
