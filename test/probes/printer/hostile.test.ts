import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { printer } from '../../../probes/printer/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { readSymptoms } from '../../../src/check/symptoms.ts'
import { hasValue } from '../../../src/model/observation.ts'
import { Device } from '../../../src/model/terminal.ts'
import { hasPty, openPty } from '../../bench/pty.ts'
import { served } from '../../bench/servers.ts'
import { GRACE_MS } from '../fuzz.ts'

/** The far end of a line, as a device that means harm has it. What it does later or again ends with the look. */
interface Far {
  send(bytes: Uint8Array): void
  every(ms: number, work: () => void): void
  after(ms: number, work: () => void): void
  /** Goes away at once: the cable is pulled, the connection reset. */
  cut(): void
}

/** What a device does; called with every run of bytes that it gets, and once, with none, when somebody opens its port or first writes to it. */
type Behaviour = () => (far: Far, got: Uint8Array) => void

interface Place {
  transport: object
  end(): Promise<void>
}

/** Timers of one far end, and the way to end them all. */
const timing = () => {
  const timers = new Set<NodeJS.Timeout>()
  return {
    every: (ms: number, work: () => void): void => void timers.add(setInterval(work, ms)),
    after: (ms: number, work: () => void): void => void timers.add(setTimeout(work, ms)),
    end: (): void => { for (const timer of timers) clearInterval(timer) },
  }
}

const overTcp = async (behaviour: Behaviour, before: (socket: Socket) => void = () => undefined): Promise<Place> => {
  const { every, after, end } = timing()
  const server = await served(createServer((socket) => {
    before(socket)
    const act = behaviour()
    const far = { send: (bytes: Uint8Array) => void (socket.writable && socket.write(bytes)), cut: () => socket.resetAndDestroy(), every, after }
    act(far, new Uint8Array())
    socket.on('data', (got) => act(far, got))
  }))
  return { transport: { type: 'tcp', host: '127.0.0.1', port: server.port }, end: async () => { end(); await server.stop() } }
}

const overPty = (type: 'serial' | 'usblp') => async (behaviour: Behaviour): Promise<Place> => {
  const pty = openPty()
  const act = behaviour()
  let cut = false
  const { every, after, end } = timing()
  const far = { send: (bytes: Uint8Array) => { if (!cut) pty.send(bytes) }, cut: () => { cut = true; pty.unplug() }, every, after }
  let begun = false
  pty.answer((got) => {
    if (!begun) act(far, new Uint8Array())
    begun = true
    act(far, got)
    return undefined
  })
  return { transport: { type, path: pty.path }, end: async () => { end(); if (!cut) pty.unplug() } }
}

/** A flood over a pty comes from a process of its own. */
const flooded = async (type: 'serial' | 'usblp'): Promise<Place> => {
  const child = fork(fileURLToPath(new URL('./flood-child.ts', import.meta.url)), [], { execArgv: [] })
  const [path] = (await once(child, 'message')) as [string]
  return { transport: { type, path }, end: async () => { child.kill('SIGKILL') } }
}

const PLACES = { tcp: overTcp, serial: overPty('serial'), usblp: overPty('usblp') } as const
type Type = keyof typeof PLACES

const lookAtHarm = async (place: Place) => {
  const device = Device.parse({ id: 'printer-1', kind: 'printer', transport: place.transport, settings: { snmp: false } })
  const { run, observations, transcript } = await lookAt({ device, probe: printer }, realBench({ paths: { proc: '/proc', sys: '/sys' } }), { now: Date.now, mono: () => performance.now() }, printer.deadlineMs).finally(place.end)
  const symptoms = readSymptoms([printer], [device], observations, {})
  return {
    run,
    seen: Object.fromEntries(observations.map((o) => [o.name, hasValue(o) ? o.value : `!${o.absent}`])),
    present: symptoms.filter(({ is }) => is === 'present').map(({ id }) => id),
    transcript: transcript.text(),
  }
}

