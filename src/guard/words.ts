import type { Span } from './digits.ts'

// Between a name and its value: closing quote or bracket, then a colon, an equals sign, a tag's end or a plain word (THEN), or a blank alone (LOOSE).
const CLOSE = '["\'”’\\])\\\\]*'
const OPEN = '["\'“‘\\[<(\\\\]*'
// Dots may lead from a name to its colon, as in dumps of messages.
const THEN = `${CLOSE}(?:\\s*\\.{0,60}\\s*(?:[:=：>]|=>|\\[)\\s*|\\s+(?:is|was)\\s+|\\s*[为是]\\s*)${OPEN}`
const LOOSE = `(?:${THEN}|${CLOSE}\\s{1,2}${OPEN})`

/** The name before a value and the value as the last group; `put` takes the value's place. */
type Rule = { type: string; put: string; pattern: RegExp }
const rule = (type: string, put: string, name: string, then: string, value: string): Rule => ({ type, put, pattern: new RegExp(`${name}${then}(${value})`, 'iy') })

const HEX_VALUE = '(?:[0-9a-f]{2}[ :-]?){7,47}[0-9a-f]{2}(?![0-9a-z])'
const CODE_VALUE = '\\d{3,4}(?![\\w.])'
const TRACK_VALUE = '[%;+#]?[0-9A-Za-z][^"\'\\r\\n,<>|}]{7,120}'

const AT_C: readonly Rule[] = [
  rule('cvv', '[CVV]', '(?:c(?:v[vcn]2?|av2|v2)(?:[ _-]?(?:code|no|num(?:ber)?|value|data|码))?)', LOOSE, CODE_VALUE),
  rule('cvv', '[CVV]', '(?:cid|csc)', THEN, CODE_VALUE),
  rule('name', '[NAME]', 'card[ _-]?holder(?:[ _-]?name)?', THEN, '[A-Za-z\\u00c0-\\u024f\\u4e00-\\u9fff][^"\'\\r\\n,;|<>=]{1,40}'),
  rule('name', '[NAME]', 'CARD[ _-]?HOLDER(?:[ _-]?NAME)?', LOOSE, '[A-Z]{2,26}/[A-Z][A-Z .]{0,24}'),
]
const NAME_ON_CARD = rule('name', '[NAME]', 'card', THEN, '[A-Za-z\\u00c0-\\u024f\\u4e00-\\u9fff][^"\'\\r\\n,;|<>=]{1,40}')
const SECURITY_CODE = rule('cvv', '[CVV]', 'code', LOOSE, CODE_VALUE)
const AT_P: readonly Rule[] = [
  rule('pin-block', '[PINBLOCK]', 'pin[ _-]?(?:block|blk|data|密文|密码)', LOOSE, HEX_VALUE),
  rule('pin', '[PIN]', 'pin(?:[ _-]?(?:code|no|num(?:ber)?|value|data))?', THEN, '(?:[0-9a-f]{16}|\\d{4,12})(?![\\w.])'),
]
const EXPIRIES: readonly Rule[] = [
  rule('expiry', '[EXPIRY]', 'exp(?:iry|iration)?(?:[ _-]?date)?', THEN, '(?:0[1-9]|1[0-2])[/-](?:20)?\\d{2}(?![\\w./:-])'),
  rule('expiry', '[EXPIRY]', '(?:expiry|expiration|exp[ _-]?date)(?:[ _-]?date)?', THEN, '(?:\\d{2}(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])\\d{2})(?![\\w./:-])'),
]
// EMV tags with a label's mark behind them: 5F20 and 9F0B name, 9F1F and 9F20 discretionary data of the tracks.
const TAGGED: readonly Rule[] = [
  rule('emv-5F20', '[NAME]', '(?:5f ?20|9f ?0b)', THEN, '(?:[0-9a-f]{2} ?){2,45}(?![0-9a-z])|[A-Za-z][A-Za-z /.]{1,44}'),
  rule('emv-9F1F', '[DROPPED]', '9f ?(?:1f|20)', THEN, '(?:[0-9a-f]{2} ?){2,45}(?![0-9a-z])'),
]
const LOUD_PIN: Rule = { type: 'pin', put: '[PIN]', pattern: /PIN (\d{4}|\d{6})(?![\w.:])/y }
const AT_TRACK: readonly Rule[] = [rule('track', '[TRACK]', 'track(?:[ _-]?[123])?(?:[ _-]?(?:equivalent|data|info|raw)){0,2}', THEN, TRACK_VALUE)]
const KEY = rule('key', '[KEY]', '(?:(?:master|work(?:ing)?|session|terminal|transport|pin|mac|data|zone|main|encryption|dukpt)[ _-]?key(?:[ _-]?(?:data|value|[123]))?|[tz][mpad]k|zek|p[iv]k|ma?k|tdk|tek|bdk|ipek|kek|lmk|ksn|key)(?: under [a-z]{3})?', LOOSE, HEX_VALUE)

