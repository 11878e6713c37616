import { realpath } from 'node:fs/promises'
import { BenchError, type PortAddress } from '../model/bench.ts'
import { untilAborted } from './deadline.ts'

/** One entry per thing that is held or waited for: who holds it, and when the last in the queue will be done. */
const queues = new Map<string, { holder: object; last: Promise<void> }>()

/** What an address leads to, however it is spelt: a serial port has several names below /dev/serial. */
export const ownedThing = async (address: PortAddress): Promise<string> =>
  address.type === 'tcp' ? `tcp ${address.host}:${address.port}` : realpath(address.path).catch(() => address.path)

/**
 * Waits until nobody else in this process holds the thing and then holds it until the returned function is called.
 * Rejects busy if this very holder has it already, and silent when the signal aborts first.
 */
export const own = async (thing: string, holder: object, signal: AbortSignal): Promise<() => void> => {
  const before = queues.get(thing)
  if (before?.holder === holder) throw new BenchError('busy', `${thing} is already open here`)
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const entry = { holder, last: done }
  queues.set(thing, entry)
  const release = (): void => {
    if (queues.get(thing) === entry) queues.delete(thing)
    resolve()
  }
  if (before) {
    try {
      await untilAborted(before.last, signal)
    } catch (error) {
      // The place in the queue is kept for those behind: they still wait for whoever is in front.
      void before.last.then(release)
      throw error
    }
  }
  return release
}
