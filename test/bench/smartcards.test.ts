import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nameField, numberAt, numbers, readStates, STATES_LENGTH } from '../../src/bench/pcscd-wire.ts'
import { realBench } from '../../src/bench/real.ts'
import { unhex } from '../../src/model/dialogue.ts'
import { RUNS } from '../probes/fuzz.ts'
import { failureOf, lent } from './lent.ts'

const real = realBench({ paths: { proc: '/proc', sys: '/sys' } })
const SELECT = unhex('00a404000e315041592e5359532e444446303100') ?? new Uint8Array()

let folder = ''
let server: Server | undefined
const sockets = new Set<Socket>()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-pcsc-'))
  process.env.PCSCLITE_CSOCK_NAME = join(folder, 'pcscd.comm')
})
afterEach(async () => {
  delete process.env.PCSCLITE_CSOCK_NAME
  for (const socket of sockets) socket.destroy()
  server?.close()
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

/** Something that listens where pcscd would and does this with every message. */
const daemon = async (answer: (command: number, body: Buffer, socket: Socket) => Uint8Array | undefined): Promise<void> => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      const size = chunk.readUInt32LE(0)
      const reply = answer(chunk.readUInt32LE(4), chunk.subarray(8, 8 + size), socket)
      if (reply) socket.write(reply)
    })
  })
  server.listen(join(folder, 'pcscd.comm'))
  await once(server, 'listening')
}

const slotBytes = (name: string, state: number, sharing: number, atr: string, length?: number): Uint8Array => {
  const bytes = new Uint8Array(184)
  bytes.set(nameField(name) ?? [])
  bytes.set(numbers(1, state, sharing), 128)
  const answer = unhex(atr) ?? new Uint8Array()
  bytes.set(answer, 140)
  bytes.set(numbers(length ?? answer.length, 1), 176)
  return bytes
}

const states = (...slots: Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(STATES_LENGTH)
  slots.forEach((slot, i) => { bytes.set(slot, i * 184) })
  return bytes
}

const VERSION_4_4 = numbers(4, 4, 0)
const slots = () => lent(real).bench.smartcards.slots()

describe('the state of readers', () => {
  it.each([
    [0x02, 0, 'none'], [0x04, 0, 'present'], [0x34, 0, 'present'], [0x34, 1, 'in-use'], [0x34, -1, 'in-use'], [0x0c, 0, 'mute'], [0x01, 0, 'unavailable'], [0x05, 0, 'unavailable'], [0x00, 0, 'unavailable'],
  ])('%i shared by %i is %s', (state, sharing, card) => {
    expect(readStates(states(slotBytes('R', state, sharing, '3b 00')))[0]?.card).toBe(card)
  })

  it('tells the answer to reset only of a card that gave one', () => {
    expect(readStates(states(slotBytes('A', 0x04, 0, '3b 00'), slotBytes('B', 0x02, 0, '3b 00'), slotBytes('C', 0x04, 0, '3b', 4_000_000_000)))).toEqual([
      { name: 'A', card: 'present', atr: '3b 00' }, { name: 'B', card: 'none' }, { name: 'C', card: 'present', atr: expect.stringMatching(/^3b( 00){32}$/) },
    ])
  })

  it('never throws and never reads past a slot, whatever the daemon sends', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2 * 184 + 20 }), (bytes) => {
      for (const { name, atr } of readStates(bytes)) {
        expect(name.length).toBeLessThanOrEqual(128)
        expect((atr ?? '').length).toBeLessThanOrEqual(33 * 3)
      }
    }), RUNS)
  })

  it('numbers come back as they went', () => {
    fc.assert(fc.property(fc.array(fc.nat(0xffffffff)), (list) => {
      const bytes = numbers(...list)
      expect(list.map((_, i) => numberAt(bytes, i))).toEqual(list)
      expect(numberAt(bytes, list.length)).toBe(0)
    }), RUNS)
  })
})

