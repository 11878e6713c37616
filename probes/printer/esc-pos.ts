/**
 * ESC/POS status and identity replies. Pure.
 *
 * Sources: Epson ESC/POS Application Programming Guide 10.01, pages 303-325 (status) and 456-467 (GS I); specifications of TM-T88III,
 * TM-U220 and TM-T90; bytes of real printers in lsongdev/node-escpos#288 and python-escpos#143.
 *
 *   > 10 04 01      DLE EOT 1         > 10 04 02      DLE EOT 2         > 1d 49 43                     GS I 67
 *   < 1e            off-line          < 36            cover, no paper   < 5f 54 4d 2d 54 38 38 56 00   "TM-T88V"
 *
 * What a printer may send, told apart by fixed bits (x is data):
 *   0001 0001  XON                    0001 0011  XOFF                   both may stand anywhere, even inside a block
 *   0xx1 xx10  answer to DLE EOT      (b & 93) == 12
 *   0xx1 xx00  first of four bytes of Automatic Status Back (ASB)       (b & 93) == 10
 *   0xx0 xxxx  the other three of ASB, and answers to GS I 1-3          (b & 90) == 00
 *   5f ... 00  answer to GS I 65-68
 */

/** Which of the four real-time questions. */
export type Query = 1 | 2 | 3 | 4

/** The four questions in the order in which they are asked. */
export const QUERIES: readonly Query[] = [1, 2, 3, 4]

/** Names of the status flags; with the prefix `printer.` they are observation names. */
export type Flag =
  | 'drawer-pin-high' | 'online' | 'waiting-recovery' | 'feed-button'
  | 'cover-open' | 'feeding' | 'paper-stop' | 'error'
  | 'mechanical-error' | 'cutter-error' | 'unrecoverable-error' | 'auto-recoverable-error'
  | 'paper-near-end' | 'paper-end'

/** What is known of the flags; one that was not told is left out. */
export type Status = Partial<Record<Flag, boolean>>

interface Bits {
  flag: Flag
  /** The flag is set if any of these bits is: clones set only one of a pair. */
  mask: number
  inverted?: true
}

const STATUS_BITS: Record<Query, readonly Bits[]> = {
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

const ASB_BITS: readonly (readonly Bits[])[] = [
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
]

const decode = (byte: number, bits: readonly Bits[]): Status =>
  Object.fromEntries(bits.map(({ flag, mask, inverted }) => [flag, ((byte & mask) !== 0) !== (inverted ?? false)]))

/** Flags that the answer to one question can tell. */
export const flagsOf = (query: Query): readonly Flag[] => STATUS_BITS[query].map(({ flag }) => flag)

/** The question DLE EOT n. */
export const statusQuery = (query: Query): Uint8Array => Uint8Array.of(0x10, 0x04, query)

/** The question GS I n. */
export const identityQuery = (n: number): Uint8Array => Uint8Array.of(0x1d, 0x49, n)

/** True if the byte has the fixed bits of an answer to DLE EOT. */
export const isStatusByte = (byte: number): boolean => (byte & 0x93) === 0x12

/** Flags in the answer to one question; the byte must be a status byte. */
export const decodeStatus = (query: Query, byte: number): Status => decode(byte, STATUS_BITS[query])

/** Flags in the four bytes of an ASB block. `error` is concluded from the error bits; ASB does not tell `paper-stop`. */
export const decodeAsb = (block: readonly number[]): Status => {
  const told: Status = Object.assign({}, ...ASB_BITS.map((bits, i) => decode(block[i] ?? 0, bits)))
  const error = ['mechanical-error', 'cutter-error', 'unrecoverable-error', 'auto-recoverable-error'] as const
  return { ...told, error: error.some((flag) => told[flag] === true) }
}

const isAsbStart = (byte: number): boolean => (byte & 0x93) === 0x10
const isAsbRest = (byte: number): boolean => (byte & 0x90) === 0

const withoutFlowControl = (got: Uint8Array): Uint8Array => got.filter((byte) => byte !== 0x11 && byte !== 0x13)

/** What was in a run of received bytes. */
interface Sorted {
  /** Answers to DLE EOT, in order. */
  statuses: number[]
  /** Whole ASB blocks, four bytes each. */
  blocks: number[][]
  /** Bytes that are neither. */
  other: number[]
  /** True if the run ends within what may become an ASB block; those bytes are in none of the lists. */
  partial: boolean
}

/** Sorts received bytes by their fixed bits; XON and XOFF are dropped. Total: every input gives a result. */
export const sortReplies = (got: Uint8Array): Sorted => {
  const bytes = withoutFlowControl(got)
  const sorted: Sorted = { statuses: [], blocks: [], other: [], partial: false }
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    const rest = Array.from(bytes.subarray(i + 1, i + 4))
    if (isStatusByte(byte)) sorted.statuses.push(byte)
    else if (!isAsbStart(byte) || !rest.every(isAsbRest)) sorted.other.push(byte)
    else if (rest.length < 3) return { ...sorted, partial: true }
    else {
      sorted.blocks.push([byte, ...rest])
      i += 3
    }
  }
  return sorted
}

