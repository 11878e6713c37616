import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { busPath } from '../../src/bench/dbus.ts'
import { callMessage, LONGEST_MESSAGE, messageLength, readMessage } from '../../src/bench/dbus-wire.ts'
import { realBench } from '../../src/bench/real.ts'
import { BenchError } from '../../src/model/bench.ts'
import { hex } from '../../src/model/dialogue.ts'
import { RUNS } from '../probes/fuzz.ts'
import { type ByteBus, basic, byteBus, messageBytes, plain, TYPED } from './dbus-bytes.ts'
import { failureOf, lent } from './lent.ts'

const real = realBench({ paths: { proc: '/proc', sys: '/sys' } })
const list = () => lent(real).bench.modems.list()

const garbled = (read: () => unknown): string => {
  try {
    read()
    return 'read'
  } catch (error) {
    if (error instanceof BenchError) return `${error.absence}: ${error.message.replace(/^.*: /, '')}`
    throw error
  }
}

describe('a D-Bus message', () => {
  it('of any types, in both byte orders, is read as it was written', () => {
    fc.assert(fc.property(fc.array(TYPED, { maxLength: 4 }), fc.boolean(), (body, little) => {
      const bytes = messageBytes({ body, little, to: 7 })
      expect(messageLength(bytes)).toBe(bytes.length)
      expect(readMessage(bytes)).toEqual({ to: 7, signature: body.map(({ type }) => type).join(''), body: body.map(plain) })
    }), RUNS)
  })

  it('of any bytes is garbled, or read; cut anywhere it is garbled', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      garbled(() => messageLength(bytes))
      garbled(() => readMessage(bytes))
    }), RUNS)
    fc.assert(fc.property(TYPED, fc.nat(), (value, cut) => {
      const bytes = messageBytes({ body: [value] })
      expect(garbled(() => readMessage(bytes.subarray(0, cut % bytes.length)))).toMatch(/^garbled: /)
    }), RUNS)
  })

  it('with any byte changed is garbled, or read', () => {
    fc.assert(fc.property(TYPED, fc.nat(), fc.nat(255), (value, at, byte) => {
      const bytes = messageBytes({ body: [value] })
      bytes[at % bytes.length] = byte
      garbled(() => readMessage(bytes))
    }), RUNS)
  })

  it.each([
    ['a boolean of 2', [...messageBytes({ body: [basic('b', true)] }).slice(0, -4), 2, 0, 0, 0], 'boolean'],
    ['a string without its NUL', [...messageBytes({ body: [basic('s', 'abc')] }).slice(0, -1), 1], 'string'],
    ['a string with NUL in it', [...messageBytes({ body: [basic('s', 'abc')] }).slice(0, -3), 0, 0x63, 0], 'string'],
    ['a string that is no UTF-8', [...messageBytes({ body: [basic('s', 'abc')] }).slice(0, -2), 0xff, 0], 'string'],
    ['a string that goes on past the end', [...messageBytes({ body: [basic('s', 'abc')] }).slice(0, -8), 0xff, 0xff, 0xff, 0x7f, 0x61, 0x62, 0x63, 0], 'length'],
    ['an array that ends within an element', [...messageBytes({ body: [{ type: 'au', array: [basic('u', 1), basic('u', 2)] }] }).slice(0, -12), 6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0], 'length'],
    ['another version', [0x6c, 2, 0, 2, ...messageBytes({}).slice(4)], 'version'],
    ['an unknown byte order', [0x4c, ...messageBytes({}).slice(1)], 'order'],
    ['more than it says', [...messageBytes({ body: [basic('u', 1)] }), 0], 'length'],
  ])('with %s is garbled', (_, bytes, what) => {
    expect(garbled(() => readMessage(Uint8Array.from(bytes)))).toBe(`garbled: ${what}`)
  })

  it('with padding that is not zero is garbled', () => {
    const bytes = messageBytes({ body: [basic('y', 1), basic('u', 2)] })
    bytes[bytes.length - 7] = 1
    expect(garbled(() => readMessage(bytes))).toBe('garbled: padding')
  })

  it.each(['z', 'a', '(', '()', '{s', '{sss}', '(s', 'a{s}', 'a'.repeat(200)])('with the signature %j is garbled', (signature) => {
    const bytes = Buffer.from(messageBytes({ body: [{ type: signature, basic: 0 }] }))
    expect(garbled(() => readMessage(bytes))).toBe('garbled: signature')
  })

  it('of variants within variants is not followed for ever', () => {
    const deep = (levels: number): ReturnType<typeof basic> => (levels === 0 ? basic('y', 1) : { type: 'v', holds: deep(levels - 1) })
    expect(readMessage(messageBytes({ body: [deep(60)] }))?.body).toEqual([1])
    expect(garbled(() => readMessage(messageBytes({ body: [deep(300)] })))).toBe('garbled: depth')
  })

  it('longer than any answer is refused by its head', () => {
    const head = messageBytes({}).slice(0, 16)
    new DataView(head.buffer).setUint32(4, LONGEST_MESSAGE, true)
    expect(garbled(() => messageLength(head))).toBe('garbled: size')
    new DataView(head.buffer).setUint32(12, 0xffffffff, true)
    expect(garbled(() => messageLength(head))).toBe('garbled: size')
    expect(messageLength(head.subarray(0, 15))).toBeUndefined()
  })

  it('that is a call starts no service, and carries nothing', () => {
    const bytes = callMessage(5, { service: 'a.b', path: '/a', interface: 'a.B', name: 'C' })
    expect(hex(bytes)).toBe([
      '6c 01 02 01 00 00 00 00 05 00 00 00 3c 00 00 00', '01 01 6f 00 02 00 00 00 2f 61 00 00 00 00 00 00', '02 01 73 00 03 00 00 00 61 2e 42 00 00 00 00 00',
      '03 01 73 00 01 00 00 00 43 00 00 00 00 00 00 00', '06 01 73 00 03 00 00 00 61 2e 62 00 00 00 00 00',
    ].join(' '))
  })
})

