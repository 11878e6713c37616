import { BenchError } from '../model/bench.ts'

/**
 * Messages of the D-Bus wire protocol (D-Bus specification 0.43, "Message Protocol" and "Type System"). Pure. Only calls without
 * arguments can be written; of what comes, everything is read strictly, and what breaks a rule is garbled.
 *
 *   > 6c 01 02 01  00 00 00 00  01 00 00 00  6e 00 00 00  01 01 6f 00 ...     little-endian, call, no auto-start, version 1 | body length | serial | fields
 *   < 6c 02 01 01  0b 00 00 00  01 00 00 00  3d 00 00 00  06 01 73 00 ...     method return
 */

/** A value as it came: an array, a struct and a pair of a dictionary are lists, a variant is what it holds, 64-bit integers are bigint. */
export type Wire = boolean | number | bigint | string | Wire[]

/** What came: an answer to a call, or an error by its name. */
export interface Answer {
  /** Serial number of the call that it answers. */
  to: number
  error?: string
  signature: string
  body: Wire[]
}

/** A method without arguments of an object of a service. */
export interface Method {
  service: string
  path: string
  interface: string
  name: string
}

/** Longest message that is read, in bytes; a modem tells about 6 KiB. */
export const LONGEST_MESSAGE = 49_152

const HEAD = 16
/** Where the fields of the header begin. */
const FIELDS = 12
const KIND = { call: 1, answer: 2, error: 3 } as const
const NO_AUTO_START = 0x02
const FIELD = { path: 1, interface: 2, name: 3, error: 4, to: 5, service: 6, signature: 8 } as const

/** Arrays and structs may lie 32 deep each, and so may what a variant holds. */
const DEEPEST = 64

const malformed = (what: string): BenchError => new BenchError('garbled', `the answer of the system bus breaks the D-Bus format: ${what}`)

interface Type {
  code: string
  of: Type[]
}

const ALIGNMENT: Readonly<Record<string, number>> = { y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, h: 4, s: 4, o: 4, a: 4, x: 8, t: 8, d: 8, '(': 8, '{': 8 }

const padded = (at: number, to: number): number => Math.ceil(at / to) * to

/** The types of a signature, one after another. */
const typesOf = (signature: string): Type[] => {
  let at = 0
  const one = (depth: number): Type => {
    const code = signature[at++] ?? ''
    if (depth > DEEPEST || !(code in ALIGNMENT)) throw malformed('signature')
    if (code === 'a') return { code, of: [one(depth + 1)] }
    if (code !== '(' && code !== '{') return { code, of: [] }
    const of: Type[] = []
    const end = code === '(' ? ')' : '}'
    while (signature[at] !== end) of.push(one(depth + 1))
    at += 1
    if (of.length === 0 || (code === '{' && of.length !== 2)) throw malformed('signature')
    return { code, of }
  }
  const types: Type[] = []
  while (at < signature.length) types.push(one(0))
  return types
}

/** Reads values one after another; every place is counted from the beginning of the message. */
const reader = (bytes: Uint8Array, little: boolean, start: number) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let at = start

  const skip = (length: number): number => {
    const from = at
    if (length > bytes.length - at) throw malformed('length')
    at += length
    return from
  }
  const align = (to: number): void => {
    const from = skip(padded(at, to) - at)
    if (bytes.subarray(from, at).some((byte) => byte !== 0)) throw malformed('padding')
  }
  const text = (length: number): string => {
    const from = skip(length + 1)
    if (bytes.subarray(from, at).indexOf(0) !== length) throw malformed('string')
    try {
      return utf8.decode(bytes.subarray(from, at - 1))
    } catch {
      throw malformed('string')
    }
  }
  const u32 = (): number => view.getUint32(skip(4), little)

  const array = (type: Type, depth: number): Wire[] => {
    const length = u32()
    align(ALIGNMENT[type.code] ?? 1)
    if (length > bytes.length - at) throw malformed('length')
    const end = at + length
    const values: Wire[] = []
    while (at < end) values.push(value(type, depth + 1))
    if (at !== end) throw malformed('length')
    return values
  }

  const value = (type: Type, depth: number): Wire => {
    if (depth > DEEPEST) throw malformed('depth')
    align(ALIGNMENT[type.code] ?? 1)
    switch (type.code) {
      case 'y': return view.getUint8(skip(1))
      case 'n': return view.getInt16(skip(2), little)
      case 'q': return view.getUint16(skip(2), little)
      case 'i': return view.getInt32(skip(4), little)
      case 'u': case 'h': return u32()
      case 'x': return view.getBigInt64(skip(8), little)
      case 't': return view.getBigUint64(skip(8), little)
      case 'd': return view.getFloat64(skip(8), little)
      case 's': case 'o': return text(u32())
      case 'g': return text(view.getUint8(skip(1)))
      case 'b': {
        const is = u32()
        if (is > 1) throw malformed('boolean')
        return is === 1
      }
      case 'v': {
        const [inner, ...more] = typesOf(text(view.getUint8(skip(1))))
        if (!inner || more.length > 0) throw malformed('signature')
        return value(inner, depth + 1)
      }
      case 'a': return array(type.of[0] ?? type, depth)
      default: return type.of.map((part) => value(part, depth + 1))
    }
  }

  return { values: (signature: string): Wire[] => typesOf(signature).map((type) => value(type, 0)), align, at: () => at }
}