const FIELDS: readonly Rule[] = [
  rule('pin-block', '[PINBLOCK]', '(?:de|df|f|field|bit|域)[ _-]?0?52', LOOSE, '(?:[0-9a-f]{2} ?){8}(?![0-9a-z])'),
  rule('pin-block', '[PINBLOCK]', 'id="52" value=', OPEN, '[0-9a-f]{16}(?![0-9a-z])'),
  rule('track', '[TRACK]', '(?:de|df|f|field|bit|域)[ _-]?0?(?:35|36|45)', THEN, TRACK_VALUE),
  rule('track', '[TRACK]', 'id="(?:35|36|45)" value=', OPEN, TRACK_VALUE),
]

const CJK: readonly { last: string; names: readonly string[]; rule: Rule }[] = [
  { last: '码', names: ['安全码', '校验码', '验证码'], rule: rule('cvv', '[CVV]', '码', LOOSE, CODE_VALUE) },
  { last: '位', names: ['后三位', '背面三位', '背后三位', '末三位'], rule: rule('cvv', '[CVV]', '位', LOOSE, CODE_VALUE) },
  { last: '块', names: ['密码块'], rule: rule('pin-block', '[PINBLOCK]', '块', LOOSE, HEX_VALUE) },
  { last: '文', names: ['密文', '密码密文'], rule: rule('pin-block', '[PINBLOCK]', '文', LOOSE, HEX_VALUE) },
  { last: '域', names: ['52域', '52 域'], rule: rule('pin-block', '[PINBLOCK]', '域', LOOSE, HEX_VALUE) },
  { last: '域', names: ['35域', '36域', '45域'], rule: rule('track', '[TRACK]', '域', LOOSE, TRACK_VALUE) },
  { last: '码', names: ['密码'], rule: rule('pin', '[PIN]', '码', LOOSE, '(?:[0-9a-f]{16}|\\d{4,12})(?![\\w.])') },
  { last: '道', names: ['磁道', '二磁道', '三磁道'], rule: rule('track', '[TRACK]', '道(?:[一二三123]|信息|数据)*', LOOSE, TRACK_VALUE) },
  { last: '钥', names: ['密钥'], rule: rule('key', '[KEY]', '钥(?:明文|值|数据)?', LOOSE, HEX_VALUE) },
  { last: '期', names: ['有效期'], rule: rule('expiry', '[EXPIRY]', '期', LOOSE, '(?:(?:0[1-9]|1[0-2])[/-]?(?:20)?\\d{2}|\\d{2}(?:0[1-9]|1[0-2]))(?![\\d/-])') },
  { last: '人', names: ['持卡人'], rule: rule('name', '[NAME]', '人(?:姓名)?', THEN, '[A-Za-z\\u4e00-\\u9fff][A-Za-z \\u4e00-\\u9fff·/]{1,30}') },
  { last: '名', names: ['持卡人姓名', '持卡人名'], rule: rule('name', '[NAME]', '名', THEN, '[A-Za-z\\u4e00-\\u9fff][A-Za-z \\u4e00-\\u9fff·/]{1,30}') },
]

const letter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** True where a word may begin: after no letter, or at a capital after a small one. */
const begins = (text: string, i: number): boolean => {
  const before = text.charCodeAt(i - 1)
  if (i === 0 || !letter(before)) return true
  return before >= 97 && text.charCodeAt(i) <= 90
}