describe('a PC/SC service that misbehaves', () => {
  it('is not there', async () => {
    expect(await failureOf(slots())).toEqual({ absence: 'missing', detail: 'pcscd is not running: install and start pcscd' })
  })

  it('hangs up before a word: it does not let this user in', async () => {
    await daemon((_command, _body, socket) => { socket.destroy(); return undefined })
    expect(await failureOf(slots())).toEqual({ absence: 'blocked', detail: 'the PC/SC service refuses this user: AccessDenied' })
  })

  it('says nothing: silent, and the wait ends', async () => {
    await daemon(() => undefined)
    expect((await failureOf(slots())).absence).toBe('silent')
  })

  it('says nothing, and the deadline of the look comes first', async () => {
    await daemon(() => undefined)
    const { bench, deadline } = lent(real)
    const waiting = failureOf(bench.smartcards.slots())
    deadline()
    expect(await waiting).toEqual({ absence: 'silent', detail: 'deadline' })
  })

  it('sends half an answer and hangs up', async () => {
    await daemon((command, _body, socket) => {
      if (command === 0x11) return VERSION_4_4
      socket.end(new Uint8Array(100))
      return undefined
    })
    expect((await failureOf(slots())).absence).toBe('silent')
  })

  it('sends more than was asked for: the rest is left', async () => {
    await daemon((command) => (command === 0x11 ? VERSION_4_4 : Buffer.concat([states(slotBytes('R', 2, 0, '')), Buffer.alloc(500_000, 0x41)])))
    expect(await slots()).toEqual([{ name: 'R', card: 'none' }])
  })

  it('speaks a later protocol of the same kind: it is asked again in that', async () => {
    const asked: number[] = []
    await daemon((command, body) => {
      if (command !== 0x11) return states(slotBytes('R', 2, 0, ''))
      asked.push(body.readUInt32LE(4))
      return body.readUInt32LE(4) === 5 ? numbers(4, 5, 0) : numbers(4, 5, 0x8010001e)
    })
    expect(await slots()).toEqual([{ name: 'R', card: 'none' }])
    expect(asked).toEqual([4, 5])
  })

  it.each([[5, 0], [4, 9], [4, 4]])('speaks protocol %i.%i, which nobody here does', async (major, minor) => {
    await daemon(() => numbers(major, minor, 0x8010001e))
    expect(await failureOf(slots())).toEqual({ absence: 'refused', detail: `the PC/SC service speaks protocol ${major}.${minor}, which this program does not` })
  })
})

describe('a card that is asked', () => {
  /** Answers every command well, but for the one named. */
  const daemonBut = (wrong: number, reply: Uint8Array) => daemon((command) => {
    if (command === wrong) return reply
    if (command === 0x11) return VERSION_4_4
    if (command === 0x01) return numbers(2, 7, 0)
    if (command === 0x04) return Buffer.concat([new Uint8Array(132), numbers(2, 3, 9, 1, 0)])
    if (command === 0x09) return Buffer.concat([numbers(9, 1, 16, 20, 1, 16, 2, 0), Buffer.from('6a82', 'hex')])
    return command === 0x07 ? numbers(9, 0) : numbers(9, 0, 0)
  })
  const send = () => lent(real).bench.smartcards.send('R', SELECT)
  const failedConnect = (code: number) => Buffer.concat([new Uint8Array(132), numbers(2, 3, 0, 0, code)])

  it('answers', async () => {
    await daemonBut(0, new Uint8Array())
    expect(Buffer.from(await send()).toString('hex')).toBe('6a82')
  })

  it.each([
    [0x80100009, 'missing', 'UNKNOWN_READER'], [0x8010000b, 'busy', 'SHARING_VIOLATION'], [0x8010000c, 'missing', 'NO_SMARTCARD'], [0x80100017, 'missing', 'READER_UNAVAILABLE'],
    [0x80100066, 'silent', 'UNRESPONSIVE_CARD'], [0x80100065, 'refused', 'UNSUPPORTED_CARD'], [0x8010006a, 'blocked', 'SECURITY_VIOLATION'], [0x80100001, 'refused', '0x80100001'],
  ] as const)('connection ends with %i: %s', async (code, absence, name) => {
    await daemonBut(0x04, failedConnect(code))
    expect(await failureOf(send())).toEqual({ absence, detail: `the card: ${name}` })
  })

  it('goes away under its handle', async () => {
    await daemonBut(0x09, numbers(9, 1, 16, 20, 1, 16, 0, 0x80100017))
    expect(await failureOf(send())).toEqual({ absence: 'missing', detail: 'the card: READER_UNAVAILABLE' })
  })

  it('answers without a status word', async () => {
    await daemonBut(0x09, Buffer.concat([numbers(9, 1, 16, 20, 1, 16, 1, 0), Buffer.from('6a', 'hex')]))
    expect((await failureOf(send())).absence).toBe('garbled')
  })

  it('claims an answer of four gigabytes: silent, and nothing is kept for it', async () => {
    await daemonBut(0x09, numbers(9, 1, 16, 20, 1, 16, 0xffffffff, 0))
    expect((await failureOf(send())).absence).toBe('silent')
  })

  it('a name that is no reader’s is not even asked for', async () => {
    await daemonBut(0, new Uint8Array())
    expect((await failureOf(lent(real).bench.smartcards.send('x'.repeat(300), SELECT))).absence).toBe('missing')
  })
})
