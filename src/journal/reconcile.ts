import type { Settlement } from '../model/service.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { MONEY_STATES } from '../texts/money.ts'
import type { AgreementFinding } from './agreements.ts'
import type { Attempt } from './attempt.ts'
import { clockOf, creditBy, creditDay, dayOf, offsetOf, startOf, workdays, workdaysAfter } from './calendar.ts'
import { type ReadAnswer, readAnswer } from './codes.ts'
import { alsoOf, doubtful, type Finding, isCollected, recognise, type Surroundings } from './recognise.ts'

/** What the shop's settings say of money. */
export interface MoneyRules {
  now: number
  timeoutMs: number
  dayEnd: (at: number) => number
  /** When the money of a settled transaction is due; the settlement rules give it, and without them nothing is called overdue. */
  expected?: (at: number) => number
  /** The local day (from 1970) that a payment's credit belongs to; there if and only if `expected` is. */
  creditDay?: (at: number) => number
  /** When a refund should have reached the customer. */
  refundBy?: (at: number) => number
  /** The rules of settlement themselves, and the shop's offset from UTC in milliseconds. */
  settlement?: Settlement
  offsetMs: number
  registered?: { tid?: string | undefined; mid?: string | undefined }
  read?: ReadAnswer
}

const DAY_MS = 86_400_000

const settlementRules = (settlement: Settlement, offset: number): Partial<MoneyRules> => {
  const works = workdays(settlement)
  return {
    settlement, expected: creditBy(settlement, offset), creditDay: creditDay(settlement, offset),
    refundBy: (at) => startOf(workdaysAfter(dayOf(at, offset), settlement.refundDays, works), offset) + clockOf(settlement.by),
  }
}

/** The rules of a terminal file at a moment. */
export const rulesOf = (money: TerminalFile['money'], now: number): MoneyRules => {
  const offset = offsetOf(money.offset)
  const ends = clockOf(money.dayEnds)
  const { settlement } = money
  return {
    now, timeoutMs: money.timeoutS * 1000, offsetMs: offset,
    ...(settlement === undefined ? {} : settlementRules(settlement, offset)),
    dayEnd: (at) => (Math.floor((at + offset - ends) / DAY_MS) + 1) * DAY_MS + ends - offset,
    registered: { tid: money.tid, mid: money.mid },
  }
}

/** What transactions of the journal say of each other. */
export interface Related {
  /** By the words of `referredBy` and `refersTo`: approved voids and refunds, and approved completions and cancellations. */
  cancelled: ReadonlySet<string>
  closed: ReadonlySet<string>
  /** Settled batches by `tid|batch`. */
  batches: ReadonlyMap<string, { at: number; equal: boolean }>
  /** The terminals (their numbers, or '' for none) whose journals tell of slips. */
  slips: ReadonlySet<string>
  /** Days (from 1970) whose credit the bank's books show. */
  paidDays: ReadonlySet<number>
  referredBy: (a: Attempt) => string[]
  /** What a transaction itself refers to; undefined for most. */
  refersTo: (a: Attempt) => string | undefined
}

/** A transaction with what was recognised of it: its state, and what is true of it besides. */
export interface Item { attempt: Attempt; found: Finding; also: Finding[] }

/** Recognises one transaction by its own steps and what others say of it. */
export const judge = (attempt: Attempt, related: Related, rules: MoneyRules): Item => {
  const names = related.referredBy(attempt)
  const own = related.refersTo(attempt)
  const day = rules.creditDay?.(attempt.answeredAt ?? attempt.startedAt)
  const around: Surroundings = {
    now: rules.now, timeoutMs: rules.timeoutMs, dayEnd: rules.dayEnd, expected: rules.expected, refundBy: rules.refundBy, registered: rules.registered, paidOut: day !== undefined && related.paidDays.has(day),
    cancelled: names.some((name) => related.cancelled.has(name)), closed: [...names, ...(own === undefined ? [] : [own])].some((name) => related.closed.has(name)),
    settled: attempt.batch === undefined ? undefined : related.batches.get(`${attempt.tid ?? ''}|${attempt.batch}`),
    slips: related.slips.has(attempt.tid ?? ''),
  }
  const found = recognise(attempt, around, rules.read ?? readAnswer)
  return { attempt, found, also: alsoOf(attempt, found, around) }
}

