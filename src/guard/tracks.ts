import type { Chain, Group, Span } from './digits.ts'
import { brandOf, isCard } from './issuer.ts'

// ISO/IEC 7813: track 1 is %B PAN ^ name ^ YYMM service discretionary ?, track 2 is ; PAN = YYMM service discretionary ?.
// ISO/IEC 4909: track 3 is ; format code, PAN = ... ?. Hexadecimal traces write D for =. Lengths are left loose: a broken track is a track.
const SEPARATOR = '(?:=|[Dd]|%3[Dd]|\\\\u003d)'
const TRACK1 = /%?[Bb]? ?[\d ]{8,30}(?:\^|%5[Ee])(?:(?!%5[Ee])[^^?\r\n]){0,60}(?:(?:\^|%5[Ee])(?:(?:(?!%3[Ff])[^?\r\n"']){0,90}(?:\?|%3[Ff])|[^\s?"']{0,90}(?: {1,30}\d{4,40})?))?/y
const SENTINEL = /(?:[;+#]|%3[Bb])\d{10,30}(?:=|[Dd]|%3[Dd])[\d=DdFf*X]{0,107}(\?|%3[Ff])?/y
// Cards of shops and gift cards: nothing but a number between the sentinels.
const NUMBER_ONLY = /;\d{8,37}\?/y
// Track 3 without its sentinels: the number, country, currency and amounts, then at least one more separator.
const TRACK3 = /\d{14,21}=[\d*xX=]{20,90}=[\d*xX=]{3,60}/y
const TRACK2 = new RegExp(`(\\d{12,19})${SEPARATOR}((\\d{4})[\\dFf=]{3,40})(\\??)`, 'y')
const TAIL = new RegExp(`${SEPARATOR}\\d{2}(?:0[1-9]|1[0-2])[\\dFf=]*[?]?`, 'y')

const at = (pattern: RegExp, text: string, i: number): RegExpExecArray | null => {
  pattern.lastIndex = i
  return pattern.exec(text)
}

/** Where the number of a track begins in the last digits of a chain: at their start or, where a message goes before it without a gap, behind the two digits of its length or where the longest card begins. */
const embeddedAt = (text: string, chain: Chain, last: Group | undefined): number => {
  if (!last) return chain.start
  const digits = chain.digits.slice(last.from, last.to)
  if (digits.length <= 19 && (isCard(digits) || digits.length < 15)) return chain.at[last.from] ?? chain.start
  const tail = /^[=Dd]\d{3,40}/.exec(text.slice(chain.end, chain.end + 41))?.[0].length ?? 0
  for (let length = 19; length >= 13; length--) {
    const announced = digits.length >= length + 2 ? Number(digits.slice(-length - 2, -length)) - length : 0
    if (announced > 4 && announced <= tail && brandOf(digits.slice(-length))) return chain.at[last.to - length] ?? chain.start
    if (length < digits.length && isCard(digits.slice(-length), true)) return chain.at[last.to - length] ?? chain.start
  }
  return chain.at[last.from] ?? chain.start
}

/** A magnetic track that begins within a chain or one or two characters before it; undefined if the chain is none. */
export const trackAt = (text: string, chain: Chain): Span | undefined => {
  const next = text.charCodeAt(chain.end)
  // One of ^ = D d % \ ? follows the number in every track.
  if (next !== 94 && next !== 63 && next !== 61 && (next | 32) !== 100 && next !== 37 && next !== 92) return undefined
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
  if (next === 63) {
    const only = marks.endsWith(';') ? at(NUMBER_ONLY, text, chain.start - 1) : null
    return only ? { start: only.index, end: only.index + only[0].length, type: 'track2', put: '[TRACK2]' } : undefined
  }
  const lastGroup = chain.groups[chain.groups.length - 1]
  const first = lastGroup ? (chain.at[lastGroup.from] ?? chain.start) : chain.start
  const three = at(TRACK3, text, first)
  if (three) return { start: three.index, end: three.index + three[0].length, type: 'track3', put: '[TRACK3]' }
  const two = at(TRACK2, text, embeddedAt(text, chain, lastGroup))
  if (two) {
    const [all, pan = '', , expiry = ''] = two
    const month = Number(expiry.slice(2))
    const plausible = (month >= 1 && month <= 12 && !/^(?:1\d{12}|20[0-3]\d)/.test(pan)) || isCard(pan) || (all.length > 28 && brandOf(pan) !== undefined)
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
