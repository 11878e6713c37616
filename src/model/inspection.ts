import * as z from 'zod'
import { DeviceId } from './device.ts'

const text = z.string().min(1).max(200)

/** By what one unit of a device is known: what it says of itself, and where on USB it hangs (`1-1.4`, as the kernel names it). */
export const Unit = z.strictObject({ serial: text.optional(), firmware: text.optional(), product: text.optional(), usbId: text.optional(), usbPath: text.optional() })
export type Unit = z.infer<typeof Unit>

/** Name of the file in the state folder that holds the last inspection. */
export const INSPECTION_FILE = 'inspection.json'

/** Who looked the terminal over by eye, when (milliseconds since 1970), and which units were fitted then. Against it every later check is held. */
export const Inspection = z.strictObject({
  at: z.number(),
  by: z.string().min(1).max(100),
  units: z.record(DeviceId, Unit),
})
export type Inspection = z.infer<typeof Inspection>
