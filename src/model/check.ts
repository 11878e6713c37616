import * as z from 'zod'
import { Card } from './card.ts'
import { DeviceKind } from './device.ts'
import { Diagnosis, Readiness } from './diagnosis.ts'
import { Observation } from './observation.ts'
import { Symptom } from './symptom.ts'

/** What set a check off. */
export const Trigger = z.strictObject({
  by: z.enum(['boot', 'schedule', 'operator', 'device', 'transaction', 'hq', 'retest', 'replay']),
  /** Which device appeared, which command asked, and the like. */
  detail: z.string().max(200).optional(),
})
export type Trigger = z.infer<typeof Trigger>

/** How one probe on one device went. late: its deadline came, what it saw is kept. broke: our bug, `detail` says which. */
export const ProbeRun = z.strictObject({
  device: z.string(),
  kind: DeviceKind,
  outcome: z.enum(['done', 'late', 'broke']),
  ms: z.number(),
  detail: z.string().max(500).optional(),
})
export type ProbeRun = z.infer<typeof ProbeRun>

/** The bytes and answers exchanged with one device, in the dialogue format (see dialogue.ts). */
export const Transcript = z.strictObject({ device: z.string(), text: z.string().max(65536) })
export type Transcript = z.infer<typeof Transcript>

/** The record of one look at a terminal. */
export const Check = z.strictObject({
  id: z.uuidv7(),
  trigger: Trigger,
  /** Wall time in milliseconds since 1970. */
  startedAt: z.number(),
  /** Duration in milliseconds by the monotonic clock. */
  ms: z.number(),
  runs: z.array(ProbeRun),
  observations: z.array(Observation),
  symptoms: z.array(Symptom),
  diagnosis: Diagnosis,
  readiness: z.array(Readiness),
  /** What to do for a customer who wants to pay by card; absent where nothing is in the way. */
  card: Card.optional(),
  transcripts: z.array(Transcript),
  /** Number of the knowledge pack that it was weighed with; absent where the built-in catalogue stood alone. */
  pack: z.int().min(1).optional(),
})
export type Check = z.infer<typeof Check>

/** What a running check says of itself while it goes on. */
export type Progress =
  | { type: 'started'; devices: { id: string; kind: DeviceKind }[] }
  | { type: 'probe'; run: ProbeRun; looked: number; total: number }
