import { isIP } from 'node:net'
import type { Bench } from '../../src/model/bench.ts'
import { looked } from '../../src/model/probe.ts'

/** Every path of IPv4 takes packets of this size (RFC 791 3.1). */
const SMALL = 576
/** Packets of an Ethernet and of the usual tunnel over it (PPPoE). */
const FULL = [1500, 1492] as const
const COUNT = 2
const WAIT_MS = 1000

/**
 * Whether full packets vanish without a word on the way to an address where small ones come back. A way that says that a packet is too
 * large is healthy, which ends the look; undefined where nothing answers echo requests, so that it cannot be told.
 */
export const lookForBlackHole = async (bench: Bench, address: string): Promise<boolean | undefined> => {
  if (isIP(address) !== 4) return undefined
  const comesBack = async (bytes: number): Promise<boolean | undefined> => {
    const answer = await looked(bench.net.ping(address, { count: COUNT, ms: WAIT_MS, bytes }))
    return 'value' in answer ? answer.value.received > 0 : undefined
  }
  if (!(await comesBack(SMALL))) return undefined
  for (const bytes of FULL) if ((await comesBack(bytes)) !== false) return false
  return true
}
