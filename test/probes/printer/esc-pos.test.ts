import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAsb, decodeStatus, isEcho, isStatusByte, looksLike, QUERIES, type Query, sortReplies, statusQuery } from '../../../probes/printer/esc-pos.ts'
import { contradicts, offlineWithoutCause, type Status } from '../../../probes/printer/flags.ts'
import { readName, readNumber } from '../../../probes/printer/frames.ts'
import { unhex } from '../../../src/model/dialogue.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const set = (status: Status): string[] => Object.entries(status).flatMap(([flag, on]) => (on ? [flag] : []))
const quadruple = (text: string): Status => Object.assign({}, ...Array.from(bytes(text), (byte, i) => decodeStatus((i + 1) as Query, byte)))

describe('answers to DLE EOT', () => {
  it.each([
    [1, '12', ['online']],
    [1, '16', ['drawer-pin-high', 'online']],
    [1, '1e', ['drawer-pin-high']],
    [1, '3a', ['waiting-recovery']],
    [1, '5a', ['feed-button']],
    [2, '36', ['cover-open', 'paper-stop']],
    [2, '52', ['error']],
    [2, '1a', ['feeding']],
    [3, '16', ['mechanical-error']],
    [3, '1a', ['cutter-error']],
    [3, '32', ['unrecoverable-error']],
    [3, '52', ['auto-recoverable-error']],
    [4, '12', []],
    [4, '1e', ['paper-near-end']],
    [4, '72', ['paper-end']],
    [4, '7e', ['paper-near-end', 'paper-end']],
    // Clones set one bit of a pair.
    [4, '16', ['paper-near-end']],
    [4, '52', ['paper-end']],
  ] as const)('n = %i, %s tells %j', (query, byte, flags) => {
    const [got = 0] = bytes(byte)
    expect(isStatusByte(got)).toBe(true)
    expect(set(decodeStatus(query, got))).toEqual(flags)
  })

  it.each(['00', 'ff', '7f', '80', '9e', '11', '13', '10', '04', '01'])('%s is none', (byte) => {
    expect(isStatusByte(bytes(byte)[0] ?? 0)).toBe(false)
  })

  it('exactly the sixteen bytes with the fixed bits pass', () => {
    const passing = Array.from({ length: 256 }, (_, byte) => byte).filter(isStatusByte)
    expect(passing).toHaveLength(16)
    expect(passing.every((byte) => byte % 4 === 2 && byte < 0x80 && (byte & 0x10) !== 0)).toBe(true)
  })

  it('an echo is told from an answer, whole or with something behind it', () => {
    for (const query of QUERIES) {
      const sent = statusQuery(query)
      expect(isEcho(sent, sent)).toBe(true)
      expect(isEcho(sent, Uint8Array.of(...sent, 0x16))).toBe(true)
      expect(isEcho(sent, sent.subarray(0, 2))).toBe(false)
      expect(isEcho(sent, Uint8Array.of(0x12))).toBe(false)
    }
  })
})

describe('signatures of states', () => {
  it.each([
    ['healthy', '12 12 12 12'], ['healthy, drawer pin high', '16 12 12 12'], ['paper low', '12 12 12 1e'], ['roll empty', '1a 32 12 72'], ['cover open', '1e 16 12 7e'],
    ['cover open while printing', '1a 16 52 12'], ['cutter jam', '1a 52 1a 12'], ['head hot', '1e 52 52 12'], ['hardware', '1a 52 32 12'], ['feed button', '5a 1a 12 12'],
  ])('%s (%s) does not contradict itself', (_name, text) => {
    expect(contradicts(quadruple(text))).toBe(false)
  })

  it.each([['on-line with an open cover', '12 16 12 12'], ['on-line, stopped for paper', '16 32 12 72'], ['no error, yet the cutter is stuck', '1a 16 1a 12'], ['no error, yet hot', '12 12 52 12']])('%s (%s) does', (_name, text) => {
    expect(contradicts(quadruple(text))).toBe(true)
  })

  it('a late answer to a printer with a fault always shows as a contradiction or as off-line without a cause', () => {
    for (const text of ['1a 32 12 72', '1e 16 12 12', '1a 52 1a 12', '1e 52 52 12', '1a 52 32 12']) {
      const lagging = quadruple(`12 ${text.slice(0, 8)}`)
      expect(contradicts(lagging) || offlineWithoutCause(lagging), text).toBe(true)
    }
  })
})

