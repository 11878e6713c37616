import type { Bench, Port, PortAddress } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import { missedBy, rounded } from '../sight.ts'
import { readHandshake } from './enq.ts'
import { type EnqKind, listen } from './enq-look.ts'

/** One question to a device whose protocol is known, and what its answer comes to. */
export interface Question {
  /** Chooses the deny-list. */
  dialect: string
  bytes: Uint8Array
  /** Start value of the check sums, where packets have one. */
  start?: number
  /** What an answer so far is. refused: it asks for the question again, or will not. */
  read(got: Uint8Array): { is: 'waiting' } | { is: 'wrong' } | { is: 'refused' } | { is: 'told'; sights: readonly Sight[] }
  /** Sent once the answer is whole. */
  thanks?: Uint8Array
}

const ANSWER_MS = 1500
const TRIES = 3

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, i) => bytes[i] === byte)

async function* converse(kind: EnqKind, bench: Bench, port: Port, question: Question): AsyncIterable<Sight> {
  const name = `${kind}.answers`
  // Only a whole packet shows that it is in the middle of something; anything else that comes unasked is left to the answer.
  if (readHandshake(await listen(port), question.start).is === 'talking') {
    yield { name, value: true }
    yield { name: `${kind}.state`, value: 'talking' }
    return
  }
  let got = new Uint8Array()
  for (let tries = 0; tries < TRIES; tries++) {
    const asked = bench.clock.mono()
    await port.write(question.bytes)
    got = Uint8Array.from(await port.read(ANSWER_MS, (bytes) => question.read(bytes).is !== 'waiting'))
    const answer = question.read(got)
    if (answer.is === 'refused') continue
    if (answer.is !== 'told') break
    if (question.thanks) await port.write(question.thanks)
    yield { name, value: true }
    yield* answer.sights
    yield { name: `${kind}.reply-ms`, value: rounded(bench.clock.mono() - asked) }
    return
  }
  if (got.length === 0) yield { name, absent: 'silent', detail: 'no answer to the question for its state: it is off, or the speed or the cable is wrong' }
  else if (startsWith(got, question.bytes)) yield { name, absent: 'garbled', detail: 'the port returns what was sent: a loop-back plug or an echoing adapter' }
  else if (question.read(got).is === 'refused') {
    yield { name, value: true }
    yield { name: `${kind}.state`, value: 'not-ready' }
  } else yield { name, absent: 'garbled', detail: 'the answer is cut off, or its check is wrong: wrong speed or parity, or another protocol' }
}

/** Asks a device at a serial port or TCP address one question, after listening; again, twice at most, if it asks for that. */
export async function* lookByQuestion(kind: EnqKind, bench: Bench, address: Exclude<PortAddress, { type: 'usblp' }>, question: Question): AsyncIterable<Sight> {
  let port: Port
  try {
    port = await bench.open({ ...address, dialect: question.dialect })
  } catch (error) {
    yield { name: `${kind}.port`, ...missedBy(error) }
    return
  }
  try {
    yield { name: `${kind}.port`, value: true }
    yield* converse(kind, bench, port, question)
  } catch (error) {
    yield { name: `${kind}.answers`, ...missedBy(error) }
  } finally {
    await port.close()
  }
}
