import type { BenchError } from '../model/bench.ts'

/** Most bytes that a port keeps unread, and most that one read returns. */
const BOUND = 65536

/** What arrives on a port between and during reads. */
export interface Inbox {
  /** Bytes came. Beyond the bound they are dropped, the newest first. */
  push(chunk: Uint8Array): void
  /** Nothing will come any more; reads give what is left, then reject with this. */
  end(error: BenchError): void
  /** Why nothing will come any more. */
  gone(): BenchError | undefined
  /** As Port.read. Reads that overlap are served one after the other. */
  read(ms: number, enough?: (got: Uint8Array) => boolean): Promise<Uint8Array>
}

/** Collects chunks without copying everything again for each of them. */
const collector = () => {
  let store = new Uint8Array(256)
  let length = 0
  return {
    add(chunk: Uint8Array): void {
      const taken = chunk.subarray(0, BOUND - length)
      if (length + taken.length > store.length) {
        const larger = new Uint8Array(Math.min(BOUND, Math.max(2 * store.length, length + taken.length)))
        larger.set(store.subarray(0, length))
        store = larger
      }
      store.set(taken, length)
      length += taken.length
    },
    got: () => store.subarray(0, length),
    full: () => length === BOUND,
  }
}

/** An empty inbox. */
export const inbox = (): Inbox => {
  const unread: Uint8Array[] = []
  let unreadBytes = 0
  let ended: BenchError | undefined
  let notify: (() => void) | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const readNow = (ms: number, enough: (got: Uint8Array) => boolean): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const collected = collector()
      const finish = (): void => {
        notify = undefined
        clearTimeout(timer)
        if (collected.got().length === 0 && ended) reject(ended)
        else resolve(collected.got().slice())
      }
      const take = (): void => {
        for (let chunk = unread.shift(); chunk; chunk = unread.shift()) {
          unreadBytes -= chunk.length
          if (collected.full()) continue
          collected.add(chunk)
          if (enough(collected.got())) {
            finish()
            return
          }
        }
        if (ended) finish()
      }
      const guarded = (): void => {
        try {
          take()
        } catch (error) {
          notify = undefined
          clearTimeout(timer)
          reject(error)
        }
      }
      const timer = setTimeout(finish, ms)
      notify = guarded
      guarded()
    })

  return {
    push: (chunk) => {
      const kept = chunk.subarray(0, BOUND - unreadBytes)
      if (kept.length === 0) return
      unread.push(Uint8Array.from(kept))
      unreadBytes += kept.length
      notify?.()
    },
    end: (error) => {
      ended ??= error
      notify?.()
    },
    gone: () => ended,
    read: (ms, enough = () => false) => {
      const mine = turn.then(() => readNow(ms, enough))
      // Its caller hears why a read failed; the next one only waits for its turn.
      turn = mine.then(() => undefined, () => undefined)
      return mine
    },
  }
}
