import type { Absence } from '../../src/model/observation.ts'
import type { Missed, Sight } from '../../src/model/probe.ts'
import { rounded } from '../sight.ts'
import { ASB_ONCE, decodeAsb, decodeStatus, EXTRAS, flagsOf, isEcho, looksLike, QUERIES, type Query, type Sorted, sortReplies, statusQuery } from './esc-pos.ts'
import { askMore } from './esc-pos-more.ts'
import { contradicts, offlineWithoutCause, type Status } from './flags.ts'
import { bufferedQuery, FULL_STATUS, readBuffered, readFullStatus } from './frames.ts'
import { drain, exchange, FLOOD, flagSights, type Line, reason } from './line.ts'
import { looksLikeStar } from './star.ts'

type Answer = { byte: number } | Missed

interface Talk {
  line: Line
  /** Status block that the printer sent by itself. */
  asb: Status | undefined
  answered: boolean
  /** Time of the first valid answer. */
  replyMs: number | undefined
  /** An answer may belong to an earlier question. */
  doubt: boolean
  /** How long it takes to answer, where that is longer than we would have waited; 0 if it is not. */
  slowMs: number
  /** How often a question brought what a Star printer would say to it, and how often something else. */
  star: number
  notStar: number
}

const listenTo = (talk: Talk, got: Uint8Array): Sorted => {
  const sorted = sortReplies(got)
  const last = sorted.blocks.at(-1)
  if (last) talk.asb = decodeAsb(last)
  return sorted
}

/** Listens until it is quiet; true if anything was heard. */
const drained = async (talk: Talk): Promise<boolean> => {
  let heard = false
  await drain(talk.line, (got) => {
    heard = true
    listenTo(talk, got)
  })
  return heard
}

const silence = (talk: Talk, sawFlowControl: boolean): Answer => ({
  absent: 'silent',
  detail: sawFlowControl ? 'it sent only flow control (XON/XOFF): alive, but its buffer is full or it is held' : `no answer to DLE EOT; ${talk.line.silenceHint}`,
})

/**
 * Waits for the answers that are still on their way after a question that had to be repeated: a slow printer sends them, one that lags
 * or lost bytes does not. Gives the last of them, which is the newest answer to that question.
 */
const outstanding = async (talk: Talk, missing: number, tookMs: number): Promise<number | undefined> => {
  const got = await talk.line.port.read(tookMs, (bytes) => bytes.length > FLOOD || sortReplies(bytes).statuses.length >= missing)
  const { statuses } = listenTo(talk, got.subarray(0, FLOOD))
  if (statuses.length < missing) talk.doubt = true
  if (statuses.length > 0) talk.slowMs = 1.5 * tookMs
  return statuses.at(-1)
}

/** Asks one question, again on silence or noise, at most `tries` times in all. */
const ask = async (talk: Talk, sent: Uint8Array, tries: number): Promise<Answer> => {
  const { port, clock, firstMs, againMs, laterMs } = talk.line
  let noise: Uint8Array | undefined
  let flowControl = false
  const first = clock.mono()
  for (let i = 0; i < tries; i++) {
    const asked = clock.mono()
    await port.write(sent)
    const got = await port.read(talk.answered ? Math.max(laterMs, talk.slowMs) : i > 0 ? againMs : firstMs, (bytes) => {
      if (bytes.length > FLOOD || isEcho(sent, bytes)) return true
      const { statuses, partial, other } = sortReplies(bytes)
      return other.length > 0 || (statuses.length > 0 && !partial)
    })
    if (isEcho(sent, got)) return { absent: 'garbled', detail: 'the port returns what was sent: a loop-back plug, an echoing adapter, or nobody at the far end' }
    const { statuses, other, partial } = listenTo(talk, got.subarray(0, FLOOD))
    const byte = statuses.at(-1)
    if (statuses.length > i + 1) talk.doubt = true
    if (byte !== undefined && other.length === 0 && !partial) {
      const tookMs = clock.mono() - (i > 0 ? first : asked)
      talk.answered = true
      talk.replyMs ??= tookMs
      const missing = i + 1 - statuses.length
      return { byte: (missing > 0 ? await outstanding(talk, missing, tookMs) : undefined) ?? byte }
    }
    if (other.length > 0 || partial) {
      noise = got
      const more = await drained(talk)
      if (looksLikeStar(got) && !more) talk.star += 1
      else talk.notStar += 1
    }
    flowControl ||= got.length > 0
  }
  return noise === undefined ? silence(talk, flowControl && talk.asb === undefined) : { absent: 'garbled', detail: looksLike(noise) }
}

