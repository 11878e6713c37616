import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSelected } from '../../probes/reader/select.ts'
import { keepOf } from '../../src/guard/keep.ts'
import { hex, unhex } from '../../src/model/dialogue.ts'
import { RUNS } from '../probes/fuzz.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const kept = (text: string): string | undefined => {
  const left = keepOf('apdu', bytes(text))
  return left && hex(left).replaceAll(' ', '')
}

const FCI = '6f2f840e325041592e5359532e4444463031a51dbf0c1a61184f07a0000000031010500a564953412044454249548701019000'

describe('what is kept of a card’s answer', () => {
  it.each([
    ['the names of its applications and the status word', FCI, '4f07a00000000310109000'],
    ['the status word alone where there is no list', '6a82', '6a82'],
    ['nothing of an answer without one', '90', undefined],
    // Track 2 equivalent data (57), PAN (5a) and the holder's name (5f20) of a card that answers more than it was asked.
    ['no card number, track or name', `70${'3b'}5a0841111111111111115713${'4111111111111111d29122010000000000000f'}5f200a444f452f4a4f484e202020${'9000'}`, '9000'],
    ['no card number that is given out as an application', '4f0841111111111111119000', '9000'],
    ['nothing beyond a length that is a lie', '6f7f4f07a00000000310109000', '9000'],
    ['a name behind a long length', `6f8181${'4f07a0000000031010'}${'00'.repeat(120)}9000`, '4f07a00000000310109000'],
  ])('%s', (_, answer, left) => {
    expect(kept(answer)).toBe(left)
  })

  it('is only names and a status word, whatever a card sends, and reads back', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 300 }), (answer) => {
      const left = keepOf('apdu', answer) ?? new Uint8Array()
      const selected = readSelected(left)
      expect(selected?.status).toBe(hex(answer.subarray(-2)).replaceAll(' ', ''))
      const names = selected?.applications ?? []
      expect(left.length).toBe(2 + names.reduce((sum, name) => sum + 2 + name.length / 2, 0))
      for (const name of names) expect(name).toMatch(/^[adf][0-9a-f]{9,31}$/)
    }), RUNS)
  })

  it('ends, however deep and however many', () => {
    const nested = (depth: number): number[] => (depth === 0 ? [0x4f, 5, 0xa0, 1, 2, 3, 4] : [0x61, ...[nested(depth - 1)].flatMap((inner) => [inner.length, ...inner])])
    expect(keepOf('apdu', Uint8Array.of(...nested(30), 0x90, 0))).toEqual(Uint8Array.of(0x90, 0))
    const many = Array.from({ length: 60 }, () => [0x4f, 5, 0xa0, 1, 2, 3, 4]).flat()
    expect(keepOf('apdu', Uint8Array.of(...many, 0x90, 0))?.length).toBe(16 * 7 + 2)
  })
})

describe('what is kept of an ID TECH report', () => {
  const ping = '5669564f74656368320018000000fa83'
  it('is an answer to ping or version, cut to its length', () => {
    expect(hex(keepOf('idtech', bytes(`01${ping}${'00'.repeat(47)}`)) ?? new Uint8Array()).replaceAll(' ', '')).toBe(ping)
  })

  it.each([['a swipe', '02a5001f3925502b3b343131313131313131313131313131313d'], ['a transaction answer', '5669564f74656368320002000008343131313131313131fa83'], ['nothing', '']])('is nothing of %s', (_, report) => {
    expect(keepOf('idtech', bytes(report))).toBeUndefined()
  })
})
