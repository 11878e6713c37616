import type { Span } from './digits.ts'
import { brandOf, isCard, keptInFront, luhn, UNLIKELY } from './issuer.ts'
import { starsOver } from './numbers.ts'

/** Nibbles that belong together: upper-case hex digits, and where each stands in the text. The rest says how they were written: with letters, in several words, in words of one length. */
type Nibbles = { hex: string; at: number[]; letters: boolean; spaced: boolean; uniform: boolean; word: number }

// Digests are written as one word of so many hex digits; digits in a row are chance there.
const DIGESTS = new Set([32, 40, 56, 64, 96, 128])

const MAX_REGION = 16384

const hexValue = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
const betweenBytes = (code: number): boolean => code === 32 || code === 58 || code === 45 || code === 44 || code === 9

/** How far hex digits reach around a place, separators between bytes included; at most 16384 characters each way and never before `floor`. */
export const hexRegion = (text: string, from: number, to: number, floor: number): { start: number; end: number } => {
  const reaches = (i: number): boolean => hexValue(text.charCodeAt(i)) || betweenBytes(text.charCodeAt(i))
  let start = from
  while (start > Math.max(floor, from - MAX_REGION) && reaches(start - 1)) start--
  let end = to
  while (end < Math.min(text.length, to + MAX_REGION) && reaches(end)) end++
  return { start, end }
}

/** Words of hex digits of even length, joined where the same separator stands between them (two of it at most); an odd word stands alone. */
const segments = (whole: string, offset: number, end: number): Nibbles[] => {
  const text = whole.slice(offset, end)
  const out: Nibbles[] = []
  let open: Nibbles | undefined
  let gap = ''
  let reached = 0
  const words = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]+/gi
  for (const word of text.matchAll(words)) {
    const chars = word[0]
    const between = text.slice(reached, word.index)
    reached = word.index + chars.length
    if (chars.includes('-')) {
      open = undefined
      continue
    }
    const even = chars.length % 2 === 0
    const joined = open !== undefined && even && /^([ :,\t-])\1?$/.test(between) && (gap === '' || gap === between[0])
    if (!open || !joined) {
      open = { hex: '', at: [], letters: false, spaced: false, uniform: true, word: chars.length }
      gap = ''
      out.push(open)
    } else {
      open.spaced = true
      gap = between[0] ?? ''
      open.uniform &&= chars.length === open.word && open.word <= 8
    }
    open.hex += chars.toUpperCase()
    for (let i = 0; i < chars.length; i++) open.at.push(offset + word.index + i)
    if (!even) open = undefined
  }
  for (const segment of out) segment.letters = /[A-F]/.test(segment.hex)
  return out.filter((s) => s.hex.length >= 12)
}

const over = (text: string, nibbles: Nibbles, from: number, to: number, type: string, front = 0, back = 0): Span => {
  const at = nibbles.at.slice(from, to)
  return { start: at[0] ?? 0, end: (at[at.length - 1] ?? 0) + 1, type, put: starsOver(text, at, front, back) }
}

/** Finds card data in plain text; how decoded text is looked at. */
export type Look = (text: string) => Span[]

const ascii = (text: string, nibbles: Nibbles, look: Look): Span[] => {
  const offsets = nibbles.hex.length % 2 === 0 ? [0] : [0, 1]
  return offsets.flatMap((offset) => {
    const bytes: number[] = []
    for (let i = offset; i + 1 < nibbles.hex.length; i += 2) bytes.push(Number.parseInt(nibbles.hex.slice(i, i + 2), 16))
    const decoded = bytes.map((b) => String.fromCharCode(b)).join('')
    if (!/\d(?:[ -]?\d){11}/.test(decoded) && !/[A-Za-z]{3}.{0,24}\d{3}/s.test(decoded)) return []
    return look(decoded).map((s) => over(text, nibbles, offset + 2 * s.start, offset + 2 * s.end, s.type))
  })
}

const DISCRETIONARY = /^(?:[2-5][0-9A-F])+$/

// EMV Book 3 annex A: 5A number, 57 and 9F6B track 2, 56 track 1, 5F20 and 9F0B name, 9F1F and 9F20 discretionary data of the tracks, 5F24 expiry date.
const TAGS: readonly { tag: string; type: string; fits: (value: string) => boolean }[] = [
  { tag: '5A', type: 'emv-5A', fits: (v) => /^\d{12,19}F*$/.test(v) && brandOf(v.replace(/F+$/, '')) !== undefined },
  { tag: '57', type: 'emv-57', fits: (v) => /^\d{12,19}D\d{4,}F?$/.test(v) },
  { tag: '9F6B', type: 'emv-9F6B', fits: (v) => /^\d{12,19}D\d{4,}F?$/.test(v) },
  { tag: '56', type: 'emv-56', fits: (v) => /^42(?:3\d){12,19}5E/.test(v) },
  { tag: '5F20', type: 'emv-5F20', fits: (v) => v.length >= 4 && v.length <= 52 && /^(?:[2-7][0-9A-F])+$/.test(v) },
  { tag: '9F1F', type: 'emv-9F1F', fits: (v) => v.length >= 8 && DISCRETIONARY.test(v) },
  { tag: '9F20', type: 'emv-9F20', fits: (v) => v.length >= 8 && /^\d+F*$/.test(v) },
  { tag: '9F0B', type: 'emv-9F0B', fits: (v) => v.length >= 54 && v.length <= 90 && /^(?:[2-7][0-9A-F])+$/.test(v) },
]
// What stands beside the number of a card and may not be kept with it; short values of these are found in any bytes.
const BESIDE: readonly { tag: string; type: string; fits: (value: string) => boolean }[] = [
  { tag: '9F1F', type: 'emv-9F1F', fits: (v) => v.length < 8 && DISCRETIONARY.test(v) },
  { tag: '9F20', type: 'emv-9F20', fits: (v) => v.length < 8 && /^\d+F*$/.test(v) },
  { tag: '5F24', type: 'emv-5F24', fits: (v) => /^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(v) },
]

