/** A question that failed is asked again after this many milliseconds, so that whatever cannot answer is left alone for a moment. */
const FAILED_MS = 1000

/** Asks again only when the last answer is older than `ms`. */
export const remembered = <T>(ask: () => Promise<T>, ms: number): (() => Promise<T>) => {
  let answer: Promise<T> | undefined
  let until = Number.NEGATIVE_INFINITY
  return () => {
    if (answer === undefined || performance.now() > until) {
      const asked = ask()
      answer = asked
      until = performance.now() + ms
      asked.catch(() => {
        if (answer === asked) until = Math.min(until, performance.now() + FAILED_MS)
      })
    }
    return answer
  }
}