/** What the questions brought, and for which of them nothing valid came. */
interface Round {
  status: Status
  failed: Map<Query, Missed>
}

/** Asks all four questions; `each` times each, of which the last answer counts. */
const round = async (talk: Talk, each: 1 | 2): Promise<Round> => {
  const result: Round = { status: {}, failed: new Map() }
  for (const query of QUERIES) {
    if (talk.line.clock.mono() >= talk.line.giveUp) {
      result.failed.set(query, { absent: 'blocked', detail: 'not asked any more: it answers too slowly for a connection that others wait for' })
      continue
    }
    let answer = await ask(talk, statusQuery(query), talk.answered ? 2 : 3)
    if (each === 2 && 'byte' in answer) answer = await ask(talk, statusQuery(query), 2)
    if ('byte' in answer) Object.assign(result.status, decodeStatus(query, answer.byte))
    else result.failed.set(query, answer)
    if (!talk.answered) return result
  }
  return result
}

/** All four questions, and all of them again if anything hints at answers that belong to earlier questions. */
const rounds = async (talk: Talk): Promise<Round> => {
  await drained(talk)
  const first = await round(talk, 1)
  // One that leaves questions unanswered is not lagging, and asking it everything again would take seconds.
  if (first.failed.size > 0 || !(talk.doubt || contradicts(first.status) || offlineWithoutCause(first.status))) return first
  await drained(talk)
  const second = await round(talk, 2)
  return second.failed.size <= first.failed.size ? second : first
}

/** A single valid byte passes by chance once in sixteen times: two valid answers make a printer. */
const whyNoAnswer = (talk: Talk, { failed }: Round): Missed | undefined => {
  const valid = talk.answered ? QUERIES.length - failed.size : 0
  if (valid >= 2) return undefined
  const [first] = failed.values()
  const why = first ?? { absent: 'silent' as const, detail: 'no answer' }
  return valid === 1 ? { absent: 'garbled', detail: `one valid answer out of four; then: ${why.detail}` } : why
}

/** Told of a printer whose answers show what it is. */
const known = (status: Status, line: Line): Sight[] => [
  { name: 'printer.answers', value: true },
  { name: 'printer.dialect', value: 'esc-pos' },
  ...flagSights(status, line.facts),
  { name: 'printer.status-consistent', value: !contradicts(status) },
]

/** What the model knows besides the four questions, by its facts. */
async function* extras(talk: Talk): AsyncIterable<Sight> {
  const { line } = talk
  for (const { fact, sent, bits, raw } of EXTRAS) {
    if (line.facts[fact] !== true) continue
    const answer = await ask(talk, Uint8Array.from(sent), 1).catch(reason)
    const names = raw === undefined ? bits.map(({ flag }) => flag) : [raw]
    if (!('byte' in answer)) yield* names.map((name) => ({ name: `printer.${name}`, ...answer }))
    else if (raw === undefined) yield* bits.map(({ flag, mask }) => ({ name: `printer.${flag}`, value: (answer.byte & mask) !== 0 }))
    else yield { name: `printer.${raw}`, value: answer.byte.toString(16).padStart(2, '0') }
  }
}

