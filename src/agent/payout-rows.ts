import type { Attempt } from '../journal/attempt.ts'
import { clockOf, dayOf, startOf } from '../journal/calendar.ts'
import { expectedMinor, feeOf, matchCredits, type Payout } from '../journal/payouts.ts'
import type { MoneyRules } from '../journal/reconcile.ts'
import { bankLines } from './journal-rows.ts'
import type { Database } from './sqlite.ts'

const DAY_MS = 86_400_000
/** How far back payouts are held against the bank's books. */
const BACK_MS = 100 * DAY_MS

const COLLECTS = new Set<Attempt['type']>([undefined, 'sale', 'qr-pay', 'completion', 'completion-advice', 'offline-sale'])
const GIVES_BACK = new Set<Attempt['type']>(['void', 'refund', 'completion-void'])

/** What each day's credit is to be, from the approved payments of the journal. */
const payoutsIn = (db: Database, rules: MoneyRules): Payout[] => {
  const { settlement, creditDay } = rules
  if (!settlement || !creditDay) return []
  const byDay = new Map<number, Payout>()
  const sql = `SELECT coalesce(json_extract(body, '$.answeredAt'), at), coalesce(json_extract(body, '$.approvedMinor'), amount, 0), json_extract(body, '$.type') FROM attempts
    WHERE approved = 1 AND at >= ? AND json_extract(body, '$.refusedAt') IS NULL AND coalesce(json_extract(body, '$.tender'), '') <> 'cash'`
  for (const [at, sum, kind] of db.each(sql, rules.now - BACK_MS)) {
    const type = (kind ?? undefined) as Attempt['type']
    const collects = COLLECTS.has(type)
    if (!collects && !GIVES_BACK.has(type)) continue
    const amount = Number(sum)
    const day = creditDay(Number(at))
    const payout = byDay.get(day) ?? { day, payments: 0, grossMinor: 0, backMinor: 0, feeMinor: 0 }
    payout.payments += 1
    if (collects) payout.grossMinor += amount
    else payout.backMinor += amount
    if (collects) payout.feeMinor += feeOf(amount, settlement)
    byDay.set(day, payout)
  }
  return [...byDay.values()]
}

/**
 * Holds the days on which money was to come against the bank's books, and keeps what came of each. Without rules of settlement, or without
 * a line of the bank, nothing is said. Within a transaction of the caller.
 */
export const settlePayouts = (db: Database, rules: MoneyRules): void => {
  const { settlement, offsetMs } = rules
  const lines = bankLines(db, rules.now - BACK_MS)
  db.run('DELETE FROM payouts')
  if (!settlement || lines.length === 0) return
  const credits = lines.filter(({ amountMinor }) => amountMinor > 0).map(({ hash, at, amountMinor }) => ({ hash, amountMinor, day: dayOf(at, offsetMs) }))
  // Of days that the books at hand do not cover nothing is known.
  const [from, to] = [dayOf(lines[0]?.at ?? 0, offsetMs), dayOf(lines.at(-1)?.at ?? 0, offsetMs)]
  const covered = payoutsIn(db, rules).filter(({ day }) => day >= from && day <= to)
  for (const { payout, creditedMinor, shortMinor } of matchCredits(covered, credits, settlement.toleranceMinor)) {
    db.run('INSERT INTO payouts (day, payments, expected, credited, short) VALUES (?, ?, ?, ?, ?)', payout.day, payout.payments, expectedMinor(payout), creditedMinor, shortMinor)
  }
}

/** A day's payout as it was last held against the bank's books. */
export interface PayoutRow { day: number; payments: number; expectedMinor: number; creditedMinor: number; shortMinor: number; /** When it was due, wall time in milliseconds. */ dueAt: number }

/** The days looked for in the bank's books, newest first. */
export const payoutRows = (db: Database, rules: MoneyRules): PayoutRow[] =>
  db.all('SELECT day, payments, expected, credited, short FROM payouts ORDER BY day DESC').map((row) => ({
    day: Number(row.day), payments: Number(row.payments), expectedMinor: Number(row.expected), creditedMinor: Number(row.credited), shortMinor: Number(row.short), dueAt: startOf(Number(row.day), rules.offsetMs) + clockOf(rules.settlement?.by ?? '00:00'),
  }))

/** Days whose credit the bank's books show. */
export const paidDays = (db: Database): Set<number> => new Set(db.all('SELECT day FROM payouts WHERE credited > 0').map((row) => Number(row.day)))

/** Turnover of approved payments since a moment, in minor units. */
export const turnoverSince = (db: Database, at: number): number =>
  Number(db.get("SELECT sum(amount) AS sum FROM attempts WHERE approved = 1 AND at >= ? AND coalesce(json_extract(body, '$.type'), 'sale') IN ('sale', 'qr-pay', 'completion', 'offline-sale')", at)?.sum ?? 0)
