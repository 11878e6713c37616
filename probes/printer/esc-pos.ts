import { type Bits, decode, type Flag, type Status, withError } from './flags.ts'

/**
 * ESC/POS status in real time. Pure.
 *
 * Sources: Epson ESC/POS Application Programming Guide 10.01, pages 303-325 (status); specifications of TM-T88III, TM-U220, TM-T90 and
 * TM-J2000; bytes of real printers in lsongdev/node-escpos#288 and python-escpos#143.
 *
 *   > 10 04 01      DLE EOT 1         > 10 04 02      DLE EOT 2         > 10 14 07 01   DLE DC4 7 1
 *   < 1e            off-line          < 36            cover, no paper   < 3c 00 00 0f   ASB block: off-line, cover open
 *
 * What a printer may send, told apart by fixed bits (x is data):
 *   0001 0001  XON                    0001 0011  XOFF                   both may stand anywhere, even inside a block
 *   0xx1 xx10  answer to DLE EOT      (b & 93) == 12
 *   0xx1 xx00  first of four bytes of Automatic Status Back (ASB)       (b & 93) == 10
 *   0xx0 xxxx  the other three of ASB, and answers to GS I 1-3 and GS r (b & 90) == 00
 *   5f ... 00  37 ... 00  35 .. .. 00  answers that are frames (frames.ts), which may come late, or unasked to whoever asked before us
 */

/** Which of the four real-time questions. */
export type Query = 1 | 2 | 3 | 4

/** The four questions in the order in which they are asked. */
export const QUERIES: readonly Query[] = [1, 2, 3, 4]

/** The bits of the answers to DLE EOT 1-4. */
export const STATUS_BITS: Readonly<Record<Query, readonly Bits[]>> = {
  1: [
    { flag: 'drawer-pin-high', mask: 0x04 },
    { flag: 'online', mask: 0x08, inverted: true },
    { flag: 'waiting-recovery', mask: 0x20 },
    { flag: 'feed-button', mask: 0x40 },
  ],
  2: [
    { flag: 'cover-open', mask: 0x04 },
    { flag: 'feeding', mask: 0x08 },
    { flag: 'paper-stop', mask: 0x20 },
    { flag: 'error', mask: 0x40 },
  ],
  3: [
    { flag: 'mechanical-error', mask: 0x04 },
    { flag: 'cutter-error', mask: 0x08 },
    { flag: 'unrecoverable-error', mask: 0x20 },
    { flag: 'auto-recoverable-error', mask: 0x40 },
  ],
  4: [
    { flag: 'paper-near-end', mask: 0x0c },
    { flag: 'paper-end', mask: 0x60 },
  ],
}

/** The bits of the four bytes of an ASB block; the fourth is reserved. */
export const ASB_BITS: readonly (readonly Bits[])[] = [
  [
    { flag: 'drawer-pin-high', mask: 0x04 },
    { flag: 'online', mask: 0x08, inverted: true },
    { flag: 'cover-open', mask: 0x20 },
    { flag: 'feeding', mask: 0x40 },
  ],
  [
    { flag: 'waiting-recovery', mask: 0x01 },
    { flag: 'feed-button', mask: 0x02 },
    { flag: 'mechanical-error', mask: 0x04 },
    { flag: 'cutter-error', mask: 0x08 },
    { flag: 'unrecoverable-error', mask: 0x20 },
    { flag: 'auto-recoverable-error', mask: 0x40 },
  ],
  [
    { flag: 'paper-near-end', mask: 0x03 },
    { flag: 'paper-end', mask: 0x0c },
  ],
  [],
]

/** A real-time question that only some models know; one that does not may print what it does not understand. */
export interface Extra {
  /** The fact of the profile that says that the model knows it. */
  fact: string
  sent: readonly number[]
  bits: readonly Bits[]
  /** Observation that keeps the byte as it is, where its bits differ from model to model. */
  raw?: 'slip-status' | 'micr-status'
}

/** DLE EOT beyond the four: answered by one byte with the same fixed bits. */
export const EXTRAS: readonly Extra[] = [
  { fact: 'slip', sent: [0x10, 0x04, 0x05], bits: [], raw: 'slip-status' },
  { fact: 'ink', sent: [0x10, 0x04, 0x07, 0x01], bits: [{ flag: 'ink-low', mask: 0x04 }, { flag: 'ink-end', mask: 0x08 }, { flag: 'ink-missing', mask: 0x20 }, { flag: 'ink-cleaning', mask: 0x40 }] },
  { fact: 'second-ink', sent: [0x10, 0x04, 0x07, 0x02], bits: [{ flag: 'ink-two-low', mask: 0x04 }, { flag: 'ink-two-end', mask: 0x08 }, { flag: 'ink-two-missing', mask: 0x20 }] },
  { fact: 'micr', sent: [0x10, 0x04, 0x08, 0x01], bits: [], raw: 'micr-status' },
  { fact: 'peeler', sent: [0x10, 0x04, 0x08, 0x03], bits: [{ flag: 'label-waiting', mask: 0x04 }, { flag: 'peeler-empty', mask: 0x20 }] },
  { fact: 'interface-status', sent: [0x10, 0x04, 0x12, 0x01], bits: [{ flag: 'several-interfaces', mask: 0x04 }] },
  { fact: 'customer-display', sent: [0x10, 0x04, 0x12, 0x02], bits: [{ flag: 'display-busy', mask: 0x04 }] },
]

/** Flags that the answer to one question can tell. */
export const flagsOf = (query: Query): readonly Flag[] => STATUS_BITS[query].map(({ flag }) => flag)

