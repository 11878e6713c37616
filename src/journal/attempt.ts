import type { StepName, TransactionStep } from '../model/transaction.ts'

/** Everything told of one transaction, folded. Times are wall time in milliseconds since 1970. */
export interface Attempt {
  transaction: string
  type?: TransactionStep['type']
  tender?: TransactionStep['tender']
  tid?: string
  mid?: string
  batch?: string
  stan?: string
  rrn?: string
  authCode?: string
  order?: string
  amountMinor?: number
  currency?: string
  panMasked?: string
  brand?: string
  profile?: string
  originalStan?: string
  originalBatch?: string
  originalRrn?: string
  startedAt: number
  lastAt: number
  /** The last step that was told. */
  last: StepName
  cardAt?: number
  askedAt?: number
  sendFailedAt?: number
  /** The last answer of the host. */
  answeredAt?: number
  code?: string
  /** The amount that the host named in its answer. */
  approvedMinor?: number
  refusedAt?: number
  reversal?: { askedAt?: number; attempts: number; reason?: string; answeredAt?: number; code?: string; droppedAt?: number }
  offline?: { storedAt: number; forwardedAt?: number; code?: string }
  slipAt?: number
  /** Paper that the printer's counter moved by, in millimetres. */
  paperMm?: number
  itemsScanned?: number
  itemsKeyed?: number
  tenderedAt?: number
  /** By which way of paying the till counts the order, where it says so. */
  tenderedAs?: TransactionStep['tender']
  drawerAt?: number
  completedAt?: number
  endedAt?: number
  statement?: { at: number; amountMinor?: number; feeMinor?: number; payout?: TransactionStep['payout'] }
  decision?: { at: number; by: string; outcome: 'paid' | 'not-paid' }
}

const KEPT = ['type', 'tender', 'tid', 'mid', 'batch', 'stan', 'rrn', 'authCode', 'order', 'currency', 'panMasked', 'brand', 'profile', 'originalStan', 'originalBatch', 'originalRrn', 'itemsScanned', 'itemsKeyed', 'paperMm'] as const

// Which of two steps told for the same moment comes first: terminals write one second for request and answer.
const RANK = new Map<StepName, number>([
  'started', 'card-presented', 'authorisation-asked', 'send-failed', 'stored-offline', 'answered', 'refused-locally', 'reversal-asked', 'reversal-answered', 'reversal-dropped', 'forwarded', 'receipt-printed', 'drawer-opened', 'tendered', 'completed',
  'failed', 'abandoned', 'batch-settled', 'statement-line', 'bank-credit', 'bank-debit', 'decided',
].map((step, rank) => [step as StepName, rank]))

const order = (a: TransactionStep, b: TransactionStep): number => a.at - b.at || (RANK.get(a.step) ?? 0) - (RANK.get(b.step) ?? 0)

type Kept = Pick<TransactionStep, (typeof KEPT)[number]>

const copyOne = <Name extends keyof Kept>(to: Kept, from: Kept, name: Name): void => {
  if (from[name] !== undefined) to[name] = from[name]
}

const copy = (attempt: Attempt, step: TransactionStep): void => {
  for (const name of KEPT) {
    // How the till counts an order is not how the card came in, once one did.
    if (name !== 'tender' || step.step !== 'tendered' || attempt.tender === undefined) copyOne(attempt, step, name)
  }
}

const tell = (attempt: Attempt, step: TransactionStep): void => {
  const { at } = step
  const reversal = (): NonNullable<Attempt['reversal']> => (attempt.reversal ??= { attempts: 0 })
  switch (step.step) {
    case 'card-presented': attempt.cardAt ??= at; break
    case 'authorisation-asked': attempt.askedAt ??= at; break
    case 'send-failed': attempt.sendFailedAt = at; break
    case 'answered':
      attempt.answeredAt = at
      if (step.responseCode !== undefined) attempt.code = step.responseCode
      if (step.amountMinor !== undefined) attempt.approvedMinor = step.amountMinor
      break
    case 'refused-locally': attempt.refusedAt = at; break
    case 'reversal-asked': {
      const known = reversal()
      known.askedAt ??= at
      known.attempts += 1
      if (step.reason !== undefined) known.reason = step.reason
      break
    }
    case 'reversal-answered': Object.assign(reversal(), { answeredAt: at, ...(step.responseCode === undefined ? {} : { code: step.responseCode }) }); break
    case 'reversal-dropped': reversal().droppedAt = at; break
    case 'stored-offline':
      attempt.offline ??= { storedAt: at }
      if (step.responseCode !== undefined) attempt.code = step.responseCode
      break
    case 'forwarded': attempt.offline = { storedAt: at, ...attempt.offline, forwardedAt: at, ...(step.responseCode === undefined ? {} : { code: step.responseCode }) }; break
    case 'receipt-printed': attempt.slipAt = at; break
    case 'tendered':
      attempt.tenderedAt = at
      if (step.tender !== undefined) attempt.tenderedAs = step.tender
      break
    case 'drawer-opened': attempt.drawerAt = at; break
    case 'completed': attempt.completedAt = at; break
    case 'failed':
    case 'abandoned': attempt.endedAt = at; break
    case 'statement-line':
      attempt.statement = { at, ...(step.amountMinor === undefined ? {} : { amountMinor: step.amountMinor }), ...(step.feeMinor === undefined ? {} : { feeMinor: step.feeMinor }), ...(step.payout === undefined ? {} : { payout: step.payout }) }
      break
    case 'decided':
      if (step.outcome && step.by) attempt.decision = { at, by: step.by, outcome: step.outcome }
      break
    case 'started':
    case 'batch-settled':
    case 'bank-credit':
    case 'bank-debit': break
  }
}

/** Folds the steps of one transaction, in any order, into what is known of it. Undefined for no steps. */
export const attemptOf = (steps: readonly TransactionStep[]): Attempt | undefined => {
  const sorted = steps.toSorted(order)
  const [first] = sorted
  if (!first) return undefined
  const attempt: Attempt = { transaction: first.transaction, startedAt: first.at, lastAt: first.at, last: first.step }
  for (const step of sorted) {
    copy(attempt, step)
    // What was asked for stays the amount; an answer and a statement may name another.
    if (step.amountMinor !== undefined && step.step !== 'answered' && step.step !== 'statement-line') attempt.amountMinor ??= step.amountMinor
    attempt.lastAt = step.at
    attempt.last = step.step
    tell(attempt, step)
  }
  if (attempt.approvedMinor !== undefined) attempt.amountMinor ??= attempt.approvedMinor
  return attempt
}

/** The same amount, card and terminal: what two payments of one customer have in common; undefined where too little is known. */
export const sameness = (attempt: Attempt): string | undefined =>
  attempt.panMasked === undefined || attempt.amountMinor === undefined ? undefined : `${attempt.tid ?? ''}|${attempt.panMasked}|${attempt.amountMinor}`
