/** How a costly question is spaced out: it is asked for at most one part in `share` of the time; up to `quickMs` everybody waits for a fresh answer; none given is older than `oldestMs`. */
export const SPACED = { share: 10, quickMs: 40, oldestMs: 60_000 } as const

/**
 * A question whose answer is good for ten times as long as it took to find. Who asks later waits for a fresh one where that is quick;
 * where it is not, the one before is given at once while the next is looked for. Whoever asks meanwhile shares it. A failure is told
 * to those who wait, and to `failed` where nobody does; it is not kept.
 */
export const spaced = <T>(ask: () => Promise<T>, failed: (error: unknown) => void, mono: () => number = () => performance.now()): (() => Promise<T>) => {
  let latest: { answer: T; at: number; took: number } | undefined
  let asking: Promise<T> | undefined
  const refresh = (): Promise<T> => {
    const began = mono()
    asking ??= ask()
      .then((answer) => {
        latest = { answer, at: mono(), took: mono() - began }
        return answer
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  return () => {
    if (latest === undefined) return refresh()
    const age = mono() - latest.at
    if (age < latest.took * SPACED.share) return Promise.resolve(latest.answer)
    const fresh = refresh()
    if (latest.took <= SPACED.quickMs || age > SPACED.oldestMs) return fresh
    fresh.catch(failed)
    return Promise.resolve(latest.answer)
  }
}

/** The hundred questions asked last are remembered. */
const MOST = 100

/** As `spaced`, one such question per value of `by`, which values in JSON tell apart. */
export const spacedBy = <K, T>(ask: (by: K) => Promise<T>, failed: (error: unknown) => void, mono?: () => number): ((by: K) => Promise<T>) => {
  const asked = new Map<string, () => Promise<T>>()
  return (by) => {
    const key = JSON.stringify(by) ?? ''
    const question = asked.get(key) ?? spaced(() => ask(by), failed, mono)
    asked.delete(key)
    asked.set(key, question)
    if (asked.size > MOST) asked.delete(asked.keys().next().value ?? '')
    return question()
  }
}
