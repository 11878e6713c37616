import { ProblemError } from '../problems.ts'
import type { NewReport } from '../store.ts'
import { type ReadBatch, readBatch, type SentBatch } from './batch.ts'

// The bytes of many batches change hands as one buffer: every object that goes to another thread is copied, and every message wakes it up.

/** Batches on their way to a thread; `bytes` holds their bodies one behind the other, each as long as it says. */
export interface Sent { bytes: ArrayBuffer; batches: (Omit<SentBatch, 'body'> & { length: number })[] }

/** What reading one batch came to: what it holds, why it is refused, or what broke. */
export type Outcome<Reports> =
  | { is: 'read'; items: ReadBatch['items']; masked: number; reports: Reports }
  | { is: 'refused'; status: number; slug: string; detail: string }
  | { is: 'broken'; error: string }

/** Outcomes on their way back, in the order of the batches. */
export interface Read { bytes: ArrayBuffer; outcomes: Outcome<(Omit<NewReport, 'body'> & { length: number })[]>[] }

// Buffer.concat may answer a part of a buffer that others share, which cannot change hands.
const joined = (parts: readonly Uint8Array[]): ArrayBuffer => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all.buffer
}

const pieces = (bytes: ArrayBuffer): ((length: number) => Uint8Array) => {
  let at = 0
  return (length) => {
    at += length
    return new Uint8Array(bytes, at - length, length)
  }
}

const outcomeOf = (sent: SentBatch): Outcome<NewReport[]> => {
  try {
    return { is: 'read', ...readBatch(sent) }
  } catch (error) {
    if (error instanceof ProblemError) return { is: 'refused', status: error.status, slug: error.slug, detail: error.message }
    return { is: 'broken', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Batches as a thread is told of them. */
export const packSent = (batches: readonly SentBatch[]): Sent => ({ bytes: joined(batches.map((b) => b.body)), batches: batches.map(({ body, ...rest }) => ({ ...rest, length: body.length })) })

/** Reads what was sent: what a thread does. */
export const readSent = ({ bytes, batches }: Sent): Read => {
  const piece = pieces(bytes)
  const bodies: Uint8Array[] = []
  const outcomes = batches.map(({ length, ...rest }): Read['outcomes'][number] => {
    const outcome = outcomeOf({ ...rest, body: piece(length) })
    if (outcome.is !== 'read') return outcome
    const reports = outcome.reports.map(({ body, ...report }) => {
      bodies.push(body)
      return { ...report, length: body.length }
    })
    return { ...outcome, reports }
  })
  return { bytes: joined(bodies), outcomes }
}

/** What came back, as if it had been read here: an Error where it was refused or something broke. */
export const unpackRead = ({ bytes, outcomes }: Read): (ReadBatch | Error)[] => {
  const piece = pieces(bytes)
  return outcomes.map((outcome) => {
    if (outcome.is === 'refused') return new ProblemError(outcome.status, outcome.slug, outcome.detail)
    if (outcome.is === 'broken') return new Error(outcome.error)
    return { items: outcome.items, masked: outcome.masked, reports: outcome.reports.map(({ length, ...report }) => ({ ...report, body: piece(length) })) }
  })
}
