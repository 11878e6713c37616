import { describe, expect, it } from 'vitest'
import { parseDeviceId } from '../../../probes/printer/device-id.ts'
import { sortReplies } from '../../../probes/printer/esc-pos.ts'
import { BUFFERED_BITS, counterQuery, PROCESS_QUERY, readBuffered, readCounter, readFullStatus, readProcess } from '../../../probes/printer/frames.ts'
import { oldestOf, placeOf, readQueue } from '../../../probes/printer/queue.ts'
import { readAgent } from '../../../probes/printer/snmp.ts'
import { decodeBlock, isPrinterByte, isSensorByte, paperWidth, scattered, sortBlocks, versionOf } from '../../../probes/printer/star.ts'
import { hex, unhex } from '../../../src/model/dialogue.ts'

const bytes = (text: string): Uint8Array => unhex(text) ?? new Uint8Array()
const set = (status: object): string[] => Object.entries(status).flatMap(([flag, on]) => (on ? [flag] : []))

describe('frames of ESC/POS', () => {
  it.each([['5f 31 32 30 00', 120], ['5f 34 35 31 30 30 30 00', 451000], ['5f 30 00', 0], ['14 00 00 0f 5f 37 13 00', 7]])('counter %s is %i', (text, value) => {
    expect(readCounter(bytes(text))).toEqual({ is: 'whole', value })
  })

  it.each(['5f 00', '5f 31 32 33 34 35 36 37 38 39 30 31 00', '5f 31 61 00', '67 32 00'])('%s is no counter', (text) => {
    expect(readCounter(bytes(text)).is).toBe('wrong')
  })

  it('a counter above 255 is asked for low byte first', () => {
    expect(hex(counterQuery(198))).toBe('1d 67 32 00 c6 00')
    expect(hex(counterQuery(300))).toBe('1d 67 32 00 2c 01')
  })

  it('the round trip is known by its own id, also behind answers to others', () => {
    expect(hex(PROCESS_QUERY)).toBe('1d 28 48 06 00 30 30 70 64 69 67')
    expect(readProcess(bytes('37 22 70 64 69 67 00')).is).toBe('whole')
    expect(readProcess(bytes('37 22 30 30 34 31 00')).is).toBe('waiting')
    expect(readProcess(bytes('37 22 30 30 34 31 00 37 22 70 11 64 69 67 00')).is).toBe('whole')
    expect(readProcess(Uint8Array.from({ length: 100 }, () => 0x41)).is).toBe('wrong')
  })

  it.each([[1, '00', []], [1, '03', ['paper-near-end']], [1, '0f', ['paper-near-end', 'paper-end']], [2, '01', ['drawer-pin-high']], [2, '00', []]] as const)('GS r %i: %s tells %j', (n, text, flags) => {
    const reply = readBuffered(n, bytes(text))
    expect(reply.is === 'whole' && set(reply.value)).toEqual(flags)
    expect(BUFFERED_BITS[n].length).toBeGreaterThan(0)
  })

  it.each([['10 0f 00 00 00 00', []], ['10 0f 01 00 00 00', ['paper-end']], ['10 0f 40 00 00 00', ['paper-end']], ['10 0f 00 00 04 00', ['mechanical-error']], ['10 0f 00 00 00 20', ['unrecoverable-error']]])('full status %s tells %j', (text, flags) => {
    const reply = readFullStatus(bytes(text))
    expect(reply.is === 'whole' && set(reply.value)).toEqual(flags)
    expect(readFullStatus(bytes(text).subarray(0, 5)).is).toBe('waiting')
  })

  it('frames that others asked for are set aside, not decoded', () => {
    expect(sortReplies(bytes('37 22 30 30 34 31 00 12 35 41 40 00 37 23 41 00 5f 45 00'))).toMatchObject({ statuses: [0x12], blocks: [], other: [], partial: false, frames: { length: 4 } })
    expect(sortReplies(bytes('37 22 30 30 34 ff 00 12')).other).toContain(0x37)
    expect(sortReplies(bytes('35 01 02 00')).frames).toEqual([])
  })
})

describe('Star', () => {
  it.each([
    ['23 06 00 00 00 00 00 00 00', []],
    ['23 06 28 00 00 08 00 00 00', ['cover-open', 'paper-end']],
    ['23 06 08 08 00 00 00 00 00', ['cutter-error', 'error']],
    ['21 04 08 40 00 00 00 04', ['auto-recoverable-error', 'error']],
  ])('block %s tells %j', (text, flags) => {
    const { blocks, other, partial } = sortBlocks(bytes(text))
    expect({ other, partial }).toEqual({ other: [], partial: false })
    expect(set(decodeBlock(blocks[0] ?? [], false)).filter((flag) => flag !== 'online').sort()).toEqual([...flags].sort())
  })

  it.each([[7, 0x0f], [8, 0x21], [9, 0x23], [10, 0x25], [11, 0x27], [12, 0x29], [13, 0x2b], [14, 0x2d], [15, 0x2f]])('a length of %i is written %i', (length, head) => {
    expect(scattered(head)).toBe(length)
  })

  it.each([[1, 0x02], [2, 0x04], [3, 0x06], [7, 0x0e], [8, 0x20]])('version %i is written %i', (version, byte) => {
    expect(versionOf([0x23, byte])).toBe(version)
  })

  it('what only StarPRNT defines is not read with others', () => {
    const block = [...bytes('41 0e 00 00 00 00 00 00 00 0e 00 00 00 00 00 62')]
    expect(decodeBlock(block, false)['unrecoverable-error']).toBe(false)
    expect(set(decodeBlock(block, true))).toEqual(['online', 'unrecoverable-error', 'part-worn', 'cleaning-due', 'error'])
    expect(paperWidth(block)).toBe(58)
  })

  it('no byte answers both questions', () => {
    for (let byte = 0; byte < 256; byte++) expect(isSensorByte(byte) && isPrinterByte(byte)).toBe(false)
    expect([0x11, 0x13].some((byte) => isSensorByte(byte))).toBe(false)
  })
})