/** What a model is asked that does not answer DLE EOT: the question, and how its whole answer is read. */
const OTHER_STATUS = {
  'gs-r': async (line: Line) => {
    const [paper, drawer] = [await exchange(line, bufferedQuery(1), line.firstMs, (got) => readBuffered(1, got)), await exchange(line, bufferedQuery(2), line.laterMs, (got) => readBuffered(2, got))]
    return paper.reply.is === 'whole' && drawer.reply.is === 'whole' ? { ...paper.reply.value, ...drawer.reply.value } : paper.got.length > 0 ? paper.got : drawer.got
  },
  'asb-once': async (line: Line) => {
    const { reply, got } = await exchange(line, ASB_ONCE, line.firstMs, (bytes) => {
      const block = sortReplies(bytes.subarray(0, FLOOD)).blocks.at(-1)
      return block ? { is: 'whole', value: decodeAsb(block) } : { is: bytes.length > FLOOD ? 'wrong' : 'waiting' }
    })
    return reply.is === 'whole' ? reply.value : got
  },
  'full-status': async (line: Line) => {
    const { reply, got } = await exchange(line, FULL_STATUS, line.firstMs, readFullStatus)
    return reply.is === 'whole' ? reply.value : got
  },
} as const

const isOther = (by: unknown): by is keyof typeof OTHER_STATUS => typeof by === 'string' && Object.hasOwn(OTHER_STATUS, by)

/** Status of a model that is asked by something else than DLE EOT (fact `status-by`). */
async function* otherLook(talk: Talk, by: keyof typeof OTHER_STATUS): AsyncIterable<Sight> {
  const { line } = talk
  try {
    await drained(talk)
    const told = await OTHER_STATUS[by](line)
    if (!(told instanceof Uint8Array)) {
      yield* known(told, line)
      return
    }
    const absent: Absence = told.length === 0 ? 'silent' : 'garbled'
    yield { name: 'printer.answers', absent, detail: told.length === 0 ? `no answer to the status question of this model (status-by: ${by}); ${line.silenceHint}` : looksLike(told) }
  } catch (error) {
    yield { name: 'printer.answers', ...reason(error) }
  }
}

/** Tries that must all look like a Star printer before one is thought of: one byte of noise looks like it once in four times. */
const STAR_TRIES = 3

/** What else a printer may be that answers ESC/POS with something else, and what is to be said if it is not that. */
export interface Suspicion {
  dialect: 'star'
  otherwise: Sight
}

/**
 * Status of an ESC/POS printer, asked by DLE EOT 1-4 or what the profile names instead, then what its model knows besides, its identity
 * and its counters. Answers are told apart from echoes, unsolicited blocks, late frames and greetings. If anything hints at answers that
 * lag one question behind (many clones do that), everything is asked again, each question twice, and the second answer counts.
 * Ends early with a suspicion, nothing told, where the answers are those of another dialect.
 */
export async function* lookEscPos(line: Line): AsyncGenerator<Sight, Suspicion | undefined> {
  const talk: Talk = { line, asb: undefined, answered: false, replyMs: undefined, doubt: false, slowMs: 0, star: 0, notStar: 0 }
  const by = line.facts['status-by']
  if (isOther(by)) {
    yield* otherLook(talk, by)
    return undefined
  }
  let result: Round
  try {
    result = await rounds(talk)
  } catch (error) {
    yield { name: 'printer.answers', ...reason(error) }
    return undefined
  }
  const why = whyNoAnswer(talk, result)
  if (why?.absent === 'silent' && talk.asb) {
    yield* known(talk.asb, line)
    return undefined
  }
  if (why) {
    const otherwise = { name: 'printer.answers', ...why }
    if (talk.star >= STAR_TRIES && talk.notStar === 0) return { dialect: 'star', otherwise }
    yield otherwise
    return undefined
  }
  yield* known(result.status, line)
  if (talk.replyMs !== undefined) yield { name: 'printer.reply-ms', value: rounded(talk.replyMs) }
  for (const [query, absence] of result.failed) yield* flagsOf(query).map((flag) => ({ name: `printer.${flag}`, ...absence }))
  yield* extras(talk)
  yield* askMore(line, result.status)
  return undefined
}
