import * as z from 'zod'

const count = z.int().min(0).max(1_000_000_000)

/** What a knowledge pack says: how often each remedy worked and each symptom was shown, counted over closed faults. Counts are of Beta distributions: successes and failures. */
export const PackBody = z.strictObject({
  schema: z.literal('posdiag.pack/1'),
  /** Counts up; a pack with a lower one, or the same, is not taken for newer. */
  sequence: z.int().min(1),
  /** Wall time in milliseconds since 1970. */
  issuedAt: z.number(),
  remedies: z.array(z.strictObject({ fault: z.string(), remedy: z.string(), model: z.string().max(200).optional(), firmware: z.string().max(200).optional(), worked: count, failed: count })).max(50_000),
  symptoms: z.array(z.strictObject({ fault: z.string(), symptom: z.string(), shown: count, hidden: count })).max(50_000),
})
export type PackBody = z.infer<typeof PackBody>

/** A pack as it travels: the body and its Ed25519 signature over the body's canonical JSON (keys sorted, no blanks), in base64. */
export const Pack = z.strictObject({ body: PackBody, signature: z.base64() })
export type Pack = z.infer<typeof Pack>
