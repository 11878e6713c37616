import { bootOf, type NewBoot } from './boots.ts'
import type { Digest, UnfoldedReport } from './fold-types.ts'
import type { NewExample } from './knowledge/examples.ts'

const HOUR = 3_600_000

/** A row of `report` as folding reads it. */
export interface UnfoldedRow { terminal_id: string; id: string; sequence: number; at: number; received_at: number; digest: string }

/** Reports on their way through folding: those of each terminal, how many were received in each hour (by its first millisecond), what their repairs teach, and the boot checks among them. */
export interface Batch { byTerminal: Map<string, UnfoldedReport[]>; perHour: Map<number, number>; examples: NewExample[]; boots: NewBoot[] }

/** Rows sorted out for folding. */
export const batchOf = (rows: readonly UnfoldedRow[]): Batch => {
  const byTerminal = new Map<string, UnfoldedReport[]>()
  const perHour = new Map<number, number>()
  const examples: NewExample[] = []
  const boots: NewBoot[] = []
  for (const row of rows) {
    const report = { terminalId: row.terminal_id, id: row.id, sequence: row.sequence, at: row.at, receivedAt: row.received_at, digest: JSON.parse(row.digest) as Digest }
    const known = byTerminal.get(row.terminal_id)
    if (known === undefined) byTerminal.set(row.terminal_id, [report])
    else known.push(report)
    for (const example of report.digest.examples ?? []) examples.push({ terminalId: report.terminalId, receivedAt: report.receivedAt, example })
    if (report.digest.trigger === 'boot') boots.push(bootOf(report))
    const hour = Math.floor(row.received_at / HOUR) * HOUR
    perHour.set(hour, (perHour.get(hour) ?? 0) + 1)
  }
  return { byTerminal, perHour, examples, boots }
}
