interface Asked<K, V> { key: K; resolve(value: V): void; reject(error: unknown): void }

/**
 * Turns a question about many keys into one about a single key: what is asked while an answer is under way goes together with the
 * next question, at most `most` keys at once. `ask` answers in the order of its keys.
 */
export const together = <K, V>(ask: (keys: K[]) => Promise<V[]>, most = 500): ((key: K) => Promise<V>) => {
  let waiting: Asked<K, V>[] = []
  let running = false
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const asked = waiting.slice(0, most)
      waiting = waiting.slice(most)
      try {
        const values = await ask(asked.map((a) => a.key))
        for (const [i, { resolve }] of asked.entries()) resolve(values[i] as V)
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    running = false
  }
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      if (running) return
      running = true
      setImmediate(() => void run())
    })
}
