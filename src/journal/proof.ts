import type { Attempt } from './attempt.ts'
import { approves, type ReadAnswer, readAnswer } from './codes.ts'

/**
 * Where host, POS application and printer contradict each other. paid-without-receipt: the host approved and no paper moved.
 * receipt-without-payment: a slip, and no approval. paid-not-tendered: the host approved, and the POS application does not count the order as
 * paid. tendered-not-paid: the reverse. drawer-without-sale: the drawer opened for no cash payment.
 */
export type Contradiction = 'paid-without-receipt' | 'receipt-without-payment' | 'paid-not-tendered' | 'tendered-not-paid' | 'drawer-without-sale'

/** How long receipt and tender may come after the approval, in milliseconds. */
const PATIENCE_MS = 120_000

const CASHLESS = new Set<Attempt['type']>(['void', 'refund', 'preauth', 'preauth-cancel', 'settlement', 'sign-on', 'balance', 'reversal'])

/** Compares the three witnesses of one payment; a witness who is never heard (`tells`) contradicts nobody. */
export const contradictions = (a: Attempt, now: number, tells: { slips: boolean; tenders: boolean }, read: ReadAnswer = readAnswer): Contradiction[] => {
  const cash = a.tender === 'cash' || a.type === 'cash'
  const approved = a.code !== undefined && approves(read(a.code, a.profile)) && a.refusedAt === undefined && a.reversal?.code === undefined
  const settled = now - a.lastAt > PATIENCE_MS
  const out: Contradiction[] = []
  if (approved && settled && (a.paperMm === 0 || (tells.slips && a.slipAt === undefined))) out.push('paid-without-receipt')
  if (!cash && !approved && !CASHLESS.has(a.type) && a.slipAt !== undefined && a.offline === undefined && settled && a.reversal === undefined && a.decision === undefined) out.push('receipt-without-payment')
  if (approved && settled && tells.tenders && !CASHLESS.has(a.type) && a.tenderedAt === undefined && a.completedAt === undefined) out.push('paid-not-tendered')
  if (!cash && !approved && (a.tenderedAt !== undefined || a.completedAt !== undefined) && a.offline === undefined && a.decision?.outcome !== 'paid' && settled && a.statement === undefined && a.tender !== undefined) out.push('tendered-not-paid')
  if (a.drawerAt !== undefined && !cash && settled && a.tenderedAt === undefined && a.completedAt === undefined) out.push('drawer-without-sale')
  return out
}
