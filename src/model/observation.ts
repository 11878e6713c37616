import * as z from 'zod'

/**
 * Why there is no value; each points at a different cause, so none may stand for another.
 * silent: it was asked and nothing came back. garbled: bytes came back that answer no question of ours.
 * refused: it answered that it will not. busy: another program holds it (a finding about software, never about the device).
 * missing: the thing, or the tool needed to look at it, is not there. not-fitted: the terminal file says that there is none.
 * blocked: this host does not let us look (permission, policy, a look that must not be made now). broke: our own bug.
 */
export const Absence = z.enum(['silent', 'garbled', 'refused', 'busy', 'missing', 'not-fitted', 'blocked', 'broke'])
export type Absence = z.infer<typeof Absence>

/** live: asked in this check. cached: asked in an earlier one (its age is its `at`). passive: read from the host without touching the device. operator: a person said so. journal: from the transaction record. */
export const ObservationSource = z.enum(['live', 'cached', 'passive', 'operator', 'journal'])
export type ObservationSource = z.infer<typeof ObservationSource>

export const ObservedValue = z.union([z.string().max(2000), z.number(), z.boolean()])
export type ObservedValue = z.infer<typeof ObservedValue>

const seen = {
  /** Dotted name from the probe's vocabulary, as `printer.cover-open`. */
  name: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
  /** Device id from the terminal file. */
  device: z.string(),
  /** When it was seen: wall time in milliseconds since 1970, by this host's clock. */
  at: z.number(),
  source: ObservationSource,
}

/** One thing that a probe saw, or why it could not see it. Never a verdict. */
export const Observation = z.union([
  z.strictObject({ ...seen, value: ObservedValue }),
  z.strictObject({ ...seen, absent: Absence, detail: z.string().max(500) }),
])
export type Observation = z.infer<typeof Observation>

/** True if the observation carries a value rather than an absence. */
export const hasValue = (o: Observation): o is Extract<Observation, { value: ObservedValue }> => 'value' in o
