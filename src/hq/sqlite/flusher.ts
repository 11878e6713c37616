/**
 * Shares flushes: resolves when a flush that began after the call has ended. At most one runs at a time, and who asks during one waits
 * for the next, together with all others who do. Once one has failed every call rejects with its error: nobody knows what the disk holds.
 */
export const flusher = (flush: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    next = undefined
    running = flush()
    // A failed flush stays, and with it every later one fails.
    running.then(() => { running = undefined }, () => undefined)
    return running
  }
  return () => {
    if (running === undefined) return begin()
    next ??= running.then(begin)
    return next
  }
}
