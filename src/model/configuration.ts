import * as z from 'zod'

/** What HQ sets at many terminals at once, over what their terminal files say. It holds until the next revision. */
export const Configuration = z.strictObject({
  /** Counts up at HQ. */
  revision: z.int().min(1),
  /** Overrides of probes' limits by name, as `host.disk-free-percent`; they win over the terminal file's. */
  limits: z.record(z.string().max(64), z.number()).default({}),
  /** Oldest version of the POS application that is good enough; only for terminals whose file describes one. */
  posMinimumVersion: z.string().min(1).max(32).optional(),
})
export type Configuration = z.infer<typeof Configuration>

/** Name of what a bundle of logs is made of. */
export const LOGS_SCHEMA = 'posdiag.logs/1'

/** What an agent hands over when HQ asks for its logs: named texts, card data masked, each cut at its beginning where it was too long. */
export const LogBundle = z.strictObject({
  schema: z.literal(LOGS_SCHEMA),
  at: z.number(),
  parts: z.array(z.strictObject({ name: z.string().max(64), text: z.string().max(400_000), cut: z.boolean() })).max(16),
})
export type LogBundle = z.infer<typeof LogBundle>

/** Bytes of JSON that a bundle may have. */
export const LOGS_BYTES = 1 << 20
