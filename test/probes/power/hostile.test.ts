import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVariables } from '../../../probes/power/nut.ts'
import { power } from '../../../probes/power/probe.ts'
import { upsSights } from '../../../probes/power/ups.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { formatLine, hex, parseDialogue } from '../../../src/model/dialogue.ts'
import { hasValue } from '../../../src/model/observation.ts'
import { Device } from '../../../src/model/terminal.ts'
import { closedPort, tcpServer } from '../../bench/servers.ts'
import { GRACE_MS, RUNS } from '../fuzz.ts'
import { dialogue, playTo } from '../play.ts'

const lend = realBench({ paths: { proc: '/proc', sys: '/sys' } })

/** Looks at a UPS behind a NUT server; whatever that does, the look ends in time, in order, and keeps little. */
const look = async (port: number): Promise<string> => {
  const device = Device.parse({ id: 'ups-1', kind: 'power', transport: { type: 'nut', ups: 'ups', port } })
  const started = performance.now()
  const before = process.memoryUsage().arrayBuffers
  const { observations, run, transcript } = await lookAt({ device, probe: power }, lend, { now: () => 0, mono: () => performance.now() }, power.deadlineMs)
  expect(run.outcome, run.detail).toBe('done')
  expect(performance.now() - started).toBeLessThan(power.deadlineMs + GRACE_MS)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 << 20)
  expect(transcript.text().length).toBeLessThanOrEqual(65_536)
  // A server that lies about itself has said nothing of the mains.
  expect(observations.filter((o) => o.name === 'power.on-battery' && hasValue(o))).toEqual([])
  const contact = observations.find((o) => o.name === 'power.ups-contact')
  return contact === undefined ? 'nothing' : hasValue(contact) ? String(contact.value) : `!${contact.absent}`
}

const VERSION = 'Network UPS Tools upsd 2.8.0\n'

/** A megabyte a second until nobody listens. */
const flood = (socket: Socket, chunk: Buffer): void => {
  socket.write(chunk)
  const timer = setInterval(() => socket.write(chunk), 16)
  socket.on('close', () => clearInterval(timer))
}

const slowly = async (socket: Socket, text: string): Promise<void> => {
  for (const character of text) {
    if (socket.destroyed) return
    socket.write(character)
    await wait(1000)
  }
}

/** Answers the first line in order, and then does this with the second. */
const afterVersion = (then: (socket: Socket) => void) => (socket: Socket): void => {
  socket.once('data', () => {
    socket.write(VERSION)
    socket.once('data', () => then(socket))
  })
}

const HOSTILE: Readonly<Record<string, readonly [(socket: Socket) => void, string[]]>> = {
  'says nothing': [(socket) => socket.resume(), ['!silent']],
  'takes the connection and reads nothing': [(socket) => socket.pause(), ['!silent']],
  'floods garbage': [(socket) => flood(socket, Buffer.alloc(16_384, 0xe9)), ['!garbled']],
  'sends one byte a second': [(socket) => { socket.once('data', () => void slowly(socket, VERSION)) }, ['!garbled', '!silent']],
  'echoes': [(socket) => socket.on('data', (chunk) => socket.write(chunk)), ['!garbled']],
  'hangs up at once': [(socket) => socket.end(), ['!missing']],
  'resets at once': [(socket) => socket.resetAndDestroy(), ['!missing']],
  'hangs up when asked for the UPS': [afterVersion((socket) => socket.end()), ['!missing']],
  'falls silent when asked for the UPS': [afterVersion((socket) => socket.resume()), ['!silent']],
  'resets in mid list': [afterVersion((socket) => socket.write('BEGIN LIST VAR ups\nVAR ups ups.status "OB', () => socket.resetAndDestroy())), ['!missing', '!garbled']],
  'never ends its list': [afterVersion((socket) => { socket.write('BEGIN LIST VAR ups\nVAR ups ups.status "OB DISCHRG LB"\n'); flood(socket, Buffer.from('VAR ups battery.charge "1"\n'.repeat(600))) }), ['!garbled']],
  'never ends a line': [afterVersion((socket) => { socket.write('BEGIN LIST VAR ups\nVAR ups ups.status "'); flood(socket, Buffer.alloc(16_384, 0x41)) }), ['!garbled']],
  'closes a list that it never began': [afterVersion((socket) => socket.write('VAR ups ups.status "OB"\nEND LIST VAR ups\n')), ['!garbled']],
  'tells of another UPS in the list': [afterVersion((socket) => socket.write('BEGIN LIST VAR ups\nVAR other ups.status "OB"\nEND LIST VAR ups\n')), ['!garbled']],
  'invents an error': [afterVersion((socket) => socket.write('ERR TOO-HOT-TODAY\n')), ['!refused']],
}

describe('a NUT server that', () => {
  it.concurrent.each(Object.entries(HOSTILE))('%s', async (_, [serve, expected]) => {
    const server = await tcpServer(serve)
    try {
      expect(expected).toContain(await look(server.port))
    } finally {
      await server.stop()
    }
  })

  it('is not there', async () => {
    expect(await look(await closedPort())).toBe('!missing')
  })
})

const HID = { transport: { type: 'hid', vendorId: '0764', productId: '0601' } }
const UPS = await dialogue('power/hid-cyberpower-on-line')
const HEARD = await dialogue('power/hid-5131-on-battery-low')
const HEARD_HID = { transport: { type: 'hid', vendorId: '5131', productId: '2007' } }

