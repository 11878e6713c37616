import { realpath } from 'node:fs/promises'
import { BenchError, type PortAddress } from '../model/bench.ts'
import { untilAborted } from './deadline.ts'

/** Somebody who holds a thing, or waits for those before to be done with it. */
interface Place {
  holder: object
  done: Promise<void>
}

/** Who holds each thing in this process, and who waits for it, in order. */
const queues = new Map<string, Place[]>()

/** What an address leads to, however it is spelt: a serial port has several names below /dev/serial. */
export const ownedThing = async (address: PortAddress): Promise<string> =>
  address.type === 'tcp' ? `${address.host}:${address.port}` : realpath(address.path).catch(() => address.path)

/**
 * Waits until nobody else in this process holds the thing and then holds it until the returned function is called.
 * Rejects busy if this very holder has it already or waits for it, and silent when the signal aborts first.
 */
export const own = async (thing: string, holder: object, signal: AbortSignal): Promise<() => void> => {
  const queue = queues.get(thing) ?? []
  if (queue.some((place) => place.holder === holder)) throw new BenchError('busy', `${thing} is in use by this very look`)
  const before = queue.at(-1)
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const place = { holder, done }
  queues.set(thing, [...queue, place])
  const release = (): void => {
    const rest = (queues.get(thing) ?? []).filter((other) => other !== place)
    if (rest.length > 0) queues.set(thing, rest)
    else queues.delete(thing)
    resolve()
  }
  try {
    if (before) await untilAborted(before.done, signal)
    return release
  } catch (error) {
    // Those behind wait for this place, and must not get the thing before whoever is in front is done.
    void before?.done.then(release)
    throw error
  }
}
