import { mask, maskDeep } from '../guard/card-data.ts'

/** Strings known to hold no card data, so that names and texts that come in every report are judged once: two generations of so many. */
const REMEMBERED = 20_000
const LONGEST_REMEMBERED = 1000

const memory = (judge: (text: string) => boolean): ((text: string) => boolean) => {
  let young = new Set<string>()
  let old = new Set<string>()
  return (text) => {
    if (young.has(text)) return true
    const clean = old.has(text) || judge(text)
    if (clean && text.length <= LONGEST_REMEMBERED) {
      if (young.size >= REMEMBERED) {
        old = young
        young = new Set()
      }
      young.add(text)
    }
    return clean
  }
}

const none = (masked: Record<string, number>): boolean => Object.keys(masked).length === 0

const cleanText = memory((text) => none(mask(text).masked))

/** A name is clean if the filter would keep both it and a value under it. */
const cleanName = memory((name) => none(maskDeep({ [name]: 'x' }).masked))

/** Numbers that cannot be a card number; the filter decides of the others. */
const cleanNumber = (value: number): boolean => Math.abs(value) < 1e11 || !Number.isInteger(value) || (value > 1e12 && value < 2.15e12)

/**
 * Ids are made of random bits: judging them would cost more than all else, and now and then find a card number in one that by chance
 * looks so, and then the report could never be stored. An id without a letter is no ordinary one, and is judged.
 */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const isId = (text: string): boolean => text.length === 36 && ID.test(text) && /[a-f]/.test(text)

const cleanValue = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string') return isId(value) || cleanText(value)
  if (typeof value === 'number') return cleanNumber(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth > 30) return false
  if (Array.isArray(value)) return value.every((one) => cleanValue(one, depth + 1))
  for (const name in value) {
    if (!cleanName(name) || !cleanValue((value as Record<string, unknown>)[name], depth + 1)) return false
  }
  return true
}

/** An item of a batch without card data: as it was sent where there was none, else made anew; `masked` counts what was taken out. */
export interface Screened { value: unknown; bytes: Uint8Array; masked: number }

/** The last filter before anything is stored; agents have one of their own. */
export const screen = (sent: unknown, bytes: Uint8Array): Screened => {
  if (cleanValue(sent, 0)) return { value: sent, bytes, masked: 0 }
  const { value, masked } = maskDeep(sent)
  const count = Object.values(masked).reduce((sum, n) => sum + n, 0)
  return count === 0 ? { value: sent, bytes, masked: 0 } : { value, bytes: Buffer.from(JSON.stringify(value)), masked: count }
}
