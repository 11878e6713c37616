import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import pty from '@lydell/node-pty'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readFacts } from '../../src/agent/reads.ts'
import { openStore } from '../../src/agent/store.ts'
import { nameField, numbers, STATES_LENGTH } from '../../src/bench/pcscd-wire.ts'
import { screenOf } from './fix-person.ts'
import { POSDIAG, scratch } from './till.ts'

/** pcscd with one reader, in which a card answers, or is mute. */
const slot = (mute: boolean): Uint8Array => {
  const bytes = new Uint8Array(STATES_LENGTH)
  bytes.set(nameField('ACS ACR39U 00 00') ?? [])
  bytes.set(numbers(1, mute ? 0x0c : 0x04, 0), 128)
  return bytes
}
let mute = 0
const answerTo = (command: number): Uint8Array => {
  switch (command) {
    case 0x11: return numbers(4, 4, 0)
    case 0x12: return slot(mute-- > 0)
    case 0x01: return numbers(2, 7, 0)
    case 0x04: return Buffer.concat([new Uint8Array(132), numbers(2, 3, 9, 1, 0)])
    case 0x09: return Buffer.concat([numbers(9, 1, 16, 20, 1, 16, 2, 0), Buffer.from('6a82', 'hex')])
    case 0x07: return numbers(9, 0)
    default: return numbers(9, 0, 0)
  }
}

/** Runs the test at a terminal of its own, with a person who types this at each question. */
const test = (folder: string, typed: string): Promise<{ screen: string; code: number }> => new Promise((resolve) => {
  const env = { ...process.env, TERM: 'dumb', PCSCLITE_CSOCK_NAME: join(folder, 'pcscd.comm') } as Record<string, string>
  const child = pty.spawn(process.execPath, [POSDIAG, 'test', 'reader', '--terminal', join(folder, 'terminal.yaml'), '--state', folder, '--lang', 'en'], { cols: 200, rows: 50, env })
  let all = ''
  let fresh = ''
  child.onData((chunk) => {
    all += chunk
    fresh += chunk
    if (!fresh.includes('no, end the test')) return
    fresh = ''
    child.write(typed)
  })
  child.onExit(({ exitCode }) => resolve({ screen: screenOf(all), code: exitCode }))
})

describe('posdiag test reader', () => {
  let shop: Awaited<ReturnType<typeof scratch>>
  let folder = ''
  let server: Server
  beforeAll(async () => {
    shop = await scratch()
    folder = shop.path
    await writeFile(join(folder, 'terminal.yaml'), 'terminal: { id: T-1 }\ndevices: [{ id: reader-1, kind: reader, transport: { type: pcsc } }]\n')
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => { socket.write(answerTo(chunk.readUInt32LE(4))) })
    })
    server.listen(join(folder, 'pcscd.comm'))
    await once(server, 'listening')
  })
  afterAll(async () => {
    server.close()
    await shop[Symbol.asyncDispose]()
  })
  beforeEach(() => { mute = 0 })
  const facts = (): Record<string, number> => {
    const store = openStore(join(folder, 'store.db'))
    try {
      return readFacts(store, Date.now())
    } finally {
      store.close()
    }
  }

  it('reads a good card ten times, tells how it went, and adds it to what the agent counts', async () => {
    expect(facts()).toEqual({})
    const first = await test(folder, 'yes\r')
    expect(first.screen).toContain('✓ at least nine reads in ten went well: yes')
    expect(first.screen).toMatch(/reads that went well: 10\n.*reads that failed: 0/)
    expect(first.code).toBe(0)
    mute = 4
    const second = await test(folder, 'yes\r')
    expect(second.screen).toContain('✗ at least nine reads in ten went well: no')
    expect(second.screen).toMatch(/reads that went well: 6\n.*reads that failed: 4/)
    expect(second.code).toBe(1)
    expect(facts()).toEqual({ 'chip-fail-percent': 20, 'chip-tested': 20 })
  })

  it('ends where the person leaves with Ctrl+D, without a word of a bug', async () => {
    const { screen, code } = await test(folder, '\u0004')
    expect(screen).toContain('at least nine reads in ten went well: no answer')
    expect(screen).not.toContain('bug')
    expect(code).toBe(3)
  })
})