const tagged = (text: string, nibbles: Nibbles, tags: typeof TAGS): Span[] =>
  tags.flatMap(({ tag, type, fits }) => {
    const spans: Span[] = []
    for (let i = nibbles.hex.indexOf(tag); i >= 0; i = nibbles.hex.indexOf(tag, i + 1)) {
      if (i % 2 !== 0 && nibbles.hex.length % 2 === 0) continue
      let value = i + tag.length
      let length = Number.parseInt(nibbles.hex.slice(value, value + 2), 16)
      value += 2
      if (length === 0x81) {
        length = Number.parseInt(nibbles.hex.slice(value, value + 2), 16)
        value += 2
      }
      const end = value + 2 * length
      if (length > 0 && length <= 127 && end <= nibbles.hex.length && fits(nibbles.hex.slice(value, end))) spans.push(over(text, nibbles, value, end, type))
    }
    return spans
  })

const bcdTracks = (text: string, nibbles: Nibbles): Span[] =>
  [...nibbles.hex.matchAll(/\d{12,19}D(\d\d(?:0[1-9]|1[0-2]))\d{3,}F?/g)].flatMap((m) => {
    const digits = /^\d+/.exec(m[0])?.[0] ?? ''
    // A length byte or another field may stand flush before the number: the longest tail that is a card begins it.
    const tail = m[0].length - digits.length
    for (let skip = 0; digits.length - skip >= 12; skip++) {
      if (skip === 0 ? isCard(digits) || (tail > 11 && brandOf(digits) !== undefined) : isCard(digits.slice(skip), true)) return [over(text, nibbles, m.index + skip, m.index + m[0].length, 'track2')]
    }
    return []
  })

/** True if the bytes of a number, and at least six beside it, are all characters of a text: then it is text by all likelihood. */
const isText = (nibbles: Nibbles, i: number, length: number): boolean => {
  const from = Math.max(0, i - (i % 2) - 16)
  const around = nibbles.hex.slice(from, i + length + 16)
  return around.length - length >= 12 && /^(?:[2-7][0-9A-F]|0[9AD])+[2-7]?$/.test(around)
}

/** True if a card number of that many digits stands at i: padded to whole bytes by an F behind or a 0 before, or announced by its length in the byte before. */
const numberAt = (nibbles: Nibbles, i: number, length: number, plain: boolean): boolean => {
  const announced = i >= 2 && Number(nibbles.hex.slice(i - 2, i)) === length
  const digits = nibbles.hex.slice(i, i + length)
  const brand = brandOf(digits)
  if (announced) return brand !== undefined && isCard(digits)
  if (plain || /^(?:3\d)+3?$/.test(digits) || isText(nibbles, i, length)) return false
  const zero = length === 16 && digits[0] === '0' ? digits.slice(1) : digits
  const padded = zero !== digits || length === 16 || nibbles.hex[i + length] === 'F'
  const likely = brandOf(zero)
  return padded && zero.length >= 14 && likely !== undefined && !UNLIKELY.has(likely) && luhn(zero)
}

const bcdNumbers = (text: string, nibbles: Nibbles): Span[] => {
  // One word of nothing but digits is a number that somebody wrote, and was judged as one; only its length byte could still speak for it.
  const plain = nibbles.spaced ? !nibbles.uniform : !nibbles.letters || DIGESTS.has(nibbles.hex.length)
  if (plain && nibbles.hex.length < 20) return []
  const spans: Span[] = []
  const step = nibbles.hex.length % 2 === 0 ? 2 : 1
  for (const run of nibbles.hex.matchAll(/\d{13,}/g)) {
    const stop = run.index + run[0].length
    for (let i = run.index + (step === 2 ? run.index % 2 : 0); stop - i >= 13; i += step) {
      let found = 0
      for (let length = 19; length >= 13 && found === 0; length--) {
        if (i + length <= stop && numberAt(nibbles, i, length, plain)) found = length
      }
      if (found > 0) {
        spans.push(over(text, nibbles, i, i + found, 'pan', keptInFront(found), 4))
        i += found - (found % step) - step
      }
    }
  }
  return spans
}

