import type { MoneyState } from '../texts/money.ts'
import type { Attempt } from './attempt.ts'
import { type Answer, approves, type ReadAnswer, readAnswer } from './codes.ts'

/** What the rest of the journal and the shop's settings say of one transaction. */
export interface Surroundings {
  /** Wall time, milliseconds since 1970. */
  now: number
  /** How long a terminal waits for an answer, in milliseconds. */
  timeoutMs: number
  /** An approved void or refund refers to it. */
  cancelled: boolean
  /** A completion or cancellation of a pre-authorisation refers to it. */
  closed: boolean
  /** Its batch was settled: when, and whether both sides agreed. Undefined while it is not. */
  settled?: { at: number; equal: boolean } | undefined
  /** When the business day of a moment is over; from then on an open batch is late. */
  dayEnd: (at: number) => number
  /** When the money of a settled transaction should be credited; undefined where nobody told the rule. */
  expected?: ((at: number) => number) | undefined
  /** The bank's books show the credit of the day that this one belongs to. */
  paidOut: boolean
  /** When a refund should have reached the customer; undefined where nobody told the rule. */
  refundBy?: ((at: number) => number) | undefined
  /** The terminal and merchant numbers that this terminal is registered with. */
  registered?: { tid?: string | undefined; mid?: string | undefined } | undefined
  /** True if this source tells of slips, so that a slip not told of was not printed. */
  slips: boolean
}

/** What was recognised of one transaction. `row` is the row of the recognition table; 0 for states that need no attention. */
export interface Finding { row: number; state: MoneyState; fault?: string; date?: number; shortMinor?: number; answer?: Answer }

const SLIP_MS = 120_000
const NOT_COLLECTED = new Set<Attempt['type']>(['preauth'])
const NO_MONEY = new Set<Attempt['type']>(['void', 'refund', 'preauth-cancel', 'completion-void', 'sign-on', 'settlement', 'balance', 'reversal'])

const finding = (row: number, state: MoneyState, fault?: string, more: Partial<Finding> = {}): Finding => ({ row, state, ...(fault === undefined ? {} : { fault }), ...more })

const REVERSAL = 'TXN-REVERSAL-PENDING'
const FAILED = 'TXN-REVERSAL-FAILED'
const UNKNOWN = 'TXN-TIMEOUT-UNKNOWN'
const OFFLINE = 'TXN-OFFLINE-PENDING'

/** Rows 3 to 7 and 9: what is open until a host answers, a line matches or a person decides. Undefined if nothing of the kind. */
const open = (a: Attempt, around: Surroundings, read: ReadAnswer, answer: Answer | undefined): Finding | undefined => {
  const { reversal } = a
  const answered = reversal?.code === undefined ? undefined : read(reversal.code, a.profile)
  if (answered && approves(answered)) return finding(5, 'reversed')
  if (answered || reversal?.droppedAt !== undefined) return finding(6, 'reversal-failed', FAILED)
  // A host that says again what became of the payment ends the doubt, unless the terminal refused what it said.
  const said = a.answeredAt !== undefined && (reversal?.askedAt === undefined || a.answeredAt > reversal.askedAt) && a.refusedAt === undefined
  if (a.refusedAt !== undefined && (!answer || approves(answer))) return finding(9, 'refused-locally', REVERSAL)
  if (reversal && !said) return finding(4, 'reversal-pending', REVERSAL)
  if (answer && (answer.money === 'unknown' || answer.class === 'unknown')) return finding(7, 'unknown-answer', UNKNOWN, { answer })
  if (!answer && a.offline === undefined && a.askedAt !== undefined) return around.now - a.askedAt < around.timeoutMs && a.endedAt === undefined ? finding(0, 'in-progress') : finding(3, 'unknown', UNKNOWN)
  return undefined
}

const offline = (a: Attempt, read: ReadAnswer): Finding | undefined => {
  if (!a.offline) return undefined
  if (a.offline.forwardedAt === undefined) return finding(12, 'offline-pending', OFFLINE)
  const forwarded = a.offline.code === undefined ? undefined : read(a.offline.code, a.profile)
  if (forwarded && !approves(forwarded)) return finding(13, 'offline-refused', OFFLINE, { answer: forwarded })
  return undefined
}

