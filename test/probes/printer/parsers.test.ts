import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDeviceId } from '../../../probes/printer/device-id.ts'
import { looksLike, sortReplies } from '../../../probes/printer/esc-pos.ts'
import { FLAGS } from '../../../probes/printer/flags.ts'
import { readBuffered, readCounter, readFullStatus, readName, readNumber, readProcess, readRaw } from '../../../probes/printer/frames.ts'
import { question, readAnswer } from '../../../probes/printer/ipp.ts'
import { oldestOf, readQueue } from '../../../probes/printer/queue.ts'
import { readAgent } from '../../../probes/printer/snmp.ts'
import { decodeBlock, looksLikeStar, paperWidth, sortBlocks, versionOf } from '../../../probes/printer/star.ts'
import { hex } from '../../../src/model/dialogue.ts'

/** Cases of each property; the long run takes a million. */
const numRuns = Number(process.env.POSDIAG_FUZZ_RUNS ?? 2000)

/** Bytes as devices send them: any, and those that the formats are made of, so that frames are half right. */
const likely = fc.constantFrom(0x00, 0x01, 0x03, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x21, 0x23, 0x2f, 0x30, 0x35, 0x37, 0x22, 0x40, 0x44, 0x47, 0x5f, 0x7e, 0x80, 0xff)
const anyBytes = fc.array(fc.oneof(likely, fc.nat(255)), { maxLength: 120 }).map((list) => Uint8Array.from(list))
const flags = Object.keys(FLAGS)
const isStatus = (status: object): boolean => Object.entries(status).every(([flag, on]) => flags.includes(flag) && typeof on === 'boolean')

describe('every reader of bytes, whatever comes', () => {
  it('ESC/POS: gives a result, flags of the vocabulary, and does not keep more than it got', () => {
    fc.assert(fc.property(anyBytes, (got) => {
      const sorted = sortReplies(got)
      const kept = sorted.statuses.length + 4 * sorted.blocks.length + sorted.other.length + sorted.frames.reduce((sum, frame) => sum + frame.length, 0)
      expect(kept).toBeLessThanOrEqual(got.length)
      for (const read of [readName, readNumber, readRaw, readCounter, readProcess]) expect(['waiting', 'whole', 'wrong']).toContain(read(got).is)
      for (const reply of [readBuffered(1, got), readBuffered(2, got), readFullStatus(got)]) expect(reply.is !== 'whole' || isStatus(reply.value)).toBe(true)
      const counter = readCounter(got)
      if (counter.is === 'whole') expect(counter.value >= 0 && counter.value < 1e10).toBe(true)
      expect(looksLike(got)).toMatch(/\S/)
    }), { numRuns })
  })

  it('Star: gives blocks of the length that their head tells, and nothing else', () => {
    fc.assert(fc.property(anyBytes, fc.boolean(), (got, starPrnt) => {
      const { blocks, other } = sortBlocks(got)
      for (const block of blocks) {
        expect(block.length).toBe(((block[0] ?? 0) & 0x0e) / 2 + (((block[0] ?? 0) & 0x60) >> 2))
        expect(isStatus(decodeBlock(block, starPrnt))).toBe(true)
        expect(versionOf(block)).toBeLessThan(32)
        expect(paperWidth(block) ?? 80).toBeOneOf([80, 58, 40, 25])
      }
      expect(blocks.reduce((sum, block) => sum + block.length, other.length)).toBeLessThanOrEqual(got.length)
      looksLikeStar(got)
    }), { numRuns })
  })

  it('IPP: an answer, or none; never a value past the end of the bytes', () => {
    const heads = fc.constantFrom([], [1, 1, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1, 4], [1, 1, 0, 0, 0, 0, 0, 1, 4, 0x23, 0, 2, 0x61, 0x62, 0, 4])
    fc.assert(fc.property(heads, anyBytes, (head, rest) => {
      const answer = readAnswer(Uint8Array.from([...head, ...rest]))
      const values = answer?.groups.flatMap(({ attributes }) => [...attributes.values()].flat()) ?? []
      expect(values.every((value) => typeof value === 'string' || Number.isInteger(value))).toBe(true)
      for (const group of answer?.groups ?? []) expect(readQueue(group).reasons.length).toBeLessThanOrEqual(20)
      expect(oldestOf(answer?.groups ?? [], 100) ?? 0).toBeGreaterThanOrEqual(0)
    }), { numRuns })
  })

  it('SNMP: any values of any objects give a status and words', () => {
    const oid = fc.constantFrom('1.3.6.1.2.1.25.3.5.1.1.1', '1.3.6.1.2.1.25.3.5.1.2.1', '1.3.6.1.2.1.43.18.1.1.7.1.4', '1.3.6.1.2.1.43.18.1.1.8.1.4', '1.3.6.1.2.1.25.3.2.1.3.1', '1.2', '')
    fc.assert(fc.property(fc.array(fc.record({ oid, value: fc.oneof(fc.integer(), fc.string(), anyBytes.map((bytes) => Buffer.from(bytes).toString('hex'))) }), { maxLength: 12 }), (values) => {
      const told = readAgent(values)
      expect(isStatus(told.status)).toBe(true)
      expect([...told.alerts, ...(told.errors ?? []), told.product ?? 'x', told.state ?? 'x'].every((word) => word.length > 0 && word.length <= 200)).toBe(true)
      expect(told.alerts.length).toBeLessThanOrEqual(10)
    }), { numRuns })
  })

  it('IEEE 1284: any text gives pairs without control characters', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.array(fc.tuple(fc.constantFrom('MFG', 'MODEL', 'CMD', ''), fc.string()), { maxLength: 60 }).map((pairs) => pairs.map(([key, value]) => `${key}:${value};`).join(''))), (text) => {
      const id = parseDeviceId(text)
      expect(id.size).toBeLessThanOrEqual(40)
      for (const [key, value] of id) expect(key !== '' && value !== '' && value.length <= 200 && !/[\u0000-\u001f]/.test(value)).toBe(true)
    }), { numRuns })
  })
})

