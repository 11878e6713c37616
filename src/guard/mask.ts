import type { Span } from './digits.ts'
import { scan } from './scan.ts'

/** What was masked, counted by type: pan, track1, track2, track3, track, cvv, pin, pin-block, key, name, expiry, id-card, emv-…, field, unreadable, withheld. */
export type Masked = Record<string, number>

/** Puts the spans in; where two overlap, what sticks out of the first loses its digits. */
const replaced = (text: string, spans: Span[]): { text: string; masked: Masked } => {
  const masked: Masked = {}
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  let out = ''
  let done = 0
  for (const span of sorted) {
    if (span.end <= done) continue
    if (span.start >= done) out += text.slice(done, span.start) + span.put
    else out += text.slice(done, span.end).replace(/\p{Nd}/gu, '*')
    masked[span.type] = (masked[span.type] ?? 0) + 1
    done = span.end
  }
  return { text: out + text.slice(done), masked }
}

/**
 * Takes card data out of a text: card numbers keep their first six and last four digits at most, tracks, codes, PINs, keys and names go whole.
 * Fail-closed: text that cannot be judged is withheld. What is masked is counted by type; text without any comes back as it was.
 */
export const mask = (text: string): { text: string; masked: Masked } => {
  try {
    let result = { text, masked: {} as Masked }
    // What one pass takes out can bring other digits together; three passes settle that.
    for (let pass = 0; pass < 3; pass++) {
      const spans = scan(result.text, true)
      if (spans.length === 0) break
      const next = replaced(result.text, spans)
      const masked = { ...result.masked }
      addMasked(masked, next.masked)
      if (next.text === result.text) break
      result = { text: next.text, masked }
    }
    return result
  } catch (error) {
    return { text: `[withheld: the card-data filter failed: ${error instanceof Error ? error.name : 'unknown'}]`, masked: { withheld: 1 } }
  }
}

/** Adds the counts of one look to a sum, in place. */
export const addMasked = (sum: Masked, more: Masked): void => {
  for (const [type, count] of Object.entries(more)) sum[type] = (sum[type] ?? 0) + count
}
