import { describe, expect, it } from 'vitest'
import { type Arrival, player } from '../../src/bench/player.ts'
import { hex, parseDialogue, unhex } from '../../src/model/dialogue.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const plays = (text: string) => player(parseDialogue(text))
const told = (arrivals: readonly Arrival[]): string[] =>
  arrivals.map((a) => (a.type === 'bytes' ? `${hex(a.bytes)} +${a.after}` : a.type === 'unplug' ? `unplug +${a.after}` : `${a.absence} ${a.detail} +${a.after}`))

const opened = (text: string, address: unknown, nowMs = 0): string[] | string | undefined => {
  const opening = plays(text).opened(address, nowMs)
  if (!opening) return undefined
  return 'absence' in opening ? `${opening.absence} ${opening.detail}` : told(opening.arrivals)
}

describe('bytes sent to a played device', () => {
  it('bring what follows the next line with the same bytes, then what follows the last of them', () => {
    const device = plays('> 01\n< a1 +2ms\n< a2 +3ms\n> 02\n< b1\n> 01\n< c1 +1ms\n')
    expect(told(device.sent(bytes('02'), 0))).toEqual(['b1 +0'])
    expect(told(device.sent(bytes('01'), 0))).toEqual(['a1 +2', 'a2 +5'])
    expect(told(device.sent(bytes('01'), 0))).toEqual(['c1 +1'])
    expect(told(device.sent(bytes('01'), 0))).toEqual(['c1 +1'])
  })

  it('bring nothing when no line has them', () => {
    expect(plays('> 01\n< a1\n').sent(bytes('ff'), 0)).toEqual([])
  })

  it('may come in pieces or several lines at once, as on a socket', () => {
    const device = plays('> 10 04 01\n< 12\n> 10 04 02\n< 16\n')
    expect(device.sent(bytes('10 04'), 0)).toEqual([])
    expect(told(device.sent(bytes('01 10 04 02'), 0))).toEqual(['12 +0', '16 +0'])
    expect(told(device.sent(bytes('ff ff 10 04 02'), 0))).toEqual(['16 +0'])
  })

  it('can be refused or unplug the device', () => {
    const device = plays('> 01\n! silent takes no bytes +9ms\n> 02\n< aa +1ms\n! unplug +2ms\n')
    expect(told(device.sent(bytes('01'), 0))).toEqual(['silent takes no bytes +9'])
    expect(told(device.sent(bytes('02'), 10))).toEqual(['aa +1', 'unplug +3'])
    expect(told(device.sent(bytes('02'), 14))).toEqual(['unplug +0'])
    expect(device.opened('any', 14)).toMatchObject({ absence: 'missing' })
  })

  it('bring the same garbage every time', () => {
    const text = '> 01\n! garbage 40\n> 02\n! garbage 40\n'
    const [one] = plays(text).sent(bytes('01'), 0)
    const [again] = plays(text).sent(bytes('01'), 0)
    const [other] = plays(text).sent(bytes('02'), 0)
    expect(one).toEqual(again)
    expect(one).not.toEqual(other)
    expect(one?.type === 'bytes' && one.bytes.length).toBe(40)
    expect(one?.type === 'bytes' && new Set(one.bytes).size).toBeGreaterThan(20)
  })
})

