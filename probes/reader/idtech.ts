import type { EnqKind } from './enq-look.ts'
import type { Question } from './question-look.ts'

/**
 * ID TECH readers: ping and version in the three framings that their manuals print. Pure. Which model speaks which is a matter of its
 * profile; no self-test command could be verified for any of them, so none is sent.
 *
 * Sources: NEO2 Interface Developer's Guide pages 42, 131 and 136; SecureMag manual pages 15-16; SREDKey 2 page 13; Augusta page 21.
 *
 *   neo   > 56 69 56 4f 74 65 63 68 32 00  18 01  00 00  b3 cd          "ViVOtech2" 00 | command, sub | length | CRC, low byte first
 *         < 56 69 56 4f 74 65 63 68 32 00  18 00  00 00  fa 83          the same | command, status | length | CRC, high byte first
 *   itp   > 02 52 22 03 71                                              STX R function ETX LRC
 *         < 06 02 22 length data 03 LRC          < 15 refused           LRC with or without the 06 before it (the manuals do not say)
 *   nga   > 02 03 00  78 46 20  1e de 03                                STX length | body | xor, sum, ETX
 *         < 02 …      06 data     …                                    body begins with 06, or 15 and two bytes of error
 */

/** How an ID TECH reader frames what it says. */
export type IdtechFraming = 'neo' | 'itp' | 'nga'

/** What may be asked. */
export type IdtechQuestion = 'ping' | 'version'

const HEAD = [...'ViVOtech2'].map((c) => c.charCodeAt(0)).concat(0)

/** CRC-16 with polynomial 1021 and start value ffff, as the NEO2 guide prints it. */
export const crc16 = (bytes: Iterable<number>): number => {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff
  }
  return crc
}

const xor = (bytes: Iterable<number>): number => [...bytes].reduce((sum, byte) => sum ^ byte, 0)

const NEO: Readonly<Record<IdtechQuestion, readonly [number, number]>> = { ping: [0x18, 0x01], version: [0x29, 0x00] }

/** Length of a HID report: its id 01 and 63 bytes. */
const REPORT = 64

/** A question; over HID it fills one report. The framings itp and nga know no ping, so their version stands for it. */
export const idtechQuestion = (question: IdtechQuestion, { framing = 'neo', hid = false }: { framing?: IdtechFraming; hid?: boolean } = {}): Uint8Array => {
  if (framing === 'itp') return Uint8Array.of(0x02, 0x52, 0x22, 0x03, xor([0x02, 0x52, 0x22, 0x03]))
  if (framing === 'nga') {
    const body = [0x78, 0x46, 0x20]
    return Uint8Array.of(0x02, body.length, 0, ...body, xor(body), body.reduce((sum, byte) => sum + byte, 0) & 0xff, 0x03)
  }
  const covered = [...HEAD, ...NEO[question], 0, 0]
  const crc = crc16(covered)
  const frame = [...covered, crc & 0xff, crc >> 8]
  if (!hid) return Uint8Array.from(frame)
  const report = new Uint8Array(REPORT)
  report.set([0x01, ...frame])
  return report
}

/** What an answer says; the text is what it says of its version. */
export type IdtechAnswer = { is: 'waiting' } | { is: 'wrong' } | { is: 'refused'; code: number } | { is: 'ok'; text: string }

const printable = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replaceAll(/[^\x20-\x7e]/g, ' ').trim().slice(0, 100)

const readNeo = (question: IdtechQuestion, bytes: Uint8Array): IdtechAnswer => {
  if (HEAD.some((byte, i) => i < bytes.length && bytes[i] !== byte)) return { is: 'wrong' }
  const end = 14 + (bytes[12] ?? 0) * 256 + (bytes[13] ?? 0)
  if (bytes.length < 14 || bytes.length < end + 2) return { is: 'waiting' }
  if (bytes[10] !== NEO[question][0] || crc16(bytes.subarray(0, end)) !== (bytes[end] ?? 0) * 256 + (bytes[end + 1] ?? 0)) return { is: 'wrong' }
  return bytes[11] === 0 ? { is: 'ok', text: printable(bytes.subarray(14, end)) } : { is: 'refused', code: bytes[11] ?? 0 }
}

const readItp = (bytes: Uint8Array): IdtechAnswer => {
  if (bytes.length === 0) return { is: 'waiting' }
  if (bytes[0] === 0x15 || bytes[0] === 0xfd) return { is: 'refused', code: bytes[0] }
  if (bytes[0] !== 0x06 || (bytes.length > 1 && bytes[1] !== 0x02)) return { is: 'wrong' }
  const end = 4 + (bytes[3] ?? 0)
  if (bytes.length < 4 || bytes.length < end + 2) return { is: 'waiting' }
  const lrc = bytes[end + 1]
  if (bytes[end] !== 0x03 || (lrc !== xor(bytes.subarray(0, end + 1)) && lrc !== xor(bytes.subarray(1, end + 1)))) return { is: 'wrong' }
  return { is: 'ok', text: printable(bytes.subarray(4, end)) }
}

const readNga = (bytes: Uint8Array): IdtechAnswer => {
  if (bytes.length === 0) return { is: 'waiting' }
  if (bytes[0] !== 0x02) return { is: 'wrong' }
  const length = (bytes[1] ?? 0) + 256 * (bytes[2] ?? 0)
  if (bytes.length < 3 || bytes.length < length + 6) return length > 1024 ? { is: 'wrong' } : { is: 'waiting' }
  const body = bytes.subarray(3, 3 + length)
  const sum = body.reduce((total, byte) => total + byte, 0) & 0xff
  if (bytes[3 + length] !== xor(body) || bytes[4 + length] !== sum || bytes[5 + length] !== 0x03) return { is: 'wrong' }
  if (body[0] === 0x06) return { is: 'ok', text: printable(body.subarray(1)) }
  return body[0] === 0x15 ? { is: 'refused', code: (body[1] ?? 0) * 256 + (body[2] ?? 0) } : { is: 'wrong' }
}

/** Reads the answer to a question. */
export const readIdtech = (question: IdtechQuestion, bytes: Uint8Array, framing: IdtechFraming = 'neo'): IdtechAnswer =>
  framing === 'neo' ? readNeo(question, bytes) : framing === 'itp' ? readItp(bytes) : readNga(bytes)

/** The question to an ID TECH reader on a serial line. */
export const idtechSerial = (kind: EnqKind, framing: IdtechFraming): Question => ({
  dialect: 'idtech',
  bytes: idtechQuestion('version', { framing }),
  read: (got) => {
    const answer = readIdtech('version', got, framing)
    if (answer.is === 'refused') return { is: 'told', sights: [{ name: `${kind}.state`, value: 'not-ready' }] }
    return answer.is === 'ok' ? { is: 'told', sights: answer.text === '' ? [] : [{ name: `${kind}.firmware`, value: answer.text }] } : answer
  },
})
