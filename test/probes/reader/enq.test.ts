import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lrc, packet, readHandshake, readPacket, readSerialNumber, serialNumberQuery } from '../../../probes/reader/enq.ts'
import { hex, unhex } from '../../../src/model/dialogue.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()

describe('packets', () => {
  it('are the ones of the manuals', () => {
    expect(hex(serialNumberQuery())).toBe('0f 30 36 0e 08')
    expect(hex(packet('administrative', bytes('30 31 30 36')))).toBe('0f 30 31 30 36 0e 09')
    expect(hex(packet('data', bytes('37 32')))).toBe('02 37 32 03 06')
    expect(hex(packet('data', bytes('31 32 33 34 35 36 37 38 30 73'), 0x7f))).toBe('02 31 32 33 34 35 36 37 38 30 73 03 37')
  })

  const kind = fc.constantFrom('data' as const, 'administrative' as const)
  const content = fc.array(fc.nat(255).filter((byte) => byte !== 0x03 && byte !== 0x0e), { maxLength: 200 }).map((list) => Uint8Array.from(list))

  it('come out as they went in, whatever the LRC starts with', () => {
    fc.assert(fc.property(kind, content, fc.nat(255), fc.uint8Array({ maxLength: 5 }), (of, inside, start, behind) => {
      const whole = packet(of, inside, start)
      expect(readPacket(of, Uint8Array.of(...whole, ...behind), start)).toEqual({ is: 'whole', content: inside, length: whole.length })
      for (const cut of [1, 2]) expect(readPacket(of, whole.subarray(0, -cut), start).is).toBe('waiting')
    }))
  })

  it('a wrong LRC or another start value is refused', () => {
    fc.assert(fc.property(kind, content, fc.nat(255), fc.integer({ min: 1, max: 255 }), (of, inside, start, off) => {
      expect(readPacket(of, packet(of, inside, start), start ^ off).is).toBe('wrong')
    }))
  })

  it('an endless packet is not waited for', () => {
    expect(readPacket('data', Uint8Array.from({ length: 2000 }, (_, i) => (i === 0 ? 2 : 0x41))).is).toBe('wrong')
  })

  it('lrc of a run and its own lrc is the start value', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.nat(255), (run, start) => {
      expect(lrc([...run, lrc(run, start)])).toBe(start)
    }))
  })
})

describe('the answer to ENQ', () => {
  it.each([
    ['', 'waiting'], ['06', 'ready'], ['15', 'not-ready'], ['04', 'idle'], ['02 41 03 42', 'talking'], ['02 41', 'waiting'], ['05', 'garbled'], ['86', 'garbled'], ['95', 'garbled'],
    ['02 41 03 43', 'garbled'], ['ff ff', 'garbled'],
  ])('%j reads as %s', (text, is) => {
    expect(readHandshake(bytes(text)).is).toBe(is)
  })

  it('says what a garbled one looks like', () => {
    expect(readHandshake(bytes('95'))).toMatchObject({ detail: expect.stringContaining('7 data bits') })
    expect(readHandshake(bytes('05'))).toMatchObject({ detail: expect.stringContaining('loop-back') })
    expect(readHandshake(bytes('02 41 03 43'))).toMatchObject({ detail: expect.stringContaining('LRC') })
  })

  it('tells nothing of the bytes, for they may be of a card', () => {
    const track = new TextEncoder().encode(';4111111111111111=29122010000000000000?')
    expect(JSON.stringify(readHandshake(track))).not.toMatch(/4111|34 31|3b/)
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(255), (got, start) => {
      expect(readHandshake(got, start).is).toMatch(/^(waiting|ready|not-ready|idle|talking|garbled)$/)
      expect(readSerialNumber(got, start).is).toMatch(/^(waiting|whole|wrong)$/)
    }))
  })
})

describe('the serial number', () => {
  const answer = '0f 30 36 30 31 32 33 34 35 36 37 38 39 41 42 43 44 45 46 0e 0e'
  it('is read, with or without an ACK before it', () => {
    expect(readSerialNumber(bytes(answer))).toEqual({ is: 'whole', value: '0123456789ABCDEF' })
    expect(readSerialNumber(bytes(`06 ${answer}`))).toEqual({ is: 'whole', value: '0123456789ABCDEF' })
  })

  it.each([['another packet', hex(packet('administrative', bytes('30 37 41')))], ['no text', hex(packet('administrative', bytes('30 36')))], ['unprintable', hex(packet('administrative', bytes('30 36 ff')))], ['NAK', '15']])('%s is refused', (_name, text) => {
    expect(readSerialNumber(bytes(text)).is).toBe('wrong')
  })
})