describe('opening a played port', () => {
  it('gives what comes unasked, and later what comes at its time', () => {
    expect(opened('< 14 00 +0ms\n> 01\n< a1\n! after 60s\n< 1c\n! unplug\n', 'x')).toEqual(['14 00 +0', '1c +60000', 'unplug +60000'])
  })

  it('is answered by an open line for that address, in order, or by one for every address', () => {
    const device = plays('? open [{"path":"a","baud":1}]\n! busy held\n? open [{"baud":1,"path":"a"}]\n= null +4ms\n< 77\n')
    expect(device.opened({ baud: 1, path: 'a' }, 0)).toMatchObject({ absence: 'busy', detail: 'held' })
    expect(device.opened({ baud: 1, path: 'a' }, 0)).toMatchObject({ ms: 4, arrivals: [{ type: 'bytes' }] })
    expect(device.opened({ baud: 1, path: 'b' }, 0)).toBeUndefined()
    expect(device.opened(undefined, 0)).toMatchObject({ ms: 4 })
    expect(opened('? open []\n! blocked no permission\n', { path: 'whatever' })).toBe('blocked no permission')
  })

  it('brings an unplugged device back where the dialogue says that it opened again', () => {
    const device = plays('? open []\n= null\n> 01\n< a1\n! unplug\n? open []\n= null\n> 01\n< a2\n')
    device.opened('x', 0)
    expect(told(device.sent(bytes('01'), 1))).toEqual(['a1 +0', 'unplug +0'])
    expect(device.opened('x', 2)).toMatchObject({ arrivals: [] })
    expect(told(device.sent(bytes('01'), 3))).toEqual(['a2 +0'])
  })

  it('needs a dialogue that speaks of a port', () => {
    expect(opened('# only questions\n? files.read ["/x"]\n= "y"\n! after 5s\n? files.read ["/x"]\n= "z"\n', 'x')).toBeUndefined()
    expect(opened('! silence\n', 'x')).toEqual([])
    expect(opened('! unplug\n', 'x')).toBe('missing unplugged')
  })
})

describe('times of a scenario', () => {
  const text = '> 01\n< a1\n> 02\n< b1\n? net.lookup ["h"]\n= 1\n! after 10s\n> 01\n< a2\n? net.lookup ["h"]\n! silence\n! after 20s\n! silence\n! after 30s\n! unplug\n! after 40s\n> 01\n< a3\n'

  it('put new lines before old ones, and silence takes the old ones away', () => {
    const device = plays(text)
    expect(told(device.sent(bytes('01'), 9999))).toEqual(['a1 +0'])
    expect(told(device.sent(bytes('01'), 10000))).toEqual(['a2 +0'])
    expect(told(device.sent(bytes('02'), 10000))).toEqual(['b1 +0'])
    expect(device.sent(bytes('01'), 20000)).toEqual([])
    expect(device.sent(bytes('02'), 20000)).toEqual([])
    expect(device.opened('x', 31000)).toMatchObject({ absence: 'missing' })
    expect(told(device.sent(bytes('01'), 31000))).toEqual(['unplug +0'])
    expect(told(device.sent(bytes('01'), 40000))).toEqual(['a3 +0'])
    expect(device.sent(bytes('02'), 40000)).toEqual([])
    expect(device.opened('x', 40000)).toMatchObject({ arrivals: [] })
  })

  it('hold for questions too', () => {
    const device = plays(text)
    expect(device.ask('net.lookup', ['h'], 0)).toEqual({ value: 1, ms: 0 })
    expect(device.ask('net.lookup', ['h'], 10000)).toMatchObject({ absence: 'silent' })
  })
})

describe('questions to a played device', () => {
  it('are answered in order, the last answer again and again', () => {
    const device = plays('? files.read ["/a"]\n= "1" +2ms\n? files.read ["/b"]\n! blocked no +1ms\n? files.read ["/a"]\n= "2"\n? net.addresses\n= []\n')
    expect([1, 2, 3].map(() => device.ask('files.read', ['/a'], 0))).toEqual([{ value: '1', ms: 2 }, { value: '2', ms: 0 }, { value: '2', ms: 0 }])
    expect(device.ask('files.read', ['/b'], 0)).toEqual({ absence: 'blocked', detail: 'no', ms: 1 })
    expect(device.ask('files.read', ['/c'], 0)).toBeUndefined()
    expect(device.ask('net.addresses', [], 0)).toEqual({ value: [], ms: 0 })
  })

  it('do not part bytes sent from their answer', () => {
    expect(told(plays('> 01\n? files.read ["/a"]\n= "x"\n< a1 +3ms\n').sent(bytes('01'), 0))).toEqual(['a1 +3'])
  })

  it('without an answer are not answered', () => {
    expect(plays('? files.read ["/a"]\n> 01\n< 02\n').ask('files.read', ['/a'], 0)).toBeUndefined()
  })
})