/** Answers of the dialogue, one of them put in the place of another line. */
const replaced = (text: string, pick: (call: string) => boolean, put: (line: ReturnType<typeof parseDialogue>[number]) => string): string => {
  const lines = parseDialogue(text)
  return lines.map((line, i) => {
    const asked = lines[i - 1]
    return line.type === 'answer' && asked?.type === 'question' && pick(asked.call) ? put(line) : formatLine(line)
  }).join('\n')
}

describe('a HID UPS that', () => {
  it.each([
    ['vanishes before its descriptor is read', 'hid.descriptor', '! missing /dev/hidraw0: ENOENT', '!missing'],
    ['vanishes when it is asked', 'hid.feature', '! missing /dev/hidraw0: No such device', '!missing'],
    ['answers nothing', 'hid.feature', '! silent /dev/hidraw0: no answer within 3000 ms', '!silent'],
    ['refuses everything', 'hid.feature', '! refused /dev/hidraw0: Broken pipe', '!refused'],
    ['answers with empty reports', 'hid.feature', '= ""', '!garbled'],
    ['answers with its report id alone', 'hid.feature', '= "0b"', '!garbled'],
    ['answers every question with the same report', 'hid.feature', '= "55 55 55 55 55 55"', '!garbled'],
    ['has an empty descriptor', 'hid.descriptor', '= []', '!blocked'],
    ['has a descriptor of garbage', 'hid.descriptor', `= ${JSON.stringify(Array.from({ length: 1024 }, (_, i) => hex(Uint8Array.of(i * 7, i * 13, i * 31, i))))}`, '!garbled'],
  ])('%s', async (_, call, answer, expected) => {
    const { run, seen } = await playTo(power, `${replaced(UPS, (asked) => asked === call, () => answer)}\n? hid.feature\n${answer}\n? hid.listen\n= []`, HID)
    expect(run.outcome).toBe('done')
    expect(seen['power.ups-contact']).toBe(expected)
    expect(seen['power.on-battery'] === undefined || String(seen['power.on-battery']).startsWith('!')).toBe(true)
  })

  it.each([
    ['vanishes while it is heard', '! missing /dev/hidraw0: No such device'],
    ['floods reports of no id that it has', `= ${JSON.stringify(Array.from({ length: 256 }, (_, i) => hex(Uint8Array.of(0xee, i))))}`],
    ['sends reports that are cut short', '= ["0b","0b 00","0b 00 00 00 00 00"]'],
    ['sends empty reports', '= ["","",""]'],
  ])('%s: nothing is said of the mains', async (_, answer) => {
    const { run, seen } = await playTo(power, replaced(HEARD, (asked) => asked === 'hid.listen', () => answer), HEARD_HID)
    expect(run.outcome).toBe('done')
    expect(seen['power.on-battery']).toBe('!garbled')
  })

  it('lies about lengths: longer reports are read as far as they are declared, shorter ones as far as they go', async () => {
    const longer = replaced(UPS, (asked) => asked === 'hid.feature', (line) => (line.type === 'answer' ? `= "${String(line.value)} ff ff ff ff ff ff"` : ''))
    expect((await playTo(power, longer, HID)).seen).toEqual((await playTo(power, UPS, HID)).seen)
    const shorter = replaced(UPS, (asked) => asked === 'hid.feature', (line) => (line.type === 'answer' ? `= "${String(line.value).slice(0, 5)}"` : ''))
    const { run, seen } = await playTo(power, shorter, HID)
    expect(run.outcome).toBe('done')
    expect(seen).toMatchObject({ 'power.on-battery': false, 'power.battery-percent': 100 })
    expect(seen).not.toHaveProperty('power.runtime-s')
  })

  it('answers anything at all: the look ends, and every value that is told can be', async () => {
    await fc.assert(fc.asyncProperty(fc.infiniteStream(fc.uint8Array({ maxLength: 12 })), fc.constantFrom(UPS, HEARD), async (stream, text) => {
      const wild = replaced(text, (asked) => asked === 'hid.feature' || asked === 'hid.listen', (line) => {
        const bytes = hex(stream.next().value ?? new Uint8Array())
        return Array.isArray(line.type === 'answer' ? line.value : undefined) ? `= ${JSON.stringify([bytes, bytes])}` : `= "${bytes}"`
      })
      const { run, seen } = await playTo(power, wild, text === UPS ? HID : HEARD_HID)
      expect(run.outcome, run.detail).toBe('done')
      const percent = seen['power.battery-percent']
      if (typeof percent === 'number') expect(percent >= 0 && percent <= 100).toBe(true)
    }), RUNS)
  })
})

describe('whatever a NUT server writes', () => {
  const word = fc.constantFrom('VAR', 'ups', 'ups.status', 'battery.charge', '"OL"', '"OB', '\\', '"', 'BEGIN LIST VAR ups', 'END LIST VAR ups', 'ERR DATA-STALE', '\n', ' ', '\u0000', '\t', '12', '1e999')
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')))

  it('is read or is not, and what is read never throws', () => {
    fc.assert(fc.property(text, fc.boolean(), (body, framed) => {
      const variables = readVariables(framed ? `BEGIN LIST VAR ups\n${body}\nEND LIST VAR ups\n` : body, 'ups')
      if (variables !== undefined && !('error' in variables)) for (const sight of upsSights(variables, 0)) expect(sight.name).toMatch(/^power\./)
    }), RUNS)
  })
})
