import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { closedPort } from './servers.ts'

const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'

/** True where the peer test cannot run and may be skipped: without root, pcscd or vsmartcard-vpcd, and not in CI. */
export const noPcscd = process.env.CI !== 'true' && (process.getuid?.() !== 0 || !existsSync('/usr/sbin/pcscd') || !existsSync(DRIVER))

/** A card for vpcd: it is asked with 1-byte messages (00 off, 01 on, 02 reset, 04 answer to reset) or an APDU, each after its length in two bytes. */
export interface VirtualCard {
  /** Every APDU that the card was sent, in hex. */
  commands: string[]
  /** How often it was asked for its answer to reset. */
  resets(): number
  pull(): void
}

const insert = async (port: number, atr: Uint8Array, answer: (command: Buffer) => Buffer): Promise<VirtualCard> => {
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const commands: string[] = []
  let resets = 0
  const send = (bytes: Uint8Array): void => { socket.write(Buffer.from([bytes.length >> 8, bytes.length & 0xff, ...bytes])) }
  let held = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const message = held.subarray(2, 2 + held.readUInt16BE(0))
      held = held.subarray(2 + message.length)
      if (message.length > 1) {
        commands.push(message.toString('hex'))
        send(answer(message))
      } else if (message[0] === 4) {
        resets += 1
        send(atr)
      }
    }
  })
  return { commands, resets: () => resets, pull: () => socket.destroy() }
}

/** pcscd with two virtual readers, in a mount namespace of its own so that this host's pcscd is left alone. */
export interface VirtualReaders {
  /** Where it listens, as PCSCLITE_CSOCK_NAME. */
  socket: string
  insert(atr: string, answer?: (command: Buffer) => Buffer): Promise<VirtualCard>
  stop(): Promise<void>
}

const NAMESPACE = 'mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd && exec /usr/sbin/pcscd -f -c "$0"'

/** Starts it. Rejects if it does not listen within five seconds. */
export const virtualReaders = async (): Promise<VirtualReaders> => {
  const folder = await mkdtemp(join(tmpdir(), 'posdiag-pcscd-'))
  const port = await closedPort()
  const config = join(folder, 'reader.conf')
  await writeFile(config, `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:${port}\nLIBPATH ${DRIVER}\nCHANNELID ${port}\n`)
  const pcscd = spawn('unshare', ['-m', 'sh', '-c', NAMESPACE, config], { stdio: 'ignore' })
  const ended = once(pcscd, 'exit')
  const socket = `/proc/${pcscd.pid}/root/run/pcscd/pcscd.comm`
  for (let tries = 0; tries < 100 && !existsSync(socket); tries++) await wait(50)
  if (!existsSync(socket)) throw new Error('pcscd does not start')
  return {
    socket,
    insert: (atr, answer = () => Buffer.from('6a82', 'hex')) => insert(port, Buffer.from(atr.replaceAll(' ', ''), 'hex'), answer),
    stop: async () => {
      pcscd.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
