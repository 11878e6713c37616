import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pinpad } from '../../../probes/pinpad/probe.ts'
import { reader } from '../../../probes/reader/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { hex } from '../../../src/model/dialogue.ts'
import { hasValue } from '../../../src/model/observation.ts'
import type { Probe } from '../../../src/model/probe.ts'
import { Device } from '../../../src/model/terminal.ts'
import { hasPty, openPty, type Pty } from '../../bench/pty.ts'
import { closedPort, tcpServer } from '../../bench/servers.ts'
import { GRACE_MS, RUNS } from '../fuzz.ts'
import { playTo, ROOT } from '../play.ts'

const lend = realBench({ paths: { proc: '/proc', sys: '/sys' } })

/** Looks at a device on the real bench; whatever it does, the look ends in time, in order, and keeps little. */
const look = async (probe: Probe, transport: object, settings: object): Promise<string | undefined> => {
  const device = Device.parse({ id: `${probe.kind}-1`, kind: probe.kind, transport, settings })
  const started = performance.now()
  const before = process.memoryUsage().arrayBuffers
  const { observations, run, transcript } = await lookAt({ device, probe }, lend, { now: () => 0, mono: () => performance.now() }, probe.deadlineMs)
  expect(run.outcome, run.detail).toBe('done')
  expect(performance.now() - started).toBeLessThan(probe.deadlineMs + GRACE_MS)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 << 20)
  expect(transcript.text().length).toBeLessThanOrEqual(65_536)
  const of = (name: string): string | undefined => {
    const o = observations.find((one) => one.name === `${probe.kind}.${name}`)
    return o === undefined ? undefined : hasValue(o) ? String(o.value) : `!${o.absent}`
  }
  return of('answers') ?? of('port')
}

/** Ways to speak to a device, and what each is sent first. */
const WAYS: Readonly<Record<string, readonly [Probe, object]>> = {
  'reader by ENQ': [reader, {}],
  'reader by ECR17': [reader, { packets: 'ecr17', 'terminal-id': '12345678' }],
  'reader by ID TECH': [reader, { dialect: 'idtech', framing: 'itp' }],
  'reader by ZVT': [reader, { dialect: 'zvt', 'status-enquiry': true }],
  'PIN pad by ENQ': [pinpad, { packets: 'visa' }],
}
const TCP_WAYS: typeof WAYS = { ...WAYS, 'reader by nexo': [reader, { dialect: 'nexo', over: 'tcp' }], 'reader by nexo over HTTP': [reader, { dialect: 'nexo', over: 'http' }] }

const GARBAGE = Buffer.from(Array.from({ length: 16_384 }, (_, i) => (i * 193 + 0xe1) & 0xf8 | 0xe0))

/** A megabyte a second until nobody listens. */
const flood = (socket: Socket, chunk: Buffer): void => {
  socket.write(chunk)
  const timer = setInterval(() => socket.write(chunk), 16)
  socket.on('close', () => clearInterval(timer))
}

const slowly = async (socket: Socket, bytes: Uint8Array): Promise<void> => {
  for (const byte of bytes) {
    if (socket.destroyed) return
    socket.write(Uint8Array.of(byte))
    await wait(1000)
  }
}

/** What a peer does with a connection, and what may come of it. A stream that breaks off says missing; HTTP says refused of the same. */
const HOSTILE: Readonly<Record<string, readonly [(socket: Socket) => void, string[]]>> = {
  'says nothing': [(socket) => socket.resume(), ['!silent']],
  'takes the connection and reads nothing': [(socket) => socket.pause(), ['!silent']],
  'floods garbage': [(socket) => flood(socket, GARBAGE), ['!garbled']],
  'floods a frame that never ends': [(socket) => { socket.write(Uint8Array.of(0x10, 0x02)); flood(socket, Buffer.alloc(16_384, 0x41)) }, ['!garbled']],
  'sends one byte a second': [(socket) => { socket.once('data', () => void slowly(socket, Buffer.from('02414141414141', 'hex'))) }, ['!silent', '!garbled']],
  'echoes': [(socket) => socket.on('data', (chunk) => socket.write(chunk)), ['!garbled']],
  'hangs up at once': [(socket) => socket.end(), ['!missing', '!refused']],
  'resets at once': [(socket) => socket.resetAndDestroy(), ['!missing', '!refused']],
  'hangs up when asked': [(socket) => socket.once('data', () => socket.end()), ['!missing', '!refused', '!garbled']],
  'resets in mid answer': [(socket) => socket.once('data', () => socket.write(Uint8Array.of(0x02), () => socket.resetAndDestroy())), ['!missing', '!refused', '!garbled']],
}

describe.each(Object.keys(HOSTILE))('a peer over TCP that %s', (what) => {
  const [serve, expected] = HOSTILE[what] ?? expect.fail(what)
  it.concurrent.each(Object.entries(TCP_WAYS))('%s', async (_, [probe, settings]) => {
    const server = await tcpServer(serve)
    try {
      expect(expected).toContain(await look(probe, { type: 'tcp', host: '127.0.0.1', port: server.port }, settings))
    } finally {
      await server.stop()
    }
  })
})

describe('a TCP port that is closed', () => {
  it.concurrent.each(Object.entries(TCP_WAYS))('%s', async (_, [probe, settings]) => {
    expect(await look(probe, { type: 'tcp', host: '127.0.0.1', port: await closedPort() }, settings)).toBe('!refused')
  })
})

