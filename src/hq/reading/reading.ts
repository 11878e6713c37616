import { availableParallelism } from 'node:os'
import type { HqLog } from '../log.ts'
import { type ReadBatch, readBatch, type SentBatch } from './batch.ts'
import { type ReadingThread, startThread, type Waiting } from './thread.ts'

/**
 * What little comes in one turn of the event loop is read in it, and a batch alone, of up to `aloneBytes`, where no thread runs yet. From
 * `pieceBytes` on, threads read it in pieces of that size, so that reading, storing and answering go on beside each other. More than
 * `waitingBytes` is not taken on. After a thread has failed none is started for `restMs`.
 */
export const READING = { pieceBytes: 16 << 10, aloneBytes: 512 << 10, waitingBytes: 32 << 20, threads: 4, restMs: 10_000 } as const

/** Reads batches: here or in threads, whichever is quicker. */
export interface BatchReading {
  /** Resolves with what readBatch answers, or rejects with what it throws; with a ProblemError (503) if a thread failed at it. */
  read(sent: SentBatch): Promise<ReadBatch>
  /** False while so much waits that no more should be taken on. */
  hasRoom(): boolean
  /** True while something is being read. */
  busy(): boolean
  stop(): Promise<void>
}

const readHere = ({ sent, settle }: Waiting): void => {
  let outcome: ReadBatch | Error
  try {
    outcome = readBatch(sent)
  } catch (error) {
    outcome = error instanceof Error ? error : new Error(String(error))
  }
  settle(outcome)
}

/** Reading with up to so many threads, each started when there is work for it: one processor is left for all else that HQ does. */
export const batchReading = (log: HqLog, most: number = Math.min(READING.threads, availableParallelism() - 1), start: typeof startThread = startThread): BatchReading => {
  const threads = new Set<ReadingThread>()
  let gathered: Waiting[] = []
  let gatheredBytes = 0
  let waitingBytes = 0
  let armed = false
  let notBefore = 0
  let stopped = false

  const begin = (): ReadingThread => {
    const thread = start((why) => {
      threads.delete(thread)
      notBefore = performance.now() + READING.restMs
      log.error('a thread that reads reports failed; what it had was refused for now', { why })
    })
    threads.add(thread)
    return thread
  }
  /** The thread with the least to do, or a new one while all have plenty; undefined where there may be none. */
  const free = (): ReadingThread | undefined => {
    const [least] = [...threads].toSorted((a, b) => a.bytes() - b.bytes())
    const another = !stopped && threads.size < most && performance.now() >= notBefore && (least === undefined || least.bytes() > READING.pieceBytes)
    return another ? begin() : least
  }
  const take = (): Waiting[] => {
    const taken = gathered
    gathered = []
    gatheredBytes = 0
    return taken
  }
  const pass = (): void => {
    const thread = free()
    if (thread === undefined) take().forEach(readHere)
    else thread.read(take())
  }
  const endOfTurn = (): void => {
    armed = false
    if (gathered.length === 0) return
    const little = gatheredBytes < (gathered.length === 1 ? READING.aloneBytes : READING.pieceBytes)
    if (little && [...threads].every((thread) => thread.bytes() === 0)) take().forEach(readHere)
    else pass()
  }
  return {
    read: (sent) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: ReadBatch | Error): void => {
          waitingBytes -= sent.body.length
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        }
        gathered.push({ sent, settle })
        gatheredBytes += sent.body.length
        waitingBytes += sent.body.length
        if (threads.size > 0 && gatheredBytes >= READING.pieceBytes) pass()
        else if (!armed) {
          armed = true
          setImmediate(endOfTurn)
        }
      }),
    busy: () => waitingBytes > 0,
    hasRoom: () => waitingBytes < READING.waitingBytes,
    stop: async () => {
      stopped = true
      const running = [...threads]
      threads.clear()
      await Promise.all(running.map((thread) => thread.stop()))
    },
  }
}
