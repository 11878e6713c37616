import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWellFormed } from '../../../probes/reader/atr.ts'
import { unhex } from '../../../src/model/dialogue.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()

// Cards of the public list of pcsc-tools (owners' contributions) and of pcscd with a virtual card.
describe('answer to reset', () => {
  it.each([
    ['T=0, no check byte', '3b 65 00 00 20 63 cb 68 00'],
    ['T=1, contactless storage card', '3b 8f 80 01 80 4f 0c a0 00 00 03 06 03 00 01 00 00 00 00 6a'],
    ['T=0 and T=1', '3b 87 80 01 73 c8 40 00 00 90 00 6d'],
    ['T=1 only', '3b e6 00 ff 81 31 fe 45 44 49 20 30 32 56 6b'],
    ['inverse convention', '3f 65 25 08 65 04 6c 90 00'],
    ['virtual card', '3b 95 13 81 01 80 73 ff 01 00 0b'],
    ['the shortest', '3b 00'],
  ])('%s is well formed', (_name, text) => {
    expect(isWellFormed(bytes(text))).toBe(true)
  })

  it.each([
    ['wrong check byte', '3b 8f 80 01 80 4f 0c a0 00 00 03 06 03 00 01 00 00 00 00 6b'],
    ['interface bytes that never come', '3b ff ff ff'],
    ['too short', '3b 6b 00 00 00 31 c1 64 08 60 32 06 0f 90'],
    ['too long', '3b 65 00 00 20 63 cb 68 00 00'],
    ['check byte missing', '3b ed 00 00 81 31 fe 45 00 31 c0 71 c6 64 4d 35 35 4d 0f 90 00'],
    ['foreign first byte', '3c 00'],
    ['nothing', ''],
  ])('%s is not', (_name, text) => {
    expect(isWellFormed(bytes(text))).toBe(false)
  })

  /** Builds one by the rules, interface levels outermost first. */
  const card = fc.record({
    ts: fc.constantFrom(0x3b, 0x3f),
    levels: fc.array(fc.record({ abc: fc.subarray([0x10, 0x20, 0x40]), protocol: fc.constantFrom(0, 1, 15) }), { minLength: 1, maxLength: 3 }),
    historical: fc.uint8Array({ maxLength: 15 }),
    filler: fc.nat(255),
  }).map(({ ts, levels, historical, filler }) => {
    // Each level begins with its half of T0 or TDi; the protocol before it is the other half.
    const joined: number[] = []
    let low = historical.length
    for (const [i, { abc }] of levels.entries()) {
      const more = i < levels.length - 1
      joined.push(abc.reduce((sum, bit) => sum | bit, more ? 0x80 : 0) | low, ...abc.map(() => filler))
      low = levels[i + 1]?.protocol ?? 0
    }
    const checked = levels.slice(1).some(({ protocol }) => protocol !== 0)
    const covered = [...joined, ...historical]
    return { atr: Uint8Array.of(ts, ...covered, ...(checked ? [covered.reduce((sum, byte) => sum ^ byte, 0)] : [])), checked }
  })

  it('every one made by the rules is well formed; cut short or with a flipped bit under a check byte it is not', () => {
    fc.assert(fc.property(card, fc.nat(), fc.nat(7), ({ atr, checked }, place, bit) => {
      expect(isWellFormed(atr)).toBe(true)
      expect(isWellFormed(atr.subarray(0, -1))).toBe(false)
      if (!checked) return
      const bent = Uint8Array.from(atr)
      const at = 1 + (place % (atr.length - 1))
      bent[at] = (bent[at] ?? 0) ^ (1 << bit)
      expect(isWellFormed(bent)).toBe(false)
    }))
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (atr) => {
      expect(typeof isWellFormed(atr)).toBe('boolean')
    }))
  })
})
