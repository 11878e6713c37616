import * as z from 'zod'
import { Text } from './text.ts'

/** Kinds of device; each has one folder under probes/ of the same name. */
export const DeviceKind = z.enum(['reader', 'pinpad', 'printer', 'power', 'network', 'endpoint', 'host', 'scanner', 'scale', 'keyboard', 'display', 'drawer', 'environment', 'configuration', 'journal'])
export type DeviceKind = z.infer<typeof DeviceKind>

const port = z.int().min(1).max(65535)
const hexId = z.string().regex(/^[0-9a-f]{4}$/, 'four lower-case hex digits, as in lsusb')

/** How a device is reached. */
export const Transport = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('serial'), path: z.string(), baud: z.int().default(9600), dataBits: z.union([z.literal(7), z.literal(8)]).default(8), parity: z.enum(['none', 'even', 'odd']).default('none') }),
  z.strictObject({ type: z.literal('tcp'), host: z.string(), port }),
  z.strictObject({ type: z.literal('usblp'), path: z.string() }),
  z.strictObject({ type: z.literal('hid'), vendorId: hexId, productId: hexId.optional(), serial: z.string().optional() }),
  z.strictObject({ type: z.literal('usb'), vendorId: hexId, productId: hexId.optional(), serial: z.string().optional() }),
  z.strictObject({ type: z.literal('pcsc'), reader: z.string().optional() }),
  z.strictObject({ type: z.literal('nut'), host: z.string().default('127.0.0.1'), port: port.default(3493), ups: z.string() }),
  /** Read from the host's own files (/proc, /sys). */
  z.strictObject({ type: z.literal('host') }),
])
export type Transport = z.infer<typeof Transport>

/** Ways of taking money. */
export const Tender = z.enum(['chip', 'contactless', 'swipe', 'qr', 'cash'])
export type Tender = z.infer<typeof Tender>

/** Lower-case id, unique in the terminal. */
export const DeviceId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens')

/**
 * What is true of every unit of one model. Lives in probes/<kind>/profiles/<id>.json; adding a model is adding such a file.
 * `basis` says where each kind of knowledge comes from, or `unverified`.
 */
export const Profile = z.strictObject({
  $schema: z.string().optional(),
  id: z.string().regex(/^[a-z0-9-]+$/),
  kind: DeviceKind,
  maker: z.string(),
  model: z.string(),
  /** How the model is recognised; `weight` is how much a match says (0 to 1). */
  marks: z.array(z.strictObject({
    by: z.enum(['usb-id', 'usb-product', 'reader-name', 'maker-answer', 'model-answer', 'firmware-answer', 'model-id', 'variable']),
    matches: z.string(),
    weight: z.number().min(0).max(1),
  })).min(1),
  dialect: z.string(),
  /** Fixed properties that a dialect or rule reads, as `{"near-end-sensor": false}`. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Overrides of the probe's limits for this model. */
  limits: z.record(z.string(), z.number()).default({}),
  quirks: z.array(z.strictObject({ what: Text, because: z.string() })).default([]),
  basis: z.string().min(3),
})
export type Profile = z.infer<typeof Profile>
