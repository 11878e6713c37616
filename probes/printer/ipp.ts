/**
 * IPP messages: the questions that posdiag asks, and any answer. Pure.
 *
 * Sources: RFC 8010 3.1 (encoding), RFC 8011 4.2.5, 4.2.6 and 5.4 (Get-Printer-Attributes, Get-Jobs, attributes).
 *
 *   > 01 01 00 0b 00 00 00 01   version, operation, request id
 *   > 01 47 00 12 ...           operation attributes: tag, name length, name, value length, value; a further value has no name
 *   > 03                        end
 *   < 01 01 00 00 00 00 00 01   version, status (0000 is ok, 04xx a client's error, 05xx a server's), request id
 *   < 04 23 00 0d ... 00 00 00 05   printer attributes: printer-state is 5, stopped
 */

/** One value: a number for integers, enums and booleans (0 or 1), otherwise text. */
export type Value = number | string

/** One group of attributes: 1 operation, 2 job, 4 printer. */
export interface Group {
  tag: number
  attributes: ReadonlyMap<string, readonly Value[]>
}

/** An answer as it was given. */
export interface Answer {
  status: number
  requestId: number
  groups: Group[]
}

const OPERATIONS = { 'get-printer-attributes': 0x000b, 'get-jobs': 0x000a } as const

const REQUEST_ID = 1

const two = (n: number): number[] => [n >> 8, n & 0xff]

const attribute = (tag: number, name: string, values: readonly string[]): number[] =>
  values.flatMap((value, i) => {
    const [key, text] = [new TextEncoder().encode(i === 0 ? name : ''), new TextEncoder().encode(value)]
    return [tag, ...two(key.length), ...key, ...two(text.length), ...text]
  })

const integer = (name: string, value: number): number[] => {
  const key = new TextEncoder().encode(name)
  return [0x21, ...two(key.length), ...key, 0, 4, (value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}

/** A question about the printer at a URI (`ipp://`): which attributes are wanted, and of how many jobs at most. */
export const question = (operation: keyof typeof OPERATIONS, uri: string, wanted: readonly string[], limit?: number): Uint8Array =>
  Uint8Array.from([
    1, 1, ...two(OPERATIONS[operation]), 0, 0, 0, REQUEST_ID, 1,
    ...attribute(0x47, 'attributes-charset', ['utf-8']),
    ...attribute(0x48, 'attributes-natural-language', ['en']),
    ...attribute(0x45, 'printer-uri', [uri]),
    ...(limit === undefined ? [] : integer('limit', limit)),
    ...attribute(0x44, 'requested-attributes', wanted),
    3,
  ])

const INTEGERS = [0x21, 0x23]
const BOOLEAN = 0x22
/** Values of other collections, resolutions and dates are passed over. */
const TEXTS = (tag: number): boolean => tag >= 0x40 && tag < 0x5f

const valueIn = (tag: number, bytes: Uint8Array): Value | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (INTEGERS.includes(tag)) return bytes.length === 4 ? view.getInt32(0) : undefined
  if (tag === BOOLEAN) return bytes.length === 1 ? (bytes[0] ?? 0) : undefined
  return TEXTS(tag) ? new TextDecoder().decode(bytes).slice(0, 1000) : undefined
}

const MOST_GROUPS = 200

/** Reads an answer. Undefined if the bytes are none: lengths that lead past their end, no end, or an answer to another question. */
export const readAnswer = (bytes: Uint8Array): Answer | undefined => {
  if (bytes.length < 9) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const answer: Answer = { status: view.getUint16(2), requestId: view.getUint32(4), groups: [] }
  if (answer.requestId !== REQUEST_ID) return undefined
  let attributes = new Map<string, Value[]>()
  let values: Value[] = []
  for (let i = 8; i < bytes.length;) {
    const tag = bytes[i] ?? 0
    i += 1
    if (tag === 3) return answer
    if (tag < 0x10) {
      if (answer.groups.length >= MOST_GROUPS) return undefined
      attributes = new Map()
      answer.groups.push({ tag, attributes })
      continue
    }
    if (i + 2 > bytes.length) return undefined
    const nameEnd = i + 2 + view.getUint16(i)
    if (nameEnd + 2 > bytes.length) return undefined
    const valueEnd = nameEnd + 2 + view.getUint16(nameEnd)
    if (valueEnd > bytes.length) return undefined
    if (nameEnd > i + 2) {
      values = []
      attributes.set(new TextDecoder().decode(bytes.subarray(i + 2, nameEnd)), values)
    }
    const value = valueIn(tag, bytes.subarray(nameEnd + 2, valueEnd))
    if (value !== undefined) values.push(value)
    i = valueEnd
  }
  return undefined
}

/** The first value under a name, if it is a number. */
export const numberIn = ({ attributes }: Group, name: string): number | undefined => {
  const value = attributes.get(name)?.[0]
  return typeof value === 'number' ? value : undefined
}

/** All values under a name that are text. */
export const textsIn = ({ attributes }: Group, name: string): string[] => (attributes.get(name) ?? []).filter((value) => typeof value === 'string')
