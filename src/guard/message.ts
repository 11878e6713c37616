import type { Chain, Span } from './digits.ts'
import { brandOf, keptInFront } from './issuer.ts'
import { starsOver } from './numbers.ts'

// ISO 8583: message type (version, class, function, origin), bitmap of 8 or 16 bytes as such or as 16 or 32 hex digits, then field 2: two digits of length and the number.
const TYPE = /^[0-2][1-8][0-9][0-5]$/
const BITMAPS = [8, 16, 32]

/** True if what ends at `end` is a message type and a bitmap in which field 2 is marked as present. */
const announces = (text: string, end: number): boolean =>
  BITMAPS.some((size) => {
    const from = end - size
    if (from < 4 || !TYPE.test(text.slice(from - 4, from))) return false
    const second = text.charCodeAt(from) & 0x40
    const nibble = Number.parseInt(text[from] ?? '', 16)
    return /^(?:[0-9A-Fa-f]{16}){1,2}$/.test(text.slice(from, end)) ? (nibble & 4) !== 0 && (nibble >= 8) === (size === 32) : size < 32 && second !== 0
  })

/** Card numbers that stand flush behind the bitmap of an ISO 8583 message written as characters, within the digits of a chain. */
export const messageNumbers = (text: string, chain: Chain): Span[] => {
  const spans: Span[] = []
  for (let i = 0; i + 14 <= chain.digits.length; i++) {
    const length = Number(chain.digits.slice(i, i + 2))
    if (length < 12 || length > 19) continue
    const at = chain.at.slice(i + 2, i + 2 + length)
    const from = chain.at[i] ?? 0
    if (at.length < length || brandOf(chain.digits.slice(i + 2, i + 2 + length)) === undefined) continue
    if (announces(text, from)) spans.push({ start: at[0] ?? 0, end: (at[length - 1] ?? 0) + 1, type: 'pan', put: starsOver(text, at, keptInFront(length), 4) })
  }
  return spans
}
