import { BenchError } from '../model/bench.ts'

/** What a call gets whose probe has used up its time. */
export const deadlineCame = (): BenchError => new BenchError('silent', 'deadline')

/** Does away with what was set up for the wait and passes on how it ended; by hand, since a `finally` makes three more promises, and a look waits hundreds of times. */
const settling = <T>(work: Promise<T>, clear: () => void, resolve: (value: T) => void, reject: (reason: unknown) => void): void => {
  work.then((value) => {
    clear()
    resolve(value)
  }, (reason: unknown) => {
    clear()
    reject(reason)
  })
}

/** Settles as `work` does, or rejects with `late()` after that many milliseconds. What `work` does is not stopped by it: whoever started it ends it. */
export const within = <T>(work: Promise<T>, ms: number, late: () => BenchError): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms)
    settling(work, () => clearTimeout(timer), resolve, reject)
  })

/** Who waits for which signal: one listener for all, since a look asks dozens of questions and adding a listener costs more than most of them. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

const waitersFor = (signal: AbortSignal): Set<() => void> => {
  const known = waiting.get(signal)
  if (known) return known
  const made = new Set<() => void>()
  waiting.set(signal, made)
  signal.addEventListener('abort', () => {
    for (const stop of made) stop()
  }, { once: true })
  return made
}

/** Settles as `work` does, or rejects with silent `deadline` as soon as the signal aborts. */
export const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(deadlineCame())
    if (signal.aborted) stop()
    const waiters = waitersFor(signal).add(stop)
    settling(work, () => waiters.delete(stop), resolve, reject)
  })

/** Resolves once `closing` has settled either way or that many milliseconds have passed: closing is never worth waiting for, and nothing can be done about its failure. */
export const settledWithin = async (closing: readonly Promise<unknown>[], ms: number): Promise<void> => {
  if (closing.length === 0) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([Promise.allSettled(closing), promise])
  clearTimeout(timer)
}
