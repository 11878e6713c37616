import * as z from 'zod'
import { DeviceKind, Tender } from './device.ts'
import { ChangeKind } from './diagnosis.ts'
import { Text } from './text.ts'

export const Severity = z.enum(['block', 'degraded', 'advisory'])
export type Severity = z.infer<typeof Severity>

export const Actor = z.enum(['cashier', 'manager', 'technician', 'acquirer', 'HQ'])
export type Actor = z.infer<typeof Actor>

export const Subsystem = z.enum(['card-reader', 'printer', 'power', 'network', 'host-software', 'peripherals', 'environment', 'configuration', 'transaction', 'settlement-funds', 'deposit-preauth', 'service-status', 'security-tamper'])
export type Subsystem = z.infer<typeof Subsystem>

/** Stretches of the way from the terminal to the money, by who must act: the shop's own network, its internet provider, the acquirer. */
export const Layer = z.enum(['shop', 'provider', 'acquirer'])
export type Layer = z.infer<typeof Layer>

/** A probability with where it comes from: a source, or the word `estimate`. */
const basis = z.string().min(3)

/**
 * How a fault shows itself. `on` is where the symptom appears: on the faulty device itself (self), on every device that
 * depends on it (below), or on any device of the terminal (any); `over` narrows that to devices with one of these transports, and
 * `ways` to some of the fault's ways (see Fault.ways). `p` is the probability that a device with this fault, and no other, shows the symptom when it is looked at.
 */
export const Shows = z.strictObject({
  symptom: z.string(),
  p: z.number().gt(0).lt(1),
  on: z.enum(['self', 'below', 'any']).default('self'),
  over: z.array(z.enum(['serial', 'tcp', 'usblp', 'hid', 'usb', 'pcsc', 'nut', 'host'])).optional(),
  ways: z.array(z.string()).optional(),
  basis: basis.default('estimate'),
})
export type Shows = z.infer<typeof Shows>

/** A change that tends to come before a fault: `p` is the probability that a fault just begun was preceded by one. */
const After = z.strictObject({ change: ChangeKind, p: z.number().gt(0).lt(1), ways: z.array(z.string()).optional(), basis: basis.default('estimate') })

/**
 * What doing a thing disturbs, by which the guard rails judge it. restarts: the terminal, a device or a program of it. unplugs: a device
 * that takes part in payments. cuts-network: for a while. updates: software or parameters. charges: takes money or gives it back.
 * settles: closes a batch. seals: takes a tampered device out of service.
 */
export const Disturbance = z.enum(['restarts', 'unplugs', 'cuts-network', 'updates', 'charges', 'settles', 'seals'])
export type Disturbance = z.infer<typeof Disturbance>

/** A probability of curing, 0 excluded: for every way of the fault, or by way; a way that is not named is not cured by it. */
const Cures = z.union([z.number().gt(0).lt(1), z.record(z.string(), z.number().gt(0).lt(1))])

/** One step of a remedy. Without an `id` it is a caution about the step before it (or after it, where it comes first) and nothing that cures. */
export const RemedyStep = z.strictObject({
  ...Text.shape,
  /** Stable within its fault; what worked is counted by it. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).optional(),
  by: Actor.optional(),
  /** How long it takes the person who does it, or has them wait. */
  seconds: z.int().min(1).optional(),
  /** Probability that it takes away the fault. */
  cures: Cures.optional(),
  disturbs: z.array(Disturbance).optional(),
  /** How to put back what it changed; nothing is to be put back where it is left out. */
  undo: Text.optional(),
  basis: basis.optional(),
})
export type RemedyStep = z.infer<typeof RemedyStep>

/** What to do, who does it, how to prove that it worked. */
export const Remedy = z.strictObject({ steps: z.array(RemedyStep).min(1), workaround: Text, verify: Text })
export type Remedy = z.infer<typeof Remedy>

/** One root cause of the catalogue. Its code is stable for ever; texts may improve. */
export const Fault = z.strictObject({
  code: z.string().regex(/^[A-Z]{3}(-[A-Z0-9]+)+$/),
  subsystem: Subsystem,
  /** On the way to the money: which stretch of it is broken. */
  layer: Layer.optional(),
  severity: Severity,
  /** The first one starts. */
  actors: z.array(Actor).min(1),
  title: Text,
  /** What people at the terminal notice. */
  signs: Text,
  /** Usual reasons behind it. */
  causes: Text,
  /** How it is detected, for engineers. */
  detect: z.string(),
  remedy: Remedy,
  /** What to keep as evidence. */
  evidence: Text,
  /** Kind of device that can have this fault; one hypothesis per fitted device of that kind. */
  on: DeviceKind,
  /** True for what a terminal has but one of however many devices tell of it, as the mains: it is one hypothesis, on the device that tells most. */
  shared: z.boolean().optional(),
  /** Probability that a fitted device of that kind has it at a check made for no particular reason. */
  prior: z.strictObject({ p: z.number().gt(0).lt(0.5), basis: basis.default('estimate') }),
  /** Ways in which it comes about that show differently, as a device unplugged or switched off, with their shares of the prior, which add up to 1. One way if there are none. */
  ways: z.record(z.string(), z.number().gt(0).lt(1)).default({}),
  /** Ways that strike only what hangs on one USB hub, or on one socket or power strip. */
  through: z.record(z.string(), z.enum(['hub', 'outlet'])).optional(),
  /** What tends to change before it. */
  after: z.array(After).optional(),
  /** Empty where no symptom can speak for it yet. */
  shows: z.array(Shows),
  /** What it does to the tenders that rely on the faulty device. */
  impact: z.partialRecord(Tender, z.enum(['degraded', 'blocked'])),
})
export type Fault = z.infer<typeof Fault>

/** What a diagnosis knows: the catalogue, and how often a symptom appears without any of its faults. */
export interface Knowledge {
  faults: readonly Fault[]
  /** Probability that a healthy device shows this symptom; a number between 0 and 1 for any id. */
  leak(symptom: string): number
  /** Of each change: within how many hours before a fault it counts, and the probability that such a stretch of time holds one anyway. */
  changes: Readonly<Record<ChangeKind, { hours: number; p: number }>>
  /** How far a group of devices is believed to hang on one hub, by how it is known; 1 is certain. */
  groups: Readonly<Record<GroupBasis, number>>
}

/** How it is known that devices share a hub or strip: told by the terminal file, read from USB paths, lost at the same moment, merely missing together, or all of the host's USB. */
export type GroupBasis = 'declared' | 'path' | 'lost-together' | 'missing-together' | 'all'
