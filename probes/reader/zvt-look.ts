import { type Bench, BenchError, type Port, type PortAddress } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { missedBy, rounded } from '../sight.ts'
import { ACCEPTED, ACK, readZvt, readZvtBare, readZvtFrame, STATUS_ENQUIRY, type ZvtMeaning, type ZvtRead, zvtFrame } from './zvt.ts'
import { zvtCode } from './zvt-codes.ts'

/** The specification waits 5 s for a frame's acknowledgement and as long for the answer; all of it must fit into the look. */
const ANSWER_MS = 5000
const WHOLE_MS = 8500
const QUIET_MS = 50
const TRIES = 3

const SILENT = 'no answer to the ZVT status enquiry: it is off, set to the other interface, or the speed or the cable is wrong'
const GARBLED = 'no ZVT message: wrong speed, wrong stop bits, or another protocol'

/** One conversation over either transport. `next` gives undefined when nothing whole came in time. */
interface Line {
  send(apdu: Uint8Array): Promise<void>
  next(ms: number): Promise<Uint8Array | undefined>
}

/** Takes whole messages out of what arrives. */
const taking = (port: Port, read: (bytes: Uint8Array) => ZvtRead) => {
  let held = new Uint8Array()
  return {
    /** Forgets what is there; true if there was anything. */
    drop: (): boolean => {
      const had = held.length > 0
      held = new Uint8Array()
      return had
    },
    /** Bytes that stand before a frame on a serial line: its acknowledgements. */
    skip: (byte: number): boolean => {
      if (held[0] !== byte) return false
      held = held.slice(1)
      return true
    },
    async more(ms: number, enough: (bytes: Uint8Array) => boolean): Promise<void> {
      const had = held
      if (enough(had)) return
      const got = await port.read(ms, (bytes) => enough(Uint8Array.of(...had, ...bytes)))
      held = Uint8Array.of(...had, ...got)
    },
    /** Undefined if nothing came; what is no message, or is not whole by now, is thrown as garbled. */
    message(): Uint8Array | undefined {
      const found = read(held)
      if (held.length === 0) return undefined
      if (found.is !== 'whole') throw new BenchError('garbled', GARBLED)
      held = held.slice(found.length)
      return found.apdu
    },
    ready: (bytes: Uint8Array): boolean => read(bytes).is !== 'waiting',
  }
}

const bareLine = (port: Port): Line => {
  const taken = taking(port, readZvtBare)
  return {
    send: (apdu) => port.write(apdu),
    next: async (ms) => {
      await taken.more(ms, taken.ready)
      return taken.message()
    },
  }
}

const framedLine = (port: Port): Line => {
  const taken = taking(port, readZvtFrame)
  return {
    send: async (apdu) => {
      let heard = false
      for (let tries = 0; tries < TRIES; tries++) {
        await port.write(zvtFrame(apdu))
        await taken.more(ANSWER_MS / TRIES, (bytes) => bytes.length > 0)
        if (taken.skip(ACK)) return
        heard = taken.drop() || heard
      }
      throw heard ? new BenchError('garbled', GARBLED) : new BenchError('silent', SILENT)
    },
    next: async (ms) => {
      await taken.more(ms, taken.ready)
      const apdu = taken.message()
      if (apdu) await port.write(Uint8Array.of(ACK))
      return apdu
    },
  }
}

/** What ends an enquiry, or would if there were time. */
type Told = Exclude<ZvtMeaning, { is: 'accepted' | 'other' }>

function* endSights(meaning: Told): Iterable<Sight> {
  yield { name: 'reader.answers', value: true }
  if (meaning.is === 'working') {
    yield { name: 'reader.state', value: 'talking' }
    return
  }
  const { word, class: what } = zvtCode(meaning.is === 'completed' ? meaning.status : meaning.code)
  yield { name: 'reader.state', value: what === 'ready' ? 'ready' : what === 'wait' ? 'talking' : 'not-ready' }
  yield { name: 'reader.condition', value: word }
  if (meaning.is === 'completed' && meaning.version !== undefined) yield { name: 'reader.firmware', value: meaning.version }
}

/** Reads on until the terminal has said how it is, or the time is over; one that keeps saying that it works is alive and busy. */
const enquire = async (bench: Bench, line: Line): Promise<Told | undefined> => {
  const started = bench.clock.mono()
  let last: Told | undefined
  await line.send(STATUS_ENQUIRY)
  for (;;) {
    const left = WHOLE_MS - (bench.clock.mono() - started)
    const apdu = left > 0 ? await line.next(Math.min(left, ANSWER_MS)) : undefined
    if (!apdu) return last
    const meaning = readZvt(apdu)
    if (meaning.is === 'refused') return meaning
    if (meaning.is === 'accepted') continue
    // Nothing but an echo sends a status enquiry back.
    if (meaning.is === 'other') throw new BenchError('garbled', GARBLED)
    await line.send(ACCEPTED)
    if (meaning.is !== 'working') return meaning
    last = meaning
  }
}

async function* converse(bench: Bench, port: Port, framed: boolean): AsyncIterable<Sight> {
  const asked = bench.clock.mono()
  try {
    const before = await port.read(QUIET_MS)
    if (before.length > 0) {
      // It speaks to somebody else: we heard that it lives and do not interrupt.
      if ((framed ? readZvtFrame : readZvtBare)(before).is !== 'whole') throw new BenchError('garbled', GARBLED)
      yield { name: 'reader.answers', value: true }
      yield { name: 'reader.state', value: 'talking' }
      return
    }
    const meaning = await enquire(bench, framed ? framedLine(port) : bareLine(port))
    if (!meaning) yield { name: 'reader.answers', absent: 'silent', detail: SILENT }
    else {
      yield* endSights(meaning)
      yield { name: 'reader.reply-ms', value: rounded(bench.clock.mono() - asked) }
    }
  } catch (error) {
    yield { name: 'reader.answers', ...missedBy(error) }
  }
}

/**
 * A ZVT terminal, over a serial line (8N2) or TCP. The status enquiry is not quite passive: the terminal may use it to run jobs that
 * are due, which go on-line and print. So it is put only with the setting `status-enquiry: true`; without it only the port is looked at.
 */
export async function* lookByZvt(device: Device, bench: Bench, address: PortAddress & { type: 'serial' | 'tcp' }): AsyncIterable<Sight> {
  let port: Port
  try {
    port = await bench.open(address.type === 'serial' ? { ...address, stopBits: 2 } : address)
  } catch (error) {
    yield { name: 'reader.port', ...missedBy(error) }
    return
  }
  try {
    yield { name: 'reader.port', value: true }
    if (device.settings['status-enquiry'] === true) yield* converse(bench, port, address.type === 'serial')
  } finally {
    await port.close()
  }
}
