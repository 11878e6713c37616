import * as z from 'zod'
import { Tender } from './device.ts'
import { Text } from './text.ts'

/** A fault on a device. */
export const FaultAt = z.strictObject({ fault: z.string(), device: z.string() })
export type FaultAt = z.infer<typeof FaultAt>

/** One symptom as evidence; weight is its log-likelihood ratio in nats for this fault against its absence, positive speaks for it. */
export const Evidence = z.strictObject({ symptom: z.string(), device: z.string(), weight: z.number() })
export type Evidence = z.infer<typeof Evidence>

/** What may change before something breaks: software, settings, the port a device is plugged into, a restart of the host, an event of the mains. */
export const ChangeKind = z.enum(['version', 'configuration', 'port', 'reboot', 'power'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** A symptom on a device. */
export const SymptomAt = z.strictObject({ symptom: z.string(), device: z.string() })
export type SymptomAt = z.infer<typeof SymptomAt>

/**
 * Why a fault lost against one that was found: the symptoms on which they differ most, each with its weight in nats for the loser
 * against the winner (negative speaks for the winner) and whether it is there. `prior` is the weight of how common they are.
 */
export const Lost = z.strictObject({
  ...FaultAt.shape,
  prior: z.number(),
  by: z.array(z.strictObject({ ...SymptomAt.shape, is: z.enum(['present', 'absent']), weight: z.number(), /** True if the loser has no part in it, so that it would be left unexplained. */ leaves: z.boolean().optional() })),
})
export type Lost = z.infer<typeof Lost>

/** On how many terminals something was, and how many times in all. */
export const Spread = z.strictObject({ lanes: z.int().min(0), times: z.int().min(0) })
export type Spread = z.infer<typeof Spread>

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
  /** Symptoms that would settle it and are unknown, most telling first. `settles`: nats of doubt about this fault that looking would take away, on average. */
  notLookedAt: z.array(z.strictObject({ ...SymptomAt.shape, settles: z.number().optional() })),
  /** How it comes about, most probable first: its ways with their probabilities, and the devices struck together where it strikes what hangs on one hub or strip. */
  ways: z.array(z.strictObject({ way: z.string(), posterior: z.number(), devices: z.array(z.string()).optional() })).optional(),
  /** Changes that came shortly before it began and make it likelier (or their absence, which makes it less likely); weight in nats. */
  changes: z.array(z.strictObject({ what: ChangeKind, at: z.number().optional(), weight: z.number() })).optional(),
  /** How often it was found before, within 7 and 30 days, and on which other lanes within 30 days, where they are known by name. */
  recurrence: z.strictObject({
    days7: z.int(),
    days30: z.int(),
    lanes: z.array(z.string()),
    /** The same of the `of` other lanes of this store, by HQ's count at `at` (wall time of this terminal, milliseconds since 1970): on how many it was open then, and was within 7 and 30 days before. */
    elsewhere: z.strictObject({ at: z.number(), of: z.int(), open: z.int(), days7: Spread, days30: Spread }).optional(),
  }).optional(),
  /** The found fault that explains what speaks for this one better, and why. */
  lost: Lost.optional(),
  /** Its title, where it was not found and is worth telling all the same: a report copies only the faults that were. */
  title: Text.optional(),
})
export type Verdict = z.infer<typeof Verdict>

/** The weighing of a check: verdicts - found, causes before their consequences, then open, then ruled out - and what nobody explains. */
export const Diagnosis = z.strictObject({
  verdicts: z.array(Verdict),
  /** Present symptoms that no found fault explains better than chance. Those that healthy terminals often show are left out. */
  unexplained: z.array(SymptomAt),
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
