// What two characters in a row can begin. The skimmer looks closer only at digits and at the few pairs of letters that names of card data cannot do without.
const DULL = 0
const DIGIT = 1
const NAME = 2
const KEY = 3
const SURE = 4
const PADDING = 5
const BYTES = 6
const WIDE = 7
const EBCDIC = 8

// Indexed by the first character (below 128) times 128 plus the second; what is not ASCII counts as 127.
const PAIR = new Uint8Array(128 * 128)
const pair = (kind: number, firsts: string, seconds: string): void => {
  for (const first of firsts) {
    for (const second of seconds) PAIR[first.charCodeAt(0) * 128 + second.charCodeAt(0)] = kind
  }
}
const ASCII = String.fromCharCode(...Array(128).keys())
const IN_TOKEN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'
pair(DIGIT, '0123456789', ASCII)
pair(SURE, 'cC', 'vV')
pair(NAME, 'cC', 'aAiIoOsS')
pair(NAME, 'xX', 'pP')
pair(NAME, 'pP', 'iI')
pair(KEY, 'kK', ASCII)
pair(DULL, 'kK', 'abcdfghijklmnopqrtuvwxyzABCDFGHIJKLMNOPQRTUVWXYZ')
pair(SURE, 'MNO', 'DTjz')
pair(PADDING, '=', [...ASCII].filter((char) => !IN_TOKEN.includes(char)).join(''))
pair(BYTES, 'xX', '0123456789abcdefABCDEF')
pair(SURE, '%', '023')
pair(EBCDIC, 'fF', '0123456789')
pair(SURE, '\\', 'ux067')
pair(SURE, '&', '#')

// Of the characters that are not ASCII only digits (Arabic-Indic, full-width) and the last characters of Chinese names begin anything.
const BEGINS = new Uint8Array(65536)
for (const char of '码位道钥期人名块文域') BEGINS[char.charCodeAt(0)] = WIDE
BEGINS.fill(WIDE, 0x660, 0x700)
BEGINS.fill(WIDE, 0xff10, 0xff1a)
// Of ASCII what begins any pair; and zero, which stands behind every text.
const PAIRED = 9
for (let first = 0; first < 128; first++) BEGINS[first] = first === 0 || PAIR.subarray(first * 128, first * 128 + 128).some((kind) => kind !== DULL) ? PAIRED : DULL

// What may stand between two groups of digits: a separator that any number may be written with, one that only regular groups may have, or something that the slow reader must judge.
const STRONG = 1
const WEAK = 2
const UNSURE = 3
const JOINT = new Uint8Array(65536)
for (const char of ' \t\r\n-.') JOINT[char.charCodeAt(0)] = STRONG
for (const char of '_/,:+|~\'"()[]') JOINT[char.charCodeAt(0)] = WEAK
for (const char of '\0\x1b\x1d%&<\\') JOINT[char.charCodeAt(0)] = UNSURE
JOINT.fill(UNSURE, 128)

const TOKEN = new Uint8Array(65536)
for (const char of IN_TOKEN) TOKEN[char.charCodeAt(0)] = 1

const SHARED = Buffer.alloc(2 * 65536 + 16)
const SHARED_CODES = new Uint16Array(SHARED.buffer, SHARED.byteOffset, 65536 + 8)

/** The UTF-16 units of a text, with a zero behind them. They stay valid until the next call for a text of up to 65536 units, unless `keep` is set. */
export const codesOf = (text: string, keep: boolean): Uint16Array => {
  const size = text.length
  const shared = size <= 65536 && !keep
  const bytes = shared ? SHARED : Buffer.alloc(2 * size + 16)
  bytes.write(text, 0, 2 * size, 'utf16le')
  const codes = shared ? SHARED_CODES : new Uint16Array(bytes.buffer, bytes.byteOffset, size + 8)
  // What an earlier text left behind must not be seen.
  codes.fill(0, size, size + 8)
  return codes
}

/** The unit at i, up to eight behind the text: zero there. Never called before the text: an index below zero makes every later access slow. */
const at = (codes: Uint16Array, i: number): number => codes[i] ?? 0