describe('the device id', () => {
  it('long and short names of keys are one', () => {
    const id = parseDeviceId('MANUFACTURER:Star;MODEL:TSP143;COMMAND SET:STAR;mfg:later;SERN:0042;')
    expect(parseDeviceId(' :x;:y;').size).toBe(0)
    expect(Object.fromEntries(id)).toEqual({ MFG: 'Star', MDL: 'TSP143', CMD: 'STAR', SN: '0042' })
  })
})

describe('SNMP', () => {
  const agent = (errors: string | undefined, more: { oid: string; value: string | number }[] = []) => readAgent([{ oid: '1.3.6.1.2.1.25.3.5.1.1.7', value: 3 }, ...(errors === undefined ? [] : [{ oid: '1.3.6.1.2.1.25.3.5.1.2.7', value: errors }]), ...more])

  it.each([['', []], ['40', ['noPaper']], ['48', ['noPaper', 'doorOpen']], ['0004', ['inputTrayEmpty']], ['0000', []], ['82', ['lowPaper', 'offline']]])('%j tells %j', (octets, words) => {
    expect(agent(octets).errors).toEqual(words)
  })

  it('off-line is the reverse of on-line, and no error is an error that is absent', () => {
    expect(agent('02').status).toMatchObject({ online: false, 'paper-end': false })
    expect(agent('').status).toEqual({ online: true, 'paper-end': false, 'paper-near-end': false, 'cover-open': false, 'mechanical-error': false })
  })

  it('an agent that does not tell errors tells none of them', () => {
    expect(agent(undefined)).toMatchObject({ state: 'idle', errors: undefined, status: {} })
  })

  it('an alert by its code, and in the words of the printer where it has some', () => {
    const table = [{ oid: '1.3.6.1.2.1.43.18.1.1.7.1.4', value: 808 }, { oid: '1.3.6.1.2.1.43.18.1.1.7.1.5', value: 3 }, { oid: '1.3.6.1.2.1.43.18.1.1.8.1.5', value: Buffer.from('Cover open').toString('hex') }]
    expect(agent('', table)).toMatchObject({ alerts: ['code 808', 'Cover open'], status: { 'paper-end': true, 'cover-open': true } })
  })

  it('of an agent without a printer nothing is read', () => {
    expect(readAgent([{ oid: '1.3.6.1.2.1.25.3.2.1.5.1', value: 2 }])).toEqual({ state: undefined, errors: undefined, alerts: [], product: undefined, status: {} })
  })
})

describe('print queues', () => {
  const group = (attributes: Record<string, (string | number)[]>) => ({ tag: 4, attributes: new Map(Object.entries(attributes)) })

  it('reasons lose their severity, and "none" is none', () => {
    expect(readQueue(group({ 'printer-state': [5], 'printer-state-reasons': ['media-empty-error', 'paused', 'none'], 'printer-is-accepting-jobs': [0] }))).toEqual({ state: 'stopped', reasons: ['media-empty', 'paused'], accepts: false, upTime: undefined })
  })

  it('the oldest job counts, on the clock of the queue', () => {
    expect(oldestOf([group({ 'time-at-creation': [900] }), group({ 'time-at-creation': [400] })], 1000)).toBe(600)
    expect(oldestOf([], 1000)).toBe(0)
    expect(oldestOf([group({})], 1000)).toBeUndefined()
    expect(oldestOf([group({ 'time-at-creation': [900] })], undefined)).toBeUndefined()
  })

  it('a name is a queue of the local CUPS; an address stands for itself', () => {
    expect(placeOf({ queue: 'receipt' })).toEqual({ uri: 'ipp://localhost/printers/receipt', socket: '/run/cups/cups.sock' })
    expect(placeOf({ queue: 'a b', cups: '127.0.0.1:6310' })).toEqual({ uri: 'ipp://127.0.0.1:6310/printers/a%20b' })
    expect(placeOf({ queue: 'ipp://192.0.2.9/ipp/print' })).toEqual({ uri: 'ipp://192.0.2.9/ipp/print' })
    expect(placeOf({})).toBeUndefined()
  })
})