describe('round trips', () => {
  it('a Star block of any version and length is found again among noise before it', () => {
    const body = fc.nat(255).map((byte) => byte & 0x6e)
    fc.assert(fc.property(fc.integer({ min: 7, max: 31 }), fc.array(body, { minLength: 30, maxLength: 30 }), fc.array(fc.constantFrom(0x10, 0x14, 0x20, 0x80, 0xff), { maxLength: 5 }), (length, bytes, noise) => {
      const head = 1 | ((length & 7) << 1) | ((length & 0x18) << 2)
      const block = [head, ...bytes.slice(0, length - 1)]
      expect(sortBlocks(Uint8Array.from([...noise, ...block])).blocks).toEqual([block])
      expect(sortBlocks(Uint8Array.from(block.slice(0, -1)))).toEqual({ blocks: [], other: [], partial: true })
    }), { numRuns })
  })

  it('an IPP question is a message that its own reader takes apart', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z-]{1,30}$/), { minLength: 1, maxLength: 6 }), fc.option(fc.integer({ min: 1, max: 0x7fffffff }), { nil: undefined }), (wanted, limit) => {
      const [operation, ...more] = readAnswer(question('get-jobs', 'ipp://localhost/printers/receipt', wanted, limit))?.groups ?? []
      expect(more).toEqual([])
      expect(operation?.attributes.get('requested-attributes')).toEqual(wanted)
      expect(operation?.attributes.get('limit')?.[0]).toBe(limit)
      expect(operation?.attributes.get('printer-uri')).toEqual(['ipp://localhost/printers/receipt'])
    }), { numRuns: Math.min(numRuns, 2000) })
  })

  it('the head of a question is that of the RFC', () => {
    expect(hex(question('get-printer-attributes', 'ipp://x/', ['all'])).slice(0, 47)).toBe('01 01 00 0b 00 00 00 01 01 47 00 12 61 74 74 72')
  })
})