const from = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** Answers each question that a healthy printer knows; everything else is for `instead`. */
const healthy = (answer: (far: Far, question: string, reply: string | undefined) => void): Behaviour => () => {
  const KNOWN: Record<string, string> = { '100401': '16', '100402': '12', '100403': '12', '100404': '12', '1d4943': '5f414200', '1d4942': '5f414200', '1d4941': '5f414200', '1d4944': '5f414200', '1d4901': '20', '1d4902': '02' }
  let rest = ''
  return (far, got) => {
    rest += Buffer.from(got).toString('hex')
    for (; rest.length >= 6; rest = rest.slice(6)) answer(far, rest.slice(0, 6), KNOWN[rest.slice(0, 6)])
  }
}

/** The same noise every time. */
const noise = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => ((i * 2654435761) >>> 13) & 0xff)

const FLOOD: Behaviour = () => {
  const chunk = noise(10_000)
  return (far, got) => { if (got.length === 0) far.every(10, () => far.send(chunk)) }
}

const GARBLED = { 'printer.answers': '!garbled', 'printer.online': undefined }

/** Device by device: what it does, and what must be said of it. */
const TABLE: { does: string; behaviour: Behaviour; seen: Record<string, unknown>; present: Record<Type, string[]> }[] = [
  { does: 'silence', behaviour: () => () => undefined, seen: { 'printer.port': true, 'printer.answers': '!silent' }, present: { tcp: ['printer.silent'], serial: ['printer.silent'], usblp: ['printer.silent'] } },
  { does: 'a flood of garbage, 1 MB/s', behaviour: FLOOD, seen: GARBLED, present: { tcp: ['printer.garbled'], serial: ['printer.garbled'], usblp: ['printer.garbled'] } },
  { does: 'one byte per second', behaviour: () => (far, got) => { if (got.length === 0) far.every(1000, () => far.send(Uint8Array.of(0x41))) }, seen: GARBLED, present: { tcp: ['printer.garbled'], serial: ['printer.garbled'], usblp: ['printer.garbled'] } },
  { does: 'a frame that never ends', behaviour: () => (far, got) => { if (got.length > 0) far.send(from('5f')); else far.every(5, () => far.send(from('4141414141'))) }, seen: GARBLED, present: { tcp: ['printer.garbled'], serial: ['printer.garbled'], usblp: ['printer.garbled'] } },
  { does: 'a name that never ends, after healthy status', behaviour: healthy((far, question, reply) => { if (question === '1d4943') { far.send(from('5f')); far.every(5, () => far.send(from('4141414141'))) } else if (reply) far.send(from(reply)) }), seen: { 'printer.answers': true, 'printer.model': '!garbled' }, present: { tcp: [], serial: [], usblp: [] } },
  { does: 'echo', behaviour: () => (far, got) => far.send(got), seen: GARBLED, present: { tcp: ['printer.garbled'], serial: ['printer.garbled'], usblp: ['printer.garbled'] } },
  { does: 'answers at another speed', behaviour: () => (far, got) => { if (got.length > 0) far.send(from('f8 80 00')) }, seen: GARBLED, present: { tcp: ['printer.garbled'], serial: ['printer.garbled'], usblp: ['printer.garbled'] } },
  { does: 'takes everything and writes nothing but flow control', behaviour: () => (far, got) => { if (got.length > 0) far.send(from('13')) }, seen: { 'printer.answers': '!silent' }, present: { tcp: ['printer.silent'], serial: ['printer.silent'], usblp: ['printer.silent'] } },
  { does: 'half a block, then nothing', behaviour: () => (far, got) => { if (got.length > 0) far.send(from('14 00')) }, seen: GARBLED, present: { tcp: ['printer.garbled'], serial: ['printer.garbled'], usblp: ['printer.garbled'] } },
]

const placesFor = (types: readonly Type[]) => types.filter((type) => type === 'tcp' || hasPty)

