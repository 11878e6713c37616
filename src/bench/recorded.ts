import { consentFor, YES_OR_NO } from '../guard/consent.ts'
import { guardWrites } from '../guard/deny.ts'
import { mayListen } from '../guard/keep.ts'
import { type Bench, BenchError, type Port, type PortAddress } from '../model/bench.ts'
import type { DialogueLine } from '../model/dialogue.ts'
import { deadlineCame, settledWithin, untilAborted } from './deadline.ts'
import { asking, type Put, type Question } from './questions.ts'
import { type Transcribing, transcribing } from './transcript.ts'

/** A bench before it is watched: it may open ports as it likes, is not recorded and knows no deny-list. */
export type BareBench = Omit<Bench, 'signal'>

/** A watched bench, what passed so far, and the way to close what was left open (bounded, never rejects). */
export interface RecordedBench {
  bench: Bench
  transcript(): string
  close(): Promise<void>
}

const CLOSE_MS = 500

/** Long files keep their head and their end: kernel tables begin, and logs end, with what counts. */
const HEAD = 1024
const TAIL = 3072

const shortened = (text: string): string => {
  if (text.length <= HEAD + TAIL) return text
  const head = text.slice(0, HEAD)
  const tail = text.slice(-TAIL)
  return head.slice(0, head.lastIndexOf('\n') + 1 || HEAD) + tail.slice(tail.indexOf('\n') + 1)
}

/** Throws blocked for bytes that the deny-list of a dialect forbids, and says so in the transcript. */
const guarding = (dialect: string, record: Transcribing): ((bytes: Uint8Array) => void) => {
  const forbidden = guardWrites(dialect)
  return (bytes) => {
    const reason = forbidden(bytes)
    if (reason === undefined) return
    record({ type: 'remark', text: `not sent, forbidden: ${reason}` })
    throw new BenchError('blocked', reason)
  }
}

/** Puts a guarded, recorded port over a bare one. */
const recordedPort = (port: Port, dialect: string, record: Transcribing, mono: () => number, put: Put, signal: AbortSignal): Port => {
  const guard = guarding(dialect, record)
  let lineAt = mono()
  /** What the transcript says last of this port: only after a question, silence is worth a line. */
  let last: 'opened' | 'sent' | 'got' | 'silence' | 'gone' = 'opened'

  const got = (bytes: Uint8Array, at: number): void => {
    if (bytes.length === 0) return
    record({ type: 'got', bytes, ms: Math.max(0, at - lineAt) })
    lineAt = at
    last = 'got'
  }

  return {
    write: async (bytes, ms) => {
      if (signal.aborted) throw deadlineCame()
      guard(bytes)
      if (bytes.length === 0) return
      record({ type: 'sent', bytes: Uint8Array.from(bytes) })
      last = 'sent'
      lineAt = mono()
      try {
        await untilAborted(port.write(bytes, ms), signal)
        lineAt = mono()
      } catch (error) {
        if (error instanceof BenchError) record({ type: 'absent', absence: error.absence, detail: error.message, ms: mono() - lineAt })
        throw error
      }
    },
    read: async (ms, enough) => {
      let noted = 0
      const note = (bytes: Uint8Array): boolean => {
        got(bytes.slice(noted), mono())
        noted = bytes.length
        return enough?.(bytes) ?? false
      }
      try {
        const bytes = await untilAborted(port.read(ms, note), signal)
        if (bytes.length === 0 && last === 'sent') {
          record({ type: 'silence' })
          last = 'silence'
        }
        return bytes
      } catch (error) {
        if (error instanceof BenchError && error.absence === 'missing' && last !== 'gone') {
          record({ type: 'unplug', ms: Math.max(0, mono() - lineAt) })
          lineAt = mono()
          last = 'gone'
        }
        throw error
      }
    },
    lines: () => put({ call: 'port.lines', args: [], ask: () => port.lines() }),
    close: () => port.close(),
  }
}

