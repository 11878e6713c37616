import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUESTIONS, readFeature, readState, readSwipe, textOf } from '../../../probes/reader/magtek.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { keepOf } from '../../../src/guard/keep.ts'
import { hex, unhex } from '../../../src/model/dialogue.ts'
import { RUNS } from '../fuzz.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const padded = (text: string, length = 25): Uint8Array => {
  const whole = new Uint8Array(length)
  whole.set(bytes(text))
  return whole
}

describe('questions', () => {
  it('are those of the manuals, and the deny-list lets them pass', () => {
    expect(hex(QUESTIONS.software(24))).toBe(hex(padded('00 00 01 00')))
    expect(hex(QUESTIONS.usbSerial(24))).toBe(hex(padded('00 00 01 01')))
    expect(hex(QUESTIONS.state(24))).toBe(hex(padded('00 14 00')))
    expect(QUESTIONS.software(60)).toHaveLength(61)
    for (const question of Object.values(QUESTIONS)) for (const size of [24, 60]) expect(forbidden('magtek', question(size))).toBeUndefined()
  })
})

describe('answers', () => {
  it.each([
    ['00 00 0b 32 31 30 34 32 38 31 32 44 30 31', { is: 'ok', text: '21042812D01' }], ['00 00 03 31 32 33', { is: 'ok', text: '123' }], ['00 00 00', { is: 'ok', text: undefined }],
    ['00 02 00', { is: 'refused', text: undefined }], ['00 07 00', { is: 'refused', text: undefined }], ['00 00 fe 41', { is: 'garbled', text: undefined }],
    ['0b 00 00', { is: 'garbled', text: undefined }],
  ])('%s', (text, expected) => {
    const answer = readFeature(padded(text))
    expect({ is: answer.is, text: answer.is === 'ok' ? textOf(answer.data) : undefined }).toEqual(expected)
  })

  it('come with or without the report id before them', () => {
    const answer = fc.tuple(fc.constantFrom(0, 1, 2, 5, 7), fc.array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength: 20 }))
    fc.assert(fc.property(answer, fc.boolean(), ([code, data], withId) => {
      const read = readFeature(padded(hex(Uint8Array.of(...(withId ? [0] : []), code, data.length, ...data))))
      // An answer without id whose length is itself a result code, and whose text fills it, can be read either way; the documented one is meant.
      if (withId) expect(read).toEqual(code === 0 ? { is: 'ok', data: Uint8Array.from(data) } : { is: 'refused', code })
      else expect(['ok', 'refused', 'garbled']).toContain(read.is)
    }), RUNS)
  })

  it('never throw, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 62 }), (got) => {
      const read = readFeature(got)
      if (read.is === 'ok') expect(read.data.length).toBeLessThanOrEqual(got.length)
      readState(got)
      const text = textOf(got)
      if (text !== undefined) expect(text).toMatch(/^[ -~]+$/)
    }), RUNS)
  })

  it('tell the last swipe', () => {
    expect(readState(bytes('02 03'))).toEqual({ state: 'ready', lastSwipe: 'bad' })
    expect(readState(bytes('00 00'))).toEqual({ state: 'idle', lastSwipe: undefined })
  })
})

describe('a swipe', () => {
  it.each([
    ['00 00 01 4c 25 00 00', ['read', 'read', 'absent'], []], ['00 01 00 4c 00 00 00', ['read', 'error', 'absent'], []], ['01 00 01 00 25 30 00', ['error', 'read', 'error'], []],
    ['00 00 00 4c 25 00 00 00 01 00 28 00', ['read', 'read', 'absent'], ['too-fast', 'backwards']],
  ])('%s', (kept, tracks, movement) => {
    expect(readSwipe(bytes(kept))).toEqual({ tracks, movement })
  })

  it('with a track longer than its field is none', () => {
    expect(readSwipe(bytes('00 00 00 ff 25 00 00'))).toBeUndefined()
    expect(readSwipe(bytes('00 00'))).toBeUndefined()
  })

  /** A report as the reader sends it, tracks and all. */
  const report = fc.record({
    size: fc.constantFrom(337, 887), status: fc.array(fc.nat(255), { minLength: 7, maxLength: 7 }),
    tracks: fc.constantFrom('%B4111111111111111^DOE/JOHN^29122010000000000?', ';4111111111111111=29122010000000000000?', ';5555555555554444=2912201?'),
    at: fc.constantFrom(7, 117, 119, 227, 231, 508, 620, 732),
  })

  it('leaves nothing of its tracks behind: only states and lengths go on', () => {
    fc.assert(fc.property(report, fc.uint8Array({ minLength: 887, maxLength: 887 }), ({ size, status, tracks, at }, noise) => {
      const sent = noise.slice(0, size)
      sent.set(status)
      sent.set([...tracks].map((c) => c.charCodeAt(0)).slice(0, Math.max(0, size - at)), Math.min(at, size))
      const kept = keepOf('magtek', sent) ?? new Uint8Array()
      expect(kept.length).toBe(size === 887 ? 12 : 7)
      expect([...kept.subarray(0, 7)]).toEqual(status)
      expect([...kept.subarray(7)]).toEqual(size === 887 ? [...sent.subarray(343, 348)] : [])
    }), RUNS)
  })

  it('that is cut short is kept not at all, for nobody knows what stands where', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 336 }), (sent) => {
      expect(keepOf('magtek', sent)).toBeUndefined()
    }), RUNS)
  })

  it('in a dialect without a rule is kept not at all', () => {
    expect(keepOf('esc-pos', bytes('3b 34 31'))).toBeUndefined()
  })
})
