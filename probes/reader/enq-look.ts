import type { Bench, Port, PortAddress } from '../../src/model/bench.ts'
import type { Missed, Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { missedBy, rounded } from '../sight.ts'
import { ACK, ENQ, type Handshake, readHandshake, readSerialNumber, serialNumberQuery } from './enq.ts'

/** Kinds of device that speak this way; also the prefix of their observations. */
export type EnqKind = 'reader' | 'pinpad'

/** Before the first byte is sent to a device that may be in the middle of a payment. */
const LISTEN_MS = 150
const QUIET_MS = 30
const QUIET_TRIES = 5
const ANSWER_MS = { serial: 500, tcp: 1500 } as const
const SERIAL_NUMBER_MS = 1000

const SILENT = 'no answer to ENQ: it is off, the speed or the cable is wrong, or its application does not run'

/** The start value of the device's check sums: its setting `lrc-start`, or what is usual. */
export const lrcStart = (device: Device, usual = 0): number => (typeof device.settings['lrc-start'] === 'number' ? device.settings['lrc-start'] : usual)

/** What a device says before it is asked, and until it is quiet. */
export const listen = async (port: Port): Promise<Uint8Array> => {
  const parts = [await port.read(LISTEN_MS, (bytes) => bytes.length > 0)]
  for (let i = 0; i < QUIET_TRIES && (parts.at(-1)?.length ?? 0) > 0; i++) parts.push(await port.read(QUIET_MS))
  return Buffer.concat(parts)
}

const heard = (bytes: Uint8Array, start: number): Handshake => (bytes[0] === ENQ ? { is: 'talking' } : readHandshake(bytes, start))

function* sightsOf(kind: EnqKind, answer: Handshake): Iterable<Sight> {
  if (answer.is === 'waiting') yield { name: `${kind}.answers`, absent: 'silent', detail: SILENT }
  else if (answer.is === 'garbled') yield { name: `${kind}.answers`, absent: 'garbled', detail: answer.detail }
  else {
    yield { name: `${kind}.answers`, value: true }
    yield { name: `${kind}.state`, value: answer.is }
  }
}

const serialNumber = async (port: Port, start: number): Promise<{ value: string } | Missed> => {
  try {
    await port.write(serialNumberQuery(start))
    const got = await port.read(SERIAL_NUMBER_MS, (bytes) => readSerialNumber(bytes, start).is !== 'waiting')
    const read = readSerialNumber(got, start)
    if (read.is === 'waiting') return { absent: 'silent', detail: 'no whole answer to packet 06' }
    if (read.is === 'wrong') return { absent: 'garbled', detail: 'the answer to packet 06 is not one, or its check (LRC) is wrong' }
    await port.write(Uint8Array.of(ACK))
    return { value: read.value }
  } catch (error) {
    return missedBy(error)
  }
}

/** What ENQ brought; `ms` is the time it took, undefined if the device spoke before it was asked. */
const handshake = async (bench: Bench, port: Port, answerMs: number, start: number): Promise<{ answer: Handshake; ms?: number }> => {
  const before = heard(await listen(port), start)
  // It is in the middle of something: we heard that it lives and do not interrupt.
  if (before.is === 'talking') return { answer: before }
  const asked = bench.clock.mono()
  await port.write(Uint8Array.of(ENQ))
  const got = await port.read(answerMs, (bytes) => readHandshake(bytes, start).is !== 'waiting')
  const ms = bench.clock.mono() - asked
  const answer = readHandshake(got, start)
  return { answer: answer.is === 'waiting' && got.length > 0 ? { is: 'garbled', detail: 'a packet that was cut off' } : answer, ms }
}

async function* converse(kind: EnqKind, device: Device, bench: Bench, port: Port, answerMs: number): AsyncIterable<Sight> {
  const start = lrcStart(device)
  let answer: Handshake
  let ms: number | undefined
  try {
    ({ answer, ms } = await handshake(bench, port, answerMs, start))
  } catch (error) {
    yield { name: `${kind}.answers`, ...missedBy(error) }
    return
  }
  yield* sightsOf(kind, answer)
  if (answer.is === 'waiting' || answer.is === 'garbled') return
  if (ms !== undefined) yield { name: `${kind}.reply-ms`, value: rounded(ms) }
  if (device.settings.packets === 'visa' && answer.is === 'ready') yield { name: `${kind}.serial`, ...(await serialNumber(port, start)) }
}

/**
 * A serial or TCP device is asked only whether it is ready, by a single ENQ, after listening: nothing else is harmless to an unknown
 * payment device. With the setting `packets: visa` a ready one is also asked for its serial number. `lrc-start` is the start value
 * of its check sums (0, or 127 on Italian ECR links).
 */
export async function* lookByEnq(kind: EnqKind, device: Device, bench: Bench, address: PortAddress & { type: 'serial' | 'tcp' }): AsyncIterable<Sight> {
  let port: Port
  try {
    port = await bench.open(address)
  } catch (error) {
    yield { name: `${kind}.port`, ...missedBy(error) }
    return
  }
  try {
    yield { name: `${kind}.port`, value: true }
    yield* converse(kind, device, bench, port, ANSWER_MS[address.type])
  } finally {
    await port.close()
  }
}
