/** How a costly question is spaced out: it takes at most one part in `share` of the time; below `quickMs` everybody waits for a fresh answer; none is older than `oldestMs`. */
export const SPACED = { share: 10, quickMs: 40, oldestMs: 60_000 } as const

/**
 * A question whose answer is good for ten times as long as it took to find. Where that is quick, who asks later gets a fresh one; where it is not, who
 * asks gets the one before at once, while the next is looked for. Whoever asks meanwhile shares it; a failure is told to those who wait and not kept.
 */
export const spaced = <T>(ask: () => Promise<T>, mono: () => number = () => performance.now()): (() => Promise<T>) => {
  let latest: { answer: T; at: number; took: number } | undefined
  let asking: Promise<T> | undefined
  const refresh = (): Promise<T> => {
    const began = mono()
    asking ??= ask()
      .then((answer) => {
        const at = mono()
        latest = { answer, at, took: at - began }
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
    // Who asks next hears of a failure, unless it is over by then.
    fresh.catch(() => undefined)
    return Promise.resolve(latest.answer)
  }
}