const settlement = (a: Attempt, around: Surroundings): Finding => {
  const at = a.answeredAt ?? a.startedAt
  const by = around.expected?.(at)
  if (a.statement?.payout === 'held') return finding(19, 'held-back', 'SET-FUNDS-HELD', by === undefined ? {} : { date: by })
  if (a.statement?.payout === 'failed') return finding(19, 'payout-failed', 'SET-ACCOUNT-PROBLEM', by === undefined ? {} : { date: by })
  if (around.paidOut || (a.statement && a.statement.payout !== 'pending')) return finding(0, 'credited')
  // What the acquirer lists as pending was settled, whatever the terminal says.
  if (a.statement) return by === undefined || by >= around.now ? finding(18, 'within-cycle', 'SET-WITHIN-CYCLE', by === undefined ? {} : { date: by }) : finding(19, 'overdue', 'SET-OVERDUE', { date: by })
  if (!around.settled) return a.batch !== undefined && around.now > around.dayEnd(at) ? finding(16, 'not-settled', 'SET-NOT-SETTLED') : finding(0, 'approved')
  if (!around.settled.equal) return finding(17, 'disputed', 'SET-BATCH-MISMATCH')
  if (by === undefined) return finding(0, 'approved')
  return by >= around.now ? finding(18, 'within-cycle', 'SET-WITHIN-CYCLE', { date: by }) : finding(19, 'overdue', 'SET-OVERDUE', { date: by })
}

/** What a refusal of the follow-ups of a pre-authorisation, and of itself, is called; a later one that was approved settles it. */
const FOLLOW_UPS: Readonly<Partial<Record<NonNullable<Attempt['type']>, { state: MoneyState; fault: string; codes?: readonly string[] }>>> = {
  completion: { state: 'completion-rejected', fault: 'AUT-COMPLETION-REJECTED' },
  'completion-advice': { state: 'completion-rejected', fault: 'AUT-COMPLETION-REJECTED' },
  'preauth-cancel': { state: 'cancel-failed', fault: 'AUT-CANCEL-FAILED' },
  // Limit and amount, permission of card and terminal: what a guarantee is checked for (ISO 8583 field 39).
  preauth: { state: 'guarantee-failed', fault: 'GUA-CHECK-FAILED', codes: ['13', '40', '51', '57', '58', '61', '64', '65'] },
}

/** Row 8: the host said no. */
const refused = (a: Attempt, around: Surroundings, answer: Answer): Finding => {
  const follow = a.type === undefined ? undefined : FOLLOW_UPS[a.type]
  const fits = follow !== undefined && (follow.codes?.includes(answer.code) ?? true)
  if (!fits || around.closed || a.decision) return finding(8, 'not-paid', answer.faults[0], { answer })
  return finding(8, follow.state, follow.fault, { answer })
}

/** True if the till and the host count an approved payment as different things, or money went back for no payment. */
const wrongType = (a: Attempt): boolean =>
  a.tenderedAs === 'cash' || (a.type === 'preauth' && a.tenderedAt !== undefined) || (a.type === 'refund' && a.originalRrn === undefined && a.originalStan === undefined)

/** An approved refund, until the customer has it. */
const refund = (a: Attempt, around: Surroundings): Finding => {
  const by = around.refundBy?.(a.answeredAt ?? a.startedAt)
  return a.statement || by === undefined || by >= around.now ? finding(0, 'approved') : finding(10, 'refund-late', 'TXN-REFUND-PENDING', { date: by })
}

