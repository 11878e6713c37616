import type { BootOutcome, BootRow } from '../model/fleet.ts'
import { type UnfoldedReport, whenOf } from './fold-types.ts'

const HOUR = 3_600_000
const MOST_FOUND = 5

/** A boot check as it is kept: `found` is JSON, what a BootRow has. */
export interface NewBoot { terminal_id: string; id: string; at: number; outcome: BootOutcome; found: string }

const WORST_FIRST: readonly BootOutcome[] = ['blocked', 'unknown', 'degraded', 'ready']

/** The boot check that a report tells of. One that found no way of taking money to judge could not tell. */
export const bootOf = (report: UnfoldedReport): NewBoot => {
  const { readiness, found } = report.digest
  const shown: BootRow['found'] = found.slice(0, MOST_FOUND).map(({ fault, device, severity, title }) => ({ fault, device, severity, title }))
  return { terminal_id: report.terminalId, id: report.id, at: whenOf(report), outcome: WORST_FIRST.find((is) => readiness.some((r) => r.is === is)) ?? 'unknown', found: JSON.stringify(shown) }
}

/** Boot checks counted per hour (its first ms) and outcome, in the order of hours. */
export const bootsPerHour = (boots: readonly NewBoot[]): { hour: number; counts: Record<BootOutcome, number> }[] => {
  const hours = Map.groupBy(boots, (b) => Math.floor(b.at / HOUR) * HOUR)
  const count = (all: readonly NewBoot[], outcome: BootOutcome): number => all.filter((b) => b.outcome === outcome).length
  return [...hours].toSorted(([a], [b]) => a - b).map(([hour, all]) => ({ hour, counts: { ready: count(all, 'ready'), degraded: count(all, 'degraded'), blocked: count(all, 'blocked'), unknown: count(all, 'unknown') } }))
}
