import { BenchError } from '../../src/model/bench.ts'
import type { Probe } from '../../src/model/probe.ts'
import { findBy, presence, presenceObserves } from '../presence.ts'
import { symptoms } from './symptoms.ts'

const find = findBy(async (device) => {
  const printer = device.settings.printer
  throw new BenchError('not-fitted', `the drawer has no line of its own to the host; it hangs on ${typeof printer === 'string' ? printer : 'its printer'} and is looked at there`)
})

/**
 * A cash drawer: whether the host sees what drives it, and whether it is open. Never opens it. Settings: `printer`, the device id of
 * the printer that it hangs on; such a drawer has transport host. Level and state of its sense line are derived from what the printer's
 * probe saw.
 */
export const drawer: Probe = {
  kind: 'drawer',
  touch: 'listens',
  isolate: false,
  deadlineMs: 2000,
  observes: {
    ...presenceObserves('drawer'),
    'drawer.pin-high': 'level of the sense line, whose meaning the drawer decides',
    'drawer.open': 'true if the sense line says that it is open',
    'drawer.opens': 'true if it opens when told to, as a person said',
  },
  limits: {},
  symptoms,
  async *observe(device, bench) {
    yield* await presence('drawer', find, device, bench)
  },
}
