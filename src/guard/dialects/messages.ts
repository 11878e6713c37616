import { because, type Dialect } from './commands.ts'

/** Operations of IPP that only ask (RFC 8011 5.4.15, CUPS Implementation of IPP). */
const IPP_ASKS: readonly number[] = [0x0009, 0x000a, 0x000b, 0x4001, 0x4002]

const IPP_NAMED: Readonly<Record<number, string>> = {
  2: 'Print-Job prints', 3: 'Print-URI prints', 4: 'Validate-Job is a step of printing', 5: 'Create-Job is a step of printing', 6: 'Send-Document prints', 8: 'Cancel-Job throws a receipt away',
  12: 'Hold-Job holds a receipt back', 13: 'Release-Job prints', 14: 'Restart-Job prints again', 16: 'Pause-Printer stops the queue', 17: 'Resume-Printer prints what waits', 18: 'Purge-Jobs throws receipts away',
}

/** Where the attributes of an IPP message end: the index after their end tag, or undefined if they do not. */
const afterAttributes = (bytes: Uint8Array): number | undefined => {
  for (let i = 8; i < bytes.length;) {
    const tag = bytes[i] ?? 0
    if (tag === 3) return i + 1
    if (tag < 0x10) {
      i += 1
      continue
    }
    const name = ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const value = i + 3 + name
    i = value + 2 + (((bytes[value] ?? 0) << 8) | (bytes[value + 1] ?? 0))
  }
  return undefined
}

/** IPP: one whole message of an operation that only asks, with no document behind it. */
export const ipp: Dialect = (bytes) => {
  const operation = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  if (!IPP_ASKS.includes(operation)) return because(bytes, 0, `${IPP_NAMED[operation] ?? 'this operation of IPP'} and is no question`)
  return afterAttributes(bytes) === bytes.length ? { rest: 0 } : because(bytes, 0, 'a message of IPP must be whole, and carry no document')
}

/** The contents of a BER value at i with a definite length of up to two bytes: where they begin and end. */
const inside = (bytes: Uint8Array, i: number): { from: number; to: number } | undefined => {
  const first = bytes[i + 1] ?? 0
  const more = first < 0x80 ? 0 : first - 0x80
  if (more > 2 || first === 0x80) return undefined
  const length = more === 0 ? first : Array.from(bytes.subarray(i + 2, i + 2 + more)).reduce((sum, byte) => sum * 256 + byte, 0)
  const from = i + 2 + more
  return from + length <= bytes.length ? { from, to: from + length } : undefined
}

const SNMP_ASKS: readonly number[] = [0xa0, 0xa1, 0xa5]
const SNMP_NAMED: Readonly<Record<number, string>> = { 163: 'SetRequest changes the device', 164: 'a trap is for managers', 166: 'an inform is for managers', 167: 'a trap is for managers' }

/** SNMP v1 and v2c (RFC 1157, RFC 3416): one whole Get, GetNext or GetBulk. */
export const snmp: Dialect = (bytes) => {
  const message = bytes[0] === 0x30 ? inside(bytes, 0) : undefined
  const version = message && inside(bytes, message.from)
  const community = version && bytes[message.from] === 2 ? inside(bytes, version.to) : undefined
  const at = community?.to
  if (message?.to !== bytes.length || at === undefined || inside(bytes, at)?.to !== bytes.length) return because(bytes, 0, 'not one whole message of SNMP')
  const kind = bytes[at] ?? 0
  return SNMP_ASKS.includes(kind) ? { rest: 0 } : because(bytes, at, SNMP_NAMED[kind] ?? 'not a question')
}
