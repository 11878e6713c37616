import { BenchError, type LendBench, type Port } from '../model/bench.ts'
import { DialogueError, type DialogueLine, parseDialogue } from '../model/dialogue.ts'
import { answerOf } from './answers.ts'
import { type Arrival, type Player, player } from './player.ts'
import { asking, type Question } from './questions.ts'
import { type BareBench, recorded } from './recorded.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** Wall time at which a replay starts that has none of its own: 2026-01-01. */
const START_AT = 1767225600000

const UNKNOWN = 'not in the dialogue'

/** Most bytes of one read, as on a real bench. */
const BOUND = 65536

/** When a replay starts (wall time, milliseconds since 1970) and how much of the scenario is over by then, asked each time a bench is lent. */
export interface ReplayOptions {
  startAt?: number
  elapsedMs?: () => number
}

const replayedPort = (play: Player, arrivals: readonly Arrival[], clock: VirtualClock, scenarioMs: () => number): Port => {
  let expected = arrivals.map((arrival) => ({ at: clock.elapsed() + arrival.after, arrival }))
  let closed = false
  let reading: { hurry(): void } | undefined

  const expect = (more: readonly Arrival[]): void => {
    expected = [...expected, ...more.map((arrival) => ({ at: clock.elapsed() + arrival.after, arrival }))].sort((a, b) => a.at - b.at)
    reading?.hurry()
  }
  /** Unplugging stays in the list: it is never over. */
  const due = (): Arrival | undefined => {
    const first = expected[0]
    if (!first || first.at > clock.elapsed()) return undefined
    if (first.arrival.type !== 'unplug') expected = expected.slice(1)
    return first.arrival
  }
  const gone = (): BenchError | undefined => {
    if (closed) return new BenchError('missing', 'the port is closed')
    return expected.some(({ at, arrival }) => arrival.type === 'unplug' && at <= clock.elapsed()) ? new BenchError('missing', 'unplugged') : undefined
  }

  return {
    write: async (bytes) => {
      const reply = closed ? [] : play.sent(bytes, scenarioMs())
      const refusal = reply.find((arrival) => arrival.type === 'refusal')
      if (refusal) {
        expect(reply.filter((arrival) => arrival !== refusal))
        await clock.sleep(refusal.after)
        throw new BenchError(refusal.absence, refusal.detail)
      }
      // A device that is unplugged by these very bytes still took them.
      const failure = gone()
      if (failure) throw failure
      expect(reply)
    },
    read: async (ms, enough = () => false) => {
      const until = clock.elapsed() + ms
      let got = new Uint8Array()
      for (;;) {
        for (let arrival = due(); arrival; arrival = due()) {
          if (arrival.type === 'bytes') {
            const room = arrival.bytes.subarray(0, BOUND - got.length)
            if (room.length === 0) continue
            const more = new Uint8Array(got.length + room.length)
            more.set(got)
            more.set(room, got.length)
            got = more
            if (enough(got)) return got
          } else {
            if (got.length > 0) return got
            throw new BenchError('missing', 'unplugged')
          }
        }
        if (closed) throw new BenchError('missing', 'the port is closed')
        if (clock.elapsed() >= until) return got
        const wait = clock.until(Math.min(until, expected[0]?.at ?? until))
        reading = wait
        await wait.over
        reading = undefined
      }
    },
    lines: async () => {
      const answer = play.ask('port.lines', [], scenarioMs())
      if (!answer) return undefined
      await clock.sleep(answer.ms)
      if ('absence' in answer) throw new BenchError(answer.absence, answer.detail)
      return answerOf('port.lines', answer.value) as Awaited<ReturnType<Port['lines']>>
    },
    close: async () => {
      closed = true
      reading?.hurry()
    },
  }
}

/** The bench that a dialogue describes, on a clock of its own. */
const replayed = (play: Player, clock: VirtualClock, elapsedMs: number): BareBench => {
  const scenarioMs = (): number => elapsedMs + clock.elapsed()
  const put = async <T>({ call, args }: Question<T>): Promise<T> => {
    const answer = play.ask(call, args, scenarioMs())
    await clock.sleep(answer?.ms ?? 0)
    if (!answer) throw new BenchError('missing', UNKNOWN)
    if ('absence' in answer) throw new BenchError(answer.absence, answer.detail)
    // answerOf has checked that the answer has the form of this very call.
    return answerOf(call, answer.value) as T
  }
  return {
    ...asking(put),
    clock,
    open: async (address) => {
      const opening = play.opened(address, scenarioMs())
      await clock.sleep(opening?.ms ?? 0)
      if (!opening) throw new BenchError('missing', UNKNOWN)
      if ('absence' in opening) throw new BenchError(opening.absence, opening.detail)
      return replayedPort(play, opening.arrivals, clock, scenarioMs)
    },
  }
}

const toldTime = (lines: readonly DialogueLine[]): number | undefined => {
  const at = lines.findIndex((line) => line.type === 'question' && line.call === 'clock.now')
  const answer = lines[at + 1]
  return at >= 0 && answer?.type === 'answer' && typeof answer.value === 'number' ? answer.value : undefined
}

const linesOf = (id: string, dialogue: string | readonly DialogueLine[]): readonly DialogueLine[] => {
  if (typeof dialogue !== 'string') return dialogue
  try {
    return parseDialogue(dialogue)
  } catch (error) {
    throw error instanceof DialogueError ? new DialogueError(error.line, `${error.message.replace(/^line \d+: /, '')} (dialogue of ${id})`) : error
  }
}

/**
 * Lends benches that play dialogues (device id -> text or lines). Each lending starts its dialogue anew, on a virtual clock that
 * begins at `startAt`, or when the dialogue says that it was recorded. Throws DialogueError for a text that is no dialogue.
 */
export const replayBench = (dialogues: Readonly<Record<string, string | readonly DialogueLine[]>>, options: ReplayOptions = {}): LendBench => {
  const all = new Map(Object.entries(dialogues).map(([id, dialogue]) => [id, linesOf(id, dialogue)]))
  return ({ id }, deadline) => {
    const lines = all.get(id) ?? []
    const released = new AbortController()
    const signal = AbortSignal.any([deadline, released.signal])
    const clock = virtualClock(options.startAt ?? toldTime(lines) ?? START_AT)
    const { bench, transcript, close } = recorded(replayed(player(lines), clock, options.elapsedMs?.() ?? 0), signal)
    return {
      bench,
      transcript,
      release: async () => {
        released.abort()
        await close()
      },
    }
  }
}
