import { type Bench, BenchError, type BenchLease, type LendBench } from '../../src/model/bench.ts'
import type { Absence } from '../../src/model/observation.ts'

/** A lease and the way to let its deadline come. */
export interface Lent {
  bench: Bench
  lease: BenchLease
  deadline(): void
}

/** Lends a bench for a device named `device-1`. */
export const lent = (lend: LendBench, id = 'device-1'): Lent => {
  const controller = new AbortController()
  const lease = lend({ id, kind: 'printer' }, controller.signal)
  return { bench: lease.bench, lease, deadline: () => controller.abort() }
}

/** The absence and words with which a call failed; throws if it did not, or failed with anything but a BenchError. */
export const failureOf = async (work: Promise<unknown>): Promise<{ absence: Absence; detail: string }> => {
  const error = await work.then(() => undefined, (reason: unknown) => reason)
  if (!(error instanceof BenchError)) throw new Error(`expected a BenchError, got ${String(error)}`)
  return { absence: error.absence, detail: error.message }
}

/** The absence alone. */
export const absenceOf = async (work: Promise<unknown>): Promise<Absence> => (await failureOf(work)).absence