const FINAL = new Set<Finding['state']>(['reversed', 'not-paid', 'cancelled', 'cash', 'credited', 'decided-paid', 'decided-not-paid', 'not-sent'])

/** True if nothing more can be learned of a transaction: its state will not change by itself. */
export const isClosed = ({ attempt, found, also }: Item, rules: MoneyRules, settled: boolean): boolean =>
  also.length === 0 && (FINAL.has(found.state) || (found.state === 'not-started' && rules.now - attempt.lastAt > DAY_MS) || (found.state === 'approved' && (attempt.batch === undefined || settled) && rules.now - attempt.lastAt > DAY_MS))

/** One row of the ledger or of another list that asks somebody to act. */
export interface Attention {
  row: number
  state: Finding['state']
  fault?: string
  transaction: string
  at: number
  /** Last step that was told, and when. */
  last: TransactionStep['step']
  lastAt: number
  amountMinor?: number
  currency?: string
  tid?: string
  batch?: string
  stan?: string
  rrn?: string
  panMasked?: string
  code?: string
  date?: number
  shortMinor?: number
  /** Agreement that it is about, and the sums that differ. */
  agreement?: string
  sums?: AgreementFinding['sums']
  from?: string
  to?: string
}

const NAMED = ['amountMinor', 'currency', 'tid', 'batch', 'stan', 'rrn', 'panMasked', 'code'] as const

/** A finding as a list shows it. */
export const attention = (attempt: Attempt, found: Finding): Attention => {
  const named = Object.fromEntries(NAMED.filter((name) => attempt[name] !== undefined).map((name) => [name, attempt[name]])) as Partial<Attention>
  return {
    row: found.row, state: found.state, ...(found.fault === undefined ? {} : { fault: found.fault }), transaction: attempt.transaction, at: attempt.startedAt, last: attempt.last, lastAt: attempt.lastAt, ...named,
    ...(found.date === undefined ? {} : { date: found.date }), ...(found.shortMinor === undefined ? {} : { shortMinor: found.shortMinor }),
  }
}

/** Sums over a journal. `unknown` is the ledger of outcomes not proved, oldest first; `attention` all else that asks somebody to act. Both are bounded; `states` counts everything. */
export interface Reconciliation {
  transactions: number
  collectedMinor: number
  states: Partial<Record<Finding['state'], number>>
  unknown: Attention[]
  attention: Attention[]
  /** Attention rows beyond the bound. */
  more: number
}

/** Longest of the two lists. */
export const MOST_ROWS = 1000

/** States that ask nobody to do anything. */
const QUIET = new Set<Finding['state']>(['approved', 'credited', 'cash', 'reversed', 'cancelled', 'not-paid', 'not-started', 'in-progress', 'within-cycle', 'decided-paid', 'decided-not-paid', 'not-sent', 'held'])

/** Adds one item to the sums, in place. */
export const count = (sum: Reconciliation, item: Item): void => {
  const { attempt, found, also } = item
  sum.transactions += 1
  if (isCollected(found) && attempt.type !== 'refund' && attempt.type !== 'void') sum.collectedMinor += attempt.approvedMinor ?? attempt.amountMinor ?? 0
  for (const one of [found, ...also]) {
    sum.states[one.state] = (sum.states[one.state] ?? 0) + 1
    const list = doubtful(one) ? sum.unknown : QUIET.has(one.state) ? undefined : sum.attention
    if (list === undefined) continue
    if (list.length < MOST_ROWS) list.push(attention(attempt, one))
    else sum.more += 1
  }
}

/** Nothing counted yet. */
export const emptySum = (): Reconciliation => ({ transactions: 0, collectedMinor: 0, states: {}, unknown: [], attention: [], more: 0 })

/** Words for one row in a language, with its date, amount and numbers filled in. */
export const toldOf = (row: Attention, language: 'zh' | 'en', fill: { date: (at: number) => string; amount: (minor: number) => string }): { tell: string; next: string } => {
  const { tell, next } = MONEY_STATES[row.state]
  const values: Record<string, string> = { date: row.date === undefined ? '' : fill.date(row.date), amount: row.shortMinor === undefined ? '' : fill.amount(row.shortMinor), from: row.from ?? '', to: row.to ?? '' }
  const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  return { tell: filled(tell[language]), next: filled(next[language]) }
}
