import type { TransactionStep } from '../model/transaction.ts'
import type { AgentClock } from './clock.ts'

/** Knows whether a customer is paying right now, from the steps that the POS application tells. */
export interface SaleWatch {
  hear(steps: readonly TransactionStep[]): void
  open(): boolean
  /** Milliseconds until an open sale counts as forgotten; 0 if none is open. */
  restMs(): number
}

/** A sale whose last step is older than this was forgotten, not taken: nobody waits so long at a counter. Milliseconds. */
export const SALE_MS = 180_000

const MOST_SALES = 64

const ENDS = new Set<TransactionStep['step']>(['completed', 'failed', 'abandoned'])

/** Starts without an open sale. */
export const watchSales = (clock: AgentClock): SaleWatch => {
  const heardAt = new Map<string, number>()
  const restMs = (): number => Math.max(0, ...[...heardAt.values()].map((at) => at + SALE_MS - clock.mono()))
  return {
    hear: (steps) => {
      for (const { transaction, step } of steps) {
        heardAt.delete(transaction)
        if (!ENDS.has(step)) heardAt.set(transaction, clock.mono())
      }
      for (const [transaction, at] of heardAt) {
        if (heardAt.size > MOST_SALES || at + SALE_MS <= clock.mono()) heardAt.delete(transaction)
      }
    },
    open: () => restMs() > 0,
    restMs,
  }
}