/** The question DLE EOT n. */
export const statusQuery = (query: Query): Uint8Array => Uint8Array.of(0x10, 0x04, query)

/** DLE DC4 7 1: the ASB block once, in real time; changes no setting. */
export const ASB_ONCE = Uint8Array.of(0x10, 0x14, 0x07, 0x01)

/** True if the byte has the fixed bits of an answer to DLE EOT. */
export const isStatusByte = (byte: number): boolean => (byte & 0x93) === 0x12

/** Flags in the answer to one question; the byte must be a status byte. */
export const decodeStatus = (query: Query, byte: number): Status => decode(byte, STATUS_BITS[query])

/** Flags in the four bytes of an ASB block. `error` is concluded from the error bits; ASB does not tell `paper-stop`. */
export const decodeAsb = (block: readonly number[]): Status => withError(Object.assign({}, ...ASB_BITS.map((bits, i) => decode(block[i] ?? 0, bits))))

const isAsbStart = (byte: number): boolean => (byte & 0x93) === 0x10

/** True for a byte inside an ASB block, and for a one-byte answer to GS I and GS r. */
export const isPlain = (byte: number): boolean => (byte & 0x90) === 0

/** The same bytes without XON and XOFF. */
export const withoutFlowControl = (got: Uint8Array): Uint8Array => got.filter((byte) => byte !== 0x11 && byte !== 0x13)

/** Longest frame: a name of 80 characters between `5f` and `00`. */
const LONGEST_FRAME = 82

const isInk = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xd0) === 0x40
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f

/** Length of the frame that begins at i: an answer that somebody else asked for, or that comes late. 0 if there is none, 'more' if it may become one. */
const frameAt = (bytes: Uint8Array, i: number): number | 'more' => {
  const head = bytes[i]
  if (head !== 0x5f && head !== 0x37 && head !== 0x35) return 0
  const inside = bytes.subarray(i + 1, i + LONGEST_FRAME)
  const end = inside.indexOf(0)
  const body = end < 0 ? inside : inside.subarray(0, end)
  const whole = end >= 0
  const fits = (most: number, least: number, each: (byte: number) => boolean): boolean => body.length <= most && (!whole || body.length >= least) && body.every(each)
  const is = head === 0x5f ? fits(80, 0, isPrintable)
    : head === 0x35 ? fits(2, 2, isInk)
      : body[0] === 0x22 ? fits(5, 5, isPrintable)
        : body.length === 0 || body[0] === 0x23 ? fits(11, 1, (byte) => byte === 0x23 || (byte >= 0x40 && byte < 0x80)) : false
  return is ? (whole ? end + 2 : 'more') : 0
}

/** What was in a run of received bytes. */
export interface Sorted {
  /** Answers to DLE EOT, in order. */
  statuses: number[]
  /** Whole ASB blocks, four bytes each. */
  blocks: number[][]
  /** Whole frames, from their head to their `00`. */
  frames: Uint8Array[]
  /** Bytes that are none of these. */
  other: number[]
  /** True if the run ends within what may become a block or a frame; those bytes are in none of the lists. */
  partial: boolean
}

/** Sorts received bytes by their fixed bits; XON and XOFF are dropped. Total: every input gives a result. */
export const sortReplies = (got: Uint8Array): Sorted => {
  const bytes = withoutFlowControl(got)
  const sorted: Sorted = { statuses: [], blocks: [], frames: [], other: [], partial: false }
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (isStatusByte(byte)) {
      sorted.statuses.push(byte)
      continue
    }
    if (isAsbStart(byte)) {
      const rest = Array.from(bytes.subarray(i + 1, i + 4))
      if (rest.every(isPlain)) {
        if (rest.length < 3) return { ...sorted, partial: true }
        sorted.blocks.push([byte, ...rest])
        i += 3
        continue
      }
    }
    const frame = frameAt(bytes, i)
    if (frame === 'more') return { ...sorted, partial: true }
    if (frame === 0) sorted.other.push(byte)
    else {
      sorted.frames.push(bytes.slice(i, i + frame))
      i += frame - 1
    }
  }
  return sorted
}

/** True if the received bytes begin with what was sent: a loop-back or echoing line, not a printer. */
export const isEcho = (sent: Uint8Array, got: Uint8Array): boolean => {
  const bytes = withoutFlowControl(got)
  return bytes.length >= sent.length && sent.every((byte, i) => bytes[i] === byte)
}

/** Index of the first byte that belongs neither to a late status answer nor to an ASB block; a block that is cut off ends the search. */
export const afterStray = (bytes: Uint8Array): { at: number; cut: boolean } => {
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    const rest = bytes.subarray(at + 1, at + 4)
    if (isStatusByte(byte)) at += 1
    else if (isAsbStart(byte) && rest.every(isPlain)) {
      if (rest.length < 3) return { at, cut: true }
      at += 4
    } else break
  }
  return { at, cut: false }
}

/** What bytes that are no ESC/POS answer look like, for a technician. */
export const looksLike = (got: Uint8Array): string => {
  const shown = Array.from(got.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  if (got.length > 0 && got.every((byte) => byte === 0xff || byte === 0)) return `only ${shown}: wrong speed, a break, or a broken line`
  if (got.length > 3 && got.every((byte) => isPrintable(byte) || byte === 0x0a || byte === 0x0d)) return `text instead of status (${got.length} bytes): another service or another protocol`
  return `no ESC/POS status: ${shown}: wrong speed or parity, or another protocol`
}
