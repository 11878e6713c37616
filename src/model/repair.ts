import * as z from 'zod'
import { DeviceKind } from './device.ts'
import { FaultAt, Readiness, SymptomAt } from './diagnosis.ts'
import { Actor, Disturbance } from './fault.ts'
import { Observation, ObservedValue } from './observation.ts'
import { Text } from './text.ts'

const basis = z.string().min(3)
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)

/** One answer that a person may give to a test, and what is then taken as seen on the device. */
export const TestAnswer = z.strictObject({ key: id, ...Text.shape, sees: z.record(z.string(), ObservedValue) })

/**
 * A way of learning what no round has looked at: done by a person who answers (`asks`), or by a probe of its own that moves the device
 * (`answers` then are empty). One test may be done on every device of its kind.
 */
export const Test = z.strictObject({
  id,
  on: DeviceKind,
  by: Actor,
  /** What to do. */
  ...Text.shape,
  /** What to say afterwards; without it a probe looks. */
  asks: Text.optional(),
  answers: z.array(TestAnswer),
  /** Symptoms that it tells. */
  settles: z.array(z.string()).min(1).max(5),
  seconds: z.int().min(1),
  disturbs: z.array(Disturbance).default([]),
  basis,
})
export type Test = z.infer<typeof Test>

/** What a person's time, and what is disturbed meanwhile, is worth, in seconds of a cashier's time. */
export const Costs = z.strictObject({
  /** Having somebody come or be reached, once per repair. */
  reach: z.record(Actor, z.strictObject({ seconds: z.number().min(0), basis })),
  disturbs: z.record(Disturbance, z.strictObject({ seconds: z.number().min(0), basis })),
  /** What it costs to end without a cure. */
  failure: z.strictObject({ seconds: z.number().positive(), basis }),
})
export type Costs = z.infer<typeof Costs>

/** What a guided repair goes by besides the catalogue. */
export interface Guide {
  tests: readonly Test[]
  costs: Costs
}

/** One thing tried in a repair. cured: the look after it proved the fault gone. told: a test that was answered. skipped: the person could or would not. */
export const Tried = z.strictObject({
  kind: z.enum(['remedy', 'test']),
  id: z.string(),
  device: z.string(),
  /** Of a remedy. */
  fault: z.string().optional(),
  outcome: z.enum(['cured', 'not-cured', 'told', 'skipped']),
  /** Key of the answer to a test. */
  answer: z.string().optional(),
  at: z.number(),
})
export type Tried = z.infer<typeof Tried>

/** How the terminal stood before or after a repair. */
export const Standing = z.strictObject({
  at: z.number(),
  /** Probability of the fault. */
  posterior: z.number().min(0).max(1),
  symptoms: z.array(SymptomAt).max(200),
  readiness: z.array(Readiness),
})
export type Standing = z.infer<typeof Standing>

/** The record of a guided repair: a labelled example once it has ended. */
export const Repair = z.strictObject({
  id: z.uuidv7(),
  ...FaultAt.shape,
  /** Model and firmware of the device, where known. */
  model: z.string().max(200).optional(),
  firmware: z.string().max(200).optional(),
  /** The symptom that found the fault; only where it is looked at again and absent is the fault gone. */
  foundBy: SymptomAt,
  /** True if the same fault on the same device was closed within the last 30 days. */
  regression: z.boolean(),
  state: z.enum(['open', 'fixed', 'escalated', 'given-up']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  before: Standing,
  /**
   * Of the symptoms that the fault may show, on how many devices each was there when the repair began, and on how many it was looked
   * for in vain; without the one that found the fault. Only where no other cause was found beside it.
   */
  showed: z.array(z.strictObject({ symptom: z.string(), shown: z.int().min(0), hidden: z.int().min(0) })).max(200).optional(),
  after: Standing.optional(),
  tried: z.array(Tried).max(100),
})
export type Repair = z.infer<typeof Repair>

/** What is proposed next: do a step, do a test and answer, or hand over to somebody. */
export const Proposal = z.strictObject({
  kind: z.enum(['remedy', 'test', 'escalate']),
  id: z.string(),
  ...FaultAt.shape,
  by: Actor,
  seconds: z.number(),
  ...Text.shape,
  /** Cautions that belong to it. */
  notes: z.array(Text),
  why: Text,
  undo: Text.optional(),
  /** What the person must make sure of before doing it. */
  confirm: Text.optional(),
  asks: Text.optional(),
  answers: z.array(z.strictObject({ key: id, ...Text.shape })),
  /** Of a remedy: probability that it cures. */
  cures: z.number().optional(),
  /** Of a test: nats of doubt that it takes away on average. */
  reduction: z.number().optional(),
  /** Steps held back by a guard rail, and why. */
  held: z.array(z.strictObject({ id: z.string(), why: Text })),
  /** What doing it disturbs; left out where that is nothing. */
  disturbs: z.array(Disturbance).optional(),
})
export type Proposal = z.infer<typeof Proposal>

/** A repair under way, as it is kept in the state folder, so that it outlives a restart. */
export const Session = z.strictObject({
  schema: z.literal('posdiag.fix/1'),
  /** Counts up with every reply; a reply to an older one is refused. */
  revision: z.int(),
  repair: Repair,
  /** What persons said since something was last changed. */
  told: z.array(Observation).max(200),
  proposal: Proposal.optional(),
  /** Probability of the fault as last weighed. */
  posterior: z.number().min(0).max(1).optional(),
  /** Other faults found at the last look. */
  others: z.array(FaultAt),
})
export type Session = z.infer<typeof Session>
