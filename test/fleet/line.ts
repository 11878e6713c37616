import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line that a test can cut, slow down and lead elsewhere. */
export interface Line {
  url: string
  /** Where connections made from now on lead to; undefined where nobody answers. */
  leadTo(url: string | undefined): void
  /** Cuts every connection that is open. */
  cut(): void
  /** Lets through so many bytes and then waits so many ms, again and again, on connections made from now on; 0 bytes for no limit. */
  slow(bytes: number, ms: number): void
  connections(): number
  close(): Promise<void>
}

const pump = (from: Socket, to: Socket, { bytes, ms }: { bytes: number; ms: number }): void => {
  if (bytes === 0) {
    from.pipe(to)
    return
  }
  from.on('data', (chunk: Buffer) => {
    from.pause()
    const step = (at: number): void => {
      if (to.destroyed) return
      to.write(chunk.subarray(at, at + bytes))
      if (at + bytes < chunk.length) setTimeout(step, ms, at + bytes)
      else from.resume()
    }
    step(0)
  })
  from.on('end', () => to.end())
}

/** Opens a line on a free port of loopback. */
export const openLine = async (): Promise<Line> => {
  const open = new Set<Socket>()
  let target: URL | undefined
  let rate = { bytes: 0, ms: 0 }
  const server = createServer((client) => {
    const behind = target === undefined ? undefined : connect(Number(target.port), target.hostname)
    for (const socket of [client, behind]) {
      if (socket === undefined) continue
      open.add(socket)
      // A line that breaks is what this is for: both ends go, and the sender finds out by itself.
      socket.on('error', () => socket.destroy()).on('close', () => {
        open.delete(socket)
        client.destroy()
        behind?.destroy()
      })
    }
    if (behind === undefined) {
      client.destroy()
      return
    }
    pump(client, behind, rate)
    pump(behind, client, rate)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => {
      target = url === undefined ? undefined : new URL(url)
    },
    cut,
    slow: (bytes, ms) => {
      rate = { bytes, ms }
    },
    connections: () => open.size,
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
