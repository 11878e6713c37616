import type { Chain, Span } from './digits.ts'
import { isCard } from './issuer.ts'

// ISO/IEC 7813: track 1 is %B PAN ^ name ^ YYMM service discretionary ?, track 2 is ; PAN = YYMM service discretionary ?.
// ISO/IEC 4909: track 3 is ; format code, PAN = ... ?. Hexadecimal traces write D for =. Lengths are left loose: a broken track is a track.
const SEPARATOR = '(?:=|[Dd]|%3[Dd]|\\\\u003d)'
const TRACK1 = /%?[Bb]? ?[\d ]{8,30}(?:\^|%5[Ee])[^^?\r\n]{0,60}(?:(?:\^|%5[Ee])(?:[^?\r\n"']{0,90}\?|[^\s?"']{0,90}))?/y
const SENTINEL = /(?:[;+#]|%3[Bb])\d{10,30}(?:=|[Dd]|%3[Dd])[\d=DdFf*X]{0,107}(\?|%3[Ff])?/y
const TRACK2 = new RegExp(`(\\d{12,19})${SEPARATOR}((\\d{4})[\\dFf=]{3,40})(\\??)`, 'y')
const TAIL = new RegExp(`${SEPARATOR}\\d{2}(?:0[1-9]|1[0-2])[\\dFf=]*[?]?`, 'y')

const at = (pattern: RegExp, text: string, i: number): RegExpExecArray | null => {
  pattern.lastIndex = i
  return pattern.exec(text)
}

/** A magnetic track that begins within a chain or one or two characters before it; undefined if the chain is none. */
export const trackAt = (text: string, chain: Chain): Span | undefined => {
  const next = text.charCodeAt(chain.end)
  // One of ^ = D d % \ follows the number in every track.
  if (next !== 94 && next !== 61 && (next | 32) !== 100 && next !== 37 && next !== 92) return undefined
  const marks = text.slice(Math.max(0, chain.start - 3), chain.start)
  const caret = next === 94 || text.startsWith('%5', chain.end)
  if (caret) {
    const lead = /%?[Bb]$/.exec(marks)?.[0].length ?? 0
    const one = at(TRACK1, text, chain.start - lead)
    if (one) return { start: one.index, end: one.index + one[0].length, type: 'track1', put: '[TRACK1]' }
  }
  const sentinel = /(?:[;+#]|%3[Bb])$/.exec(marks)?.[0].length ?? 0
  if (sentinel > 0) {
    const found = at(SENTINEL, text, chain.start - sentinel)
    const body = found?.[0] ?? ''
    const closed = found?.[1] !== undefined
    if (found && (closed || /(?:[=Dd]|%3[Dd])\d{7}/.test(body))) {
      const type = /[;+#B](?:01|59)?\d{8,19}=\d{3}\d{3}\d{10}/.test(body) && body.length > 44 ? 'track3' : 'track2'
      return { start: found.index, end: found.index + body.length, type, put: type === 'track3' ? '[TRACK3]' : '[TRACK2]' }
    }
  }
  const lastGroup = chain.groups[chain.groups.length - 1]
  const first = lastGroup ? (chain.at[lastGroup.from] ?? chain.start) : chain.start
  const two = at(TRACK2, text, first)
  if (two) {
    const [all, pan = '', , expiry = ''] = two
    const month = Number(expiry.slice(2))
    const plausible = (month >= 1 && month <= 12 && !/^(?:1\d{12}|20[0-3]\d)/.test(pan)) || isCard(pan)
    if (plausible) return { start: two.index, end: two.index + all.length, type: 'track2', put: '[TRACK2]' }
  }
  return undefined
}

/** The expiry date, and a verification code, that stand right after a card number ending at `end`; undefined if none. */
export const afterNumber = (text: string, end: number): Span | undefined => {
  if (end === text.length) return undefined
  const tail = at(TAIL, text, end)
  if (tail) return { start: end, end: end + tail[0].length, type: 'track2', put: '=[TRACK2]' }
  const next = text.slice(end, end + 72)
  const dump = /^(\s?[|,;:/ \t]\s?)(?:0[1-9]|1[0-2])\s?[|/-]\s?(?:20)?\d{2}(?:\s?[|,;:/ \t]\s?\d{3,4})?(?!\w)/.exec(next)
  if (dump) return { start: end + (dump[1]?.length ?? 0), end: end + dump[0].length, type: 'expiry', put: '[EXPIRY]' }
  const named = /^[^\n]{0,40}?(?:\bexp[a-z]*(?:[ _-]?date)?|\bvalid(?: ?thru)?|有效期)["'\])>]*\s*[:=：]?\s*["'[<(]?((?:0[1-9]|1[0-2])\s?[/-]?\s?(?:20)?\d{2}|\d{2}[/-]?(?:0[1-9]|1[0-2]))(?!\d)/i.exec(next)
  if (!named) return undefined
  const length = named[1]?.length ?? 0
  const from = end + named[0].length - length
  return { start: from, end: from + length, type: 'expiry', put: '[EXPIRY]' }
}