/** What a dictionary holds, or the fields of a header; what is no pair is left out. */
export const entriesOf = (value: Wire | undefined): Map<Wire, Wire> =>
  new Map((Array.isArray(value) ? value : []).flatMap((pair) => (Array.isArray(pair) && pair[0] !== undefined && pair[1] !== undefined ? [[pair[0], pair[1]]] : [])))

/** The first sixteen bytes of a message, which have a fixed form. */
const headOf = (bytes: Uint8Array) => {
  const [order, kind, , version] = bytes
  if (order !== 0x6c && order !== 0x42) throw malformed('order')
  if (version !== 1) throw malformed('version')
  const little = order === 0x6c
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { little, kind, body: view.getUint32(4, little), fields: view.getUint32(FIELDS, little) }
}

/** How long the message is that begins with these bytes; undefined while that cannot be told. Throws garbled for what is none, or is too long. */
export const messageLength = (bytes: Uint8Array): number | undefined => {
  if (bytes.length < HEAD) return undefined
  const { body, fields } = headOf(bytes)
  const length = padded(HEAD + fields, 8) + body
  if (length > LONGEST_MESSAGE) throw malformed('size')
  return length
}

/** Reads one whole message; undefined if it is neither an answer nor an error. Throws garbled. */
export const readMessage = (bytes: Uint8Array): Answer | undefined => {
  if (bytes.length !== messageLength(bytes)) throw malformed('length')
  const { little, kind } = headOf(bytes)
  if (kind !== KIND.answer && kind !== KIND.error) return undefined
  const read = reader(bytes, little, FIELDS)
  const fields = entriesOf(read.values('a(yv)')[0])
  read.align(8)
  const [to, signature = '', error] = [fields.get(FIELD.to), fields.get(FIELD.signature), fields.get(FIELD.error)]
  if (typeof to !== 'number' || typeof signature !== 'string' || (kind === KIND.error && typeof error !== 'string')) throw malformed('header')
  const body = read.values(signature)
  if (read.at() !== bytes.length) throw malformed('length')
  return { to, signature, body, ...(kind === KIND.error ? { error: String(error) } : {}) }
}

/** A call that starts no service. */
export const callMessage = (serial: number, { service, path, interface: of, name }: Method): Uint8Array => {
  const fields = [[FIELD.path, 'o', path], [FIELD.interface, 's', of], [FIELD.name, 's', name], [FIELD.service, 's', service]] as const
  const parts = fields.map(([code, type, text]) => {
    const bytes = new TextEncoder().encode(text)
    const part = new Uint8Array(8 + bytes.length + 1)
    part.set([code, 1, type.charCodeAt(0), 0])
    new DataView(part.buffer).setUint32(4, bytes.length, true)
    part.set(bytes, 8)
    return part
  })
  const length = parts.reduce((at, part) => padded(at, 8) + part.length, 0)
  const message = new Uint8Array(padded(HEAD + length, 8))
  const view = new DataView(message.buffer)
  message.set([0x6c, KIND.call, NO_AUTO_START, 1])
  view.setUint32(8, serial, true)
  view.setUint32(12, length, true)
  parts.reduce((at, part) => {
    message.set(part, padded(at, 8))
    return padded(at, 8) + part.length
  }, HEAD)
  return message
}
