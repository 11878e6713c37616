import type { BatchItem } from '../model/wire.ts'
import type { Context } from './context.ts'
import { ProblemError, retryAfterOf } from './problems.ts'
import type { SentBatch } from './reading/batch.ts'

/**
 * Takes in a batch. Resolves when every accepted report is durable, with one item per event in the order of the batch; rejects with a
 * ProblemError or the store's error, and then nothing was acknowledged.
 */
export const ingest = async (context: Context, sent: SentBatch): Promise<BatchItem[]> => {
  const { counted, reading, commits } = context
  const refuseUnless = (room: boolean): void => {
    if (room) return
    counted.refused.add(1)
    throw new ProblemError(503, 'overloaded', 'HQ has as much to store as it can; keep the reports and come again', retryAfterOf(sent.terminalId))
  }
  refuseUnless(reading.hasRoom())
  const { items, reports, masked } = await reading.read(sent)
  if (masked > 0) counted.masked.add(masked)
  if (items.length > reports.length) counted.reports.add(items.length - reports.length, { status: 'rejected' })
  if (reports.length === 0) return items
  refuseUnless(commits.hasRoom())
  const statuses = await commits.put(reports)
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
