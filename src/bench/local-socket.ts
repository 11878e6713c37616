import { connect, type Socket } from 'node:net'
import { BenchError } from '../model/bench.ts'
import { type Causes, causeOf } from './causes.ts'
import { deadlineCame } from './deadline.ts'
import { type Inbox, inbox } from './inbox.ts'

/** A socket that is left from a service that ended refuses; where none is, none has started since the host did. */
const CAUSES: Causes = { codes: { ENOENT: 'missing', ECONNREFUSED: 'missing', EACCES: 'blocked', EPERM: 'blocked', EAGAIN: 'silent', EMFILE: 'broke', ENFILE: 'broke' }, otherwise: 'refused' }

/** Where a service of this host listens, and what is said when nobody does, when it gives no answer and when it hangs up. */
export interface Service {
  /** Path of the socket; one in the abstract namespace begins with NUL. */
  path: string
  missing: string
  silent(ms: number): string
  ended: string
}

/** A conversation with a service over a socket of this host. */
export interface LocalSocket {
  send(bytes: Uint8Array): void
  /**
   * The next part of what comes. `length` is asked with every piece how long the part is that these bytes begin, and gives undefined
   * while that cannot be told; what it throws is passed on. Rejects silent after that many milliseconds, or as the service ended.
   */
  next(length: (got: Uint8Array) => number | undefined, ms: number): Promise<Uint8Array>
  /** Why nothing more will come. */
  gone(): BenchError | undefined
  close(): void
}

const connected = ({ path, missing }: Service, signal: AbortSignal): Promise<Socket> => new Promise((resolve, reject) => {
  const socket = connect({ path })
  const stop = (): void => { socket.destroy(deadlineCame()) }
  socket.on('error', (error) => {
    const cause = causeOf(error, CAUSES, path)
    reject(cause.absence === 'missing' ? new BenchError('missing', missing) : cause)
  })
  socket.once('connect', () => resolve(socket))
  socket.once('close', () => signal.removeEventListener('abort', stop))
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
})

const byParts = (inside: Inbox, silent: Service['silent']): LocalSocket['next'] => {
  let rest: Uint8Array = new Uint8Array()
  return async (length, ms) => {
    const isWhole = (bytes: Uint8Array): boolean => bytes.length >= (length(bytes) ?? Number.POSITIVE_INFINITY)
    if (!isWhole(rest)) {
      const had = rest
      rest = Buffer.concat([had, await inside.read(ms, (got) => isWhole(Buffer.concat([had, got])))])
    }
    if (!isWhole(rest)) throw inside.gone() ?? new BenchError('silent', silent(ms))
    const taken = rest.slice(0, length(rest))
    rest = rest.slice(taken.length)
    return taken
  }
}

/** Connects to a service of this host. Rejects missing, blocked, silent or refused; ends with the signal. */
export const openLocal = async (service: Service, signal: AbortSignal): Promise<LocalSocket> => {
  const socket = await connected(service, signal)
  const inside = inbox()
  socket.on('data', (chunk) => inside.push(chunk))
  socket.on('error', () => inside.end(deadlineCame()))
  socket.on('end', () => inside.end(new BenchError('silent', service.ended)))
  return {
    send: (bytes) => { socket.write(bytes) },
    next: byParts(inside, service.silent),
    gone: inside.gone,
    close: () => { socket.destroy() },
  }
}
