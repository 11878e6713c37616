import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replayBench } from '../../src/bench/replay.ts'
import { type Bench, BenchError, type Port, type PortAddress } from '../../src/model/bench.ts'
import { type DialogueLine, formatLine, hex, parseDialogue, unhex } from '../../src/model/dialogue.ts'
import { absenceOf, failureOf, lent } from './lent.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const SERIAL: PortAddress = { type: 'serial', path: '/dev/ttyS9', baud: 9600, dialect: 'esc-pos' }
const replays = (dialogue: string, options = {}) => lent(replayBench({ 'device-1': dialogue }, options))

describe('a replayed port', () => {
  it('answers on the clock of the dialogue and never sleeps', async () => {
    const { bench } = replays('> 10 04 01\n< 12 +8000ms\n< 13 +500ms\n')
    const port = await bench.open(SERIAL)
    await port.write(bytes('10 04 01'))
    expect(hex(await port.read(7999))).toBe('')
    expect(hex(await port.read(5, (got) => got.length >= 1))).toBe('12')
    expect(bench.clock.mono()).toBe(8000)
    expect(hex(await port.read(60_000))).toBe('13')
    expect(bench.clock.mono()).toBe(68_000)
  })

  it('collects until enough has come', async () => {
    const { bench } = replays('> 10 04 01\n< a1 +1ms\n< a2 +1ms\n< a3 +1ms\n')
    const port = await bench.open(SERIAL)
    await port.write(bytes('10 04 01'))
    expect(hex(await port.read(100, (got) => got.length >= 2))).toBe('a1 a2')
    expect(hex(await port.read(100))).toBe('a3')
  })

  it('gives what came before it was unplugged, then rejects as missing', async () => {
    const { bench } = replays('> 10 04 01\n< a1\n! unplug\n')
    const port = await bench.open(SERIAL)
    await port.write(bytes('10 04 01'))
    expect(hex(await port.read(100))).toBe('a1')
    expect(await absenceOf(port.read(100))).toBe('missing')
    expect(await absenceOf(port.write(bytes('10 04 01')))).toBe('missing')
    expect(await absenceOf(bench.open(SERIAL))).toBe('missing')
  })

  it('tells its lines only if the dialogue does', async () => {
    const { bench } = replays('> 10 04 01\n? port.lines []\n= {"cts":true,"dsr":false,"dcd":true}\n')
    expect(await (await bench.open(SERIAL)).lines()).toEqual({ cts: true, dsr: false, dcd: true })
    expect(await (await replays('> 10 04 01\n').bench.open(SERIAL)).lines()).toBeUndefined()
  })

  it('refuses bytes that must not be sent, as on a real bench', async () => {
    const { bench, lease } = replays('> 10 14 01 00 01\n< 01\n')
    const port = await bench.open(SERIAL)
    expect(await absenceOf(port.write(bytes('10 14 01 00 01')))).toBe('blocked')
    expect(lease.transcript()).not.toMatch(/^>/m)
    expect(lease.transcript()).toMatch(/^# not sent/m)
  })

  it('is heard while something is sent', async () => {
    const { bench } = replays('> 10 04 01\n< a1 +3ms\n')
    const port = await bench.open(SERIAL)
    const reading = port.read(1000, (got) => got.length > 0)
    await port.write(bytes('10 04 01'))
    expect(hex(await reading)).toBe('a1')
    expect(bench.clock.mono()).toBe(3)
  })
})

describe('a replayed host', () => {
  it('answers from the dialogue, with bytes as bytes', async () => {
    const { bench } = replays([
      '? files.read ["/proc/uptime"]', '= "12.5 3\\n" +3ms',
      '? hid.feature ["/dev/hidraw0","00 00 01 00",0,25]', '= "00 0b"',
      '? net.datagram ["h",161,"30 01"]', '= {"bytes":"30 02","ms":4} +4ms',
      '? net.tls ["h",443,{"name":"h"}]', '! garbled EPROTO +20ms',
      '? operator.ask ["Ready?",["yes","no"]]', '= "yes"',
      '? net.http ["http://h/",{"method":"GET"}]', '! silence',
    ].join('\n'))
    expect(await bench.files.read('/proc/uptime')).toBe('12.5 3\n')
    expect(bench.clock.mono()).toBe(3)
    expect(hex(await bench.hid.feature('/dev/hidraw0', bytes('00 00 01 00'), 0, 25, 'magtek'))).toBe('00 0b')
    expect(hex((await bench.net.datagram('h', 161, bytes('30 01'), 500)).bytes)).toBe('30 02')
    expect(await failureOf(bench.net.tls('h', 443, { name: 'h', ms: 1, ca: 'x' }))).toEqual({ absence: 'garbled', detail: 'EPROTO' })
    expect(await bench.operator.ask({ zh: '好了吗？', en: 'Ready?' }, [{ key: 'yes', zh: '是', en: 'yes' }, { key: 'no', zh: '否', en: 'no' }])).toBe('yes')
    expect(await absenceOf(bench.net.http('http://h/', { method: 'GET', ms: 5 }))).toBe('silent')
    expect(await failureOf(bench.files.read('/else'))).toEqual({ absence: 'missing', detail: 'not in the dialogue' })
    expect(await failureOf(bench.open(SERIAL))).toEqual({ absence: 'missing', detail: 'not in the dialogue' })
  })

  it('knows nothing of a device without a dialogue', async () => {
    expect(await absenceOf(lent(replayBench({}), 'other').bench.smartcards.slots())).toBe('missing')
  })

  it('names the call and the place of an answer that does not fit, and the line of a text that is no dialogue', async () => {
    await expect(replays('? files.space ["/"]\n= {"totalBytes":"much"}').bench.files.space('/')).rejects.toThrow(/files\.space.*\n*.*totalBytes/s)
    expect(() => replayBench({ 'printer-1': '> 10 04 01\nwhat' })).toThrow(/line 2: .*printer-1/)
  })

  it('lets calls that run side by side take their time side by side', async () => {
    const { bench } = replays('? net.lookup ["a"]\n= {"addresses":["192.0.2.1"],"ms":30} +30ms\n? net.lookup ["b"]\n! silent nobody +20ms\n')
    const order: string[] = []
    await Promise.allSettled([
      bench.net.lookup('a').finally(() => order.push('a')),
      bench.net.lookup('b').finally(() => order.push('b')),
      bench.clock.sleep(25).then(() => order.push('slept')),
    ])
    expect(order).toEqual(['b', 'slept', 'a'])
    expect(bench.clock.mono()).toBe(30)
  })

  it('starts when it is told to, or when the dialogue was recorded, and as far into the scenario as it is told', async () => {
    const dialogue = '? clock.now []\n= 1700000000000\n? files.read ["/x"]\n= "early"\n! after 300s\n? files.read ["/x"]\n= "late"'
    expect(replays(dialogue).bench.clock.now()).toBe(1700000000000)
    expect(replays(dialogue, { startAt: 5 }).bench.clock.now()).toBe(5)
    expect(await replays(dialogue).bench.files.read('/x')).toBe('early')
    expect(await replays(dialogue, { elapsedMs: () => 300_000 }).bench.files.read('/x')).toBe('late')
  })

  it('lends each dialogue anew', async () => {
    const lend = replayBench({ 'device-1': '? files.read ["/x"]\n= "1"\n? files.read ["/x"]\n= "2"' })
    expect(await lent(lend).bench.files.read('/x')).toBe('1')
    expect(await lent(lend).bench.files.read('/x')).toBe('1')
  })

  it('ends every call when the deadline comes, even of a probe that only sleeps', async () => {
    const { bench, deadline } = replays('> 10 04 01\n')
    const port = await bench.open(SERIAL)
    setTimeout(deadline, 5)
    const forever = async (): Promise<void> => { for (;;) await bench.clock.sleep(1000) }
    expect(await failureOf(forever())).toEqual({ absence: 'silent', detail: 'deadline' })
    expect(await absenceOf(port.read(10))).toBe('silent')
    expect(await absenceOf(bench.files.read('/x'))).toBe('silent')
  })
})

const STAR = 0x2a
const piece = fc.uint8Array({ minLength: 1, maxLength: 4 }).filter((bytes) => !bytes.includes(STAR))
const ms = fc.integer({ min: 0, max: 400 })
const word = fc.constantFrom('silent', 'garbled', 'refused', 'busy', 'missing', 'blocked')
const question = fc.constantFrom('/a', '/b')
const few = fc.constantFrom('10 04 01', '10 04 02', '10 04').map(bytes)
const gotLine: fc.Arbitrary<DialogueLine> = fc.record({ type: fc.constant('got' as const), bytes: piece, ms })
const line: fc.Arbitrary<DialogueLine[]> = fc.oneof(
  { weight: 4, arbitrary: few.map((sent): DialogueLine[] => [{ type: 'sent', bytes: sent }]) },
  { weight: 4, arbitrary: gotLine.map((got) => [got]) },
  fc.constant<DialogueLine[]>([{ type: 'silence' }]),
  fc.integer({ min: 1, max: 9 }).map((n): DialogueLine[] => [{ type: 'garbage', bytes: n }]),
  fc.constant<DialogueLine[]>([{ type: 'unplug' }]),
  fc.integer({ min: 1, max: 3 }).map((seconds): DialogueLine[] => [{ type: 'after', seconds }]),
  fc.tuple(few, word, ms).map(([sent, absence, delay]): DialogueLine[] => [{ type: 'sent', bytes: sent }, { type: 'absent', absence, detail: 'so it is', ms: delay }]),
  fc.tuple(question, fc.string(), ms).map(([path, value, delay]): DialogueLine[] => [{ type: 'question', call: 'files.read', args: [path] }, { type: 'answer', value, ms: delay }]),
  fc.tuple(question, word, ms).map(([path, absence, delay]): DialogueLine[] => [{ type: 'question', call: 'files.read', args: [path] }, { type: 'absent', absence, detail: 'no', ms: delay }]),
  fc.tuple(fc.boolean(), ms).map(([ok, delay]): DialogueLine[] => [{ type: 'question', call: 'open', args: [SERIAL] }, ok ? { type: 'answer', value: null, ms: delay } : { type: 'absent', absence: 'busy', detail: 'held', ms: delay }]),
)

type Move = { do: 'open' } | { do: 'write'; bytes: Uint8Array } | { do: 'read'; ms: number; enough: number } | { do: 'ask'; path: string } | { do: 'sleep'; ms: number }
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.constant({ do: 'open' as const }),
  { weight: 3, arbitrary: few.map((sent) => ({ do: 'write' as const, bytes: sent })) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), ms, enough: fc.integer({ min: 1, max: 9 }) }) },
  fc.record({ do: fc.constant('ask' as const), path: question }),
  fc.record({ do: fc.constant('sleep' as const), ms: fc.integer({ min: 0, max: 2000 }) }),
)

