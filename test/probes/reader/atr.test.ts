import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAtr } from '../../../probes/reader/atr.ts'
import { hex, unhex } from '../../../src/model/dialogue.ts'

import { RUNS } from '../fuzz.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()

const isWellFormed = (atr: Uint8Array): boolean => readAtr(atr).problems.length === 0

/** One of each shape of answer that real cards give, with what it comes to. */
const CASES = readFileSync(new URL('./atr-cases.txt', import.meta.url), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(' | '))

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

  it('every one made by the rules is well formed; cut short or with a flipped bit in what its check byte covers it is not', () => {
    fc.assert(fc.property(card, fc.nat(), fc.nat(7), ({ atr, checked }, place, bit) => {
      expect(isWellFormed(atr)).toBe(true)
      expect(isWellFormed(atr.subarray(0, -1))).toBe(false)
      if (!checked) return
      const bent = Uint8Array.from(atr)
      // A bit among the interface bytes may make another whole answer of it, so one of the historical bytes or of TCK is bent.
      const at = atr.length - 1 - (place % (((atr[1] ?? 0) & 0x0f) + 1))
      bent[at] = (bent[at] ?? 0) ^ (1 << bit)
      expect(isWellFormed(bent)).toBe(false)
    }))
  })

  it.each(CASES)('%s', (atr, protocols, historical, check, length) => {
    const read = readAtr(bytes(atr ?? ''))
    expect(read.protocols.map(String).sort().join()).toBe(protocols?.split(',').sort().join())
    expect(hex(read.historical).replaceAll(' ', '')).toBe(historical)
    expect(read.check.due ? { true: 'right', false: 'wrong', undefined: '-' }[`${read.check.right}`] : 'not-due').toBe(check)
    expect(read.problems.includes('cut') || read.problems.includes('extra') ? 'not' : 'whole').toBe(length)
  })

  it.each([
    ['3b 8f 80 01 80 4f 0c a0 00 00 03 06 03 00 01 00 00 00 00 6b', ['check']], ['3b ff ff ff', ['cut']], ['3b 65 00 00 20 63 cb 68 00 00', ['extra']], ['3c 00', ['start']], ['', ['start', 'cut']],
    [`3b 9f 96 80 1f ${'00 '.repeat(40).trim()}`, ['extra', 'long', 'check']],
  ])('%s: %o', (text, problems) => {
    expect(readAtr(bytes(text)).problems).toEqual(problems)
  })

  it('never throws, whatever comes, and never reads past its end', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (atr) => {
      const read = readAtr(atr)
      expect(read.historical.length).toBeLessThanOrEqual(15)
      if (read.problems.length === 0) expect(read.historical.length).toBe((atr[1] ?? 0) & 0x0f)
      expect(read.problems.includes('check')).toBe(read.check.right === false)
    }), RUNS)
  })
})
