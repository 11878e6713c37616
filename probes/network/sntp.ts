import type { Bench } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'

/** Seconds from 1900 to 1970. */
const ERA_S = 2_208_988_800
const PORT = 123
const PACKET = 48
const WAIT_MS = 1500

const ORIGINATE = 24
const RECEIVE = 32
const TRANSMIT = 40

const putTime = (packet: DataView, at: number, ms: number): void => {
  const seconds = ms / 1000 + ERA_S
  packet.setUint32(at, Math.floor(seconds))
  packet.setUint32(at + 4, Math.floor((seconds % 1) * 2 ** 32))
}

/** Milliseconds since 1970 of a time of 32.32 bits. Times below 2^31 belong to the era that begins in 2036. */
const timeIn = (packet: DataView, at: number): number => {
  const seconds = packet.getUint32(at)
  return (seconds + (seconds < 2 ** 31 ? 2 ** 32 : 0) - ERA_S + packet.getUint32(at + 4) / 2 ** 32) * 1000
}

/** A question to a time server: version 4, mode 3 (client), and the own time, which the answer must echo (RFC 4330 5). */
export const sntpQuestion = (now: number): Uint8Array => {
  const bytes = new Uint8Array(PACKET)
  bytes[0] = 0x23
  putTime(new DataView(bytes.buffer), TRANSMIT, now)
  return bytes
}

/**
 * Offset of the server's clock against the own one in ms, positive if the server is ahead, or why the answer tells none.
 * `24 02 …` is LI 0, version 4, mode 4, stratum 2. Stratum 0 is a refusal whose four letters stand in bytes 12 to 15; 16 and above, and LI 3, are a server that has no time itself.
 */
export const sntpOffset = (question: Uint8Array, answer: Uint8Array, sentAt: number, receivedAt: number): { offset: number } | { no: string } => {
  if (answer.length < PACKET) return { no: `${answer.length} bytes instead of ${PACKET}` }
  const packet = new DataView(answer.buffer, answer.byteOffset, answer.byteLength)
  const first = packet.getUint8(0)
  const stratum = packet.getUint8(1)
  if ((first & 7) !== 4) return { no: `mode ${first & 7} instead of 4` }
  if (!answer.subarray(ORIGINATE, ORIGINATE + 8).every((byte, i) => byte === question[TRANSMIT + i])) return { no: 'the answer is to another question' }
  if (stratum === 0) return { no: `the server refuses (${String.fromCharCode(...answer.subarray(12, 16)).replaceAll(/[^A-Z]/g, '?')})` }
  if (stratum > 15 || first >> 6 === 3) return { no: 'the server has no time itself' }
  return { offset: (timeIn(packet, RECEIVE) - sentAt + (timeIn(packet, TRANSMIT) - receivedAt)) / 2 }
}

/** What the declared time server says of this host's clock. */
export const lookAtTime = async (bench: Bench, server: string): Promise<Sight> => {
  const sentAt = bench.clock.now()
  const question = sntpQuestion(sentAt)
  const answer = await looked(bench.net.datagram(server, PORT, question, WAIT_MS))
  if ('absent' in answer) return missed('network.time-offset-s', answer)
  const read = sntpOffset(question, answer.value.bytes, sentAt, sentAt + answer.value.ms)
  const wrong = (no: string): Missed => ({ absent: 'garbled', detail: `${server}: ${no}` })
  return 'no' in read ? missed('network.time-offset-s', wrong(read.no)) : saw('network.time-offset-s', Math.round(read.offset) / 1000)
}