/** As at, for indexes that may lie before the text: zero there. */
const back = (codes: Uint16Array, i: number): number => (i < 0 ? 0 : (codes[i] ?? 0))

const LONG = 12
const PAIRS = 7
const FOURS = 3
const THREES = 4

/** True if the character at i, which follows a digit, could be a separator that is spelled out or cannot be seen. */
const mayJoin = (codes: Uint16Array, i: number, code: number): boolean => {
  const next = at(codes, i + 1)
  if (code === 37) return next === 48 || next === 50 || (next | 32) === 99
  if (code === 38) return next === 110 || next === 35
  if (code === 60) return next === 98
  if (code === 92) return next === 110 || next === 114 || next === 116 || next === 117
  return code < 128 || code < 0x700 || (code >= 0x2000 && code < 0x3100) || code >= 0xfe00
}

/** True for a group of digits that is a time in milliseconds since 1970: thirteen digits with a 1 in front, no letter or track mark beside them. */
const isClock = (codes: Uint16Array, start: number, end: number): boolean => {
  if (end - start !== 13 || at(codes, start) !== 49) return false
  const before = back(codes, start - 1)
  const after = at(codes, end)
  return !((before | 32) >= 97 && (before | 32) <= 102) && !((after | 32) >= 97 && (after | 32) <= 102) && before !== 59 && before !== 43 && before !== 35 && after !== 61 && after !== 94 && after !== 37 && after !== 92
}

/** End of the digits that begin at i if nothing in them can matter, else -1. */
const dullDigits = (codes: Uint16Array, i: number, size: number): number => {
  let stretch = 0
  let pairs = 0
  let fours = 0
  let threes = 0
  let broken = false
  let dotted = false
  for (let j = i; ; ) {
    const start = j
    let code = 48
    do {
      j++
      code = at(codes, j)
    } while (code >= 48 && code <= 57)
    const end = j
    const length = end - start
    // Nothing that begins as a time is a card number; but digits before it might begin one.
    if (stretch > 0 || !isClock(codes, start, end)) stretch += length
    pairs = length === 2 ? pairs + 1 : 0
    fours = length === 4 ? fours + 1 : 0
    threes = length === 3 ? threes + 1 : 0
    if (pairs >= PAIRS || fours >= FOURS || threes >= THREES) return -1
    // What stands before the next group.
    let weak = false
    let joint = JOINT[code]
    for (; joint === STRONG || joint === WEAK; joint = JOINT[code]) {
      if (joint === WEAK) weak = true
      else if (code === 10) broken = true
      else if (code === 45 || code === 46) dotted = true
      if (++j - end > 16) break
      code = at(codes, j)
    }
    if (joint === UNSURE && j < size && mayJoin(codes, j, code)) return -1
    const more = code >= 48 && code <= 57 && j - end <= 16
    // Numbers broken over two lines have no dots and dashes, other than in groups of four; dates and addresses do.
    if (!more || weak || (broken && dotted)) {
      if (stretch >= LONG) return -1
      if (!more) return end
      stretch = 0
      broken = false
      dotted = false
    }
  }
}

/** True where the number of an ISO 8583 field that may not be kept (35, 36, 45, 52) could stand. */
export const fieldNumber = (codes: Uint16Array, i: number): boolean => {
  const first = at(codes, i)
  if (first !== 48 && (first < 51 || first > 53)) return false
  const k = first === 48 ? i + 1 : i
  const tens = at(codes, k)
  const ones = at(codes, k + 1)
  if (!((tens === 53 && ones === 50) || (tens === 51 && (ones === 53 || ones === 54)) || (tens === 52 && ones === 53))) return false
  const before = back(codes, i - 1)
  const small = before | 32
  const after = at(codes, k + 2)
  return (small === 101 || small === 102 || small === 100 || small === 116 || before === 34 || before === 32 || before === 95 || before === 45 || before > 127) && !(after >= 48 && after <= 57)
}

const letter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)

