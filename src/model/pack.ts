import * as z from 'zod'

const count = z.int().min(0).max(1_000_000_000)

const RemedyCount = z.strictObject({ fault: z.string(), remedy: z.string(), model: z.string().max(200).optional(), firmware: z.string().max(200).optional(), worked: count, failed: count })
const SymptomCount = z.strictObject({ fault: z.string(), symptom: z.string(), shown: count, hidden: count })

/** How often each remedy worked and each symptom was shown, counted over closed repairs. Counts are of Beta distributions: successes and failures. */
export const Counts = z.strictObject({ remedies: z.array(RemedyCount).max(50_000), symptoms: z.array(SymptomCount).max(50_000) })
export type Counts = z.infer<typeof Counts>

/** What a knowledge pack says. */
export const PackBody = z.strictObject({
  schema: z.literal('posdiag.pack/1'),
  /** Counts up; a pack with a lower one, or the same, is not taken for newer. */
  sequence: z.int().min(1),
  /** Wall time in milliseconds since 1970. */
  issuedAt: z.number().min(0).max(8_640_000_000_000_000),
  ...Counts.shape,
})
export type PackBody = z.infer<typeof PackBody>

/** A pack as it travels: the body and its Ed25519 signature over the body's canonical JSON (keys sorted, no blanks), in base64. */
export const Pack = z.strictObject({ body: PackBody, signature: z.base64() })
export type Pack = z.infer<typeof Pack>

/** No pack is longer, as JSON, in bytes. */
export const PACK_BYTES = 768 << 10

/** Which pack a terminal goes by; 0 is the built-in catalogue. `unbelieved` says (English) why it is not the one that lies there or was offered. */
export const PackStanding = z.strictObject({ sequence: z.int().min(0), unbelieved: z.string().max(200).optional() })
export type PackStanding = z.infer<typeof PackStanding>

/** How right the diagnosis is on the scenarios: shares from 0 to 1, but for the counts `scenarios`, `falseAlarms` and `missed`. */
export const Measured = z.strictObject({
  scenarios: z.int(),
  falseAlarms: z.int(),
  /** Faults that are named first in none of their scenarios. */
  missed: z.int(),
  /** Share of scenarios with faults in which all are named first, and with two names more. */
  top1: z.number(),
  top3: z.number(),
  /** Share of scenarios with faults in which one is found that is not there. */
  extra: z.number(),
  readiness: z.number(),
  /** Expected calibration error, and Brier score. */
  calibration: z.number(),
  brier: z.number(),
})
export type Measured = z.infer<typeof Measured>

/** GET /v1/packs/{sequence}: a pack, and the public key (Ed25519, SPKI, PEM) that HQ says it was signed with. A terminal keeps the first key that it is given. */
export const PackAnswer = z.strictObject({ pack: Pack, key: z.string().max(500) })
export type PackAnswer = z.infer<typeof PackAnswer>

/** POST /api/packs: a signed pack with the key to check it by, and what the scenarios said of it and of what stands. */
export const OfferPack = z.strictObject({ note: z.string().max(500).optional(), measured: z.strictObject({ before: Measured, after: Measured }), ...PackAnswer.shape })
export type OfferPack = z.infer<typeof OfferPack>

/** A pack that was offered. */
export const PackRow = z.strictObject({
  sequence: z.int(),
  issuedAt: z.number(),
  offeredAt: z.number(),
  offeredBy: z.string(),
  note: z.string().optional(),
  measured: OfferPack.shape.measured,
  /** SHA-256 of the public key's DER, hexadecimal. */
  fingerprint: z.string(),
  remedies: z.int(),
  symptoms: z.int(),
  /** When HQ ceased to offer it, and by whose word; terminals that had taken it keep it. */
  withdrawn: z.strictObject({ at: z.number(), by: z.string() }).optional(),
})
export type PackRow = z.infer<typeof PackRow>

/** GET /api/packs: the latest first; and how many terminals go by which, those apart that say why they do not believe one. */
export const PackList = z.strictObject({ rows: z.array(PackRow), standing: z.array(z.strictObject({ sequence: z.int(), terminals: z.int(), unbelieving: z.int() })) })
export type PackList = z.infer<typeof PackList>

/** GET /api/knowledge: what was counted so far, over so many repairs, and the body of the pack that it would make. */
export const Knowing = z.strictObject({ repairs: z.int(), candidate: PackBody })
export type Knowing = z.infer<typeof Knowing>
