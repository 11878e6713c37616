import * as z from 'zod'
import { Configuration } from './configuration.ts'
import { Change } from './triage.ts'

// Times are milliseconds since 1970.

const time = z.number()
const note = z.string().max(500).optional()

/** running: asks terminals, stage by stage. halted: stopped by HQ itself, `reason` says why. */
export const RolloutState = z.enum(['running', 'paused', 'halted', 'done'])
export type RolloutState = z.infer<typeof RolloutState>

/** A revision of the configuration on its way through the fleet. */
export const RolloutRow = z.strictObject({
  configuration: Configuration,
  note: z.string().optional(),
  madeAt: time,
  madeBy: z.string().max(100),
  region: z.string().optional(),
  /** Percent of the fleet (or the region) that each stage reaches, and how long a stage is watched before the next. */
  stages: z.array(z.number()),
  soakMs: z.number(),
  state: RolloutState,
  stage: z.int(),
  stageAt: time,
  reason: z.string().optional(),
  /** Terminals that were asked and have not answered, go by it, refused or did not answer in time (they are asked again), and failed. */
  asked: z.int(),
  applied: z.int(),
  refused: z.int(),
  failed: z.int(),
})
export type RolloutRow = z.infer<typeof RolloutRow>

/** POST /api/rollouts. The revision is counted by HQ. */
export const CreateRollout = z.strictObject({
  limits: Configuration.shape.limits,
  posMinimumVersion: Configuration.shape.posMinimumVersion,
  note,
  region: z.string().min(1).max(100).optional(),
  stages: z.array(z.number().gt(0).max(100)).min(1).max(10).default([1, 10, 100]),
  soakMinutes: z.number().min(0).max(10_080).default(60),
})
export type CreateRollout = z.infer<typeof CreateRollout>

/** POST /api/rollouts/{revision}. */
export const RolloutAction = z.strictObject({ do: z.enum(['pause', 'resume', 'halt']), note })
export type RolloutAction = z.infer<typeof RolloutAction>

/** GET /api/rollouts/{revision}: terminals that did not take it, the latest first, at most 200. */
export const RolloutDetail = z.strictObject({ rollout: RolloutRow, trouble: z.array(z.strictObject({ terminalId: z.string(), state: z.string(), at: time, tries: z.int(), detail: z.string().optional() })), history: z.array(Change) })
export type RolloutDetail = z.infer<typeof RolloutDetail>
