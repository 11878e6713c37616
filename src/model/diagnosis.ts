import * as z from 'zod'
import { Tender } from './device.ts'

/** A fault on a device. */
export const FaultAt = z.strictObject({ fault: z.string(), device: z.string() })
export type FaultAt = z.infer<typeof FaultAt>

/** One symptom as evidence; weight is its log-likelihood ratio in nats for this fault against its absence, positive speaks for it. */
export const Evidence = z.strictObject({ symptom: z.string(), device: z.string(), weight: z.number() })
export type Evidence = z.infer<typeof Evidence>

/** What a check says of one fault on one device. */
export const Verdict = z.strictObject({
  ...FaultAt.shape,
  /** found: posterior at or above 0.5. ruled-out: spoken against by evidence and at or below its prior, or below 0.05 with at least 2 nats against. open: neither; see notLookedAt. */
  verdict: z.enum(['found', 'open', 'ruled-out']),
  posterior: z.number().min(0).max(1),
  for: z.array(Evidence),
  against: z.array(Evidence),
  /** The found fault that explains this one's symptoms by itself, where this one is a consequence or a loser to it. */
  follows: FaultAt.optional(),
  /** Symptoms that would settle it and are unknown, most telling first. */
  notLookedAt: z.array(z.strictObject({ symptom: z.string(), device: z.string() })),
})
export type Verdict = z.infer<typeof Verdict>

/** The weighing of a check: verdicts - found, causes before their consequences, then open, then ruled out - and what nobody explains. */
export const Diagnosis = z.strictObject({
  verdicts: z.array(Verdict),
  /** Present symptoms that no found fault explains better than chance. Those that healthy terminals often show are left out. */
  unexplained: z.array(z.strictObject({ symptom: z.string(), device: z.string() })),
  /** Probability that nothing is wrong, as far as anything was looked at. */
  healthy: z.number().min(0).max(1),
})
export type Diagnosis = z.infer<typeof Diagnosis>

/** One way of taking money: can it be used, and because of what not. Tenders that are not fitted are absent. */
export const Readiness = z.strictObject({
  tender: Tender,
  is: z.enum(['ready', 'degraded', 'blocked', 'unknown']),
  /** Faults that stand in the way, worst first. */
  because: z.array(FaultAt),
  /** Devices that it uses and that could not be looked at. */
  unseen: z.array(z.string()),
})
export type Readiness = z.infer<typeof Readiness>
