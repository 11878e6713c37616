import { BenchError } from '../src/model/bench.ts'
import type { ObservationSource, ObservedValue } from '../src/model/observation.ts'
import type { Missed, Sight } from '../src/model/probe.ts'

/** Looks at one thing: its value, or why there is none. Only what a bench rejects with becomes an absence; any other error is our bug and is thrown on. */
export const sight = async (name: string, look: () => Promise<ObservedValue>, source: ObservationSource = 'live'): Promise<Sight> => {
  try {
    return { name, source, value: await look() }
  } catch (error) {
    if (error instanceof BenchError) return { name, source, absent: error.absence, detail: error.message }
    throw error
  }
}

/** Why a look failed, for what a bench rejects with; any other error is our bug and is thrown on. */
export const missedBy = (error: unknown): Missed => {
  if (error instanceof BenchError) return { absent: error.absence, detail: error.message }
  throw error
}

/** What a look brought, or undefined where the thing is not there. Other absences are thrown on. */
export const ifThere = async <T>(look: Promise<T>): Promise<T | undefined> => {
  try {
    return await look
  } catch (error) {
    if (error instanceof BenchError && error.absence === 'missing') return undefined
    throw error
  }
}

/** What a look brought, or undefined where the bench could not look, for whatever reason. */
export const ifSeen = async <T>(look: Promise<T>): Promise<T | undefined> => {
  try {
    return await look
  } catch (error) {
    if (error instanceof BenchError) return undefined
    throw error
  }
}

/** Yields the sights of looks that run side by side, whichever is ready first, so that one that hangs holds up no other. The first error is thrown once all are through. */
export async function* asTheyCome(looks: readonly Promise<readonly Sight[]>[]): AsyncGenerator<Sight> {
  const waiting = new Map(looks.map((look, i) => [i, look.then((sights) => ({ i, sights, errors: [] }), (error: unknown) => ({ i, sights: [], errors: [error] }))]))
  const failed: unknown[] = []
  while (waiting.size > 0) {
    const { i, sights, errors } = await Promise.race(waiting.values())
    waiting.delete(i)
    failed.push(...errors)
    yield* sights
  }
  if (failed.length > 0) throw failed[0]
}

/** A number with one digit after the point. */
export const rounded = (n: number): number => Math.round(n * 10) / 10
