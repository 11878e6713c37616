import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACCEPTED, crcKermit, readZvt, readZvtBare, readZvtFrame, STATUS_ENQUIRY, zvtFrame } from '../../../probes/reader/zvt.ts'
import { ZVT_CODES, zvtCode } from '../../../probes/reader/zvt-codes.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { hex, unhex } from '../../../src/model/dialogue.ts'
import { TERMINAL_WORDS } from '../../../src/texts/terminal-words.ts'
import { RUNS } from '../fuzz.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()

describe('serial frames', () => {
  it.each([
    ['05 01 00', '10 02 05 01 00 10 03 10 06'], ['05 01 03 00 00 00', '10 02 05 01 03 00 00 00 10 03 df db'], ['05 01 05 00 00 00 03 02', '10 02 05 01 05 00 00 00 03 02 10 03 4b ed'],
    ['80 00 00', '10 02 80 00 00 10 03 f5 1f'], ['06 0f 01 00', '10 02 06 0f 01 00 10 03 26 e1'], ['06 0f 01 dc', '10 02 06 0f 01 dc 10 03 bd 17'], ['84 9c 00', '10 02 84 9c 00 10 03 c3 41'],
    ['06 1e 01 6c', '10 02 06 1e 01 6c 10 03 c9 f2'], ['06 10 03 10 00 00', '10 02 06 10 10 03 10 10 00 00 10 03 8b f6'],
  ])('%s', (apdu, frame) => {
    expect(hex(zvtFrame(bytes(apdu)))).toBe(frame)
    expect(readZvtFrame(bytes(frame))).toEqual({ is: 'whole', apdu: bytes(apdu), length: bytes(frame).length })
  })

  it('come out as they went in; cut short they are waited for, bent they are refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.nat(7), (apdu, place, bit) => {
      const frame = zvtFrame(apdu)
      expect(readZvtFrame(frame)).toEqual({ is: 'whole', apdu, length: frame.length })
      for (let cut = 1; cut < Math.min(6, frame.length); cut++) expect(readZvtFrame(frame.subarray(0, -cut)).is).toBe('waiting')
      const bent = Uint8Array.from(frame)
      const at = place % bent.length
      bent[at] = (bent[at] ?? 0) ^ (1 << bit)
      const read = readZvtFrame(bent)
      if (read.is === 'whole') expect(hex(read.apdu)).not.toBe(hex(apdu))
    }), RUNS)
  })

  it('without end are given up', () => {
    expect(readZvtFrame(Uint8Array.of(0x10, 0x02, ...new Uint8Array(5000))).is).toBe('wrong')
  })

  it('the check of a run is that of the standard', () => {
    expect(crcKermit(new TextEncoder().encode('123456789'))).toBe(0x2189)
  })
})

describe('messages over TCP', () => {
  it.each([
    ['06 0f 01 00', 4], ['04 ff 01 0e 80 00 00', 4], ['06 d1 19 40 2a 2a 20 48 c4 4e 44 4c 45 52 42 45 4c 45 47 20 2a 2a 06 04 1f 07 01 01', 28],
    [`06 0f ff 00 01 ${'00 '.repeat(256).trim()}`, 261],
  ])('%s has %i bytes', (text, length) => {
    expect(readZvtBare(bytes(text))).toMatchObject({ is: 'whole', length })
  })

  it.each([['06 0f', 'waiting'], ['06 0f ff 00', 'waiting'], ['06 0f 05 00', 'waiting'], ['48 54 54 50', 'wrong'], ['06 0f ff ff ff', 'wrong'], ['', 'waiting']])('%s: %s', (text, is) => {
    expect(readZvtBare(bytes(text)).is).toBe(is)
  })
})

describe('meanings', () => {
  it.each([
    ['80 00 00', { is: 'accepted' }], ['84 00 00', { is: 'accepted' }], ['84 9c 00', { is: 'refused', code: 0x9c }], ['06 1e 01 6c', { is: 'aborted', code: 0x6c }], ['04 ff 01 0e', { is: 'working', code: 0x0e }],
    ['06 0f 01 dc', { is: 'completed', status: 0xdc }], ['06 0f 09 f0 f0 f5 31 2e 31 30 37 e2', { is: 'completed', status: 0xe2, version: '1.107' }], ['06 0f 04 f9 f9 f9 cc', { is: 'completed', status: 0xcc }], ['05 01 00', { is: 'other' }],
  ])('%s', (text, meaning) => {
    expect(readZvt(bytes(text))).toEqual(meaning)
  })

  it('never throw, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (got) => {
      readZvt(got)
      readZvtFrame(got)
      readZvtBare(got)
    }), RUNS)
  })

  it.each([[0x00, 'ready'], [0xdc, 'ready'], [0xe1, 'ready'], [0x9c, 'wait'], [0xf0, 'cashier'], [0x51, 'office'], [0xe2, 'service'], [0x6b, 'office'], [0x77, 'service']])('code %i is a matter for %s', (code, what) => {
    expect(zvtCode(code).class).toBe(what)
  })

  it('every word of a code is said in both languages', () => {
    const words = [...ZVT_CODES.values(), zvtCode(0x77)].map(({ word }) => word)
    expect(words.filter((word) => !(word in TERMINAL_WORDS) && word !== 'ready' && word !== 'not-ready')).toEqual([])
  })
})

it('what is sent passes the deny-list, in a frame and without', () => {
  for (const apdu of [STATUS_ENQUIRY, ACCEPTED]) for (const sent of [apdu, zvtFrame(apdu)]) expect(forbidden('zvt', sent)).toBeUndefined()
  for (const payment of ['06 01 07 04 00 00 00 01 00', '06 93 00', '06 50 03 00 00 00']) for (const sent of [bytes(payment), zvtFrame(bytes(payment))]) expect(forbidden('zvt', sent), payment).toBeTypeOf('string')
})
