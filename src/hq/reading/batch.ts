import { isUtf8 } from 'node:buffer'
import { BATCH_LIMITS, type BatchItem, type SenderClock } from '../../model/wire.ts'
import { digestOf } from '../digest.ts'
import { elementsOf } from '../json-elements.ts'
import { ProblemError } from '../problems.ts'
import { idOf, readEvent } from '../read-event.ts'
import { redated } from '../redate.ts'
import { screen } from '../screen.ts'
import type { NewReport } from '../store.ts'
import { storedBody } from '../stored-body.ts'
import { wholeMs } from '../whole.ts'

/** A batch (decompressed) of an authenticated terminal, whose clocks showed `clock` as it sent, signed with the key of that name; `receivedAt` in ms since 1970. */
export interface SentBatch { terminalId: string; body: Uint8Array; receivedAt: number; clock?: SenderClock | undefined; signedBy?: string | undefined }

/** What a batch holds: an item per event in its order, the reports that can be stored in the same order, and how many pieces of card data were taken out. */
export interface ReadBatch { items: BatchItem[]; reports: NewReport[]; masked: number }

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

/** Reads, checks and screens a batch. Throws a ProblemError if the body is no batch; what is wrong with one event is said in its item. */
export const readBatch = ({ terminalId, body, receivedAt, clock, signedBy }: SentBatch): ReadBatch => {
  if (body.length > BATCH_LIMITS.bytes) throw new ProblemError(413, 'body-too-large', `a batch may be ${BATCH_LIMITS.bytes} bytes long; send fewer reports at a time`)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const batch = parse(bytes)
  const elements = batch.length === 0 ? [] : elementsOf(bytes, batch.length)
  const reports: NewReport[] = []
  let masked = 0
  const items = batch.map((sent, i): BatchItem => {
    const screened = screen(sent, elements[i] ?? Buffer.alloc(0))
    masked += screened.masked
    const id = idOf(screened.value)
    const read = readEvent(screened.value, terminalId, receivedAt)
    if ('reason' in read) return { id, status: 'rejected', reason: read.reason }
    const { data } = read.event
    const digest = { ...digestOf(data, redated(data, receivedAt, clock)), ...(signedBy === undefined ? {} : { signedBy }) }
    reports.push({ terminalId, id: data.id.toLowerCase(), sequence: data.sequence, at: wholeMs(data.at), receivedAt, digest: JSON.stringify(digest), ...storedBody(screened.bytes) })
    return { id, status: 'stored' }
  })
  return { items, reports, masked }
}
