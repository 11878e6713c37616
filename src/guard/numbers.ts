import type { Chain, Group, Span } from './digits.ts'
import { brandOf, isCard, keptInFront, luhn, UNLIKELY } from './issuer.ts'

/** A part of a chain that is a card number: digit indexes from..to. */
type Hit = { from: number; to: number }

const BEFORE = 40
const CARD_LABEL = /(?:\bpan|(?<!sim )card ?(?:no|num(?:ber)?|nr|#)?|cardno|acct|account(?: ?(?:no|num(?:ber)?))?|卡号|帐号|账号|银行卡)(?:\s*(?:is|was|为|是))?["'”\])>]*\s*[:=：#>]?\s*["'“([<]*$/i
const OTHER_LABEL = /(?:rrn|ref(?:er(?:ence)?)?|stan|trace|mid|tid|merchant|terminal|order|invoice|ean|gtin|upc|isbn|bar ?code|imei|iccid|imsi|serial|s\/?n|ticket|phone|tel|mobile|msisdn|whatsapp|电话|手机号?|订单号?|单号|参考号|流水号|商户号?|商户编号|终端号?|序列号|条码|批次号?|凭证号?|时间|日期)(?:[ _-]?(?:no|number|id|num|code))?\.?["'”\])>]*\s*[:=：#>]?\s*["'“([<]*$/i
// Names of blocks in a distributed file system: nineteen digits and fewer, of which one in fifty looks like a card.
const BLOCK = /\bblk_-?$/
const SHAPES: readonly (readonly number[])[] = [[4, 4, 4, 4, 3], [4, 4, 4, 4, 2], [4, 4, 4, 4, 1], [4, 4, 4, 4], [4, 4, 4, 3], [4, 4, 4, 2], [4, 4, 4, 1], [4, 6, 5], [4, 6, 4], [6, 13], [6, 10], [8, 8], [4, 3, 3, 3], [4, 4, 5], [1, 3, 3, 3, 3, 3, 3], [1, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3]]

const ean13 = (digits: string): boolean => {
  let sum = 0
  for (let i = 0; i < 13; i++) sum += (digits.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3)
  return sum % 10 === 0
}

/** Year digit, day of year, hour: how a host makes the first six of the twelve characters of a retrieval reference number. */
const looksLikeReference = (digits: string): boolean => {
  const day = Number(digits.slice(1, 4))
  return digits.length === 12 && day >= 1 && day <= 366 && Number(digits.slice(4, 6)) <= 23
}

/** Where the evidence for a card is so thin that a word before the number that names something else decides. */
const thin = (digits: string): boolean => {
  const brand = brandOf(digits)
  if (!luhn(digits)) return true
  return brand === 'uatp' || brand === 'domestic' || (brand === 'maestro' && digits.length <= 13)
}

const whole = (text: string, chain: Chain, group: Group, before: string): boolean => {
  const digits = chain.digits.slice(group.from, group.to)
  const first = chain.at[group.from] ?? 0
  const previous = text[first - 1]
  const fraction = previous === '.' && /(?:^|[^\d.])\d{1,4}\.$/.test(text.slice(Math.max(0, first - 8), first))
  if (fraction) return false
  const labelled = CARD_LABEL.test(before)
  if (labelled && digits.length >= 12 && digits.length <= 19) return true
  if (digits.length === 12 && looksLikeReference(digits)) return false
  // Article numbers (EAN-13) pass the check of cards one time in ten; cards of thirteen digits are no longer issued.
  if ((digits.length === 13 && ean13(digits)) || BLOCK.test(before)) return false
  const bare = digits.replace(/^0+/, '')
  const brand = brandOf(bare)
  if (bare !== digits) return brand !== undefined && !UNLIKELY.has(brand) && isCard(bare, true)
  if (!isCard(digits)) return false
  // A plus sign makes it a telephone number (E.164: at most 15 digits) unless the check digit says otherwise.
  if (previous === '+' && digits.length <= 15 && (digits.length <= 13 || !luhn(digits))) return false
  return !(thin(digits) && OTHER_LABEL.test(before))
}

const DATE = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/
const isDate = (chain: Chain, k: number): boolean => {
  const [y, m, d] = [chain.groups[k], chain.groups[k + 1], chain.groups[k + 2]]
  return y !== undefined && m !== undefined && d !== undefined && y.to - y.from === 4 && m.to - m.from === 2 && d.to - d.from === 2 && DATE.test(chain.digits.slice(y.from, d.from + 2))
}

const strong = (group: Group): boolean => group.gap === ' ' || group.gap === '-' || group.gap === '.' || group.gap === '\n'

const shaped = (chain: Chain, k: number): Hit | undefined => {
  const first = chain.groups[k]
  if (!first) return undefined
  for (const shape of SHAPES) {
    const groups = chain.groups.slice(k, k + shape.length)
    if (groups.length < shape.length || !groups.every((g, i) => g.to - g.from === shape[i])) continue
    const inner = groups.slice(1)
    const same = inner.every((g) => g.gap === inner[0]?.gap)
    if (!same && !(shape[0] === 4 && inner.every(strong))) continue
    const digits = chain.digits.slice(first.from, groups[groups.length - 1]?.to)
    const grouped = same && inner.every(strong) && (shape[0] === 4 || shape[0] === 6)
    if (isCard(digits, !grouped)) return { from: first.from, to: first.from + digits.length }
  }
  return undefined
}

/** Ends (exclusive) of the stretch of groups from k that one writer could have put into one number: one kind of gap, at most one line break, no date. */
const stretchEnd = (chain: Chain, k: number): number => {
  let kind: string | undefined
  let lines = 0
  let i = k + 1
  for (; i < chain.groups.length; i++) {
    const group = chain.groups[i]
    if (!group || !strong(group) || isDate(chain, i)) break
    if (group.gap === '\n') {
      if (++lines > 1) break
      continue
    }
    kind ??= group.gap
    if (group.gap !== kind) break
  }
  return i
}

/** Two halves of one number: the line broke within it, and the second half, which ends the chain, is no time in seconds that begins a line. */
const wrapped = (chain: Chain, k: number): Hit | undefined => {
  const [first, second] = [chain.groups[k], chain.groups[k + 1]]
  if (!first || second?.gap !== '\n' || k + 2 < chain.groups.length || (first.gap && first.gap !== ' ')) return undefined
  const [head, tail] = [first.to - first.from, second.to - second.from]
  const digits = chain.digits.slice(first.from, second.to)
  return head >= 6 && tail >= 6 && tail !== 10 && digits.length >= 15 && isCard(digits, true) ? { from: first.from, to: second.to } : undefined
}

const irregular = (text: string, chain: Chain, k: number, end: number): Hit | undefined => {
  const first = chain.groups[k]
  const last = chain.groups[end - 1]
  if (!first || !last || end - k < 2) return undefined
  const digits = chain.digits.slice(first.from, last.to)
  if (digits.length < 13 || !isCard(digits, true)) return undefined
  // A number broken over two lines stands alone; more often the next line begins with another number.
  const inner = chain.groups.slice(k + 1, end)
  if (inner.some((g) => g.gap === '\n') && (k > 0 || end < chain.groups.length || inner.some((g) => g.gap === '.' || g.gap === '-'))) return undefined
  // 4.111111 is a fraction, but 4.111111E15 is what a spreadsheet makes of a card number.
  const tail = (chain.at[last.to - 1] ?? 0) + 1
  if (end - k === 2 && chain.groups[k + 1]?.gap === '.' && !/^[eE]\+?1[1-8]/.test(text.slice(tail, tail + 5))) return undefined
  return { from: first.from, to: last.to }
}

/** After a word such as "card number" any leading groups will do. */
const labelled = (chain: Chain, k: number, end: number): Hit | undefined => {
  const first = chain.groups[k]
  if (!first) return undefined
  for (let i = end; i > k + 1; i--) {
    const digits = chain.digits.slice(first.from, chain.groups[i - 1]?.to)
    if (digits.length >= 13 && isCard(digits)) return { from: first.from, to: first.from + digits.length }
  }
  return undefined
}

/** [52,49,49,…]: a buffer written as the decimal codes of its characters. */
const decimalCodes = (chain: Chain, k: number): Hit | undefined => {
  let i = k
  let digits = ''
  for (; i < chain.groups.length; i++) {
    const group = chain.groups[i]
    if (!group || (i > k && group.gap !== ',')) break
    const code = group.to - group.from === 2 ? Number(chain.digits.slice(group.from, group.to)) : 0
    if (code < 48 || code > 57) break
    digits += String.fromCharCode(code)
  }
  const first = chain.groups[k]
  const last = chain.groups[i - 1]
  return first && last && digits.length >= 13 && isCard(digits, true) ? { from: first.from, to: last.to } : undefined
}

/** Replaces the digits of a chain by stars in place, but for the first `front` and the last `back`, and keeps what stands between them. */
export const starsOver = (text: string, at: readonly number[], front: number, back: number): string => {
  const start = at[0] ?? 0
  const end = (at[at.length - 1] ?? 0) + 1
  const out = [...Array(end - start).keys()].map((i) => text[start + i] ?? '')
  for (let i = front; i < at.length - back; i++) out[(at[i] ?? 0) - start] = '*'
  return out.join('')
}

const span = (text: string, chain: Chain, hit: Hit, codes = false): Span => {
  const at = chain.at.slice(hit.from, hit.to)
  const length = at.length
  return { start: at[0] ?? 0, end: (at[length - 1] ?? 0) + 1, type: 'pan', put: codes ? starsOver(text, at, 0, 0) : starsOver(text, at, keptInFront(length), 4) }
}

/** The card numbers written out in a chain, as spans over its text. Decided by issuer, length and check digit, by the way the digits are grouped, and by the words before them. */
export const cardNumbers = (text: string, chain: Chain): Span[] => {
  const spans: Span[] = []
  const { groups } = chain
  const before = text.slice(Math.max(0, chain.start - BEFORE), chain.start)
  let fresh = 0
  for (let k = 0; k < groups.length; k++) {
    const group = groups[k]
    if (!group || chain.digits.length - group.from < 12) break
    if (group.to - group.from >= 12) {
      if (whole(text, chain, group, k === 0 ? before : '')) spans.push(span(text, chain, group))
      fresh = k + 1
      continue
    }
    if (isDate(chain, k)) {
      k += 2
      fresh = k + 1
      continue
    }
    const codes = decimalCodes(chain, k)
    const hit = codes ?? shaped(chain, k) ?? (k >= fresh ? irregular(text, chain, k, stretchEnd(chain, k)) : undefined) ?? wrapped(chain, k) ?? (k === 0 && CARD_LABEL.test(before) ? labelled(chain, k, stretchEnd(chain, k)) : undefined)
    if (hit) {
      spans.push(span(text, chain, hit, codes !== undefined))
      while (k + 1 < groups.length && (groups[k + 1]?.from ?? 0) < hit.to) k++
      fresh = k + 1
    } else if (k >= fresh) fresh = Math.max(fresh, stretchEnd(chain, k))
  }
  return spans
}
