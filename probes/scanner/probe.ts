import { BenchError } from '../../src/model/bench.ts'
import type { Probe } from '../../src/model/probe.ts'
import { findBy, presence, presenceObserves } from '../presence.ts'
import { symptoms } from './symptoms.ts'

const find = findBy(async () => {
  throw new BenchError('blocked', "the host's files do not name scanners: give this one the transport usb, hid or serial in the terminal file")
})

/** A barcode scanner: whether the host sees it. Whether it reads, only a person with a label can tell. */
export const scanner: Probe = {
  kind: 'scanner',
  touch: 'listens',
  isolate: false,
  deadlineMs: 2000,
  observes: { ...presenceObserves('scanner'), 'scanner.reads': 'true if a known label was read, as a person said' },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    yield* await presence('scanner', find, device, bench)
  },
}
