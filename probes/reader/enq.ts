/**
 * Framing of serial readers and PIN pads: control characters and checked packets. Pure. No card data passes here: of a data packet
 * only that it is whole is told.
 *
 * Sources: Uniform PP791 programmer's manual pages 26 and 36-38; VeriFone MX800 guide pages 289-294; Nexi ECR documentation (start value 7f).
 * That a lone ENQ is answered by ACK, NAK or EOT is practice, not taken from one standard.
 *
 *   > 05                                                              ENQ: are you ready?
 *   < 06   ACK ready        < 15   NAK not ready        < 04   EOT idle
 *   > 0f 30 36 0e 08                                                  packet 06: serial number
 *   < 0f 30 36 30 31 32 33 34 35 36 37 38 39 41 42 43 44 45 46 0e 0e
 *
 *   02 data 03 LRC   data packet                     LRC = start value xor every byte after 02 up to and including 03
 *   0f data 0e LRC   administrative packet           LRC likewise
 */

/** One ENQ. */
export const ENQ = 0x05
/** Received well. */
export const ACK = 0x06

/** How a packet begins and ends: STX ... ETX carries data, SI ... SO administration. */
type PacketKind = 'data' | 'administrative'

const FRAME: Record<PacketKind, { start: number; end: number }> = { data: { start: 0x02, end: 0x03 }, administrative: { start: 0x0f, end: 0x0e } }

/** A longer packet is not waited for. */
const LONGEST_PACKET = 1024

/** Longitudinal redundancy check: xor of all bytes and the start value. */
export const lrc = (bytes: Iterable<number>, start = 0): number => {
  let sum = start
  for (const byte of bytes) sum ^= byte
  return sum
}

/** A whole packet around its content; the content may not hold the end character. `start` is the LRC's start value (00, or 7f on Italian ECR links). */
export const packet = (kind: PacketKind, content: Uint8Array, start = 0): Uint8Array => {
  const covered = [...content, FRAME[kind].end]
  return Uint8Array.of(FRAME[kind].start, ...covered, lrc(covered, start))
}

/** What a run of bytes begins with. */
export type PacketRead = { is: 'waiting' } | { is: 'whole'; content: Uint8Array; length: number } | { is: 'wrong' }

/** Reads the packet that the bytes begin with. */
export const readPacket = (kind: PacketKind, got: Uint8Array, start = 0): PacketRead => {
  const { start: first, end } = FRAME[kind]
  if (got.length === 0) return { is: 'waiting' }
  const last = got.indexOf(end, 1)
  if (got[0] !== first || (last < 0 ? got.length : last) > LONGEST_PACKET) return { is: 'wrong' }
  if (last < 0 || last + 1 >= got.length) return { is: 'waiting' }
  const whole = lrc(got.subarray(1, last + 1), start) === got[last + 1]
  return whole ? { is: 'whole', content: got.slice(1, last), length: last + 2 } : { is: 'wrong' }
}

/** Packet 06 asks for the serial number. */
export const serialNumberQuery = (start = 0): Uint8Array => packet('administrative', Uint8Array.of(0x30, 0x36), start)

/** Reads the answer to packet 06, which an ACK may precede: `0f 30 36`, 1-32 printable characters (the manual has 16), `0e`, LRC. */
export const readSerialNumber = (got: Uint8Array, start = 0): { is: 'waiting' } | { is: 'whole'; value: string } | { is: 'wrong' } => {
  const read = readPacket('administrative', got[0] === ACK ? got.subarray(1) : got, start)
  if (read.is !== 'whole') return read
  const text = read.content.subarray(2)
  const right = read.content[0] === 0x30 && read.content[1] === 0x36 && text.length > 0 && text.length <= 32 && text.every((byte) => byte >= 0x20 && byte < 0x7f)
  return right ? { is: 'whole', value: String.fromCharCode(...text).trim() } : { is: 'wrong' }
}

/** What a device says of itself when asked by ENQ. */
export type Handshake =
  | { is: 'waiting' }
  | { is: 'ready' | 'not-ready' | 'idle' }
  /** It sent a whole packet: alive, and in the middle of something. */
  | { is: 'talking' }
  | { is: 'garbled'; detail: string }

const STATES: Readonly<Record<number, 'ready' | 'not-ready' | 'idle'>> = { 6: 'ready', 21: 'not-ready', 4: 'idle' }

/** Reads the answer to ENQ. The detail of a garbled one says what it looks like, never which bytes came: they may be of a card. */
export const readHandshake = (got: Uint8Array, start = 0): Handshake => {
  const first = got[0]
  if (first === undefined) return { is: 'waiting' }
  const state = STATES[first]
  if (state !== undefined) return { is: state }
  for (const kind of ['data', 'administrative'] as const) {
    const read = readPacket(kind, got, start)
    if (read.is === 'waiting') return read
    if (read.is === 'whole') return { is: 'talking' }
  }
  if (first === ENQ) return { is: 'garbled', detail: 'the port returns what was sent: a loop-back plug or an echoing adapter' }
  if (STATES[first & 0x7f] !== undefined) return { is: 'garbled', detail: 'a control character with an eighth bit: the line needs 7 data bits and parity' }
  if (first === 0x02 || first === 0x0f) return { is: 'garbled', detail: 'a packet whose check (LRC) is wrong: disturbed line, or another LRC start value' }
  return { is: 'garbled', detail: `${got.length} bytes that are no answer to ENQ: wrong speed or parity, or another protocol` }
}
