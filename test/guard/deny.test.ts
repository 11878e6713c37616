import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forbidden, guardWrites } from '../../src/guard/deny.ts'
import { unhex } from '../../src/model/dialogue.ts'

const bytes = (hex: string): Uint8Array => unhex(hex) ?? new Uint8Array(0)
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))
const NEO = '56 69 56 4f 74 65 63 68 32 00'

/** Get-Printer-Attributes of a queue. */
const IPP_ASKS = Uint8Array.of(1, 1, 0, 0x0b, 0, 0, 0, 1, 1, 0x47, 0, 18, ...ascii('attributes-charset'), 0, 5, ...ascii('utf-8'), 3)

const HARMLESS: Record<string, Uint8Array[]> = {
  'esc-pos': ['10 04 01', '10 04 02', '10 04 03', '10 04 04', '10 04 05', '10 04 07 02', '10 04 08 03', '10 04 12 01', '10 04 14', '1d 49 01', '1d 49 42', '1d 49 45', '1d 72 01', '1d 61 00', '10 14 07 01', '1d 67 32 00 c6 00', '1d 28 48 06 00 30 30 30 30 34 32', '1d 28 48 03 00 31 30 41', '1d 28 45 02 00 0c 01', '1b 76', '00'].map(bytes),
  star: ['05', '04', '1b 06 01', '1b 1e 61 00', '1b 23 2a 0a 00'].map(bytes),
  'stx-etx': ['05', '06', '15', '04', '0f 30 36 0e 08', '0f 30 31 30 36 0e 09', '02 52 22 03 71', '02 31 32 33 34 35 36 37 38 30 73 03 37'].map(bytes),
  enq: ['05', '06', '0f 30 36 0e 08', '0f 30 36 0e 77'].map(bytes),
  nut: ['LIST UPS\n', 'LIST VAR ups\n', 'GET VAR su700 ups.status\n', 'VER\n', 'NETVER\r\n', 'LOGOUT\n'].map(ascii),
  at: ['AT\r', 'AT+CPIN?\r', 'AT+CSQ\r', 'AT+CEREG?;+COPS?\r', 'AT+CMEE=1\r', 'ATI\r', 'AT+COPS=?\r'].map(ascii),
  magtek: ['00 00 01 00', '00 00 01 01', '00 14 00', '00 29 00', '14 00'].map(bytes),
  idtech: [`${NEO} 18 01 00 00 b3 cd`, `${NEO} 29 00 00 00 de a0`, '02 52 22 03 71', '02 52 39 03 6a', '02 03 00 78 46 20 1e de 03', '01 02 03 00 78 46 31 0f ef 03'].map(bytes),
  zvt: ['05 01 00', '05 01 03 00 00 00', '80 00 00', '10 02 05 01 00 10 03 10 06', '10 02 80 00 00 10 03 f5 1f', '06', '15'].map(bytes),
  ipp: [IPP_ASKS],
  snmp: ['30 29 02 01 00 04 06 70 75 62 6c 69 63 a0 1c 02 01 01 02 01 00 02 01 00 30 11 30 0f 06 0b 2b 06 01 02 01 19 03 05 01 02 01 05 00', '30 29 02 01 01 04 06 70 75 62 6c 69 63 a5 1c 02 01 01 02 01 00 02 01 00 30 11 30 0f 06 0b 2b 06 01 02 01 19 03 05 01 02 01 05 00'].map(bytes),
  apdu: ['00 a4 04 00 0e 32 50 41 59 2e 53 59 53 2e 44 44 46 30 31 00', '00 c0 00 00 1a'].map(bytes),
}