/** Rows 1 to 19 of the recognition table: the first that fits says what became of the money of one transaction. */
export const recognise = (a: Attempt, around: Surroundings, read: ReadAnswer = readAnswer): Finding => {
  if (a.type === 'cash' || (a.tender === 'cash' && a.code === undefined)) return finding(0, 'cash')
  const answer = a.code === undefined ? undefined : read(a.code, a.profile)
  const reached = a.askedAt !== undefined || a.answeredAt !== undefined || a.offline !== undefined || a.reversal !== undefined
  if (a.sendFailedAt !== undefined && !answer && !a.reversal && !a.offline) return finding(2, 'not-sent', 'HST-UNREACHABLE')
  if (!reached && !a.statement) return a.endedAt === undefined && a.tenderedAt === undefined && around.now - a.lastAt < around.timeoutMs ? finding(0, 'in-progress') : finding(1, 'not-started', a.last === 'started' || a.endedAt !== undefined ? 'TXN-INCOMPLETE' : undefined)
  const doubt = open(a, around, read, answer)
  if (doubt && doubt.row !== 5) {
    if (a.decision) return finding(0, a.decision.outcome === 'paid' ? 'decided-paid' : 'decided-not-paid')
    // A line of the host's own books is proof that it was booked.
    if (a.statement) return settlement(a, around)
  }
  if (doubt) return doubt
  if (answer && !approves(answer) && a.offline === undefined) return refused(a, around, answer)
  if (around.cancelled) return finding(10, 'cancelled', 'TXN-REFUND-PENDING')
  if (NOT_COLLECTED.has(a.type)) return around.closed ? finding(0, 'approved') : finding(11, 'held', 'AUT-OPEN-EXPIRING')
  const stored = offline(a, read) ?? (answer?.money === 'offline' && a.offline === undefined ? finding(12, 'offline-pending', OFFLINE) : undefined)
  if (stored) return stored
  if (answer?.money === 'verify' && !a.statement) return finding(14, 'verify', 'SET-RECORD-MISSING', { answer })
  if (answer?.faults.includes('TXN-AMOUNT-MISMATCH') || (a.approvedMinor !== undefined && a.amountMinor !== undefined && a.approvedMinor < a.amountMinor)) return finding(15, 'partial', 'TXN-AMOUNT-MISMATCH', { ...(answer ? { answer } : {}) })
  if (a.type === 'refund') return refund(a, around)
  if (NO_MONEY.has(a.type)) return finding(0, 'approved')
  return settlement(a, around)
}

const collected = (state: MoneyState): boolean => ['approved', 'within-cycle', 'overdue', 'credited', 'not-settled', 'disputed', 'verify', 'partial', 'held-back', 'payout-failed'].includes(state)

/** Rows 20, 23 and 24, which may be true beside any of the others. */
export const alsoOf = (a: Attempt, found: Finding, around: Surroundings): Finding[] => {
  const out: Finding[] = []
  if (a.decision === undefined && (isCollected(found) || found.state === 'held' || found.state === 'refund-late') && wrongType(a)) out.push(finding(10, 'wrong-type', 'TXN-WRONG-TYPE'))
  const { tid, mid } = around.registered ?? {}
  if ((tid !== undefined && a.tid !== undefined && a.tid !== tid) || (mid !== undefined && a.mid !== undefined && a.mid !== mid)) out.push(finding(20, 'wrong-merchant', 'SEC-DEVICE-MISMATCH'))
  const short = (a.amountMinor ?? 0) - (a.statement?.amountMinor ?? a.amountMinor ?? 0) - (a.statement?.feeMinor ?? 0)
  if (a.statement && short > 0) out.push(finding(23, 'short', 'SET-AMOUNT-SHORT', { shortMinor: short }))
  if (around.slips && a.slipAt === undefined && collected(found.state) && !NO_MONEY.has(a.type) && around.now - (a.answeredAt ?? a.lastAt) > SLIP_MS) out.push(finding(24, 'slip-missing', 'TXN-RECEIPT-NOT-PRINTED'))
  return out
}

/** True for what stays in the ledger of unknown outcomes: "do not charge again yet". */
export const doubtful = (found: Finding): boolean => found.row === 3 || found.row === 4 || found.row === 6 || found.row === 7 || found.row === 9

/** True for a collected payment, of which a second one is a double charge and on which a void, a slip or a credit must follow. */
export const isCollected = (found: Finding): boolean => collected(found.state)

/** How near two approvals of the same card, amount and terminal must be to look like one payment charged twice, in milliseconds. */
export const DUPLICATE_MS = 600_000

/** Runs of trace numbers that are missing between the lowest and the highest of a terminal's batch; numbers are taken in any order and may wrap from 999999 to 1. */
export const gaps = (stans: Iterable<number>): { from: number; to: number }[] => {
  const sorted = [...new Set(stans)].sort((a, b) => a - b)
  const out: { from: number; to: number }[] = []
  for (let i = 1; i < sorted.length; i++) {
    const [before = 0, here = 0] = [sorted[i - 1], sorted[i]]
    // More than half of all numbers apart is where they wrapped.
    if (here - before > 1 && here - before < 500_000) out.push({ from: before + 1, to: here - 1 })
  }
  return out
}
