import { type HidDescriptor, type HidField, rawValue } from '../hid-descriptor.ts'

const SCALE_PAGE = 0x8d

/** States that a scale reports, by usage (HID Point of Sale Usage Tables 1.02, Scale page, Scale Status). */
export const SCALE_STATES: ReadonlyMap<number, string> = new Map([
  [0x8d0071, 'fault'], [0x8d0072, 'zero'], [0x8d0073, 'in-motion'], [0x8d0074, 'stable'], [0x8d0075, 'under-zero'], [0x8d0076, 'over-limit'], [0x8d0077, 'needs-calibration'], [0x8d0078, 'needs-zeroing'],
])

/** True if the descriptor is that of a scale. */
export const isScale = ({ applications }: Pick<HidDescriptor, 'applications'>): boolean => applications.some((usage) => usage >>> 16 === SCALE_PAGE)

const chosen = (field: HidField, raw: number): string | undefined => {
  const usage = field.choices.length > 0 ? field.choices[raw - field.logicalMin] : raw > 0 ? field.usage : undefined
  return usage === undefined ? undefined : SCALE_STATES.get(usage)
}

/** The state in the bytes of an input report after its id; undefined if that report has none. What lies on the scale is not read. */
export const scaleState = (descriptor: HidDescriptor, id: number, data: Uint8Array): string | undefined => {
  for (const field of descriptor.fields) {
    if (field.report !== 'input' || field.id !== id) continue
    const raw = rawValue(field, data)
    const state = raw === undefined ? undefined : chosen(field, raw)
    if (state !== undefined) return state
  }
  return undefined
}
