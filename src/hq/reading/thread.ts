import { Worker } from 'node:worker_threads'
import { ProblemError, retryAfterOf } from '../problems.ts'
import type { ReadBatch, SentBatch } from './batch.ts'
import { packSent, type Read, unpackRead } from './messages.ts'

/** A batch that somebody waits for. `settle` is called once, with an Error where it was refused or something broke. */
export interface Waiting { sent: SentBatch; settle(outcome: ReadBatch | Error): void }

/** One thread that reads batches, in the order in which it gets them. */
export interface ReadingThread {
  read(group: readonly Waiting[]): void
  /** Bytes of the batches that it has not read yet. */
  bytes(): number
  /** Ends it; resolves when it has ended. What it had not read is settled with an error. */
  stop(): Promise<void>
}

/** As the program is run from its sources, or bundled. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './program.ts' : './reading-thread.js', import.meta.url)

/** How long a thread may take for what it was given, in ms: many times what all that may wait takes. */
const DEADLINE_MS = 20_000

/** Says nothing of the batch: the next try may well succeed. */
const unread = (terminalId: string): ProblemError => new ProblemError(503, 'unread', 'HQ broke off while it read this; keep it and come again', retryAfterOf(terminalId))

/** Starts one; `ended` is told once why it ended, if it was not stopped. Others than HQ's own `program` and `deadlineMs` are for tests. */
export const startThread = (ended: (why: string) => void, program: URL = PROGRAM, deadlineMs: number = DEADLINE_MS): ReadingThread => {
  const worker = new Worker(program)
  const out: (readonly Waiting[])[] = []
  let bytes = 0
  let why = 'it ended by itself'
  let stopped = false
  let late: NodeJS.Timeout | undefined

  const awaitNext = (): void => {
    clearTimeout(late)
    late = out.length === 0 ? undefined : setTimeout(() => {
      why = `it gave no answer within ${deadlineMs} ms`
      void worker.terminate()
    }, deadlineMs)
  }
  const settleNext = (outcomes: readonly (ReadBatch | Error)[]): void => {
    for (const [i, { sent, settle }] of (out.shift() ?? []).entries()) {
      bytes -= sent.body.length
      settle(outcomes[i] ?? unread(sent.terminalId))
    }
  }
  worker.on('message', (read: Read) => {
    settleNext(unpackRead(read))
    awaitNext()
  })
  worker.on('error', (error) => { why = error instanceof Error ? error.message : String(error) })
  const over = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      clearTimeout(late)
      while (out.length > 0) settleNext([])
      if (!stopped) ended(why)
      resolve()
    })
  })
  return {
    read: (group) => {
      const message = packSent(group.map((w) => w.sent))
      out.push(group)
      bytes += message.bytes.byteLength
      worker.postMessage(message, [message.bytes])
      if (late === undefined) awaitNext()
    },
    bytes: () => bytes,
    stop: async () => {
      stopped = true
      await worker.terminate()
      await over
    },
  }
}