const keyName = (codes: Uint16Array, i: number): boolean => {
  const next = at(codes, i + 1) | 32
  const third = at(codes, i + 2) | 32
  if (next === 101) return third === 121 || third === 107
  if (next === 115) return third === 110
  const before = back(codes, i - 1) | 32
  if (before === 99) return (back(codes, i - 2) | 32) === 97
  return !letter(at(codes, i + 1)) && (before === 109 || before === 112 || before === 97 || before === 100 || before === 101 || before === 105 || before === 118)
}

/** True where the word card at i goes on as card holder, or stands after "on ". */
const ofCard = (codes: Uint16Array, i: number): boolean => (at(codes, i + 4) | 32) === 104 || (at(codes, i + 5) | 32) === 104 || ((back(codes, i - 2) | 32) === 110 && (back(codes, i - 3) | 32) === 111)

/** True where the word code at i could stand after security or verification, with or without a blank. */
const ofCode = (codes: Uint16Array, i: number): boolean => {
  const before = letter(back(codes, i - 1)) ? back(codes, i - 1) | 32 : back(codes, i - 2) | 32
  return before === 121 || before === 110
}

/** True where cav, cid, csc, card (holder), the word code, pin or pik could begin, or the x of exp stands. */
const name = (codes: Uint16Array, i: number): boolean => {
  const next = at(codes, i + 1) | 32
  const third = at(codes, i + 2) | 32
  if ((at(codes, i) | 32) === 112) return third === 110 || third === 107
  if (next === 115) return third === 99
  if (next === 112) return (back(codes, i - 1) | 32) === 101 && (!letter(at(codes, i + 2)) || third === 105 || third === 100)
  if (next === 97) return third === 118 || (third === 114 && (at(codes, i + 3) | 32) === 100 && ofCard(codes, i))
  if (next === 105) return third === 100
  return third === 100 && (at(codes, i + 3) | 32) === 101 && ofCode(codes, i)
}

/** True where three bytes F0 to F9 in a row begin, which are digits in EBCDIC; a separator may stand between them. */
const ebcdic = (codes: Uint16Array, i: number): boolean => {
  const step = (at(codes, i + 2) | 32) === 102 ? 2 : 3
  return (at(codes, i + step) | 32) === 102 && (at(codes, i + 2 * step) | 32) === 102 && at(codes, i + step + 1) <= 57 && at(codes, i + 2 * step + 1) <= 57
}

/** True if another 0x stands at i after no more than a separator and a blank. */
const byteFollows = (codes: Uint16Array, i: number): boolean => {
  const j = at(codes, i) === 48 ? i : at(codes, i + 1) === 48 ? i + 1 : i + 2
  return at(codes, j) === 48 && (at(codes, j + 1) | 32) === 120
}

/**
 * Index of the next character at or after `from` that begins something worth a closer look, or `size`.
 * This loop sees every character of every log line; it allocates nothing.
 */
export const skim = (codes: Uint16Array, size: number, from: number): number => {
  for (let i = from; ; ) {
    let code = at(codes, i)
    while (BEGINS[code] === DULL) code = at(codes, ++i)
    if (i >= size) return size
    const next = at(codes, i + 1)
    const kind = code > 127 ? WIDE : PAIR[(code << 7) | (next < 128 ? next : 127)]
    if (kind === DIGIT) {
      if (fieldNumber(codes, i)) return i
      const end = dullDigits(codes, i, size)
      if (end < 0) return i
      // 5F20 and 9F0B are the EMV tags of the card holder's name.
      if ((at(codes, end) | 32) === 102 && (back(codes, end - 1) === 53 || back(codes, end - 1) === 57)) return i
      i = end
      continue
    }
    if (kind === NAME) {
      if (name(codes, i)) return i
    } else if (kind === KEY) {
      if (keyName(codes, i)) return i
    } else if (kind === PADDING) {
      if (TOKEN[back(codes, i - 1)] === 1) return i
    } else if (kind === EBCDIC) {
      if (ebcdic(codes, i)) return i
    } else if (kind === BYTES) {
      if ((back(codes, i - 1) === 48 && byteFollows(codes, i + 3)) || back(codes, i - 1) === 92) return i
    } else if (kind !== DULL) return i
    i++
  }
}
