import type { Agreement } from '../model/service.ts'
import type { MoneyState } from '../texts/money.ts'
import { dayNamed } from './calendar.ts'

/** A sum in the bank's books: positive came in, negative went out. */
export interface BankLine { day: number; amountMinor: number; reference?: string }

/** What an agreement is compared with: the local day, the bank's lines, and the turnover since a day, in minor units. */
export interface AgreementFacts { today: number; bank: readonly BankLine[]; turnoverSince: (day: number) => number }

/** What is wrong with an agreement: its fault, since which day, and the sums or dates that do not agree. */
export interface AgreementFinding { agreement: Agreement; state: MoneyState; fault: string; day: number; sums: { what: 'contract' | 'receipt' | 'shown' | 'bank'; minor: number }[] }

/** How far a bank's line may be from the day that the agreement names. */
const APART_DAYS = 7
/** A credit for its return may come so long after. */
const RETURNED_DAYS = 30

const named = (line: BankLine, a: Agreement): boolean => a.reference !== undefined && line.reference?.includes(a.reference) === true

/** The bank's lines by which a deposit was paid: those that carry its reference, or else those of its amount about its day. */
const paidBy = (a: Agreement, { bank }: AgreementFacts): BankLine[] => {
  const out = bank.filter((line) => line.amountMinor < 0)
  const known = out.filter((line) => named(line, a))
  if (known.length > 0) return known
  const day = a.paidOn === undefined ? undefined : dayNamed(a.paidOn)
  if (day === undefined) return []
  return out.filter((line) => Math.abs(line.day - day) <= APART_DAYS && [a.amountMinor, a.receiptMinor].includes(-line.amountMinor))
}

const sumsOf = (a: Agreement, paid: readonly BankLine[]): AgreementFinding['sums'] => {
  const bank = paid.reduce((sum, line) => sum - line.amountMinor, 0)
  return [
    { what: 'contract', minor: a.amountMinor },
    ...(a.receiptMinor === undefined ? [] : [{ what: 'receipt' as const, minor: a.receiptMinor }]),
    ...(a.shownMinor === undefined ? [] : [{ what: 'shown' as const, minor: a.shownMinor }]),
    ...(paid.length === 0 ? [] : [{ what: 'bank' as const, minor: bank }]),
  ]
}

/** Holds contract, receipt, the provider's system and the bank's books of one agreement against each other, and its dates against today. */
export const agreementFindings = (a: Agreement, facts: AgreementFacts): AgreementFinding[] => {
  const paid = paidBy(a, facts)
  const sums = sumsOf(a, paid)
  const differ = new Set(sums.map(({ minor }) => minor)).size > 1 || (a.shownUntil !== undefined && a.until !== undefined && a.shownUntil !== a.until)
  const paidDay = a.paidOn !== undefined ? dayNamed(a.paidOn) : paid[0]?.day
  const found = (state: MoneyState, fault: string, day: number): AgreementFinding => ({ agreement: a, state, fault, day, sums })
  if (a.kind === 'guarantee') return differ ? [found('guarantee-differs', 'GUA-APPLICATION-ERROR', paidDay ?? facts.today)] : []
  const out: AgreementFinding[] = []
  if (differ) out.push(found('deposit-differs', 'DEP-AMOUNT-MISMATCH', paidDay ?? facts.today))
  if (paidDay !== undefined && a.confirmedOn === undefined && facts.today > paidDay + 1) out.push(found('deposit-unconfirmed', 'DEP-NOT-CONFIRMED', paidDay))
  const due = a.refundOn === undefined ? undefined : dayNamed(a.refundOn)
  if (due !== undefined && a.refundedOn === undefined && facts.today > due) {
    const earned = a.refundTurnoverMinor === undefined || (paidDay !== undefined && facts.turnoverSince(paidDay) >= a.refundTurnoverMinor)
    const returned = facts.bank.some((line) => line.amountMinor > 0 && line.day >= due - RETURNED_DAYS && (named(line, a) || line.amountMinor === a.amountMinor))
    if (earned && !returned) out.push(found('deposit-refund-overdue', 'DEP-REFUND-OVERDUE', due))
  }
  return out
}