const apply = (text: string, i: number, { pattern, type, put }: Rule): Span | undefined => {
  pattern.lastIndex = i
  const match = pattern.exec(text)
  if (!match) return undefined
  const value = match[1] ?? ''
  // What was replaced before stays as it is.
  if (put.startsWith(`[${value}`)) return undefined
  if (type === 'track' && (value.match(/[0-9]/g) ?? []).length < 8) return undefined
  const end = match.index + match[0].length
  return { start: end - value.length, end, type, put }
}

const firstOf = (text: string, i: number, rules: readonly Rule[]): Span | undefined => {
  for (const one of rules) {
    const span = apply(text, i, one)
    if (span) return span
  }
  return undefined
}

const lower = (text: string, i: number): number => text.charCodeAt(i) | 32

/** Names of card data that hold the letter c, k, p or x at i, with their value: the value as a span, undefined if there is none. Only a few cheap looks in ordinary text. */
export const namedAt = (text: string, i: number): Span | undefined => {
  const here = lower(text, i)
  const next = lower(text, i + 1)
  if (here === 99) {
    if (next === 97 && /name on $/i.test(text.slice(Math.max(0, i - 8), i))) return apply(text, i, NAME_ON_CARD)
    if (next === 118 || next === 97 || next === 105 || next === 115) return begins(text, i) ? firstOf(text, i, AT_C) : undefined
    if (next === 111 && lower(text, i + 2) === 100 && /(?:security|verification)[ _-]?$/i.test(text.slice(Math.max(0, i - 14), i))) return apply(text, i, SECURITY_CODE)
    return undefined
  }
  if (here === 120) return begins(text, i - 1) ? firstOf(text, i - 1, EXPIRIES) : undefined
  if (here === 112) {
    if (next !== 105) return undefined
    const third = lower(text, i + 2)
    if (third === 107) return begins(text, i) ? apply(text, i, KEY) : undefined
    if (third !== 110) return undefined
    const span = firstOf(text, i, AT_P)
    if (span && (span.type === 'pin-block' || begins(text, i) || lower(text, i - 1) === 99)) return span
    return begins(text, i) ? apply(text, i, LOUD_PIN) : undefined
  }
  if (next === 101 && lower(text, i + 2) === 121) {
    const name = /(?:master|work(?:ing)?|session|terminal|transport|pin|mac|data|zone|main|encryption|dukpt)[ _-]?$/i.exec(text.slice(Math.max(0, i - 12), i))
    return name ? apply(text, i - name[0].length, KEY) : undefined
  }
  if (next === 115 || (next === 101 && lower(text, i + 2) === 107)) return begins(text, i) ? apply(text, i, KEY) : undefined
  if (lower(text, i - 1) === 99 && lower(text, i - 2) === 97 && lower(text, i - 3) === 114) return firstOf(text, i - 4, AT_TRACK)
  // Names of keys that end in k: TMK, ZPK, MAK, IPEK and the like.
  for (let back = 1; back <= 3; back++) if (begins(text, i - back) && letter(text.charCodeAt(i - back))) return apply(text, i - back, KEY)
  return undefined
}

/** The value of an ISO 8583 field that may not be kept (35, 36, 45, 52) where its number ends at `end`; undefined if there is none. */
export const fieldAt = (text: string, end: number): Span | undefined => {
  const tail = /(?:de|df|f|field|bit|域)[ _-]?0?\d\d$|id="\d\d$/i.exec(text.slice(Math.max(0, end - 9), end))
  return tail ? firstOf(text, end - tail[0].length, FIELDS) : undefined
}

/** The value of an EMV tag that is written out by name (5F20, 9F0B, 9F1F, 9F20) and begins at i; undefined if there is none. */
export const tagAt = (text: string, i: number): Span | undefined => firstOf(text, i, TAGGED)

/** As namedAt, for the Chinese names; `i` is where the last character of a name stands. */
export const chineseAt = (text: string, i: number): Span | undefined => {
  const here = text[i]
  for (const { last, names, rule: one } of CJK) {
    if (last !== here || !names.some((name) => text.endsWith(name, i + 1))) continue
    const span = apply(text, i, one)
    if (span) return span
  }
  return undefined
}