/** The same at a serial port; a pty takes what is written to it whether somebody reads or not. */
const SERIAL: Readonly<Record<string, readonly [(pty: Pty) => void, string[]]>> = {
  'says nothing': [() => undefined, ['!silent']],
  'sends a frame that never ends': [(pty) => pty.answer(() => Buffer.concat([Buffer.from([0x02]), Buffer.alloc(3000, 0x41)])), ['!garbled']],
  'echoes': [(pty) => pty.answer((bytes) => bytes), ['!garbled']],
  'speaks at another speed': [(pty) => pty.answer(() => Uint8Array.of(0xf8, 0x00, 0xe0)), ['!garbled']],
  'is unplugged before it is asked': [(pty) => setTimeout(() => pty.unplug(), 30), ['!missing']],
  'is unplugged when it is asked': [(pty) => pty.answer(() => { pty.unplug(); return undefined }), ['!missing']],
  'is unplugged in mid answer': [(pty) => pty.answer(() => { setTimeout(() => pty.unplug(), 20); return Uint8Array.of(0x02) }), ['!missing', '!garbled']],
}

describe.skipIf(!hasPty).each(Object.keys(SERIAL))('a device at a serial port that %s', (what) => {
  const [behave, expected] = SERIAL[what] ?? expect.fail(what)
  it.concurrent.each(Object.entries(WAYS))('%s', async (_, [probe, settings]) => {
    const pty = openPty()
    behave(pty)
    try {
      expect(expected).toContain(await look(probe, { type: 'serial', path: pty.path }, settings))
    } finally {
      pty.unplug()
    }
  })
})

/** The far end lives in a process of its own: node-pty tries for ever to write what nobody reads. */
const FLOODER = `
  import { execFileSync } from 'node:child_process'
  import pty from '@lydell/node-pty'
  const child = pty.spawn('sleep', ['60'], { encoding: null })
  execFileSync('stty', ['-F', child.ptsName, 'raw', '-echo'])
  console.log(child.ptsName)
  setInterval(() => child.write(Buffer.alloc(1024, 0xe8)), 1)
`

describe.skipIf(!hasPty)('a device at a serial port that floods garbage', () => {
  it.concurrent.each(Object.entries(WAYS))('%s', async (_, [probe, settings]) => {
    const flooder = spawn(process.execPath, ['--input-type=module', '-e', FLOODER], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(flooder, 'exit')
    try {
      const [path] = await once(flooder.stdout, 'data')
      expect(await look(probe, { type: 'serial', path: String(path).trim() }, settings)).toBe('!garbled')
    } finally {
      flooder.kill('SIGKILL')
      await ended
    }
  })
})

describe('a HID device that lies', () => {
  const LIST = '? hid.list []\n= [{"path":"/dev/hidraw0","vendorId":2049,"productId":2,"usagePage":65280,"usage":1}]\n'
  const device = { transport: { type: 'hid', vendorId: '0801', productId: '0002' }, settings: { dialect: 'magtek', test: true } }

  it('whatever it answers, the look ends, and at most says that it is garbled', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 12 }), async (answer, swipe) => {
      const { run, seen } = await playTo(reader, `${LIST}? hid.feature\n= "${hex(answer)}" +5ms\n? hid.input\n= "${hex(swipe)}" +5ms`, device)
      expect(run.outcome, run.detail).toBe('done')
      expect([true, '!garbled']).toContain(seen['reader.answers'])
    }), RUNS)
  })

  it.each(['silent', 'missing', 'refused', 'blocked', 'busy'])('goes away with %s after each answer it gave', async (absence) => {
    const good = ['00 00 0b 32 31 30 34 32 38 31 32 44 30 31', '00 00 02 02 02', '00 00 03 31 32 33', '00 02 00', '00 07 00'].map((text) => `${text} ${'00 '.repeat(25)}`.slice(0, 74))
    for (let answers = 0; answers <= good.length; answers++) {
      const lines = good.slice(0, answers).map((text) => `? hid.feature\n= "${text}" +5ms\n`).join('')
      const { run, seen } = await playTo(reader, `${LIST}${lines}? hid.feature\n! ${absence} gone +5ms\n? hid.input\n! ${absence} gone +5ms`, device)
      expect(run.outcome).toBe('done')
      expect(seen['reader.answers']).toBe(answers === 0 ? `!${absence}` : true)
    }
  })
})

describe('a PC/SC service that lies', () => {
  it('whatever it lists, the look ends', async () => {
    const slot = fc.record({ name: fc.string({ maxLength: 130 }), card: fc.constantFrom('none', 'present', 'mute', 'in-use', 'unavailable'), atr: fc.option(fc.uint8Array({ maxLength: 33 }).map((bytes) => hex(bytes)), { nil: undefined }) })
    await fc.assert(fc.asyncProperty(fc.array(slot, { maxLength: 4 }), fc.uint8Array({ maxLength: 40 }), async (slots, answer) => {
      const { run } = await playTo(reader, `? smartcards.slots []\n= ${JSON.stringify(slots)} +4ms\n? smartcards.send\n= "${hex(answer)}" +5ms`, { transport: { type: 'pcsc' }, settings: { test: true } })
      expect(run.outcome, run.detail).toBe('done')
    }), RUNS)
  })
})
