import type { Missed, Sight } from '../../src/model/probe.ts'
import { rounded } from '../sight.ts'
import { looksLike } from './esc-pos.ts'
import type { Status } from './flags.ts'
import { bufferedQuery, COUNTERS, counterQuery, identityQuery, PROCESS_QUERY, type Reply, readCounter, readName, readNumber, readProcess, readRaw } from './frames.ts'
import { exchange, type Line, reason } from './line.ts'

/** The first answer may wait behind what is in the receive buffer; once that is empty the others come at once. */
const FIRST_MS = 1000
const LATER_MS = 300

/** A printer that takes longer than this for a round trip through its buffer has something to print. */
const IDLE_MS = 250

/** What GS I tells. A model that does not know the command may print it, so after the first that is not answered the others are not sent. */
export const IDENTITY: readonly { name: string; n: number; read: (got: Uint8Array) => Reply<string | number>; fact?: string }[] = [
  { name: 'printer.model', n: 67, read: readName },
  { name: 'printer.maker', n: 66, read: readName },
  { name: 'printer.firmware', n: 65, read: readName },
  { name: 'printer.serial', n: 68, read: readName },
  { name: 'printer.model-id', n: 1, read: readNumber },
  { name: 'printer.type-id', n: 2, read: readNumber },
  { name: 'printer.rom-version', n: 3, read: readNumber, fact: 'rom-version' },
  { name: 'printer.fonts', n: 69, read: readName, fact: 'fonts' },
  { name: 'printer.type-information', n: 33, read: readName, fact: 'type-information' },
  { name: 'printer.switches', n: 112, read: readRaw, fact: 'switches' },
]

interface More {
  line: Line
  /** Why nothing more is asked. */
  stop: Missed | undefined
  /** Time of the last whole answer, ms. */
  tookMs: number | undefined
  /** An answer did not come, and may still: the next one could be taken for it. */
  owing: boolean
}

const beforeIdentity = (line: Line, status: Status): Missed | undefined => {
  if (line.facts.identity === false) return { absent: 'blocked', detail: 'not asked: this model does not know GS I (identity: false)' }
  return status.online === true ? undefined : { absent: 'blocked', detail: 'not asked: GS I waits in the receive buffer while the printer is off-line' }
}

const noTime = (line: Line): Missed | undefined =>
  line.clock.mono() >= line.until ? { absent: 'blocked', detail: 'not asked: who holds the connection any longer keeps the till from printing' } : undefined

/** Asks for one thing that waits in the buffer: its value, or why there is none. The port's own failures end everything. */
const asked = async <T>(more: More, command: string, sent: Uint8Array, read: (got: Uint8Array) => Reply<T>): Promise<{ value: T } | Missed> => {
  const { line } = more
  const blocked = more.stop ?? noTime(line)
  if (blocked) return blocked
  const began = line.clock.mono()
  try {
    const { reply, got } = await exchange(line, sent, more.tookMs === undefined ? FIRST_MS : LATER_MS, read)
    if (reply.is === 'whole') {
      more.tookMs = line.clock.mono() - began
      return { value: reply.value }
    }
    more.owing = true
    return reply.is === 'wrong' ? { absent: 'garbled', detail: `${command}: ${looksLike(got)}` } : { absent: 'silent', detail: `no answer to ${command}` }
  } catch (error) {
    more.stop = reason(error)
    return more.stop
  }
}

async function* identity(more: More, status: Status): AsyncIterable<Sight> {
  const before = beforeIdentity(more.line, status)
  let stop = before
  for (const { name, n, read, fact } of IDENTITY) {
    if (fact !== undefined && more.line.facts[fact] !== true) continue
    const answer: { value: string | number } | Missed = stop ?? await asked(more, `GS I ${n}`, identityQuery(n), read)
    if ('absent' in answer) stop ??= answer
    yield { name, ...answer }
  }
}

/** The way through the receive buffer: whatever was answered before came through it; else the process id or GS r, where the model knows them. */
async function* buffer(more: More, status: Status): AsyncIterable<Sight> {
  const { facts } = more.line
  if (status.online !== true) return
  const way = facts['process-id'] === true ? { command: 'GS ( H', sent: PROCESS_QUERY, read: readProcess } : facts['gs-r'] === true ? { command: 'GS r 1', sent: bufferedQuery(1), read: readNumber } : undefined
  if (more.tookMs === undefined && way) {
    const answer = await asked<number | true>(more, way.command, way.sent, way.read)
    if ('absent' in answer) yield { name: 'printer.buffer-ms', ...answer }
  }
  if (more.tookMs !== undefined) yield { name: 'printer.buffer-ms', value: rounded(more.tookMs) }
}

/** Counters block real-time status while they are sent: only a model that has them is asked, and only while it has nothing to do. */
async function* counters(more: More, status: Status): AsyncIterable<Sight> {
  if (more.line.facts.counters !== true) return
  const busy = status.online !== true || more.owing || more.tookMs === undefined || more.tookMs > IDLE_MS
  let stop: Missed | undefined = busy ? { absent: 'blocked', detail: 'not asked: counters are read only while the printer has nothing to do' } : undefined
  for (const { name, n } of COUNTERS) {
    const answer: { value: number } | Missed = stop ?? await asked(more, `GS g 2 ${n}`, counterQuery(n), readCounter)
    if ('absent' in answer) stop ??= answer
    yield { name: `printer.${name}`, ...answer }
  }
}

/** Who the printer is, whether its buffer moves, and how worn it is: all that waits behind what is to be printed. */
export async function* askMore(line: Line, status: Status): AsyncIterable<Sight> {
  const more: More = { line, stop: undefined, tookMs: undefined, owing: false }
  yield* identity(more, status)
  yield* buffer(more, status)
  yield* counters(more, status)
}
