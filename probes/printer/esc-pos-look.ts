import { BenchError, type Clock, type Port } from '../../src/model/bench.ts'
import type { Absence } from '../../src/model/observation.ts'
import type { Sight } from '../../src/model/probe.ts'
import { rounded } from '../sight.ts'
import {
  contradicts, decodeAsb, decodeStatus, type Flag, flagsOf, identityQuery, isEcho, looksLike, offlineWithoutCause, QUERIES, type Query, type Reply, readName, readNumber,
  type Status, sortReplies, statusQuery,
} from './esc-pos.ts'

/** An open printer and how patient to be with it, in milliseconds. */
export interface Line {
  port: Port
  clock: Clock
  /** Listening before the first question; what arrives is not an answer to us. */
  drainMs: number
  /** For the first answer; for the same question asked again before that; for every answer after the first. */
  firstMs: number
  againMs: number
  laterMs: number
  /** Said of a silence that this way of connecting can explain by itself. */
  silenceHint: string
  /** What the profile or the terminal file says of the model. */
  facts: Readonly<Record<string, unknown>>
}

type Answer = { byte: number } | { absent: Absence; detail: string }

interface Talk {
  line: Line
  /** Status block that the printer sent by itself. */
  asb: Status | undefined
  answered: boolean
  /** Time of the first valid answer. */
  replyMs: number | undefined
  /** An answer may belong to an earlier question. */
  doubt: boolean
}

/** After something was heard: how long it must be quiet, and how often it may be heard again before we stop waiting for that. */
const QUIET_MS = 20
const QUIET_TRIES = 5
/** GS I waits behind what is in the receive buffer. */
const IDENTITY_MS = 1000

/** Flags of hardware that a model may not have, and the fact that says so. */
const FITTED_BY: Partial<Record<Flag, string>> = { 'paper-near-end': 'near-end-sensor', 'cutter-error': 'cutter' }

const drain = async (talk: Talk): Promise<void> => {
  const { port, drainMs } = talk.line
  let got = await port.read(drainMs)
  for (let i = 0; i < QUIET_TRIES && got.length > 0; i++) {
    listenTo(talk, got)
    got = await port.read(QUIET_MS)
  }
}

const listenTo = (talk: Talk, got: Uint8Array): ReturnType<typeof sortReplies> => {
  const sorted = sortReplies(got)
  const last = sorted.blocks.at(-1)
  if (last) talk.asb = decodeAsb(last)
  return sorted
}

const silence = (talk: Talk, sawFlowControl: boolean): Answer => ({
  absent: 'silent',
  detail: sawFlowControl ? 'it sent only flow control (XON/XOFF): alive, but its buffer is full or it is held' : `no answer to DLE EOT; ${talk.line.silenceHint}`,
})

/** Asks one question, again on silence or noise, at most `tries` times in all. */
const ask = async (talk: Talk, query: Query, tries: number): Promise<Answer> => {
  const { port, clock, firstMs, againMs, laterMs } = talk.line
  const sent = statusQuery(query)
  let noise: Uint8Array | undefined
  let flowControl = false
  for (let i = 0; i < tries; i++) {
    const asked = clock.mono()
    await port.write(sent)
    const got = await port.read(talk.answered ? laterMs : i > 0 ? againMs : firstMs, (bytes) => {
      const { statuses, partial, other } = sortReplies(bytes)
      return isEcho(sent, bytes) || (statuses.length > 0 && !partial && other.length === 0)
    })
    if (isEcho(sent, got)) return { absent: 'garbled', detail: 'the port returns what was sent: a loop-back plug, an echoing adapter, or nobody at the far end' }
    const { statuses, other, partial } = listenTo(talk, got)
    const byte = statuses.at(-1)
    if (i > 0 || statuses.length > 1) talk.doubt = true
    if (byte !== undefined && other.length === 0 && !partial) {
      talk.answered = true
      talk.replyMs ??= clock.mono() - asked
      return { byte }
    }
    if (other.length > 0 || partial) {
      noise = got
      await drain(talk)
    }
    flowControl ||= got.length > 0
  }
  return noise === undefined ? silence(talk, flowControl && talk.asb === undefined) : { absent: 'garbled', detail: looksLike(noise) }
}

/** What the questions brought, and for which of them nothing valid came. */
interface Round {
  status: Status
  failed: Map<Query, { absent: Absence; detail: string }>
}

/** Asks all four questions; `each` times each, of which the last answer counts. */
const round = async (talk: Talk, each: 1 | 2): Promise<Round> => {
  const result: Round = { status: {}, failed: new Map() }
  for (const query of QUERIES) {
    let answer = await ask(talk, query, talk.answered ? 2 : 3)
    if (each === 2 && 'byte' in answer) answer = await ask(talk, query, 2)
    if ('byte' in answer) Object.assign(result.status, decodeStatus(query, answer.byte))
    else result.failed.set(query, answer)
    if (!talk.answered) return result
  }
  return result
}

