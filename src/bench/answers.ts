import * as z from 'zod'
import { unhex } from '../model/dialogue.ts'

const bytes = z.string().transform((text, context) => {
  const value = unhex(text)
  if (value) return value
  context.addIssue({ code: 'custom', message: 'expected bytes in hex' })
  return z.NEVER
})

const found = z.object({ addresses: z.array(z.string()), ms: z.number() })
const lines = z.object({ cts: z.boolean(), dsr: z.boolean(), dcd: z.boolean() })

/** What a dialogue may answer to each question, so that a slip in a fixture is told as such instead of as a bug of a probe. */
const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'files.read': z.string(),
  'files.list': z.array(z.string()),
  'files.link': z.string(),
  'files.space': z.object({ totalBytes: z.number(), freeBytes: z.number(), totalInodes: z.number().optional(), freeInodes: z.number().optional() }),
  'host.kernelLog': z.object({ source: z.string(), lines: z.array(z.object({ ageS: z.number().optional(), text: z.string() })) }),
  'host.processes': z.array(z.object({ pid: z.number(), ageS: z.number() })),
  'host.heldKey': z.number(),
  'host.holders': z.object({
    holders: z.array(z.object({ path: z.string(), pid: z.number(), process: z.string(), ancestors: z.array(z.number()).default([]) })),
    unreadable: z.array(z.number()).default([]),
  }),
  'net.addresses': z.array(z.object({ interface: z.string(), address: z.string(), family: z.union([z.literal(4), z.literal(6)]), prefix: z.number() })),
  'net.lookup': found,
  'net.resolve': found,
  'net.connect': z.object({ ms: z.number(), address: z.string() }),
  'net.tls': z.object({
    ms: z.number(), protocol: z.string(), problem: z.string().optional(), subject: z.string(), issuer: z.string(), names: z.array(z.string()),
    validFrom: z.number(), validTo: z.number(), fingerprint: z.string(), chain: z.array(z.string()),
  }),
  'net.http': z.object({ ms: z.number(), status: z.number(), date: z.number().optional(), sentAt: z.number(), receivedAt: z.number(), location: z.string().optional(), bodyStart: z.string() }),
  'net.ping': z.object({ sent: z.number(), received: z.number(), rttMs: z.array(z.number()) }),
  'net.datagram': z.object({ bytes, ms: z.number() }),
  'net.snmp': z.array(z.object({ oid: z.string(), value: z.union([z.number(), z.string()]) })),
  'net.ipp': z.object({ bytes, ms: z.number() }),
  'hid.list': z.array(z.object({
    path: z.string(), vendorId: z.number(), productId: z.number(), usagePage: z.number().optional(), usage: z.number().optional(),
    manufacturer: z.string().optional(), product: z.string().optional(), serial: z.string().optional(), interface: z.number().optional(),
  })),
  'hid.feature': bytes,
  'hid.input': bytes,
  'smartcards.send': bytes,
  'hid.listen': z.array(bytes),
  'hid.descriptor': z.array(bytes).transform((words) => Uint8Array.from(words.flatMap((word) => [...word]))),
  'smartcards.slots': z.array(z.object({ name: z.string(), card: z.enum(['none', 'present', 'mute', 'in-use', 'unavailable']), atr: z.string().optional() })),
  'modems.list': z.array(z.object({
    ports: z.array(z.string()), state: z.string(), failure: z.string().optional(), lock: z.string().optional(), registration: z.string().optional(), packetService: z.string().optional(),
    operator: z.string().optional(), technology: z.string().optional(), level: z.object({ percent: z.number(), recent: z.boolean() }).optional(),
  })),
  'operator.ask': z.string(),
  'port.lines': lines.nullable().transform((value) => value ?? undefined),
}

/** An answer read from a dialogue in the form that the bench gives. Throws an Error that names the call and the place in the answer. */
export const answerOf = (call: string, value: unknown): unknown => {
  const schema = ANSWERS[call]
  if (!schema) throw new Error(`a bench has no call "${call}"`)
  const result = schema.safeParse(value)
  if (!result.success) throw new Error(`the dialogue's answer to ${call} does not fit: ${z.prettifyError(result.error)}`)
  return result.data
}