/**
 * Watches a bench, real or replayed alike: writes pass the deny-list, every call ends when the signal aborts, and everything is
 * recorded as a dialogue. With several ports open at once their lines are mixed in the order in which they happened.
 */
export const recorded = (bare: BareBench, signal: AbortSignal): RecordedBench => {
  const { record, text } = transcribing()
  const { clock } = bare
  const mono = () => clock.mono()
  const open = new Set<Port>()
  const lentAt = mono()
  let toldTime = false

  const put: Put = async <T>({ call, args, ask, told }: Question<T>): Promise<T> => {
    if (signal.aborted) throw deadlineCame()
    const started = mono()
    const answered = (...lines: DialogueLine[]): void => {
      record({ type: 'question', call, args }, ...lines)
    }
    try {
      const value = await untilAborted(ask(bare), signal)
      const json: unknown = told ? told(value) : value
      const kept = call === 'files.read' && typeof json === 'string' ? shortened(json) : json
      answered({ type: 'answer', value: kept ?? null, ms: mono() - started })
      if (kept !== json) record({ type: 'remark', text: `${String(json).length} characters, the middle left out` })
      return value
    } catch (error) {
      if (error instanceof BenchError) answered({ type: 'absent', absence: error.absence, detail: error.message, ms: mono() - started })
      throw error
    }
  }

  const asked = asking(put)

  /** Whoever wants to move something asks here, so that no probe can forget to. */
  const agreed = async ({ dialect }: PortAddress): Promise<void> => {
    const question = consentFor(dialect)
    if (question && (await asked.operator.ask(question, YES_OR_NO)) !== 'yes') throw new BenchError('blocked', 'the operator did not agree')
  }

  const openPort = async (address: PortAddress): Promise<Port> => {
    await agreed(address)
    return put<Port>({
      call: 'open',
      args: [address],
      ask: async () => {
        const port = await bare.open(address)
        open.add(port)
        if (signal.aborted) await port.close()
        return recordedPort(port, address.dialect, record, mono, put, signal)
      },
      told: () => null,
    })
  }

  return {
    bench: {
      ...asked,
      net: {
        ...asked.net,
        http: async (url, options) => {
          if (options.body) guarding(options.body.dialect, record)(new TextEncoder().encode(options.body.json))
          return asked.net.http(url, options)
        },
        ipp: async (address, request, options) => {
          guarding('ipp', record)(request)
          return asked.net.ipp(address, request, options)
        },
      },
      hid: {
        ...asked.hid,
        feature: async (path, report, id, length, dialect) => {
          if (report) guarding(dialect, record)(report)
          return asked.hid.feature(path, report, id, length, dialect)
        },
        input: async (path, report, ms, dialect) => {
          if (report) guarding(dialect, record)(report)
          return asked.hid.input(path, report, ms, dialect)
        },
        listen: async (path, report, ms, dialect, enough) => {
          if (report) guarding(dialect, record)(report)
          if (!mayListen(dialect)) throw new BenchError('blocked', `what a device of the dialect "${dialect}" sends by itself may hold card data, so nobody listens`)
          return asked.hid.listen(path, report, ms, dialect, enough)
        },
      },
      smartcards: {
        ...asked.smartcards,
        send: async (reader, command) => {
          guarding('apdu', record)(command)
          return asked.smartcards.send(reader, command)
        },
      },
      signal,
      clock: {
        now: () => {
          const now = clock.now()
          // What is told is the time at the start: a replay begins then, so that ages and expiries come out as they did.
          if (!toldTime) record({ type: 'question', call: 'clock.now', args: [] }, { type: 'answer', value: Math.round(now - (mono() - lentAt)), ms: 0 })
          toldTime = true
          return now
        },
        mono,
        sleep: (ms) => untilAborted(clock.sleep(ms), signal),
      },
      open: openPort,
    },
    transcript: text,
    close: () => settledWithin([...open].map((port) => port.close()), CLOSE_MS),
  }
}
