import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc16, type IdtechFraming, idtechQuestion, readIdtech } from '../../../probes/reader/idtech.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { hex, unhex } from '../../../src/model/dialogue.ts'
import { RUNS } from '../fuzz.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const FRAMINGS: IdtechFraming[] = ['neo', 'itp', 'nga']

describe('questions', () => {
  it('are the frames that the manuals print', () => {
    expect(hex(idtechQuestion('ping'))).toBe('56 69 56 4f 74 65 63 68 32 00 18 01 00 00 b3 cd')
    expect(hex(idtechQuestion('version'))).toBe('56 69 56 4f 74 65 63 68 32 00 29 00 00 00 de a0')
    expect(hex(idtechQuestion('version', { framing: 'itp' }))).toBe('02 52 22 03 71')
    expect(hex(idtechQuestion('version', { framing: 'nga' }))).toBe('02 03 00 78 46 20 1e de 03')
  })

  it('pass the deny-list in every framing', () => {
    for (const framing of FRAMINGS) for (const question of ['ping', 'version'] as const) for (const hid of [false, true]) expect(forbidden('idtech', idtechQuestion(question, { framing, hid })), framing).toBeUndefined()
    expect(idtechQuestion('ping', { hid: true })).toHaveLength(64)
  })
})

describe('answers', () => {
  it.each([
    ['ping', 'neo', '56 69 56 4f 74 65 63 68 32 00 18 00 00 00 fa 83', { is: 'ok', text: '' }],
    ['version', 'neo', '56 69 56 4f 74 65 63 68 32 00 29 00 00 02 56 31 db c6', { is: 'ok', text: 'V1' }],
    ['ping', 'neo', '56 69 56 4f 74 65 63 68 32 00 18 00 00 00 fa 84', { is: 'wrong' }],
    ['ping', 'neo', '56 69 56 4f 74 65 63 68 32 00 18 00 00', { is: 'waiting' }],
    ['ping', 'neo', '41 42', { is: 'wrong' }],
    ['version', 'itp', '15', { is: 'refused', code: 0x15 }], ['version', 'itp', 'fd', { is: 'refused', code: 0xfd }], ['version', 'itp', '06 02 22', { is: 'waiting' }], ['version', 'itp', '41', { is: 'wrong' }],
    ['version', 'nga', '02 03 00 15 0a 0b 14 2a 03', { is: 'refused', code: 0x0a0b }], ['version', 'nga', '02 02 00 06 41 47 47 03', { is: 'ok', text: 'A' }], ['version', 'nga', '02 02 00 06 41 47 48 03', { is: 'wrong' }],
  ] as const)('%s in %s: %s', (question, framing, text, expected) => {
    expect(readIdtech(question, bytes(text), framing)).toEqual(expected)
  })

  it('of the framing itp are read whether the check covers the 06 or not', () => {
    const frame = [0x06, 0x02, 0x22, 0x02, 0x56, 0x31, 0x03]
    const inside = frame.slice(1).reduce((sum, byte) => sum ^ byte, 0)
    for (const lrc of [inside, inside ^ 0x06]) expect(readIdtech('version', Uint8Array.of(...frame, lrc), 'itp')).toEqual({ is: 'ok', text: 'V1' })
    expect(readIdtech('version', Uint8Array.of(...frame, inside ^ 0x55), 'itp')).toEqual({ is: 'wrong' })
  })

  it('one bit over, and the check tells', () => {
    const whole = bytes('56 69 56 4f 74 65 63 68 32 00 29 00 00 02 56 31 db c6')
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
      const bent = Uint8Array.from(whole)
      bent[at] = (bent[at] ?? 0) ^ (1 << bit)
      expect(readIdtech('version', bent).is).not.toBe('ok')
    }), RUNS)
  })

  it('never throw, whatever comes', () => {
    fc.assert(fc.property(fc.constantFrom(...FRAMINGS), fc.uint8Array({ maxLength: 80 }), (framing, got) => {
      const read = readIdtech('version', got, framing)
      if (read.is === 'ok') expect(read.text.length).toBeLessThanOrEqual(100)
    }), RUNS)
  })

  it('the check of a run is that of the standard', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x29b1)
  })
})
