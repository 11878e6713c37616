import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterId, type HidDescriptor, type HidField, parseDescriptor, rawValue, scaled } from '../../probes/hid-descriptor.ts'
import { RUNS } from './fuzz.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

const read = (hex: string): HidDescriptor => {
  const descriptor = parseDescriptor(bytes(hex))
  if ('unreadable' in descriptor) throw new Error(descriptor.unreadable)
  return descriptor
}

interface Real {
  id: string
  hex: string
  is: 'ups' | 'other' | 'broken'
}
const REAL: Real[] = readFileSync(new URL('hid-descriptors.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const real = (id: string): HidDescriptor => read(REAL.find((one) => one.id === id)?.hex ?? expect.fail(id))

const UPS = 0x840004
const page = (field: HidField): string => field.usage.toString(16)
const pathOf = (field: HidField): string => [...field.within, field.usage].map((usage) => usage.toString(16)).join('.')
const fieldAt = (descriptor: HidDescriptor, report: string, id: number, usage: string): HidField =>
  descriptor.fields.find((field) => field.report === report && field.id === id && page(field) === usage) ?? expect.fail(`no ${report} ${id} ${usage}`)
const valueIn = (descriptor: HidDescriptor, report: HidField['report'], hex: string, usage: string): number => {
  const { id, data } = afterId(descriptor, report, bytes(hex))
  const field = fieldAt(descriptor, report, id, usage)
  return scaled(field, rawValue(field, data) ?? expect.fail('no value'))
}

describe('descriptors of real devices', () => {
  it.each(REAL.filter(({ is }) => is !== 'broken'))('$id is read and known for what it is', ({ hex, is }) => {
    const descriptor = read(hex)
    expect(descriptor.applications.includes(UPS)).toBe(is === 'ups')
    expect(descriptor.fields.length).toBeGreaterThan(0)
  })

  it.each(REAL.filter(({ is }) => is === 'broken'))('$id is refused', ({ hex }) => {
    expect(parseDescriptor(bytes(hex))).toEqual({ unreadable: 'item at byte 2 runs past the end' })
  })

  it.each([
    ['ups-5131-2007', 'input', 11, '850042', 43, 1], ['ups-cyberpower-CST135UC2', 'input', 8, '850066', 0, 8], ['ups-cyberpower-CST135UC2', 'input', 8, '850068', 8, 16],
    ['ups-cyberpower-CST135UC2', 'input', 11, '8500d0', 0, 1], ['ups-cyberpower-CST135UC2', 'input', 11, '850045', 2, 1], ['neg-apc-ES850G2-first-frame', 'feature', 6, '850045', 8, 8],
  ])('%s has %s %i %s at bit %i', (id, report, number, usage, bit, bits) => {
    expect(fieldAt(real(id), report, number, usage)).toMatchObject({ bit, bits })
  })

  it.each([
    ['ups-apc-like-synthetic', 'feature', '0c645802', '850066', 100], ['ups-apc-like-synthetic', 'feature', '0c645802', '850068', 600], ['ups-apc-like-synthetic', 'input', '1605', '850044', 1],
    ['ups-apc-like-synthetic', 'input', '1605', '850045', 0], ['ups-apc-like-synthetic', 'input', '1605', '8500d0', 1], ['ups-apc-like-synthetic', 'feature', '310401', '840030', 260],
    ['ups-apc-like-synthetic', 'feature', '41ffff', 'ff86007d', -1], ['ups-apc-like-synthetic', 'feature', '094605', '840030', 13.5], ['ups-cyberpower-CST135UC2', 'feature', '0a8900', '840030', 13.7],
    ['ups-cyberpower-CST135UC2', 'feature', '150200', '840057', 120], ['ups-cyberpower-CST135UC2', 'feature', '16ffff', '840056', -60], ['apc-BK650M2-CH-clone', 'input', '01015f', '840066', 95],
  ] as const)('%s: %s %s holds %s = %d', (id, report, hex, usage, value) => {
    expect(valueIn(real(id), report, hex, usage)).toBe(value)
  })

  it('a prefix that ends between two items is read as far as it goes', () => {
    const descriptor = real('neg-powerwalker-VI3000RT-prefix')
    expect(descriptor.balanced).toBe(false)
    expect(descriptor.fields.map(pathOf)).toContain('840004.840010.840012.840013')
  })
})

describe('the rules of the standard', () => {
  const head = '05 84 09 04 a1 01 85 01 75 08 95 01 15 00 26 ff 00'

  it('numbers are little-endian and extended by their own sign', () => {
    expect(read(`${head} 15 80 25 7f 09 30 b1 02`).fields[0]).toMatchObject({ logicalMin: -128, logicalMax: 127 })
    expect(read(`${head} 09 30 b1 02`).fields[0]).toMatchObject({ logicalMin: 0, logicalMax: 255 })
    expect(read(`${head} 17 00 00 00 80 27 ff ff ff 7f 09 30 b1 02`).fields[0]).toMatchObject({ logicalMin: -(2 ** 31), logicalMax: 2 ** 31 - 1 })
  })

  it('a maximum below its minimum is meant unsigned', () => {
    expect(read(`${head} 25 ff 09 30 b1 02`).fields[0]).toMatchObject({ logicalMax: 255 })
    expect(read(`${head} 35 00 45 ff 09 30 b1 02`).fields[0]).toMatchObject({ physicalMax: 255 })
  })

  it('usages are given out in order, the last one to all the rest', () => {
    expect(read('05 84 09 04 a1 01 75 01 95 04 25 01 09 61 09 62 b1 02').fields.map((f) => [page(f), f.bit])).toEqual([['840061', 0], ['840062', 1], ['840062', 2], ['840062', 3]])
    expect(read('05 84 09 04 a1 01 75 01 95 03 25 01 19 61 29 63 b1 02').fields.map(page)).toEqual(['840061', '840062', '840063'])
  })

  it('each usage has the page that held when it came, a page that comes last counts for those before it', () => {
    expect(read('05 84 09 04 a1 01 75 01 95 02 25 01 05 85 09 d0 05 84 09 65 b1 02').fields.map(page)).toEqual(['8500d0', '840065'])
    expect(read('05 84 09 04 a1 01 75 01 95 02 25 01 05 01 09 d0 09 44 05 85 b1 02').fields.map(page)).toEqual(['8500d0', '850044'])
    expect(read('05 84 09 04 a1 01 75 01 95 01 25 01 0b d0 00 85 00 b1 02').fields.map(page)).toEqual(['8500d0'])
  })

  it('locals end with every main item, a collection too', () => {
    expect(read(`${head} 09 30 b1 02 b1 02`).fields).toHaveLength(1)
    expect(read(`${head} 09 24 a1 00 b1 02 09 30 b1 02 c0`).fields.map((f) => [pathOf(f), f.bit])).toEqual([['840004.840024.840030', 8]])
  })

  it('globals last, and are pushed and popped', () => {
    expect(read(`${head} 09 30 b1 02 a4 75 10 09 31 b1 02 b4 09 32 b1 02`).fields.map((f) => [f.bits, f.bit])).toEqual([[8, 0], [16, 8], [8, 24]])
  })

  it('bits are counted for each kind and id of report', () => {
    const { fields, lengths } = read(`${head} 09 30 b1 02 09 31 81 02 85 02 09 32 b1 02 85 01 09 33 b1 02`)
    expect(fields.map((f) => `${f.report} ${f.id} ${f.bit}`)).toEqual(['feature 1 0', 'input 1 0', 'feature 2 0', 'feature 1 8'])
    expect(Object.fromEntries(lengths)).toEqual({ 'feature 1': 2, 'input 1': 1, 'feature 2': 1 })
  })

  it('padding has no usage and takes its room', () => {
    expect(read(`${head} 75 03 b1 03 75 01 09 65 b1 02`).fields.map((f) => f.bit)).toEqual([3])
  })

  it('long items are stepped over, of alternative usages the first counts', () => {
    expect(read(`${head} fe 02 10 aa bb 09 30 b1 02`).fields).toHaveLength(1)
    expect(read(`${head} a9 01 09 30 09 31 a9 00 09 32 95 02 b1 02`).fields.map(page)).toEqual(['840030', '840032'])
  })

  it('exponents are nibbles, or bytes where makers write bytes', () => {
    for (const [hex, exponent] of [['55 0d', -3], ['55 fd', -3], ['55 07', 7], ['55 08', -8]] as const) expect(read(`${head} ${hex} 09 30 b1 02`).fields[0]?.exponent).toBe(exponent)
  })

  it.each([
    ['67 21 d1 f0 00 55 07', 'e7 00', 231], ['67 21 d1 f0 00 55 06', '06 09', 231], ['67 21 d1 f0 00 55 05', '46 05', 13.5], ['66 01 10 55 00', '08 07', 1800], ['67 01 00 01 00 55 00', '2a 01', 298],
    ['66 21 d1 55 07', 'e8 03', 1000], ['66 01 f0 55 00', '32 00', 50], ['67 01 10 10 00 55 00', '10 27', 10000], ['35 00 46 10 27 26 64 00', '32 00', 5000],
  ])('%s: %s is %d', (unit, data, value) => {
    const [field = expect.fail('no field')] = read(`05 84 09 04 a1 01 85 01 75 10 95 01 15 00 27 ff ff 00 00 ${unit} 09 30 b1 02`).fields
    expect(scaled(field, rawValue(field, bytes(data)) ?? 0)).toBe(value)
  })

  it('a value outside of its range is none only where the descriptor says that this means none', () => {
    const [plain, nullable] = read('05 84 09 04 a1 01 75 08 95 01 15 00 25 64 09 30 b1 02 09 31 b1 42').fields
    if (!plain || !nullable) throw new Error('two fields')
    expect([rawValue(plain, bytes('78 78')), rawValue(nullable, bytes('78 78')), rawValue(nullable, bytes('78 64'))]).toEqual([120, undefined, 100])
  })

  it('a report too short for a field has no value', () => {
    const [field = expect.fail('no field')] = read('05 84 09 04 a1 01 75 10 95 01 27 ff ff 00 00 09 30 b1 02').fields
    expect([rawValue(field, bytes('01')), rawValue(field, bytes('01 02')), rawValue(field, bytes('01 02 03'))]).toEqual([undefined, 0x201, 0x201])
  })
})

/** Reports of real UPSs with the value that NUT's usbhid-ups read in them (issues of networkupstools/nut): report, bits, physical range, value. */
const SEEN_BY_NUT: readonly [string, string, Partial<HidField>, number][] = [
  ['APC Back-UPS XS 1400U, Charging (1189)', '160c000000', { bit: 0, bits: 1 }, 0],
  ['APC Back-UPS XS 1400U, DelayBeforeShutdown (1189)', '15ffff', { bit: 0, bits: 16, logicalMin: -1 }, -1],
  ['APC Back-UPS XS 1400U, ShutdownImminent (1189)', '140000', { bit: 8, bits: 8 }, 0],
  ['Eaton ECO 650, BelowRemainingCapacityLimit (1942)', '01300001', { bit: 1, bits: 1 }, 0],
  ['APC CS500, Rechargeable (1776)', '0501', { bit: 0, bits: 8 }, 1],
  ['Minuteman PRO1500RT2U, RemainingCapacity (1848)', '3464', { bit: 0, bits: 8 }, 100],
  ['APC Back-UPS BX1600MI, ACPresent (2347)', '1301', { bit: 0, bits: 8 }, 1],
  ['CyberPower, DelayBeforeStartup (2854)', '16ffff', { bit: 0, bits: 16, logicalMin: -1, logicalMax: 32767, physicalMin: -60, physicalMax: 1966020 }, -60],
  ['Eaton S3700DIN, DelayBeforeStartup (1341)', '0affffffff', { bit: 0, bits: 32, logicalMin: -1 }, -1],
]

it.each(SEEN_BY_NUT)('%s', (_what, hex, layout, value) => {
  const [field = expect.fail('no field')] = read('05 84 09 04 a1 01 75 08 95 01 15 00 26 ff 00 09 30 b1 02').fields
  const laid = { ...field, ...layout }
  expect(scaled(laid, rawValue(laid, bytes(hex).subarray(1)) ?? Number.NaN)).toBe(value)
})

describe('whatever a device sends', () => {
  const small = fc.uint8Array({ maxLength: 200 })
  /** Items that are well formed, so that cases get past the first byte. */
  const items = fc.array(fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ minLength: 4, maxLength: 4 })), { maxLength: 80 })
    .map((list) => Uint8Array.from(list.flatMap(([tag, size, data]) => [(tag << 2) | size, ...data.slice(0, [0, 1, 2, 4][size])])))
  const anything = fc.oneof(small, items, fc.constantFrom(...REAL.map(({ hex }) => bytes(hex))).chain((whole) => fc.tuple(fc.integer({ min: 0, max: Math.max(0, whole.length - 1) }), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => whole.map((b, i) => (i === at ? byte : b)))))

  it('is read or refused, and no field lies outside of its report', () => {
    fc.assert(fc.property(anything, (text) => {
      const descriptor = parseDescriptor(text)
      if ('unreadable' in descriptor) return
      for (const field of descriptor.fields) expect(Math.ceil((field.bit + field.bits) / 8)).toBeLessThanOrEqual(descriptor.lengths.get(`${field.report} ${field.id}`) ?? -1)
    }), RUNS)
  })

  it('has values only where it has bytes, and every value fits its bits', () => {
    fc.assert(fc.property(anything, small, (text, report) => {
      const descriptor = parseDescriptor(text)
      if ('unreadable' in descriptor) return
      for (const field of descriptor.fields.slice(0, 50)) {
        const value = rawValue(field, report)
        if (value === undefined) continue
        expect(field.bit + field.bits).toBeLessThanOrEqual(8 * report.length)
        expect(Math.abs(value)).toBeLessThan(2 ** field.bits)
      }
    }), RUNS)
  })

  it('a value written into its bits is read back', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), fc.boolean(), (sizes, stream, negative) => {
      const text = sizes.map((size, n) => `75 ${size.toString(16).padStart(2, '0')} 09 ${(n + 1).toString(16).padStart(2, '0')} b1 02`).join(' ')
      const { fields, lengths } = read(`05 84 09 04 a1 01 95 01 15 ${negative ? '80' : '00'} ${text}`)
      const data = new Uint8Array(lengths.get('feature 0') ?? 0)
      const values = fields.map((field) => {
        const value = (stream.next().value ?? 0) % 2 ** field.bits
        for (let n = 0; n < field.bits; n += 1) if (Math.floor(value / 2 ** n) % 2 === 1) data[(field.bit + n) >> 3] = (data[(field.bit + n) >> 3] ?? 0) | (1 << ((field.bit + n) & 7))
        return negative && value >= 2 ** (field.bits - 1) ? value - 2 ** field.bits : value
      })
      expect(fields.map((field) => rawValue(field, data))).toEqual(values)
    }), RUNS)
  })

  it('a descriptor that asks for reports without end is refused', () => {
    for (const hex of ['05 84 09 04 a1 01 77 ff ff ff ff 97 ff ff ff ff 09 30 b1 02', '05 84 09 04 a1 01 75 01 97 00 00 01 00 09 30 b1 02', 'a1 01 '.repeat(200)]) expect(parseDescriptor(bytes(hex))).toHaveProperty('unreadable')
    expect(parseDescriptor(new Uint8Array(5000))).toHaveProperty('unreadable')
  })
})
