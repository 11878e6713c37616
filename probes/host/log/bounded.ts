/** A map of bounded size: where it is full, what was put in first makes room. */
export const boundedMap = <K, V>(most: number): { get(key: K): V | undefined; make(key: K, value: () => V): V; values(): V[]; } => {
  const map = new Map<K, V>()
  return {
    get: (key) => map.get(key),
    make: (key, value) => {
      const known = map.get(key)
      if (known !== undefined) return known
      if (map.size >= most) for (const oldest of map.keys()) {
        map.delete(oldest)
        break
      }
      const made = value()
      map.set(key, made)
      return made
    },
    values: () => [...map.values()],
  }
}
