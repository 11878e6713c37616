/**
 * MagTek USB HID magnetic stripe readers: the command channel of feature reports, and what a swipe says of its own quality. Pure. No
 * track comes here: the bench keeps of a swipe only the bytes below (src/guard/keep.ts).
 *
 * Sources: MagTek manuals 99875191 (SureSwipe) and 99875475 (MagneSafe V5).
 *
 *   > 00  00 01 00 00 …              report id | get property, one byte: 00 software id
 *   < 00  00 0b 32 31 30 34 32 …     report id | ok, 11 bytes: "21042812D01"
 *   > 00  14 00 …                    < 00  00 02 02 03     state: waits for a swipe, the last one was bad
 *
 *   swipe, kept: 0-2 decode state of track 1-3 (b0 error)   3-5 their lengths   6 kind of encoding
 *                7 card state (b0 inserted)   8-11 MagnePrint state, little-endian (b17 noisy, b18 too slow, b19 too fast, b21 backwards)
 */

/** Command bytes. Those that set, reset, encrypt or switch off are on the deny-list. */
const GET_PROPERTY = 0x00
const GET_STATE = 0x14
const GET_BATTERY = 0x29

/** Bytes of a feature report after its id: SureSwipe and MagneSafe V5. */
export const REPORT_SIZES = { sureswipe: 24, magnesafe: 60 } as const

const report = (size: number, command: number, data: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(size + 1)
  bytes.set([0, command, data.length, ...data])
  return bytes
}

/** The questions that are put. Property 03 is the serial number of the device on a MagneSafe and the packet size on a SureSwipe. */
export const QUESTIONS = {
  software: (size: number): Uint8Array => report(size, GET_PROPERTY, [0x00]),
  usbSerial: (size: number): Uint8Array => report(size, GET_PROPERTY, [0x01]),
  deviceSerial: (size: number): Uint8Array => report(size, GET_PROPERTY, [0x03]),
  cardInserted: (size: number): Uint8Array => report(size, GET_PROPERTY, [0x33]),
  state: (size: number): Uint8Array => report(size, GET_STATE, []),
  battery: (size: number): Uint8Array => report(size, GET_BATTERY, []),
} as const

/** What came back: the data, or that the reader is alive and does not know the question. */
export type MagtekAnswer = { is: 'ok'; data: Uint8Array } | { is: 'refused'; code: number } | { is: 'garbled' }

const RESULTS = [0x00, 0x01, 0x02, 0x05, 0x07]

/** Bytes of a report that a result and a length take. */
const HEAD = 2

const GARBLED: MagtekAnswer = { is: 'garbled' }

/** The answer that begins at a place, and whether nothing but zeros follows it. */
const readAt = (bytes: Uint8Array, at: number): { answer: MagtekAnswer; padded: boolean } => {
  const [code, length] = bytes.subarray(at)
  if (code === undefined || length === undefined || !RESULTS.includes(code) || length > bytes.length - at - HEAD) return { answer: GARBLED, padded: false }
  const end = at + HEAD + length
  const padded = bytes.subarray(end).every((byte) => byte === 0)
  return { answer: code === 0 ? { is: 'ok', data: bytes.slice(at + HEAD, end) } : { is: 'refused', code }, padded }
}

/**
 * Reads a feature report. Its id (00) stands before it or not, depending on the driver. The documented one, with the id, is taken
 * unless only the other leaves nothing behind it.
 */
export const readFeature = (bytes: Uint8Array): MagtekAnswer => {
  const told = bytes[0] === 0 ? readAt(bytes, 1) : { answer: GARBLED, padded: false }
  const shifted = readAt(bytes, 0)
  if (shifted.padded && !told.padded) return shifted.answer
  return told.answer
}

/** Printable text of an answer; undefined if it holds anything else, or nothing. */
export const textOf = (data: Uint8Array): string | undefined => {
  const text = String.fromCharCode(...data).replace(/\0+$/, '').trim()
  return /^[\x20-\x7e]{1,60}$/.test(text) ? text : undefined
}

const STATES: Readonly<Record<number, string>> = { 0: 'idle', 1: 'talking', 2: 'ready', 3: 'not-ready' }
const LAST: Readonly<Record<number, string>> = { 2: 'good', 3: 'bad', 7: 'none' }

/** What the answer to `state` says: what it waits for, and how the last swipe was; undefined where it does not say. */
export const readState = (data: Uint8Array): { state: string | undefined; lastSwipe: string | undefined } => ({ state: STATES[data[0] ?? -1], lastSwipe: LAST[data[1] ?? -1] })

/** How one track came out. absent: the card has none, which readers call an error of length 0 where a track is optional. */
export type TrackRead = 'read' | 'error' | 'absent'

/** The quality of one swipe. */
export interface Swipe {
  tracks: readonly [TrackRead, TrackRead, TrackRead]
  /** What was wrong with the movement, as far as the reader says. */
  movement: ('noisy' | 'too-slow' | 'too-fast' | 'backwards')[]
}

const LONGEST_TRACK = 112
const MOVEMENT: readonly (readonly [number, Swipe['movement'][number]])[] = [[17, 'noisy'], [18, 'too-slow'], [19, 'too-fast'], [21, 'backwards']]

const trackOf = (bytes: Uint8Array, track: number): TrackRead => {
  const length = bytes[3 + track] ?? 0
  if (((bytes[track] ?? 0) & 1) === 0) return length === 0 ? 'absent' : 'read'
  return length === 0 && track === 2 ? 'absent' : 'error'
}

/** Reads what was kept of a swipe; undefined if it says what cannot be (a track longer than its field). */
export const readSwipe = (kept: Uint8Array): Swipe | undefined => {
  if (kept.length < 7 || [3, 4, 5].some((at) => (kept[at] ?? 0) > LONGEST_TRACK)) return undefined
  const state = kept.subarray(8, 12).reduce((sum, byte, i) => sum | (byte << (8 * i)), 0)
  return { tracks: [trackOf(kept, 0), trackOf(kept, 1), trackOf(kept, 2)], movement: MOVEMENT.filter(([bit]) => ((state >> bit) & 1) === 1).map(([, word]) => word) }
}
