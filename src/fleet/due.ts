/** Who is to act next, out of a fixed number of actors, each at most once. */
export interface DueQueue {
  /** Puts an actor in line, who must not be in it already. */
  add(actor: number, at: number): void
  /** Takes out the actor who is due first, if that is by `now`. */
  take(now: number): number | undefined
  /** When the first is due; infinity if nobody is in line. */
  next(): number
}

/** An empty queue: a binary heap over flat arrays, as it holds every terminal of the fleet. */
export const dueQueue = (actors: number): DueQueue => {
  const heap = new Int32Array(actors)
  const due = new Float64Array(actors)
  let size = 0
  const dueAt = (place: number): number => due[heap[place] ?? 0] ?? Number.POSITIVE_INFINITY
  const swap = (a: number, b: number): void => {
    const kept = heap[a] ?? 0
    heap[a] = heap[b] ?? 0
    heap[b] = kept
  }
  return {
    add: (actor, at) => {
      due[actor] = at
      heap[size] = actor
      for (let place = size++; place > 0; ) {
        const parent = (place - 1) >> 1
        if (dueAt(parent) <= dueAt(place)) break
        swap(parent, place)
        place = parent
      }
    },
    take: (now) => {
      if (size === 0 || dueAt(0) > now) return undefined
      const first = heap[0]
      swap(0, --size)
      for (let place = 0; ; ) {
        const left = 2 * place + 1
        if (left >= size) break
        const child = left + 1 < size && dueAt(left + 1) < dueAt(left) ? left + 1 : left
        if (dueAt(place) <= dueAt(child)) break
        swap(place, child)
        place = child
      }
      return first
    },
    next: () => (size === 0 ? Number.POSITIVE_INFINITY : dueAt(0)),
  }
}
