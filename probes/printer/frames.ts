import { afterStray, isPlain, withoutFlowControl } from './esc-pos.ts'
import { type Bits, decode, type Status } from './flags.ts'

/**
 * ESC/POS answers that wait behind what is in the receive buffer. Pure.
 *
 * Sources: Epson ESC/POS Application Programming Guide 10.01, pages 429-431 (GS ( H), 456-467 (GS I), 473-476 (GS g); Custom KPM150H and
 * TG02H manuals (full status).
 *
 *   > 1d 49 43                              GS I 67
 *   < 5f 54 4d 2d 54 38 38 56 00            "TM-T88V"
 *   > 1d 67 32 00 c6 00                     GS g 2 198
 *   < 5f 31 32 30 00                        120 hours
 *   > 1d 28 48 06 00 30 30 30 30 34 32      GS ( H, process id "0042"
 *   < 37 22 30 30 34 32 00                  everything before it is done
 *   > 1d 72 01                              GS r 1
 *   < 03                                    paper near its end
 *   > 10 04 14                              DLE EOT 20 (Custom)
 *   < 10 0f 01 00 00 00                     no paper
 */

/** How far an answer has come: not all of it yet, the value, or bytes that cannot become one. */
export type Reply<T> = { is: 'waiting' } | { is: 'whole'; value: T } | { is: 'wrong' }

/** The guide allows 80 characters in an answer to GS I. */
const LONGEST_NAME = 80

/** What stands between a head and `00`, behind anything that came unasked. */
const framed = (got: Uint8Array, head: readonly number[], most: number, each: (byte: number) => boolean): Reply<Uint8Array> => {
  const bytes = withoutFlowControl(got)
  const { at, cut } = afterStray(bytes)
  if (cut || at === bytes.length) return { is: 'waiting' }
  const begun = bytes.subarray(at, at + head.length)
  if (begun.some((byte, i) => byte !== head[i])) return { is: 'wrong' }
  if (begun.length < head.length) return { is: 'waiting' }
  const end = bytes.indexOf(0, at + head.length)
  const body = bytes.subarray(at + head.length, end < 0 ? bytes.length : end)
  if (body.length > most || !body.every(each)) return { is: 'wrong' }
  return end < 0 ? { is: 'waiting' } : { is: 'whole', value: body }
}

const mapped = <A, B>(reply: Reply<A>, to: (value: A) => B | undefined): Reply<B> => {
  if (reply.is !== 'whole') return reply
  const value = to(reply.value)
  return value === undefined ? { is: 'wrong' } : { is: 'whole', value }
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e

/** The question GS I n. */
export const identityQuery = (n: number): Uint8Array => Uint8Array.of(0x1d, 0x49, n)

/** Reads the answer to GS I 33 and 65-69: `5f`, up to 80 printable ASCII characters, `00`. Spaces around the text are dropped. */
export const readName = (got: Uint8Array): Reply<string> => mapped(framed(got, [0x5f], LONGEST_NAME, isPrintable), (body) => String.fromCharCode(...body).trim())

/** Reads an answer whose bytes differ from model to model (GS I 112): `5f`, up to 80 bytes, `00`; as hex. */
export const readRaw = (got: Uint8Array): Reply<string> => mapped(framed(got, [0x5f], LONGEST_NAME, () => true), (body) => Array.from(body, (byte) => byte.toString(16).padStart(2, '0')).join(' '))

/** Reads the answer to GS I 1-3 and GS r: one byte with the bits 0xx0xxxx. */
export const readNumber = (got: Uint8Array): Reply<number> => {
  const bytes = withoutFlowControl(got)
  const { at, cut } = afterStray(bytes)
  const byte = bytes[at]
  if (cut || byte === undefined) return { is: 'waiting' }
  return isPlain(byte) ? { is: 'whole', value: byte } : { is: 'wrong' }
}

/** The bits of the answers to GS r. */
export const BUFFERED_BITS: Readonly<Record<1 | 2, readonly Bits[]>> = {
  1: [{ flag: 'paper-near-end', mask: 0x03 }, { flag: 'paper-end', mask: 0x0c }],
  2: [{ flag: 'drawer-pin-high', mask: 0x01 }],
}

/** The question GS r n. */
export const bufferedQuery = (n: 1 | 2): Uint8Array => Uint8Array.of(0x1d, 0x72, n)

/** Reads the answer to GS r n. */
export const readBuffered = (n: 1 | 2, got: Uint8Array): Reply<Status> => mapped(readNumber(got), (byte) => decode(byte, BUFFERED_BITS[n]))

/** A maintenance counter: observation name and number. All are cumulative, so that nobody's reset makes them jump. */
export const COUNTERS: readonly { name: string; n: number; meaning: string }[] = [
  { name: 'lines-fed', n: 148, meaning: 'lines fed in its life' },
  { name: 'head-pulses', n: 149, meaning: 'times that the thermal head was energised in its life' },
  { name: 'cuts', n: 178, meaning: 'cuts in its life' },
  { name: 'hours', n: 198, meaning: 'hours of operation in its life' },
]

/** The question GS g 2 n. */
export const counterQuery = (n: number): Uint8Array => Uint8Array.of(0x1d, 0x67, 0x32, 0x00, n & 0xff, n >> 8)

/** Reads the answer to GS g 2: `5f`, one to ten digits, `00`. */
export const readCounter = (got: Uint8Array): Reply<number> => mapped(framed(got, [0x5f], 10, (byte) => byte >= 0x30 && byte <= 0x39), (body) => (body.length === 0 ? undefined : Number(String.fromCharCode(...body))))

/** The four characters by which a round trip is known again; the till's own are counters. */
const PROCESS = [0x70, 0x64, 0x69, 0x67]

/** GS ( H, process id: a round trip through the receive buffer that prints nothing. */
export const PROCESS_QUERY = Uint8Array.of(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...PROCESS)

/** Reads the answer to the process id; those to ids of somebody else are passed over. */
export const readProcess = (got: Uint8Array): Reply<true> => {
  const bytes = withoutFlowControl(got)
  const text = String.fromCharCode(...bytes)
  if (text.includes(String.fromCharCode(0x37, 0x22, ...PROCESS, 0))) return { is: 'whole', value: true }
  return { is: bytes.length > LONGEST_NAME ? 'wrong' : 'waiting' }
}

/** DLE EOT 20 of Custom's printers: all status at once. */
export const FULL_STATUS = Uint8Array.of(0x10, 0x04, 0x14)

/** The bits of the paper byte of Custom's full status; 40 is a paper end that is counted, without a sensor. */
export const FULL_BITS: readonly Bits[] = [{ flag: 'paper-end', mask: 0x41 }]

/** Reads Custom's full status: `10 0f`, paper, user, recoverable and unrecoverable errors. Any bit of the last two bytes is an error of that kind; the bits of the user byte differ from model to model. */
export const readFullStatus = (got: Uint8Array): Reply<Status> => {
  const bytes = withoutFlowControl(got)
  if (bytes.some((byte, i) => i < 2 && byte !== (i === 0 ? 0x10 : 0x0f))) return { is: 'wrong' }
  if (bytes.length < 6) return { is: 'waiting' }
  const [, , paper = 0, , recoverable = 0, unrecoverable = 0] = bytes
  return { is: 'whole', value: { ...decode(paper, FULL_BITS), 'mechanical-error': recoverable !== 0, 'unrecoverable-error': unrecoverable !== 0 } }
}
