import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** A server on loopback that a test can end at once. */
export interface Served {
  port: number
  stop(): Promise<void>
}

/** Listens with any net server (TLS and HTTP servers are some) and remembers its connections. */
export const served = async (server: Server): Promise<Served> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A TCP server that does this with every connection. */
export const tcpServer = (serve: (socket: Socket) => void): Promise<Served> => served(createServer(serve))

/** A port of loopback on which nothing listens. */
export const closedPort = async (): Promise<number> => {
  const { port, stop } = await tcpServer(() => undefined)
  await stop()
  return port
}