const reason = (error: unknown): { absent: Absence; detail: string } => {
  if (error instanceof BenchError) return { absent: error.absence, detail: error.message }
  throw error
}

const flagSights = (status: Status, facts: Line['facts']): Sight[] =>
  (Object.entries(status) as [Flag, boolean][]).map(([flag, value]) => {
    const fact = FITTED_BY[flag]
    return fact !== undefined && facts[fact] === false
      ? { name: `printer.${flag}`, absent: 'not-fitted', detail: `this model has none (${fact}: false)` }
      : { name: `printer.${flag}`, value }
  })

/** A single valid byte passes by chance once in sixteen times: two valid answers make a printer. */
const verdictOn = (talk: Talk, { failed }: Round): Sight[] => {
  const valid = talk.answered ? QUERIES.length - failed.size : 0
  if (valid >= 2) return [{ name: 'printer.answers', value: true }, { name: 'printer.dialect', value: 'esc-pos' }]
  const [first] = failed.values()
  const why = first ?? { absent: 'silent' as const, detail: 'no answer' }
  const single = { absent: 'garbled' as const, detail: `one valid answer out of four; then: ${why.detail}` }
  return [{ name: 'printer.answers', ...(valid === 1 ? single : why) }]
}

/**
 * Status of an ESC/POS printer, asked by DLE EOT 1-4, then its identity by GS I if it is on-line. Answers are told apart from
 * echoes, unsolicited status blocks and greetings. If anything hints at answers that lag one question behind (many clones do
 * that), everything is asked again, each question twice, and the second answer counts.
 */
export async function* lookEscPos(line: Line): AsyncIterable<Sight> {
  const talk: Talk = { line, asb: undefined, answered: false, replyMs: undefined, doubt: false }
  let first: Round
  try {
    await drain(talk)
    first = await round(talk, 1)
    // One that leaves questions unanswered is not lagging, and asking it everything again would take seconds.
    if (first.failed.size === 0 && (talk.doubt || contradicts(first.status) || offlineWithoutCause(first.status))) {
      await drain(talk)
      const second = await round(talk, 2)
      if (second.failed.size <= first.failed.size) first = second
    }
  } catch (error) {
    yield { name: 'printer.answers', ...reason(error) }
    return
  }
  const [answers, ...more] = verdictOn(talk, first)
  if (answers && !('value' in answers) && answers.absent === 'silent' && talk.asb) {
    yield* asbSights(talk.asb, line.facts)
    return
  }
  if (answers) yield answers
  yield* more
  if (talk.replyMs !== undefined) yield { name: 'printer.reply-ms', value: rounded(talk.replyMs) }
  if (!answers || !('value' in answers)) return
  yield* flagSights(first.status, line.facts)
  for (const [query, why] of first.failed) yield* flagsOf(query).map((flag) => ({ name: `printer.${flag}`, ...why }))
  yield { name: 'printer.status-consistent', value: !contradicts(first.status) }
  yield* identity(line, first.status)
}

/** A printer that sends its status unasked but does not answer DLE EOT is alive. */
function* asbSights(status: Status, facts: Line['facts']): Iterable<Sight> {
  yield { name: 'printer.answers', value: true }
  yield { name: 'printer.dialect', value: 'esc-pos' }
  yield* flagSights(status, facts)
  yield { name: 'printer.status-consistent', value: !contradicts(status) }
}

const IDENTITY: readonly { name: string; n: number; read: (got: Uint8Array) => Reply<string | number> }[] = [
  { name: 'printer.model', n: 67, read: readName },
  { name: 'printer.maker', n: 66, read: readName },
  { name: 'printer.firmware', n: 65, read: readName },
  { name: 'printer.serial', n: 68, read: readName },
  { name: 'printer.model-id', n: 1, read: readNumber },
  { name: 'printer.type-id', n: 2, read: readNumber },
]

const whyNoIdentity = (line: Line, status: Status): string | undefined => {
  if (line.facts.identity === false) return 'not asked: this model does not know GS I (identity: false)'
  return status.online === true ? undefined : 'not asked: GS I waits in the receive buffer while the printer is off-line'
}

async function* identity(line: Line, status: Status): AsyncIterable<Sight> {
  let stop = whyNoIdentity(line, status)
  let absent: Absence = 'blocked'
  for (const { name, n, read } of IDENTITY) {
    if (stop !== undefined) {
      yield { name, absent, detail: stop }
      continue
    }
    try {
      await line.port.write(identityQuery(n))
      const got = await line.port.read(IDENTITY_MS, (bytes) => read(bytes).is !== 'waiting')
      const reply = read(got)
      if (reply.is === 'whole') {
        yield { name, value: reply.value }
        continue
      }
      // A model that does not know the command may print it: the others are then not sent.
      absent = reply.is === 'wrong' ? 'garbled' : 'silent'
      stop = reply.is === 'wrong' ? `GS I ${n}: ${looksLike(got)}` : `no answer to GS I ${n}`
    } catch (error) {
      const why = reason(error)
      absent = why.absent
      stop = why.detail
    }
    yield { name, absent, detail: stop }
  }
}
