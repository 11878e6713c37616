import { mask } from '../guard/card-data.ts'
import { TransactionStep } from '../model/transaction.ts'

/** What was taken from a posted object, with the names (never the values) of fields that were dropped; or why nothing could be taken. */
export type Intake = { step: TransactionStep; dropped: string[] } | { problem: string }

const FIELDS = Object.keys(TransactionStep.shape) as (keyof TransactionStep)[]

/** At most the first six and the last four digits; undefined if what is there is no number of a card. */
const masked = (value: string): string | undefined => {
  const plain = value.replaceAll(/[\s-]/g, '')
  if (TransactionStep.shape.panMasked.safeParse(plain).success) return plain
  const digits = /^(\d{6})\d+(\d{4})$/.exec(plain)
  return digits && plain.length >= 12 && plain.length <= 19 ? `${digits[1]}${'*'.repeat(plain.length - 10)}${digits[2]}` : undefined
}

const clean = (name: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value
  if (name === 'panMasked') return masked(value)
  // A card number in a field that is meant for something else is not kept in part: the field is dropped.
  return Object.keys(mask(value).masked).length === 0 ? value : undefined
}

const fieldName = (name: string): string => name.replaceAll(/[^\w.-]/g, '?').slice(0, 40)

/**
 * Takes one step from whatever the POS application posted: fields of the allow-list that are as they should be, nothing else. A
 * step without its transaction, name or time cannot be taken.
 */
export const intake = (raw: unknown): Intake => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { problem: 'expected an object with the fields transaction, step and at' }
  const given = raw as Readonly<Record<string, unknown>>
  const kept: Record<string, unknown> = {}
  const dropped = Object.keys(given).filter((name) => !FIELDS.some((field) => field === name)).map(fieldName)
  for (const field of FIELDS) {
    if (given[field] === undefined || given[field] === null) continue
    const value = clean(field, given[field])
    if (value !== undefined && TransactionStep.shape[field].safeParse(value).success) kept[field] = value
    else dropped.push(field)
  }
  const parsed = TransactionStep.safeParse(kept)
  if (parsed.success) return { step: parsed.data, dropped }
  const missing = parsed.error.issues.map((issue) => String(issue.path[0]))
  return { problem: `the fields ${[...new Set(missing)].join(', ')} are missing or not as they should be` }
}

/** Approvals of the common response code tables; anything else that was answered is a failure to look into. */
const APPROVED = new Set(['00', '08', '10', '11', '16'])

/** True if this step says that a payment failed, so that the terminal should be looked at. */
export const isFailure = (step: TransactionStep): boolean =>
  step.step === 'failed' || step.step === 'abandoned' || (step.step === 'answered' && step.responseCode !== undefined && !APPROVED.has(step.responseCode))

/** The steps nearest to a moment, at most `count` of them, oldest first; at least half of the room is for those before it. */
export const around = (steps: readonly TransactionStep[], at: number, count: number): TransactionStep[] => {
  const ordered = [...steps].sort((a, b) => a.at - b.at)
  const firstAfter = ordered.findIndex((step) => step.at > at)
  const cut = firstAfter < 0 ? ordered.length : firstAfter
  const after = Math.min(ordered.length - cut, Math.floor(count / 2))
  const before = Math.min(cut, count - after)
  return ordered.slice(cut - before, cut + after)
}
