import { isUtf8 } from 'node:buffer'
import { BATCH_LIMITS, type BatchItem, type SenderClock } from '../model/wire.ts'
import type { Context } from './context.ts'
import { digestOf } from './digest.ts'
import { elementsOf } from './json-elements.ts'
import { ProblemError, retryAfterOf } from './problems.ts'
import { idOf, readEvent } from './read-event.ts'
import { redated } from './redate.ts'
import { screen } from './screen.ts'
import type { NewReport } from './store.ts'
import { wholeMs } from './whole.ts'

const parse = (body: Buffer): unknown[] => {
  if (!isUtf8(body)) throw new ProblemError(400, 'not-utf8', 'the body is not UTF-8')
  let batch: unknown
  try {
    batch = JSON.parse(body.toString())
  } catch {
    throw new ProblemError(400, 'not-json', 'the body is not JSON; send a CloudEvents batch, a JSON array of events')
  }
  if (!Array.isArray(batch)) throw new ProblemError(400, 'not-a-batch', 'the body is not a JSON array; send a CloudEvents batch, even for one event')
  if (batch.length > BATCH_LIMITS.reports) throw new ProblemError(413, 'too-many-reports', `a batch may hold ${BATCH_LIMITS.reports} reports; send fewer at a time`)
  return batch
}

/**
 * Takes in a batch (decompressed) of an authenticated terminal, whose clocks showed `clock` as it sent, signed with the key of that name. Resolves when every accepted report is durable, with one item per
 * event in the order of the batch; rejects with a ProblemError or the store's error, and then nothing was acknowledged.
 */
export const ingest = async (context: Context, terminalId: string, body: Buffer, { clock, signedBy }: { clock?: SenderClock | undefined; signedBy?: string | undefined } = {}): Promise<BatchItem[]> => {
  if (body.length > BATCH_LIMITS.bytes) throw new ProblemError(413, 'body-too-large', `a batch may be ${BATCH_LIMITS.bytes} bytes long; send fewer reports at a time`)
  const { counted } = context
  const batch = parse(body)
  const elements = batch.length === 0 ? [] : elementsOf(body, batch.length)
  const receivedAt = context.now()
  const reports: NewReport[] = []
  const items: BatchItem[] = batch.map((sent, i) => {
    const bytes = elements[i] ?? Buffer.alloc(0)
    const screened = screen(sent, bytes)
    if (screened.masked > 0) counted.masked.add(screened.masked)
    const id = idOf(screened.value)
    const read = readEvent(screened.value, terminalId, receivedAt)
    if ('reason' in read) {
      counted.reports.add(1, { status: 'rejected' })
      return { id, status: 'rejected', reason: read.reason }
    }
    const { data } = read.event
    reports.push({ terminalId, id: data.id.toLowerCase(), sequence: data.sequence, at: wholeMs(data.at), receivedAt, digest: { ...digestOf(data, redated(data, receivedAt, clock)), ...(signedBy === undefined ? {} : { signedBy }) }, body: screened.bytes })
    return { id, status: 'stored' }
  })
  if (reports.length === 0) return items
  if (!context.commits.hasRoom()) {
    counted.refused.add(1)
    throw new ProblemError(503, 'overloaded', 'HQ has as much to store as it can; keep the reports and come again', retryAfterOf(terminalId))
  }
  const statuses = await context.commits.put(reports)
  let at = 0
  let stored = 0
  for (const item of items) {
    if (item.status === 'rejected') continue
    item.status = statuses[at++] ?? 'duplicate'
    if (item.status === 'stored') stored++
  }
  if (stored > 0) {
    counted.reports.add(stored, { status: 'stored' })
    context.projector.nudge()
  }
  if (at > stored) counted.reports.add(at - stored, { status: 'duplicate' })
  return items
}
