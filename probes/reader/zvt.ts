/**
 * ZVT payment terminals: framing on a serial line, and what the answers to a status enquiry say. Pure.
 * Sources: PA00P016_03 (transport), PA00P015 revision 13.08 (commands, status codes).
 *
 *   > 10 02  05 01 00  10 03  10 06           DLE STX, status enquiry, DLE ETX, CRC low byte first (not doubled, and may be 10)
 *   < 06                                      received
 *   < 10 02  80 00 00  10 03  f5 1f           accepted                        84 9c 00 busy, 84 xx 00 refused with error xx
 *   > 06
 *   < 10 02  06 0f 01 dc  10 03  bd 17        completion; the last byte is the status: dc card inserted
 *   > 06     10 02  80 00 00  10 03  f5 1f
 *
 * Over TCP the same without frame, check and 06. A length of ff is followed by the real one in two bytes, low byte first.
 */

const DLE = 0x10
const STX = 0x02
const ETX = 0x03

/** Acknowledgement of a serial frame. */
export const ACK = 0x06
/** Status enquiry without password. */
export const STATUS_ENQUIRY = Uint8Array.of(0x05, 0x01, 0x00)
/** Accepted. */
export const ACCEPTED = Uint8Array.of(0x80, 0x00, 0x00)

/** CRC-16 with the reflected polynomial 8408 and start value 0000. */
export const crcKermit = (bytes: Iterable<number>): number => {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8408
  }
  return crc
}

/** A command in its serial frame. */
export const zvtFrame = (apdu: Uint8Array): Uint8Array => {
  const crc = crcKermit([...apdu, ETX])
  return Uint8Array.of(DLE, STX, ...[...apdu].flatMap((byte) => (byte === DLE ? [DLE, DLE] : [byte])), DLE, ETX, crc & 0xff, crc >> 8)
}

/** What a run of bytes begins with: a whole message of `length` bytes on the line, one that is not all there, or none. */
export type ZvtRead = { is: 'waiting' } | { is: 'wrong' } | { is: 'whole'; apdu: Uint8Array; length: number }

/** Longer messages are not waited for; an answer to a status enquiry has some dozen bytes. */
const LONGEST = 4096

/** Reads the serial frame that the bytes begin with. */
export const readZvtFrame = (bytes: Uint8Array): ZvtRead => {
  if ((bytes.length > 0 && bytes[0] !== DLE) || (bytes.length > 1 && bytes[1] !== STX)) return { is: 'wrong' }
  const inner: number[] = []
  for (let at = 2; at + 1 < bytes.length && inner.length <= LONGEST; at++) {
    const byte = bytes[at] ?? 0
    if (byte !== DLE) {
      inner.push(byte)
      continue
    }
    at += 1
    if (bytes[at] === DLE) inner.push(DLE)
    else if (bytes[at] !== ETX) return { is: 'wrong' }
    else {
      if (at + 2 >= bytes.length) return { is: 'waiting' }
      const crc = (bytes[at + 1] ?? 0) + (bytes[at + 2] ?? 0) * 256
      return crcKermit([...inner, ETX]) === crc ? { is: 'whole', apdu: Uint8Array.from(inner), length: at + 3 } : { is: 'wrong' }
    }
  }
  return inner.length > LONGEST ? { is: 'wrong' } : { is: 'waiting' }
}

/** Classes of the messages that go either way. */
const CLASSES = [0x04, 0x05, 0x06, 0x08, 0x0f, 0x80, 0x84]

/** Reads the bare message that the bytes begin with, as over TCP. */
export const readZvtBare = (bytes: Uint8Array): ZvtRead => {
  if (bytes[0] !== undefined && !CLASSES.includes(bytes[0])) return { is: 'wrong' }
  if (bytes.length < 3) return { is: 'waiting' }
  const long = bytes[2] === 0xff
  if (long && bytes.length < 5) return { is: 'waiting' }
  const head = long ? 5 : 3
  const size = long ? (bytes[3] ?? 0) + (bytes[4] ?? 0) * 256 : (bytes[2] ?? 0)
  if (size > LONGEST) return { is: 'wrong' }
  return bytes.length < head + size ? { is: 'waiting' } : { is: 'whole', apdu: bytes.slice(0, head + size), length: head + size }
}

/** Where the data of a message begins. */
const dataOf = (apdu: Uint8Array): Uint8Array => apdu.subarray(apdu[2] === 0xff ? 5 : 3)

/** What a terminal says; codes are those of the specification. */
export type ZvtMeaning =
  | { is: 'accepted' }
  | { is: 'other' }
  | { is: 'refused'; code: number }
  /** It works on something and will answer later. */
  | { is: 'working'; code: number }
  | { is: 'completed'; status: number; version?: string }
  | { is: 'aborted'; code: number }

const nibbles = (first: number, second: number): number => (first & 0x0f) * 10 + (second & 0x0f)

/** A software version before the status stands in LLLVAR: f0 f0 f5 and five characters. */
const completion = (data: Uint8Array): ZvtMeaning => {
  const status = data.at(-1) ?? 0
  const [first = 0, second = 0, third = 0] = data
  const length = (first & 0x0f) * 100 + nibbles(second, third)
  if (data.length < 4 || [first, second, third].some((byte) => (byte & 0xf0) !== 0xf0 || (byte & 0x0f) > 9) || 3 + length > data.length - 1) return { is: 'completed', status }
  const version = String.fromCharCode(...data.subarray(3, 3 + length)).replaceAll(/[^\x20-\x7e]/g, '').trim().slice(0, 60)
  return version === '' ? { is: 'completed', status } : { is: 'completed', status, version }
}

/** Reads what one message means. */
export const readZvt = (apdu: Uint8Array): ZvtMeaning => {
  const [first, second = 0] = apdu
  const data = dataOf(apdu)
  if (first === 0x80 && second === 0x00) return { is: 'accepted' }
  if (first === 0x84) return second === 0 ? { is: 'accepted' } : { is: 'refused', code: second }
  if (first === 0x06 && second === 0x0f) return completion(data)
  if (first === 0x06 && second === 0x1e) return { is: 'aborted', code: data[0] ?? 0xff }
  if (first === 0x04 && second === 0xff) return { is: 'working', code: data[0] ?? 0xff }
  return { is: 'other' }
}
