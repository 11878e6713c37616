import * as z from 'zod'
import { Tender } from './device.ts'
import { FaultAt } from './diagnosis.ts'
import { Absence, ObservationSource, ObservedValue } from './observation.ts'
import { TerminalFile } from './terminal.ts'
import { Text } from './text.ts'

const seen = { name: z.string(), device: z.string(), source: ObservationSource.default('live') }

/**
 * A terminal, what is seen on it, and what must be said of it. What is seen comes either as dialogues played to the probes
 * (device id -> file below fixtures/dialogues, or the text itself) or as observations.
 */
export const Scenario = z.strictObject({
  about: Text,
  /** Inline, or the name of a file below fixtures/terminals. */
  terminal: z.union([z.string(), TerminalFile]),
  /** hand: written by a person. generated: drawn from the world model. field: taken from a report. */
  origin: z.enum(['hand', 'generated', 'field']).default('hand'),
  /**
   * What it is a case of, where it is not told by the faults found. pair: two independent faults. cascade: one cause, victims on
   * other devices. look-alike: the obvious answer is wrong. healthy: odd but harmless. blind: much could not be looked at.
   */
  case: z.enum(['single', 'pair', 'cascade', 'look-alike', 'healthy', 'blind']).optional(),
  dialogues: z.record(z.string(), z.string()).default({}),
  observations: z.array(z.union([z.strictObject({ ...seen, value: ObservedValue }), z.strictObject({ ...seen, absent: Absence, detail: z.string().default('') })])).default([]),
  expect: z.strictObject({
    /** In order: the first is the first thing said. */
    found: z.array(FaultAt).default([]),
    ruledOut: z.array(FaultAt).default([]),
    unexplained: z.array(z.strictObject({ symptom: z.string(), device: z.string() })).default([]),
    readiness: z.partialRecord(Tender, z.enum(['ready', 'degraded', 'blocked', 'unknown'])).default({}),
  }),
})
export type Scenario = z.infer<typeof Scenario>
