import { connect, type Socket } from 'node:net'
import { BenchError, type Port } from '../model/bench.ts'
import { CONNECT_CAUSES, causeOf } from './causes.ts'
import { inbox } from './inbox.ts'

/** A connected socket, or a BenchError: refused, silent, missing (no route, no such name) or blocked. Ends with the signal; nothing is left open after a failure. */
export const connected = (host: string, port: number, ms: number, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const what = `${host}:${port}`
    const socket = connect({ host, port, noDelay: true })
    const fail = (error: BenchError): void => {
      settle()
      socket.destroy()
      reject(error)
    }
    const silent = (): void => fail(new BenchError('silent', `${what}: no answer within ${ms} ms`))
    const failed = (error: Error): void => fail(causeOf(error, CONNECT_CAUSES, what))
    const done = (): void => {
      settle()
      resolve(socket)
    }
    const timer = setTimeout(silent, ms)
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', silent)
      socket.off('connect', done).off('error', failed)
      // A socket that is being destroyed may still report an error; nobody is left to hear it.
      socket.on('error', () => undefined)
    }
    signal.addEventListener('abort', silent, { once: true })
    socket.once('connect', done).once('error', failed)
    if (signal.aborted) silent()
  })

/** Opens a byte stream over TCP. */
export const openTcp = async (address: { host: string; port: number }, ms: number, signal: AbortSignal): Promise<Port> => {
  const socket = await connected(address.host, address.port, ms, signal)
  const what = `${address.host}:${address.port}`
  const inside = inbox()
  socket.on('data', (chunk) => inside.push(chunk))
  socket.on('end', () => inside.end(new BenchError('missing', `${what} closed the connection`)))
  socket.on('error', (error) => inside.end(causeOf(error, { codes: {}, otherwise: 'missing' }, what)))
  socket.on('close', () => inside.end(new BenchError('missing', `${what} is closed`)))
  return {
    read: inside.read,
    write: (bytes, within = 1000) => new Promise((resolve, reject) => {
      const gone = inside.gone()
      if (gone) return reject(gone)
      const timer = setTimeout(() => reject(new BenchError('silent', `${what} takes no bytes`)), within)
      socket.write(bytes, (error) => {
        clearTimeout(timer)
        if (error) reject(causeOf(error, { codes: {}, otherwise: 'missing' }, what))
        else resolve()
      })
    }),
    lines: async () => undefined,
    close: async () => {
      socket.destroy()
    },
  }
}
