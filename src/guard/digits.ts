/** A stretch of text to be replaced, and by what. Offsets are UTF-16 units; `type` is how it is counted. */
export type Span = { start: number; end: number; type: string; put: string }

/** What stands between two groups of digits: space, dash, dot, newline, one of `_ / , :` itself; quotes, brackets and + | ~ count as a comma. */
type Gap = ' ' | '-' | '.' | '\n' | '_' | '/' | ',' | ':'

/** Digits that belong together by position only. `gap` is what stands before the group (undefined for the first). */
export type Group = { from: number; to: number; gap: Gap | undefined }

/** Digit groups with separators between them. `digits` is ASCII; `at[i]` is where digit i stands in the text. */
export type Chain = { start: number; end: number; digits: string; at: number[]; groups: Group[] }

const MAX_DIGITS = 8192

/** Value of a digit character (ASCII, full-width, Arabic-Indic), or -1. */
export const digitValue = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48
  if (code < 0x660) return -1
  if (code >= 0xff10 && code <= 0xff19) return code - 0xff10
  if (code >= 0x660 && code <= 0x669) return code - 0x660
  if (code >= 0x6f0 && code <= 0x6f9) return code - 0x6f0
  return -1
}

const gapOf = (code: number): Gap | undefined => {
  switch (code) {
    case 32: case 9: case 0xa0: case 0x202f: case 0x205f: case 0x3000: return ' '
    case 10: case 13: case 0x2028: case 0x2029: return '\n'
    case 45: case 0x2212: case 0xff0d: case 0xfe63: return '-'
    case 46: case 0xb7: case 0xff0e: case 0x30fb: return '.'
    case 95: return '_'
    case 47: return '/'
    case 44: case 0xff0c: case 34: case 39: case 40: case 41: case 43: case 91: case 93: case 124: case 126: return ','
    case 58: case 0xff1a: return ':'
  }
  if (code >= 0x2000 && code <= 0x200a) return ' '
  if (code >= 0x2010 && code <= 0x2015) return '-'
  return undefined
}

/** True for characters that take no room: NUL (UTF-16 read as bytes), soft hyphen, zero-width ones. */
const invisible = (code: number): boolean => code === 0 || code === 0xad || code === 0xfeff || (code >= 0x200b && code <= 0x200f) || (code >= 0x2060 && code <= 0x2064)

const CSI = /\x1b\[[0-9;?]*[A-Za-z]/y
const SPELLED = /%20|%09|%2[DdEe]|%[Cc]2%[Aa]0|%0[AaDd]|&nbsp;|&#160;|<br ?\/?>|\\u00[aA]0|\\u20[0-9a-fA-F]{2}|\\[nrt]/y
const SPELLED_DASH = /%2[Dd]|\\u201/
const SPELLED_LINE = /%0|\\[nr]|<br/

/** Length of a terminal or printer escape sequence at i (0: none). ESC or GS, a letter and one parameter below the printable range (ESC/POS); or ANSI CSI. */
const escapeLength = (text: string, i: number): number => {
  CSI.lastIndex = i
  const ansi = CSI.exec(text)
  if (ansi) return ansi[0].length
  return i + 2 < text.length && text.charCodeAt(i + 2) < 32 ? 3 : 2
}

/** What stands at i between digits: nothing visible, a gap, or the end of the chain (undefined). */
const stepOver = (text: string, i: number): { length: number; gap: Gap | undefined } | undefined => {
  const code = text.charCodeAt(i)
  const gap = gapOf(code)
  if (gap) return { length: 1, gap }
  if (invisible(code)) return { length: 1, gap: undefined }
  if (code === 0x1b || code === 0x1d) return { length: escapeLength(text, i), gap: undefined }
  if (code === 37 || code === 38 || code === 60 || code === 92) {
    SPELLED.lastIndex = i
    const spelled = SPELLED.exec(text)?.[0]
    if (spelled) return { length: spelled.length, gap: SPELLED_DASH.test(spelled) ? '-' : SPELLED_LINE.test(spelled) ? '\n' : ' ' }
  }
  return undefined
}

const STRENGTH: Record<Gap, number> = { ' ': 0, '-': 1, '.': 1, _: 1, '/': 1, ':': 1, ',': 1, '\n': 2 }

/**
 * Reads the chain of digits that begins at a digit. It ends at the first thing that cannot stand inside a written number, at a gap
 * of more than four characters (sixteen around a line break), or after 8192 digits; then `end` leaves enough of them for the next chain.
 */
export const readChain = (text: string, start: number): Chain => {
  const at: number[] = []
  const values: number[] = []
  const groups: Group[] = [{ from: 0, to: 0, gap: undefined }]
  let i = start
  let end = start
  let gap: Gap | undefined
  let gapLength = 0
  while (i < text.length && at.length < MAX_DIGITS) {
    const value = digitValue(text.charCodeAt(i))
    if (value >= 0) {
      const last = groups[groups.length - 1]
      if (gap && last) {
        last.to = at.length
        groups.push({ from: at.length, to: at.length, gap })
      }
      gap = undefined
      gapLength = 0
      at.push(i)
      values.push(value + 48)
      i++
      end = i
      continue
    }
    const step = stepOver(text, i)
    if (!step) break
    if (step.gap) {
      if (!gap || STRENGTH[step.gap] > STRENGTH[gap]) gap = step.gap
      gapLength += 1
      if (gapLength > (gap === '\n' ? 16 : 4)) break
    }
    i += step.length
  }
  const last = groups[groups.length - 1]
  if (last) last.to = at.length
  const resume = at.length === MAX_DIGITS ? (at[at.length - 64] ?? end) : end
  let digits = ''
  for (let k = 0; k < values.length; k += 4096) digits += String.fromCharCode(...values.slice(k, k + 4096))
  return { start, end: resume, digits, at, groups }
}