const HARMFUL: Record<string, readonly [Uint8Array, RegExp][]> = {
  'esc-pos': ([['10 14 01 00 01', /drawer/], ['1b 70 00 19 fa', /drawer/], ['10 14 02 01 08', /switches the printer off/], ['10 14 08 01 03', /throws away/], ['10 05 01', /prints/], ['10 05 02', /throws away/], ['10 05 00', /acts/], ['1b 40', /throws away/], ['1d 67 30 00 14 00', /counter/], ['1d 28 45 03 00 01 49 4e', /settings/], ['1d 28 41 02 00 00 02', /test page/], ['1d 56 00', /cuts/], ['1b 69', /cuts/], ['0a', /line feed/], ['48 69', /printed/], ['1b 64 05', /feeds/], ['1d 49 1b', /not a status/], ['1d 28 48 06 00 30 30 1b 70 00 19', /not a status/]] as const).map(([b, why]) => [bytes(b), why]),
  star: ([['1b 3f 0a 00', /resets/], ['07', /drawer/], ['1c', /drawer/], ['1a', /drawer/], ['1b 64 02', /cuts/], ['1b 40', /throws away/], ['41', /printed/]] as const).map(([b, why]) => [bytes(b), why]),
  'stx-etx': ([['02 52 49 03 1a', /resets/], ['02 37 32 03 06', /session/], ['02 41 31 30 30 03 41', /payment/], ['0f 30 31 30 31 0e 0e', /text/], ['41', /payment/]] as const).map(([b, why]) => [bytes(b), why]),
  enq: [[bytes('02 30 30 03 03'), /payment/], [bytes('01'), /payment/]],
  nut: ([['SET VAR ups x 1\n', /SET/], ['INSTCMD ups load.off\n', /cut the power/], ['FSD ups\n', /shuts/], ['LOGIN ups\n', /LOGIN/], ['PRIMARY ups\n', /right/], ['USERNAME a\n', /account/], ['instcmd ups load.off\n', /cut the power/], ['VER\nFSD ups\n', /shuts/], ['LIST UPS\rFSD\n', /not one of/], ['GET VAR a\u00a0b\n', /ASCII/]] as const).map(([b, why]) => [ascii(b), why]),
  at: ([['AT+CPIN="1234"\r', /PIN/], ['AT+CFUN=0\r', /radio/], ['AT+COPS=2\r', /network/], ['ATD112;\r', /dials/], ['ATZ\r', /change/], ['at+cfun=1,1\r', /radio/], ['AT+CSQ;+CFUN=0\r', /radio/], ['AT+CMGS="1"\r', /only asks/], ['+++', /no AT command/], ['AT\rATE0\r', /change/]] as const).map(([b, why]) => [ascii(b), why]),
  magtek: ([['00 01 02 05 00', /sets/], ['00 02 00', /resets/], ['00 15 00', /security/], ['00 28 00', /off/], ['00 30 00', /encrypts/], ['00 09 00', /key/], ['02 00', /resets/], ['00', /without/], ['00 00 02 00 00', /one byte/]] as const).map(([b, why]) => [bytes(b), why]),
  idtech: ([['02 52 49 03 1a', /resets/], ['02 03 00 78 46 cc f2 8a 03', /restarts/], [`${NEO} 02 01 00 01 0a 00 00`, /payment/], [`${NEO} 18 01 00 00 b3 cd 02 52 49 03 1a`, /more than one/], ['02 52 22 03 71 02 52 49 03 1a', /more than one/], ['41', /known family/]] as const).map(([b, why]) => [bytes(b), why]),
  zvt: ([['06 01 07 04 00 00 00 00 01 00', /payment/], ['06 50 03 00 00 00', /end of day/], ['06 70 00', /prin/], ['06 79 00', /prints/], ['06 93 03 00 00 00', /initialisation/], ['06 00 04 00 00 00 00', /settings/], ['10 02 06 01 00 10 03 00 00', /payment/], ['05 01 00 06 01 00', /length/], ['10 02 05 01 00 10 03 10 06 10 02 06 01 00 10 03 00 00', /one whole frame/], ['06 06 01 00', /neither/]] as const).map(([b, why]) => [bytes(b), why]),
  'hid-power': [[bytes('17 00 00'), /UPS/], [bytes('00'), /UPS/]],
  ipp: ([[`${'01 01 00 02'} 00 00 00 01 01 03`, /Print-Job prints/], ['01 01 00 08 00 00 00 01 01 03', /throws a receipt away/], ['01 01 00 10 00 00 00 01 01 03', /stops the queue/], ['01 01 00 12 00 00 00 01 01 03', /throws receipts away/], ['01 01 00 0b 00 00 00 01 01 03 48 69', /document/], ['01 01 00 0b 00 00 00 01 01', /whole/], ['01 01 00 0b 00 00 00 01 01 44 ff ff 03', /whole/], ['01', /no question/]] as const).map(([b, why]) => [bytes(b), why]),
  snmp: ([['30 29 02 01 00 04 06 70 75 62 6c 69 63 a3 1c 02 01 01 02 01 00 02 01 00 30 11 30 0f 06 0b 2b 06 01 02 01 19 03 05 01 02 01 05 00', /changes the device/], ['30 0d 02 01 00 04 06 70 75 62 6c 69 63 a4 00', /managers/], ['30 0d 02 01 00 04 06 70 75 62 6c 69 63 a0 01', /whole/], ['30 84 00 00 00 01 02', /whole/], ['41', /whole/]] as const).map(([b, why]) => [bytes(b), why]),
  apdu: ([['00 20 00 80 08 24 12 34 ff ff ff ff ff', /PIN/], ['80 ae 80 00 1d 00', /counter/], ['80 a8 00 00 02 83 00 00', /transaction/], ['00 b2 01 0c 00', /card data/], ['ff ca 00 00 00', /reader itself/], ['ff 00 00 00 04 d4 4a 01 00', /reader itself/], ['00 a4 04 00 02 3f 00 00 20 00 80', /more or fewer/], ['00 a4', /whole/], ['00 24 00 80', /PIN/]] as const).map(([b, why]) => [bytes(b), why]),
}