describe.each(placesFor(['tcp', 'serial', 'usblp']))('a printer over %s that answers with', (type) => {
  it.each(TABLE)('$does', async ({ behaviour, seen, present }) => {
    const before = process.memoryUsage().arrayBuffers
    const looked = await lookAtHarm(behaviour === FLOOD && type !== 'tcp' ? await flooded(type) : await PLACES[type](behaviour))
    expect(looked.run).toMatchObject({ outcome: 'done' })
    expect(looked.run.ms).toBeLessThan(printer.deadlineMs)
    expect(Object.fromEntries(Object.keys(seen).map((name) => [name, looked.seen[name]]))).toEqual(seen)
    expect(looked.present).toEqual(present[type])
    expect(looked.transcript.length).toBeLessThanOrEqual(65_536)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20)
  })

  it('its answers a second late: no fault is made of them', async () => {
    const { run, present } = await lookAtHarm(await PLACES[type](healthy((far, _question, reply) => { if (reply) far.after(1000, () => far.send(from(reply))) })))
    expect(run.outcome).toBeOneOf(['done', 'late'])
    expect(run.ms).toBeLessThan(printer.deadlineMs + GRACE_MS)
    expect(present.filter((id) => !['printer.silent', 'printer.garbled', 'printer.status-contradicts'].includes(id))).toEqual([])
  })
})

describe.each(placesFor(['serial', 'usblp']))('a printer over %s that is pulled', (type) => {
  it.each([1, 2, 3, 4, 5, 6, 10])('at question %i', async (at) => {
    let asked = 0
    const { run, seen, present } = await lookAtHarm(await PLACES[type](healthy((far, _question, reply) => {
      asked += 1
      if (asked === at) far.cut()
      else if (reply) far.send(from(reply))
    })))
    expect(run).toMatchObject({ outcome: 'done' })
    expect(seen['printer.port']).toBe('!missing')
    expect(seen['printer.answers']).toBe(at <= 4 ? '!missing' : true)
    expect(present).toEqual(['printer.port-missing'])
  })
})

describe('a printer over tcp', () => {
  it.each([1, 2, 3, 4])('that resets the connection at question %i, in the middle of an answer', async (at) => {
    let asked = 0
    const { run, seen, present } = await lookAtHarm(await overTcp(healthy((far, _question, reply) => {
      asked += 1
      if (asked === at) {
        far.send(from('14 00'))
        far.after(30, () => far.cut())
      } else if (reply) far.send(from(reply))
    })))
    expect(run).toMatchObject({ outcome: 'done' })
    expect(seen['printer.answers']).toBeOneOf(['!missing', '!garbled'])
    expect(present.length).toBe(1)
    expect(present[0]).toBeOneOf(['printer.unreachable', 'printer.garbled'])
  })

  it('that ends the session after its status is not called unreachable', async () => {
    const { seen, present } = await lookAtHarm(await overTcp(healthy((far, question, reply) => { if (question === '1d4942') far.cut(); else if (reply) far.send(from(reply)) })))
    expect([seen['printer.answers'], seen['printer.model'], seen['printer.maker'], present]).toEqual([true, 'AB', '!missing', []])
  })

  it('that accepts and never reads is silent', async () => {
    const { run, seen, present } = await lookAtHarm(await overTcp(() => () => undefined, (socket) => socket.pause()))
    expect(run.ms).toBeLessThan(printer.deadlineMs)
    expect([seen['printer.port'], seen['printer.answers'], present]).toEqual([true, '!silent', ['printer.silent']])
  })

  it('that hangs up at once is unreachable', async () => {
    const { seen, present } = await lookAtHarm(await overTcp(() => (far) => far.cut()))
    // Whether the connection stood before it was reset is a matter of microseconds.
    expect([seen['printer.port'], seen['printer.answers']]).toBeOneOf([[true, '!missing'], ['!refused', undefined]])
    expect(present).toEqual(['printer.unreachable'])
  })
})