describe('status blocks', () => {
  it.each([
    ['14 00 00 0f', ['drawer-pin-high', 'online']],
    ['3c 00 00 0f', ['drawer-pin-high', 'cover-open']],
    ['1c 00 0f 0f', ['drawer-pin-high', 'paper-near-end', 'paper-end']],
    ['18 08 00 0f', ['cutter-error', 'error']],
    ['18 40 00 0f', ['auto-recoverable-error', 'error']],
  ])('%s tells %j', (text, flags) => {
    const { blocks, statuses, other, partial } = sortReplies(bytes(text))
    expect({ statuses, other, partial }).toEqual({ statuses: [], other: [], partial: false })
    expect(set(decodeAsb(blocks[0] ?? []))).toEqual(flags)
  })

  it('XOFF in the middle of one is stripped', () => {
    expect(sortReplies(bytes('14 13 00 00 0f')).blocks).toEqual([[0x14, 0, 0, 0x0f]])
  })

  it('one that is cut off is waited for', () => {
    expect(sortReplies(bytes('14 00 00'))).toEqual({ statuses: [], blocks: [], frames: [], other: [], partial: true })
  })
})

const statusByte = fc.constantFrom(...Array.from({ length: 256 }, (_, byte) => byte).filter(isStatusByte))
const restByte = fc.nat(255).filter((byte) => (byte & 0x90) === 0)
const block = fc.tuple(fc.constantFrom(0x10, 0x14, 0x18, 0x1c, 0x30, 0x34, 0x38, 0x3c, 0x50, 0x54, 0x58, 0x5c), restByte, restByte, restByte)
const piece = fc.oneof(statusByte.map((byte) => ({ status: [byte] })), block.map((four) => ({ block: [...four] })))
/** XON and XOFF put in anywhere. */
const withFlowControl = (run: number[], at: number[]): Uint8Array => {
  const mixed = [...run]
  for (const [i, place] of at.entries()) mixed.splice(place % (mixed.length + 1), 0, i % 2 === 0 ? 0x13 : 0x11)
  return Uint8Array.from(mixed)
}

describe('sorting of what arrives', () => {
  it('any mixture of answers and blocks, with flow control anywhere, is taken apart again', () => {
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(60), { maxLength: 8 }), (pieces, at) => {
      const run = pieces.flatMap((one) => ('status' in one ? one.status : one.block))
      const sorted = sortReplies(withFlowControl(run, at))
      expect(sorted.statuses).toEqual(pieces.flatMap((one) => ('status' in one ? one.status : [])))
      expect(sorted.blocks).toEqual(pieces.flatMap((one) => ('block' in one ? [one.block] : [])))
      expect(sorted.other).toEqual([])
      expect(sorted.partial).toBe(false)
    }))
  })

  it('no byte is lost or counted twice, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (got) => {
      const { statuses, blocks, other, partial } = sortReplies(got)
      const counted = statuses.length + blocks.length * 4 + other.length
      const sent = got.filter((byte) => byte !== 0x11 && byte !== 0x13).length
      if (partial) expect(sent - counted).toBeOneOf([1, 2, 3])
      else expect(counted).toBe(sent)
    }))
  })
})

describe('answers to GS I', () => {
  it.each([['5f 45 50 53 4f 4e 00', 'EPSON'], ['5f 54 4d 2d 54 38 38 56 00', 'TM-T88V'], ['14 00 00 0f 5f 45 50 13 53 4f 4e 00', 'EPSON'], ['5f 00', '']])('%s is %j', (text, value) => {
    expect(readName(bytes(text))).toEqual({ is: 'whole', value })
  })

  it.each(['45 50 53 4f 4e 00', '5f 45 ff 00', '1f 70 08 00', '5f 1b 00'])('%s is no name', (text) => {
    expect(readName(bytes(text)).is).toBe('wrong')
  })

  it('a name comes out as it went in, and no part of it is taken for the whole', () => {
    const printable = fc.array(fc.integer({ min: 0x21, max: 0x7e }), { maxLength: 80 })
    fc.assert(fc.property(printable, fc.array(fc.nat(90), { maxLength: 4 }), (letters, at) => {
      const whole = withFlowControl([0x5f, ...letters, 0], at)
      expect(readName(whole)).toEqual({ is: 'whole', value: String.fromCharCode(...letters) })
      const cut = whole.subarray(0, whole.lastIndexOf(0))
      expect(readName(cut)).toEqual({ is: 'waiting' })
    }))
  })

  it('an endless name is refused', () => {
    expect(readName(Uint8Array.from({ length: 82 }, (_, i) => (i === 0 ? 0x5f : 0x41))).is).toBe('wrong')
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (got) => {
      expect(['waiting', 'whole', 'wrong']).toContain(readName(got).is)
      expect(['waiting', 'whole', 'wrong']).toContain(readNumber(got).is)
      expect(looksLike(got)).toMatch(/\S/)
    }))
  })

  it('a number is one byte with its fixed bits, behind anything that came unasked', () => {
    expect(readNumber(bytes('20'))).toEqual({ is: 'whole', value: 0x20 })
    expect(readNumber(bytes('14 00 00 0f 02'))).toEqual({ is: 'whole', value: 2 })
    expect(readNumber(bytes('14 00')).is).toBe('waiting')
    expect(readNumber(bytes('ff')).is).toBe('wrong')
  })
})