describe('forbidden', () => {
  it.each(Object.entries(HARMLESS).flatMap(([dialect, list]) => list.map((b) => [dialect, Buffer.from(b).toString('hex'), b] as const)))('lets %s ask %s', (dialect, _, b) => expect(forbidden(dialect, b)).toBeUndefined())
  it.each(Object.entries(HARMFUL).flatMap(([dialect, list]) => list.map(([b, why]) => [dialect, Buffer.from(b).toString('hex'), b, why] as const)))('refuses %s the bytes %s', (dialect, _, b, why) => expect(forbidden(dialect, b)).toMatch(why))
  it('refuses everything in a dialect that it does not know, and lets nothing pass as nothing', () => {
    expect(forbidden('esc-p', bytes('05'))).toMatch(/no list of harmless bytes for the dialect "esc-p"/)
    expect(forbidden('__proto__', bytes('05'))).toMatch(/no list/)
    expect(forbidden('esc-pos', new Uint8Array(0))).toBeUndefined()
  })
  it('finds a harmful command anywhere between harmless ones', () => {
    for (const dialect of ['esc-pos', 'star', 'stx-etx', 'nut', 'at']) {
      const good = fc.array(fc.constantFrom(...(HARMLESS[dialect] ?? [])), { maxLength: 6 }).map((list) => Buffer.concat(list))
      fc.assert(fc.property(good, fc.constantFrom(...(HARMFUL[dialect] ?? []).map(([b]) => b)), good, (before, bad, after) => forbidden(dialect, Buffer.concat([before, bad, after])) !== undefined))
      fc.assert(fc.property(good, (all) => forbidden(dialect, all) === undefined))
    }
  })
  it('judges any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(HARMFUL)), fc.uint8Array({ maxLength: 40 }), (dialect, b) => {
        const why = forbidden(dialect, b)
        expect(why === undefined || why.length > 5).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Whether a guard refused one of the writes that some bytes are cut into. */
const refusedInPieces = (dialect: string, b: Uint8Array, cuts: number[]): boolean => {
  const guard = guardWrites(dialect)
  const edges = [0, ...cuts.map((c) => c % (b.length + 1)), b.length].toSorted((x, y) => x - y)
  return edges.slice(1).some((end, i) => guard(b.slice(edges[i] ?? 0, end)) !== undefined)
}

describe('guardWrites', () => {
  it('sees a harmful command however it is cut into writes, and lets harmless ones pass so', () => {
    for (const dialect of ['esc-pos', 'star', 'stx-etx', 'nut', 'at']) {
      const good = fc.array(fc.constantFrom(...(HARMLESS[dialect] ?? [])), { maxLength: 4 }).map((list) => Buffer.concat(list))
      const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 6 })
      fc.assert(fc.property(good, fc.constantFrom(...(HARMFUL[dialect] ?? []).map(([b]) => b)), cuts, (before, bad, at) => refusedInPieces(dialect, Buffer.concat([before, bad]), at)))
      fc.assert(fc.property(good, cuts, (all, at) => !refusedInPieces(dialect, all, at)))
    }
  })
  it('forgets what it refused', () => {
    const guard = guardWrites('esc-pos')
    expect(guard(bytes('10'))).toBeUndefined()
    expect(guard(bytes('14 01 00 01'))).toMatch(/drawer/)
    expect(guard(bytes('04 01'))).toBeUndefined()
  })
  it('does not remember without end', () => {
    const guard = guardWrites('nut')
    expect(guard(ascii(`GET VAR ${'x'.repeat(1000)}`))).toMatch(/512/)
  })
})
