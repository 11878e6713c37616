import type { Socket } from 'node:net'

/** Connections that one question has opened and the next one goes on with, so that name, TLS and page of a server are looked at over one connection as any client uses it. */
export interface Connections {
  /** Leaves a connection for whoever asks next; it is closed when the signal aborts. */
  leave(what: string, socket: Socket): void
  /** A living connection left under that name, which is then the caller's to close; undefined if there is none. */
  take(what: string): Socket | undefined
}

/** Name of a connection to a server. */
export const overTcp = (host: string, port: number): string => `tcp ${host}:${port}`
/** Name of a connection to a server with TLS on it, made out to that name. */
export const overTls = (host: string, port: number, name: string): string => `tls ${host}:${port} ${name}`

/** Keeps connections for one look at one device: until the signal aborts. */
export const connectionsUntil = (signal: AbortSignal): Connections => {
  const left = new Map<string, Socket>()
  signal.addEventListener('abort', () => {
    for (const socket of left.values()) socket.destroy()
    left.clear()
  }, { once: true })
  return {
    leave: (what, socket) => {
      left.get(what)?.destroy()
      if (signal.aborted) socket.destroy()
      else left.set(what, socket)
    },
    take: (what) => {
      const socket = left.get(what)
      left.delete(what)
      return socket && !socket.destroyed && socket.readable && socket.writable ? socket : undefined
    },
  }
}
