import { type Elsewhere, MOST_ELSEWHERE } from '../model/past.ts'
import type { HqLog } from './log.ts'
import type { LaneFault, StoreLanes } from './queries/triage/lanes.ts'
import type { EnrolledTerminal, Store } from './store.ts'
import { together } from './together.ts'

/** What a terminal, in trouble or not, is to be told of the other lanes of its store; undefined where it was told lately, or there is nothing to tell yet. */
export type OtherLanes = (terminal: EnrolledTerminal, inTrouble: boolean) => Elsewhere | undefined

/** For how long a count is good enough for a lane without a fault and for one with, and after how long one that failed is made again, in ms. */
const COUNTED = { wellMs: 10 * 60_000, troubleMs: 2 * 60_000, failedMs: 60_000 } as const
/** Stores that are counted in one question. */
const AT_ONCE = 50
const MOST_KEPT = 50_000

/** A store as it was counted, and its terminals that were told. */
interface Counted extends StoreLanes { at: number; since: number; notBefore: number; told: Set<string> }

const spreadOf = (rows: readonly LaneFault[], within: 'days7' | 'days30') => ({ lanes: rows.filter((row) => row[within] > 0).length, times: rows.reduce((sum, row) => sum + row[within], 0) })

const tellOf = ({ at, terminals, faults }: Counted, terminalId: string): Elsewhere => ({
  at,
  lanes: terminals.filter((id) => id !== terminalId).length,
  faults: [...Map.groupBy(faults.filter(({ terminal }) => terminal !== terminalId), ({ fault }) => fault)]
    .map(([fault, rows]) => ({ fault: fault.slice(0, 64), open: rows.filter(({ open }) => open).length, days7: spreadOf(rows, 'days7'), days30: spreadOf(rows, 'days30') }))
    .toSorted((a, b) => b.days30.lanes - a.days30.lanes || b.days30.times - a.days30.times)
    .slice(0, MOST_ELSEWHERE),
})

/**
 * Counts what was found on the lanes of a store when one of them beats, many stores in one question, every ten minutes, or every two
 * while one has a fault, and tells each lane once per count. A terminal is told before it has a fault itself, so that its very first
 * look at one can say that the others have it too. No heartbeat waits for a count: what is not known yet is told with the next.
 */
export const otherLanes = (store: Store, log: HqLog, now: () => number, mono: () => number = () => performance.now()): OtherLanes => {
  const counted = new Map<string, Counted>()
  const asking = new Set<string>()
  const count = together(async (stores: string[]): Promise<(StoreLanes | undefined)[]> => {
    try {
      return await store.triage.lanes.of(stores, now())
    } catch (error) {
      log.warn('the lanes of stores cannot be counted now', { stores: stores.length, error: error instanceof Error ? error.message : String(error) })
      return stores.map(() => undefined)
    }
  }, AT_ONCE)
  const ask = async (name: string): Promise<void> => {
    const at = now()
    const lanes = await count(name)
    const before = counted.get(name) ?? { terminals: [], faults: [], at, since: Number.NEGATIVE_INFINITY, told: new Set() }
    if (counted.size >= MOST_KEPT && !counted.has(name)) counted.clear()
    counted.set(name, lanes ? { ...lanes, at, since: mono(), notBefore: 0, told: new Set() } : { ...before, notBefore: mono() + COUNTED.failedMs })
    asking.delete(name)
  }
  return ({ terminalId, store: name }, inTrouble) => {
    if (name === undefined) return undefined
    const known = counted.get(name)
    const due = known === undefined || mono() >= Math.max(known.notBefore, known.since + (inTrouble ? COUNTED.troubleMs : COUNTED.wellMs))
    if (due && !asking.has(name)) {
      asking.add(name)
      void ask(name)
    }
    if (known === undefined || known.told.has(terminalId) || !known.terminals.some((id) => id !== terminalId)) return undefined
    known.told.add(terminalId)
    return tellOf(known, terminalId)
  }
}
