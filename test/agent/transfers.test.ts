import { expect, it } from 'vitest'
import { createKeeper } from '../../src/agent/keeper.ts'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { createTransfers } from '../../src/agent/transfers.ts'
import type { Observation } from '../../src/model/observation.ts'
import { manualClock } from './manual-clock.ts'
import { scratch } from './sample-check.ts'

const on = (battery: boolean, source: 'live' | 'cached' = 'live'): Observation[] => [{ name: 'power.on-battery', device: 'ups-1', at: 0, source, value: battery }]
const lost: Observation[] = [{ name: 'power.on-battery', device: 'ups-1', at: 0, source: 'live', absent: 'silent', detail: 'DATA-STALE' }]

it('counts changes from mains to battery for a day, and remembers them', async () => {
  const { dir, remove } = scratch()
  const clock = manualClock()
  const keeper = createKeeper(dir, { clock, log: SILENT_LOG })
  try {
    const transfers = createTransfers(keeper, clock)
    expect(transfers.counts()).toEqual({})
    for (const seen of [on(false), on(true), on(true), on(false), lost, on(true), on(true, 'cached')]) transfers.hear(seen)
    expect(transfers.counts()).toEqual({ 'ups-1': 2 })
    // A host that starts on battery has not been seen to change over.
    const later = createTransfers(keeper, clock)
    later.hear(on(true))
    expect(later.counts()).toEqual({ 'ups-1': 2 })
    await clock.pass(86_400_001)
    expect(later.counts()).toEqual({ 'ups-1': 0 })
  } finally {
    keeper.close()
    remove()
  }
})
