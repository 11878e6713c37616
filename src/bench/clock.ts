import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../model/bench.ts'
import { deadlineCame } from './deadline.ts'

/** This host's clock; sleeping ends with the probe's time. */
export const hostClock = (signal: AbortSignal): Clock => ({
  now: () => Date.now(),
  mono: () => performance.now(),
  sleep: (ms) => wait(ms, undefined, { signal }).catch(() => { throw deadlineCame() }),
})