// Digits as EBCDIC (F0 to F9), and as UTF-16 of either byte order.
const OTHER_DIGITS: readonly { pattern: RegExp; lead: number; width: number }[] = [
  { pattern: /(?:F\d){13,19}/g, lead: 1, width: 2 },
  { pattern: /(?:3\d00){12,18}3\d/g, lead: 1, width: 4 },
  { pattern: /00(?:3\d00){12,18}3\d/g, lead: 3, width: 4 },
]

const otherDigits = (text: string, nibbles: Nibbles): Span[] =>
  OTHER_DIGITS.flatMap(({ pattern, lead, width }) =>
    [...nibbles.hex.matchAll(pattern)].flatMap((m) => {
      let digits = ''
      for (let i = lead; i < m[0].length; i += width) digits += m[0][i] ?? ''
      return isCard(digits, true) ? [over(text, nibbles, m.index, m.index + m[0].length, 'pan')] : []
    }),
  )

const judge = (text: string, nibbles: Nibbles, look: Look): Span[] => {
  const spans = [...tagged(text, nibbles, TAGS), ...bcdTracks(text, nibbles), ...ascii(text, nibbles, look), ...otherDigits(text, nibbles)]
  if (spans.length > 0) spans.push(...tagged(text, nibbles, BESIDE))
  return [...spans, ...bcdNumbers(text, nibbles)]
}

/** Card data written as hex digits between start and end: as characters, as BCD, or in EMV tags. UUIDs are left alone. */
export const inHex = (text: string, start: number, end: number, look: Look): Span[] =>
  segments(text, start, end).flatMap((nibbles) => judge(text, nibbles, look))

/** True if the digits between start and end stand inside one long word of hex digits, where inHex decides and not the way they look. */
export const inHexWord = (text: string, start: number, end: number): boolean => {
  let from = start
  while (from > start - 128 && hexValue(text.charCodeAt(from - 1))) from--
  let to = end
  while (to < end + 128 && hexValue(text.charCodeAt(to))) to++
  return to - from >= 24 && /^(?=\d*[a-f])[0-9a-f]+$/i.test(text.slice(from, to))
}

const DUMP_LINE = /^[ \t]*(?:0x)?[0-9A-Fa-f]{4,8}[: ]\s*((?:[0-9A-Fa-f]{2}[ -]{0,2}|[0-9A-Fa-f]{4} ?){2,16})/

/** Card data in the bytes of consecutive lines of a hex dump (offset, bytes, characters), joined across its lines. */
export const inDump = (text: string, look: Look): Span[] => {
  const spans: Span[] = []
  let joined: Nibbles = { hex: '', at: [], letters: true, spaced: true, uniform: true, word: 2 }
  let lines = 0
  const close = (): void => {
    if (lines > 1) spans.push(...judge(text, joined, look))
    joined = { hex: '', at: [], letters: true, spaced: true, uniform: true, word: 2 }
    lines = 0
  }
  let offset = 0
  for (const line of text.split('\n')) {
    const match = DUMP_LINE.exec(line)
    const bytes = match?.[1] ?? ''
    if (match) {
      const from = offset + match[0].length - bytes.length
      for (let i = 0; i < bytes.length; i++) {
        if (!hexValue(bytes.charCodeAt(i))) continue
        joined.hex += (bytes[i] ?? '').toUpperCase()
        joined.at.push(from + i)
      }
      lines++
    } else close()
    if (joined.hex.length > 2 * MAX_REGION) close()
    offset += line.length + 1
  }
  close()
  return spans
}

const SPELLED_BYTES = /(?:(?:\\x|\\u00|&#x|0x|%)[0-9A-Fa-f]{2}[\s,;|]{0,4}){7,4096}|(?:&#(?:4[89]|5[0-7]);){12,64}|(?:\\0?(?:6[0-7]|7[01])){12,64}/y

/** Card data in a list of bytes spelled \x34\x31, 0x34, 0x31, \u0034, &#52; or \064, that begins at i; `end` is where the list ends, i if there is none. */
export const inSpelledBytes = (text: string, i: number, look: Look): { spans: Span[]; end: number } => {
  SPELLED_BYTES.lastIndex = i
  const list = SPELLED_BYTES.exec(text)?.[0]
  if (!list) return { spans: [], end: i }
  const nibbles: Nibbles = { hex: '', at: [], letters: true, spaced: true, uniform: true, word: 2 }
  for (const byte of list.matchAll(/(?:x|%|u00)([0-9A-Fa-f]{2})|&#(\d\d);|\\(0?\d\d)/g)) {
    const [whole, hex, decimal, octal = ''] = byte
    nibbles.hex += hex?.toUpperCase() ?? (decimal === undefined ? Number.parseInt(octal, 8) : Number(decimal)).toString(16)
    const last = i + byte.index + whole.length - (decimal === undefined ? 1 : 2)
    nibbles.at.push(last - 1, last)
  }
  return { spans: judge(text, nibbles, look), end: i + list.length }
}