describe('the address of a bus', () => {
  it.each([
    ['unix:path=/run/dbus/system_bus_socket', '/run/dbus/system_bus_socket'], ['unix:guid=1234,path=/a%20b', '/a b'], ['unix:abstract=/tmp/x,guid=12', '\0/tmp/x'],
    ['tcp:host=localhost,port=1;unix:path=/second', '/second'], ['tcp:host=localhost,port=1', undefined], ['', undefined], ['unix:tmpdir=/tmp', undefined],
  ])('%s leads to %j', (address, path) => expect(busPath(address)).toBe(path))
})

describe('a system bus that misbehaves', () => {
  let bus: ByteBus | undefined
  afterEach(async () => {
    delete process.env.DBUS_SYSTEM_BUS_ADDRESS
    await bus?.stop()
    bus = undefined
  })
  const on = async (answer: Parameters<typeof byteBus>[0]): Promise<void> => {
    bus = await byteBus(answer)
    process.env.DBUS_SYSTEM_BUS_ADDRESS = bus.address
  }
  const BEGIN = 'BEGIN\r\n'
  /** Lets everybody in and answers Hello; `then` answers the call after that. */
  const welcoming = (then: (socket: import('node:net').Socket) => void) => {
    let said = 0
    return on((got, socket) => {
      const text = got.toString('latin1')
      if (said === 0 && text.includes('\n')) {
        said = 1
        socket.write('OK 1234deadbeef\r\n')
      }
      if (said === 1 && text.includes(`${BEGIN}l\x01`)) {
        said = 2
        socket.write(messageBytes({ to: 1, body: [basic('s', ':1.5')] }))
        socket.write(messageBytes({ kind: 4, to: 0, body: [basic('s', ':1.5')] }))
      }
      if (said === 2 && text.includes('GetManagedObjects')) {
        said = 3
        then(socket)
      }
    })
  }
  const EMPTY = { type: 'a{oa{sa{sv}}}', array: [] }

  it('is not there', async () => {
    process.env.DBUS_SYSTEM_BUS_ADDRESS = 'unix:path=/nowhere/bus'
    expect(await failureOf(list())).toEqual({ absence: 'missing', detail: 'this host has no system bus (D-Bus)' })
  })

  it('answers well, among signals, in pieces of one byte', async () => {
    await welcoming((socket) => { for (const byte of Buffer.concat([messageBytes({ kind: 4, to: 2 }), messageBytes({ to: 2, body: [EMPTY] })])) socket.write(Uint8Array.of(byte)) })
    expect(await list()).toEqual([])
    expect(bus?.got().startsWith(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString('hex')}\r\nBEGIN\r\n`)).toBe(true)
  })

  it.each([
    ['says nothing', () => undefined, { absence: 'silent', detail: 'the system bus: no answer within 1500 ms' }],
    ['lets nobody in', (_: Buffer, socket: { write(text: string): void }) => socket.write('REJECTED EXTERNAL\r\n'), { absence: 'blocked', detail: 'the system bus does not let this user in' }],
    ['is a web server', (_: Buffer, socket: { write(text: string): void }) => socket.write('HTTP/1.1 400 Bad Request\r\n'), { absence: 'garbled', detail: 'what listens as the system bus does not speak D-Bus' }],
    ['sends a line without end', (_: Buffer, socket: { write(text: string): void }) => socket.write('O'.repeat(100_000)), { absence: 'garbled', detail: 'what listens as the system bus does not speak D-Bus' }],
    ['hangs up', (_: Buffer, socket: { end(): void }) => socket.end(), { absence: 'silent', detail: 'the system bus hung up' }],
  ])('%s', async (_, answer, failure) => {
    await on(answer as Parameters<typeof byteBus>[0])
    expect(await failureOf(list())).toEqual(failure)
  })

  it('echoes', async () => {
    await on((got, socket) => { socket.write(got) })
    expect((await failureOf(list())).absence).toBe('garbled')
  })

  it.each([
    ['org.freedesktop.DBus.Error.NameHasNoOwner', 'missing', 'org.freedesktop.ModemManager1 does not run on this host'],
    ['org.freedesktop.DBus.Error.ServiceUnknown', 'missing', 'org.freedesktop.ModemManager1 does not run on this host'],
    ['org.freedesktop.DBus.Error.AccessDenied', 'blocked', 'org.freedesktop.ModemManager1 answers with an error: org.freedesktop.DBus.Error.AccessDenied'],
    ['org.freedesktop.DBus.Error.NoReply', 'silent', 'org.freedesktop.ModemManager1 answers with an error: org.freedesktop.DBus.Error.NoReply'],
    ['org.example.Other', 'refused', 'org.freedesktop.ModemManager1 answers with an error: org.example.Other'],
  ])('tells the error %s', async (error, absence, detail) => {
    await welcoming((socket) => { socket.write(messageBytes({ kind: 3, to: 2, error, body: [basic('s', 'words of the service')] })) })
    expect(await failureOf(list())).toEqual({ absence, detail })
  })

  it('answers in another form', async () => {
    await welcoming((socket) => { socket.write(messageBytes({ to: 2, body: [basic('s', 'x')] })) })
    expect(await failureOf(list())).toEqual({ absence: 'garbled', detail: 'org.freedesktop.ModemManager1 answers in another form: s' })
  })

  it('floods with what nobody asked for', async () => {
    await welcoming((socket) => { for (let i = 0; i < 200; i++) socket.write(messageBytes({ kind: 4, to: 0 })) })
    expect(await failureOf(list())).toEqual({ absence: 'garbled', detail: 'the system bus sends what nobody asked for' })
  })

  it('announces a message of four gigabytes, or sends garbage', async () => {
    await welcoming((socket) => {
      const head = messageBytes({ to: 2 }).slice(0, 16)
      new DataView(head.buffer).setUint32(4, 0xffffffff, true)
      socket.write(head)
    })
    expect((await failureOf(list())).absence).toBe('garbled')
    await bus?.stop()
    await welcoming((socket) => { socket.write(Buffer.alloc(500_000, 0x41)) })
    expect((await failureOf(list())).absence).toBe('garbled')
  })

  it('stays silent, and the deadline of the look comes first', async () => {
    await on(() => undefined)
    const { bench, deadline } = lent(real)
    const waiting = failureOf(bench.modems.list())
    deadline()
    expect(await waiting).toEqual({ absence: 'silent', detail: 'deadline' })
  })
})