const outcomeOf = async (move: Move, bench: Bench, port: Port | undefined): Promise<unknown> => {
  switch (move.do) {
    case 'open': return 'open'
    case 'write': return port?.write(move.bytes)
    case 'read': return port && hex(await port.read(move.ms, (got) => got.length >= move.enough))
    case 'ask': return bench.files.read(move.path)
    case 'sleep': return bench.clock.sleep(move.ms)
  }
}

/** Makes the moves and tells what each of them brought. */
const played = async (dialogue: string, moves: readonly Move[]): Promise<{ outcomes: unknown[]; transcript: string }> => {
  const { bench, lease } = replays(dialogue)
  let port: Port | undefined
  const outcomes: unknown[] = []
  for (const one of moves) {
    try {
      if (one.do === 'open') {
        await port?.close()
        port = undefined
        port = await bench.open(SERIAL)
      }
      outcomes.push(await outcomeOf(one, bench, port))
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      outcomes.push(`${error.absence}: ${error.message}`)
    }
  }
  return { outcomes, transcript: lease.transcript() }
}

/** Random bytes may look like card data; then the transcript holds stars in their place, or no line, and cannot tell what was read. */
const hides = (transcript: string): boolean => /(?<![^ ])2a(?![^ \n])|\*|\[[A-Z]|withheld/.test(transcript)

/** A transcript knows that a device went away by the first call that noticed, not by the clock. */
const vanishing = (transcript: string): string => transcript.replaceAll(/^! unplug.*$/gm, '! unplug')

describe('a transcript', () => {
  it('holds stars where what was read looks like card data', async () => {
    const track = hex(new TextEncoder().encode(';4111111111111111=25121011234567890?'))
    const { outcomes, transcript } = await played(`> 10 04 01\n< ${track}\n`, [{ do: 'open' }, { do: 'write', bytes: bytes('10 04 01') }, { do: 'read', ms: 100, enough: 1 }])
    expect(outcomes.at(-1)).toBe(track)
    expect(hides(transcript)).toBe(true)
    expect(hides((await played('> 10 04 01\n< 12 ab\n', [{ do: 'open' }])).transcript)).toBe(false)
  })
  it('replays to the same answers, and to itself', async () => {
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 14 }), fc.array(move, { maxLength: 14 }), async (lines, moves) => {
      const first = await played(lines.flat().map(formatLine).join('\n'), [{ do: 'open' }, ...moves])
      fc.pre(!hides(first.transcript))
      expect(parseDialogue(first.transcript).map(formatLine).join('\n')).toBe(first.transcript.trimEnd())
      const second = await played(first.transcript, [{ do: 'open' }, ...moves])
      expect(second.outcomes).toEqual(first.outcomes)
      expect(vanishing(second.transcript)).toBe(vanishing(first.transcript))
    }), { numRuns: 500 })
  })
})