/** True if the received bytes begin with what was sent: a loop-back or echoing line, not a printer. */
export const isEcho = (sent: Uint8Array, got: Uint8Array): boolean => {
  const bytes = withoutFlowControl(got)
  return bytes.length >= sent.length && sent.every((byte, i) => bytes[i] === byte)
}

/** Index of the first byte that belongs neither to a late status answer nor to an ASB block. */
const afterStray = (bytes: Uint8Array): number => {
  let i = 0
  while (i < bytes.length) {
    if (isStatusByte(bytes[i] ?? 0)) i += 1
    else if (isAsbStart(bytes[i] ?? 0) && i + 4 <= bytes.length && bytes.subarray(i + 1, i + 4).every(isAsbRest)) i += 4
    else return i
  }
  return i
}

/** How far an answer has come: not all of it yet, the value, or bytes that cannot become one. */
export type Reply<T> = { is: 'waiting' } | { is: 'whole'; value: T } | { is: 'wrong' }

/** The guide allows 80 characters in an answer to GS I. */
const LONGEST_NAME = 80

/** Reads the answer to GS I 65-68: `5f`, up to 80 printable ASCII characters, `00`. Spaces around the text are dropped. */
export const readName = (got: Uint8Array): Reply<string> => {
  const bytes = withoutFlowControl(got)
  const start = afterStray(bytes)
  if (start === bytes.length || (isAsbStart(bytes[start] ?? 0) && bytes.length - start < 4)) return { is: 'waiting' }
  const end = bytes.indexOf(0, start)
  const text = bytes.subarray(start + 1, end < 0 ? bytes.length : end)
  if (bytes[start] !== 0x5f || text.length > LONGEST_NAME || text.some((byte) => byte < 0x20 || byte > 0x7e)) return { is: 'wrong' }
  return end < 0 ? { is: 'waiting' } : { is: 'whole', value: String.fromCharCode(...text).trim() }
}

/** Reads the answer to GS I 1-3: one byte with the bits 0xx0xxxx. */
export const readNumber = (got: Uint8Array): Reply<number> => {
  const bytes = withoutFlowControl(got)
  const start = afterStray(bytes)
  const byte = bytes[start]
  if (byte === undefined || (isAsbStart(byte) && bytes.length - start < 4)) return { is: 'waiting' }
  return isAsbRest(byte) ? { is: 'whole', value: byte } : { is: 'wrong' }
}

/** Statements of one printer that exclude each other: its flags are then not to be relied on. */
export const contradicts = (status: Status): boolean => {
  const offlineCause = status['cover-open'] || status['paper-stop'] || status.error
  const fault = status['mechanical-error'] || status['cutter-error'] || status['unrecoverable-error']
  // A cover that is opened while printing shows as an auto-recoverable error on some models, without the error bit.
  const passing = status['auto-recoverable-error'] && !status['cover-open']
  return (status.online === true && offlineCause === true) || (status.error === false && (fault === true || passing === true))
}

/** True if the printer says that it is off-line and gives no reason: possible (it starts up, its voltage is wrong), but also how a late answer looks. */
export const offlineWithoutCause = (status: Status): boolean =>
  status.online === false && [status['cover-open'], status.feeding, status['paper-stop'], status.error, status['waiting-recovery']].every((flag) => flag === false)

/** What bytes that are no ESC/POS answer look like, for a technician. */
export const looksLike = (got: Uint8Array): string => {
  const shown = Array.from(got.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  if (got.length > 0 && got.every((byte) => byte === 0xff || byte === 0)) return `only ${shown}: wrong speed, a break, or a broken line`
  if (got.length > 3 && got.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d)) return `text instead of status (${got.length} bytes): another service or another protocol`
  return `no ESC/POS status: ${shown}: wrong speed or parity, or another protocol`
}
