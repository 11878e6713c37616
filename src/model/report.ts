import * as z from 'zod'
import { Check } from './check.ts'
import { Fault } from './fault.ts'
import { Repair } from './repair.ts'
import { TerminalFile } from './terminal.ts'
import { TransactionStep } from './transaction.ts'

/** Name of the wire contract. Only additions are allowed within 1. */
export const REPORT_SCHEMA = 'posdiag.report/1'

/** How far the wall clock can be believed. synchronised: the kernel says that a time service disciplines it. */
export const ClockQuality = z.enum(['synchronised', 'free-running', 'jumped', 'before-build', 'unknown'])
export type ClockQuality = z.infer<typeof ClockQuality>

/** What is sent to HQ. The id is (terminal id, id); a replay of it is a duplicate. */
export const Report = z.strictObject({
  schema: z.literal(REPORT_SCHEMA),
  id: z.uuidv7(),
  /** Per terminal, from 1, without gaps; 0 where no agent's store gave a number. */
  sequence: z.int().min(0),
  /** The kernel's id of this boot. */
  bootId: z.string().max(64),
  /** Wall time when the report was made, milliseconds since 1970. */
  at: z.number(),
  clock: ClockQuality,
  /** Milliseconds since boot when it was made. */
  uptimeMs: z.number(),
  terminal: TerminalFile.shape.terminal,
  agent: z.strictObject({ version: z.string(), node: z.string(), platform: z.string() }),
  /** Versions of what is fitted, by device id, where known. */
  versions: z.record(z.string(), z.string()).default({}),
  /** The servers that this terminal relies on, as its terminal file names them. */
  servers: z.array(z.strictObject({ role: z.string().max(32), host: z.string().max(253) })).max(50).optional(),
  check: Check,
  /** Every fault found, and every open one worth telling, copied whole, so that any reader can show it. */
  faults: z.array(Fault),
  /** Incidents that this check opened, changed or closed. */
  incidents: z.array(z.strictObject({ id: z.string(), fault: z.string(), device: z.string(), change: z.enum(['opened', 'changed', 'closed']) })).default([]),
  /** Guided repairs that ended with this check. */
  repairs: z.array(Repair).max(10).optional(),
  /** Masked steps around the fault, oldest first. */
  transactions: z.array(TransactionStep).max(200),
  /** What the agent has to say against itself: probes that broke, reports lost by its bounds, a filter that failed. */
  agentProblems: z.array(z.strictObject({ code: z.string(), detail: z.string().max(500) })),
  /** What the card-data filter masked in this report, by type, as `pan-masked`. */
  masked: z.record(z.string(), z.int()).default({}),
})
export type Report = z.infer<typeof Report>

/** Reports carry no fault twice and are told apart by the worst fault found: used for delivery order. */
export type ReportPriority = 'critical' | 'normal'
