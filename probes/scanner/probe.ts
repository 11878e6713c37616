import { BenchError } from '../../src/model/bench.ts'
import type { Probe } from '../../src/model/probe.ts'
import { findBy, presence, presenceObserves } from '../presence.ts'
import { modeSights } from './mode.ts'
import { symptoms } from './symptoms.ts'

const find = findBy(async () => {
  throw new BenchError('blocked', "the host's files do not name scanners: give this one the transport usb, hid or serial in the terminal file")
})

/**
 * A barcode scanner: whether the host sees it, and in which mode it is. What it reads is not listened to: it may be a payment code.
 * Whether it reads, a person with a label can tell. Settings: `mode` (hid-pos, keyboard, serial), the one that the POS application needs.
 */
export const scanner: Probe = {
  kind: 'scanner',
  touch: 'listens',
  isolate: false,
  deadlineMs: 2000,
  observes: {
    ...presenceObserves('scanner'),
    'scanner.mode': 'how it hands over codes: hid-pos, keyboard, serial or vendor',
    'scanner.mode-right': 'true if that is how the terminal file says that it must',
    'scanner.reads': 'true if a known label was read, as a person said',
  },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    const seen = await presence('scanner', find, device, bench)
    yield* seen
    if (seen.some((sight) => 'value' in sight)) yield* await modeSights(device, bench)
  },
}
