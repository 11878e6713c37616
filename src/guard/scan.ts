import { bytesInBase64, digitsInBase64 } from './base64.ts'
import { type Chain, digitValue, readChain, type Span } from './digits.ts'
import { hexRegion, inDump, inHex, inHexWord, inSpelledBytes, type Look } from './hex.ts'
import { identityNumbers } from './identity.ts'
import { isLookAlike } from './look-alikes.ts'
import { messageNumbers } from './message.ts'
import { cardNumbers } from './numbers.ts'
import { codesOf, fieldNumber, skim } from './skim.ts'
import { afterNumber, trackAt } from './tracks.ts'
import { chineseAt, fieldAt, namedAt, tagAt } from './words.ts'

/** State of one scan. `deeper` is false inside decoded text: nothing is decoded twice. */
type Scan = { text: string; codes: Uint16Array; deeper: boolean; spans: Span[]; hexDone: number; base64Done: number; pairs: boolean }

const CHAIN_MIN = 12

const plain: Look = (decoded) => scan(decoded, false)
const asHex: Look = (hex) => inHex(hex, 0, hex.length, plain)

const hexLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 102

const lookAtHex = (state: Scan, from: number, to: number): void => {
  if (!state.deeper || from < state.hexDone) return
  const region = hexRegion(state.text, from, to, state.hexDone)
  state.spans.push(...inHex(state.text, region.start, region.end, plain))
  state.hexDone = region.end
}

/** Judges a chain of at least twelve digits; returns where to go on. */
const judge = (state: Scan, chain: Chain): number => {
  const { text, spans } = state
  const track = trackAt(text, chain)
  if (track) spans.push(track)
  for (const span of cardNumbers(text, chain)) {
    if (isLookAlike(text, span.start, span.end) || (state.deeper && inHexWord(text, span.start, span.end))) continue
    spans.push(span)
    const after = afterNumber(text, span.end)
    if (after) spans.push(after)
  }
  let pairs = 0
  let fours = 0
  let longest = 0
  for (const { from, to } of chain.groups) {
    if (to - from === 2) pairs++
    if (to - from === 4) fours++
    if (to - from > longest) longest = to - from
  }
  if (longest >= 17) spans.push(...identityNumbers(text, chain))
  if (longest > 19) spans.push(...messageNumbers(text, chain))
  if (pairs >= 4) state.pairs = true
  if (pairs >= 6 || fours >= 6 || longest > 19 || hexLetter(text.charCodeAt(chain.start - 1)) || hexLetter(text.charCodeAt(chain.end))) lookAtHex(state, chain.start, chain.end)
  return Math.max(chain.end, track?.end ?? 0)
}

const digitsAt = (state: Scan, i: number): number => {
  const { text } = state
  const field = fieldNumber(state.codes, i) ? fieldAt(text, text[i] === '0' ? i + 3 : i + 2) : undefined
  if (field) state.spans.push(field)
  const chain = readChain(text, i)
  const next = chain.digits.length >= CHAIN_MIN ? judge(state, chain) : chain.end
  if ((text.charCodeAt(chain.end) | 32) === 102 && /^[59]f[ :-]?(?:20|0b|1f)/i.test(text.slice(chain.end - 1, chain.end + 4))) {
    const tag = tagAt(text, chain.end - 1)
    if (tag) state.spans.push(tag)
    else lookAtHex(state, chain.end - 1, chain.end)
  }
  return Math.max(next, i + 1)
}

const spelledAt = (state: Scan, i: number): number => {
  const { text } = state
  const char = text[i]
  const isDigit = digitValue(text.charCodeAt(i + 1)) >= 0
  if (char === '\\' && text[i + 1] === 'u') {
    const list = state.deeper ? inSpelledBytes(text, i, plain) : { spans: [], end: i }
    state.spans.push(...list.spans)
    if (list.end > i) return list.end
    if (digitValue(text.charCodeAt(i + 2)) >= 0) digitsAt(state, i + 2)
    // Only a whole escape is stepped over: what follows any other \u may be a number.
    return /^[0-9A-Fa-f]{4}$/.test(text.slice(i + 2, i + 6)) ? i + 6 : i + 2
  }
  if (state.deeper) {
    const list = inSpelledBytes(text, char === 'x' || char === 'X' ? i - 1 : i, plain)
    state.spans.push(...list.spans)
    if (list.end > i) return list.end
  }
  if (char !== '%' || !isDigit) return i + 1
  // The digits of %20 are no digits of the number behind it; unless they are, after a percent sign.
  digitsAt(state, i + 1)
  return i + 3
}

const base64At = (state: Scan, i: number): number => {
  if (!state.deeper) return i + 1
  if (state.text[i] === '=') {
    const span = bytesInBase64(state.text, i, asHex)
    if (span) state.spans.push(span)
  } else if (i >= state.base64Done) {
    const { span, end } = digitsInBase64(state.text, i, plain)
    if (span) state.spans.push(span)
    state.base64Done = end
  }
  return i + 1
}

const nameAt = (state: Scan, i: number, found: Span | undefined): number => {
  if (found) state.spans.push(found)
  return i + 1
}

const handle = (state: Scan, i: number): number => {
  const char = state.text[i] ?? ''
  if (digitValue(char.charCodeAt(0)) >= 0) return digitsAt(state, i)
  if ('cCpPkKxX'.includes(char) && !/[xX][0-9A-Fa-f]/.test(state.text.slice(i, i + 2))) return nameAt(state, i, namedAt(state.text, i))
  if ('MNO='.includes(char)) return base64At(state, i)
  if ('%\\xX&'.includes(char)) return spelledAt(state, i)
  if (char === 'F' || char === 'f') {
    lookAtHex(state, i, i + 1)
    return i + 1
  }
  return nameAt(state, i, chineseAt(state.text, i))
}

/** Everything in a text that may not be kept, as spans in any order. `deeper` also looks into hex, spelled bytes and base64. */
export const scan = (text: string, deeper: boolean): Span[] => {
  const size = text.length
  // Decoded text is scanned while the text that holds it is: it may not take the shared buffer away.
  const codes = codesOf(text, !deeper)
  let i = skim(codes, size, 0)
  if (i === size) return []
  const state: Scan = { text, codes, deeper, spans: [], hexDone: 0, base64Done: 0, pairs: false }
  while (i < size) i = skim(codes, size, handle(state, i))
  if (state.pairs && deeper && text.includes('\n')) state.spans.push(...inDump(text, plain))
  return state.spans
}
