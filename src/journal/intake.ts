import { mask } from '../guard/card-data.ts'
import { starred } from '../guard/issuer.ts'
import { TransactionStep } from '../model/transaction.ts'
import { approves, readAnswer } from './codes.ts'

/** Names reported as dropped are cut and counted: a source may send anything. */
const MAX_DROPPED = 50
const MAX_NAME = 64

const FAILED = new Set<TransactionStep['step']>(['failed', 'abandoned', 'send-failed', 'refused-locally', 'reversal-asked', 'reversal-dropped'])

const FIELDS = new Set(Object.keys(TransactionStep.shape))
/** Their shapes are so narrow that neither a card number nor a code behind its name fits; the schema holds them to it. */
const NARROW = new Set(['step', 'type', 'tender', 'currency', 'stan', 'batch', 'originalStan', 'originalBatch', 'authCode', 'tid', 'responseCode', 'reason', 'outcome'])
/** Of the others, those whose values come again and again. */
const REPEATS = new Set(['source', 'profile', 'mid', 'version', 'prompt', 'error', 'brand', 'by'])
const MASKED = /^\d{0,6}\*+\d{0,4}$/
/** Fewer hidden digits than this can be worked out from the check digit and a few tries. */
const MIN_HIDDEN = 4

const nameOf = (name: string): string => mask(name).text.slice(0, MAX_NAME)

/**
 * What may be kept of a card number as a source wrote it: at most the first six and last four digits. Full numbers are masked;
 * x, X, #, • and blanks are read as a source's own stars. Undefined where it is not plain that nothing more would be kept.
 */
export const keptOfCard = (written: string): string | undefined => {
  const compact = written.normalize('NFKC').replaceAll(/[\s-]/g, '').replaceAll(/[xX#•●∗＊]/g, '*')
  if (/^\d{12,19}$/.test(compact)) return starred(compact)
  if (!MASKED.test(compact)) return undefined
  const digits = compact.replaceAll('*', '').length
  const stars = compact.length - digits
  return stars >= MIN_HIDDEN || digits <= 4 ? compact : undefined
}

/** Values that the filter left as they were, with their names: terminal, source and version are the same in every step. Bounded. */
const harmless = new Set<string>()
const MOST_HARMLESS = 1000

/** A word as the filter leaves it; stars become x, which a word may hold. */
const filtered = (name: string, value: string): { value: string; touched: boolean } => {
  const lead = `${name}=`
  if (harmless.has(lead + value)) return { value, touched: false }
  const clean = mask(lead + value).text
  if (clean === lead + value) {
    if (REPEATS.has(name) && harmless.size < MOST_HARMLESS) harmless.add(lead + value)
    return { value, touched: false }
  }
  return { value: (clean.startsWith(lead) ? clean.slice(lead.length) : '').replaceAll('*', 'x').replaceAll(/[[\]]/g, ''), touched: true }
}

const problemOf = (name: string, message: string): string => `${name}: ${message}`

/**
 * Takes one posted object in as a step of a transaction. Only the fields of TransactionStep are kept, every string passes the card-data
 * filter, and of a card number no more than six and four digits stay. `dropped` names what was left out, never its value. A field
 * that is wrong in itself is a problem, named with what is expected.
 */
export const intake = (raw: unknown): { step: TransactionStep; dropped: string[] } | { problem: string } => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { problem: 'expected one JSON object per step, as {"transaction":"42","step":"started","at":1735689600000}' }
  const kept: Record<string, unknown> = {}
  const dropped: string[] = []
  const drop = (name: string): void => {
    if (dropped.length < MAX_DROPPED) dropped.push(nameOf(name))
    else dropped[MAX_DROPPED - 1] = 'and more'
  }
  for (const [name, value] of Object.entries(raw)) {
    if (!FIELDS.has(name)) drop(name)
    else if (value === undefined || value === null) continue
    else if (name === 'panMasked') {
      const pan = typeof value === 'string' || typeof value === 'number' ? keptOfCard(String(value)) : undefined
      if (pan === undefined) drop(name)
      else kept[name] = pan
    } else if (typeof value === 'string' && !NARROW.has(name)) {
      const clean = filtered(name, value)
      // A transaction must keep an id to be told from others; anything else that held card data is worth nothing.
      if (clean.touched && name !== 'transaction') drop(name)
      else kept[name] = clean.value
    } else kept[name] = value
  }
  const parsed = TransactionStep.safeParse(kept)
  if (parsed.success) return { step: parsed.data, dropped }
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') || 'step'
  return { problem: problemOf(field, kept[field] === undefined ? 'this field is missing' : (issue?.message ?? 'not understood')) }
}

/** True if a step is reason enough for a check: the transaction failed or was abandoned, the outcome is open, or the host answered anything but an approval. */
export const isFailure = (step: TransactionStep): boolean =>
  FAILED.has(step.step) || (step.responseCode !== undefined && step.step !== 'statement-line' && !approves(readAnswer(step.responseCode, step.profile)))

/** The steps nearest to a moment (milliseconds since 1970), oldest first: at most `count` up to and at it, and at most `count` after it. */
export const around = (steps: readonly TransactionStep[], at: number, count: number): TransactionStep[] => {
  const sorted = steps.toSorted((a, b) => a.at - b.at)
  const after = sorted.findIndex((step) => step.at > at)
  const split = after < 0 ? sorted.length : after
  return sorted.slice(Math.max(0, split - count), split + count)
}
