import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { connectionsUntil } from '../../src/bench/connections.ts'
import { type Served, tcpServer } from './servers.ts'

let server: Served | undefined
const theirs: Socket[] = []

const opened = async (): Promise<Socket> => {
  server ??= await tcpServer((socket) => void theirs.push(socket))
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

afterEach(async () => {
  await server?.stop()
  server = undefined
  theirs.length = 0
})

it('gives a connection to one who asks for it, once', async () => {
  const connections = connectionsUntil(new AbortController().signal)
  const socket = await opened()
  connections.leave('tcp a:1', socket)
  expect(connections.take('tcp b:1')).toBeUndefined()
  expect(connections.take('tcp a:1')).toBe(socket)
  expect(connections.take('tcp a:1')).toBeUndefined()
  socket.destroy()
})

it('gives none that has ended in between', async () => {
  const connections = connectionsUntil(new AbortController().signal)
  const socket = await opened()
  connections.leave('tcp a:1', socket)
  socket.destroy()
  await once(socket, 'close')
  expect(connections.take('tcp a:1')).toBeUndefined()
})

it('closes what is left over: at the end, when another takes its place, and when it comes too late', async () => {
  const ending = new AbortController()
  const connections = connectionsUntil(ending.signal)
  const [first, second, late] = [await opened(), await opened(), await opened()]
  connections.leave('tcp a:1', first)
  connections.leave('tcp a:1', second)
  expect([first.destroyed, second.destroyed]).toEqual([true, false])
  ending.abort()
  expect(second.destroyed).toBe(true)
  connections.leave('tcp a:1', late)
  expect(late.destroyed).toBe(true)
})
