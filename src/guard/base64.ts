import type { Span } from './digits.ts'
import type { Look } from './hex.ts'

const MAX_TOKEN = 8192
const IN_TOKEN = new Uint8Array(128)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') IN_TOKEN[char.charCodeAt(0)] = 1

const inToken = (text: string, i: number): boolean => {
  const code = text.charCodeAt(i)
  return code < 128 && IN_TOKEN[code] === 1
}

const token = (text: string, i: number): { start: number; end: number } => {
  let start = i
  while (start > 0 && start > i - MAX_TOKEN && inToken(text, start - 1)) start--
  let end = i
  while (end < text.length && end < i + MAX_TOKEN && inToken(text, end)) end++
  return { start, end }
}

const decode = (chars: string): Uint8Array => Uint8Array.from(atob(chars.replaceAll('-', '+').replaceAll('_', '/').slice(0, chars.length - (chars.length % 4 === 1 ? 1 : 0))), (c) => c.charCodeAt(0))

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (b) => String.fromCharCode(b)).join('')

// Three ASCII digits always become four characters of these kinds (RFC 4648): the first byte starts with 0011, the others hold it too.
const DIGITS = /(?:[MNO][DTjz][AEIMQUYcgk][wxyz0-5]){3,}/y

/** Card data in base64 whose run of digits shows at i (one of M, N, O): the whole token as a span, counted by what it hides. `end` is how far it was read, i if nothing shows there. */
export const digitsInBase64 = (text: string, i: number, look: Look): { span?: Span; end: number } => {
  DIGITS.lastIndex = i
  if (!DIGITS.test(text)) return { end: i }
  const { start, end } = token(text, i)
  const aligned = start + ((i - start) % 4)
  const first = look(latin1(decode(text.slice(aligned, end))))[0]
  return first ? { span: { start, end: padded(text, end), type: first.type, put: '[BASE64]' }, end } : { end }
}

const padded = (text: string, end: number): number => {
  let to = end
  while (to < end + 2 && text[to] === '=') to++
  return to
}

/** Card data as bytes (BCD, EMV tags) in a base64 token that ends in the padding at i. */
export const bytesInBase64 = (text: string, i: number, lookAtHex: Look): Span | undefined => {
  if (text[i - 1] === '=' || !inToken(text, i - 1)) return undefined
  const after = padded(text, i)
  if (inToken(text, after)) return undefined
  const { start, end } = token(text, i - 1)
  if (end !== i || end - start < 11 || (after - start) % 4 !== 0) return undefined
  const bytes = decode(text.slice(start, end))
  const first = lookAtHex(Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' '))[0]
  return first ? { start, end: after, type: first.type, put: '[BASE64]' } : undefined
}
