import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { canary, mask, maskDeep } from '../../src/guard/card-data.ts'
import { brandOf, isCard, luhn, starred } from '../../src/guard/issuer.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { card, checks, DRESSES, generated, leaks, TEST_CARDS, UNIONPAY_WITHOUT_CHECK } from './cards.ts'

type Case = { name: string; text: string; hide: string[]; keep: string[] }
const cases = readFileSync(new URL('card-cases.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line): Case => JSON.parse(line))

describe('cases from the test suites of other scanners', () => {
  it.each(cases)('$name', ({ text, hide, keep }) => {
    const out = mask(text).text
    for (const secret of hide) expect(out).not.toContain(secret)
    for (const word of keep) expect(out).toContain(word)
  })
})

const digitsOf = (text: string): string => text.normalize('NFKC').replaceAll(/\D/g, '')

describe.each(Object.entries(DRESSES))('a card number as %s', (_, dress) => {
  it.each(TEST_CARDS.filter((c) => c.length === 16))('%s does not get through', (digits) => {
    const dressed = dress(digits)
    const { text, masked } = mask(`log: ${dressed} end`)
    expect(Object.values(masked).reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
    expect(text).not.toContain(dressed)
    expect(digitsOf(text)).not.toContain(digits)
    expect(text.startsWith('log: ')).toBe(true)
    expect(text.endsWith(' end')).toBe(true)
  })
  it('whoever issued it', () => {
    fc.assert(
      fc.property(generated, (digits) => {
        const { text } = mask(`x ${dress(digits)} y`)
        return !text.includes(dress(digits)) && leaks(text).length === 0
      }),
      { numRuns: 40 },
    )
  })
})

describe('card numbers', () => {
  it.each(TEST_CARDS)('%s keeps no more than its first six and last four digits', (digits) => {
    const { text, masked } = mask(`paid with ${digits} today`)
    const front = Math.min(6, digits.length - 9)
    expect(text).toBe(`paid with ${digits.slice(0, front)}${'*'.repeat(digits.length - front - 4)}${digits.slice(-4)} today`)
    expect(masked).toEqual({ pan: 1 })
  })
  it('of UnionPay need no check digit', () => {
    expect(checks(UNIONPAY_WITHOUT_CHECK)).toBe(false)
    expect(mask(UNIONPAY_WITHOUT_CHECK).text).toBe('620000******0006')
    expect(mask(`订单号:${UNIONPAY_WITHOUT_CHECK}`).text).toContain(UNIONPAY_WITHOUT_CHECK)
  })
  it.each(['\\u 4000000000000002', '\\u4000000000000002', '\\u40 4000000000000002', '\\u004000000000000002', '%2 4000000000000002', '\\x 4000000000000002'])('behind what only begins as an escape: %s', (text) => {
    expect(mask(text).text).not.toMatch(/0{8}/)
  })
  it('behind the bitmap of a message need no check digit', () => {
    expect(mask('0110F23C248128E09A000000000000000100164276555555555555000000000000000077700701111844').text).toContain('16427655******5555')
    expect(mask('0110723C248128E09A001642765555555555550000').text).toContain('16427655******5555')
    expect(mask('374276555555555555=12345678901234567890987654321').text).toBe('37[TRACK2]')
  })
  it('after a name for them go even if the check digit is wrong', () => {
    expect(mask('卡号：4111111111111112').text).toBe('卡号：411111******1112')
    expect(mask('{"cardNo":"4111111111111112"}').text).not.toContain('4111111111111112')
  })
  it('lose the expiry date and code that follow', () => {
    expect(mask('4111111111111111|12/25|123 ok').text).toBe('411111******1111|[EXPIRY] ok')
    expect(mask('card 4111111111111111 exp 12/25').text).toBe('card 411111******1111 exp [EXPIRY]')
    expect(mask('4111 1111 1111 1111=25121011234567890?').text).toBe('4111 11** **** 1111=[TRACK2]')
  })
  it('survive no second look: masking twice changes nothing', () => {
    fc.assert(
      fc.property(card, fc.constantFrom(...Object.values(DRESSES)), fc.string(), fc.string(), (digits, dress, before, after) => {
        const once = mask(`${before} ${dress(digits)} ${after}`).text
        expect(mask(once).text).toBe(once)
      }),
      { numRuns: 300 },
    )
  })
  it('are found across the lines of a hex dump', () => {
    const dump = '00000000  60 00 03 00 00 02 00 70  24 04 80 20 c0 98 11 16  |`......p$.. ....|\n00000010  41 11 11 11 11 11 11 11  00 00 00 00 00 00 01 00  |A...............|\n'
    expect(mask(dump).text).not.toContain('41 11 11 11 11 11 11 11')
    const split = '00000000  5f 2a 02 01 56 82 02 7c  00 5a 08 41 11 11 11 11\n00000010  11 11 11 5f 34 01 01 9f  1a 02 01 56 9a 03 25 01\n'
    const { text } = mask(split)
    expect(text).not.toContain('41 11 11 11 11\n')
    expect(text).not.toContain('00000010  11 11 11')
  })
})

describe('sensitive data', () => {
  it.each([
    ['cvv: 123', '123'], ['CVV2=1234', '1234'], ['{"cvc":"737"}', '737'], ['cvn2 is 123', '123'], ['安全码：123', '123'], ['卡后三位 737', '737'], ['security code: 737', '737'], ['<cvv>737</cvv>', '737'],
    ['PIN: 1234', '1234'], ['userPin=123456', '123456'], ['密码：123456', '123456'], ['PIN 4711 wrong', '4711'],
    ['pinBlock=0123456789ABCDEF', '0123456789ABCDEF'], ['DE52: 01 23 45 67 89 AB CD EF', '89 AB'], ['<field id="52" value="0123456789ABCDEF"/>', '0123456789ABCDEF'], ['F052=A1B2C3D4E5F60718', 'A1B2C3D4E5F60718'],
    ['masterKey=0123456789ABCDEFFEDCBA9876543210', 'FEDCBA98'], ['TMK: 0123456789ABCDEF', '89ABCDEF'], ['PIK：0123456789ABCDEF0123456789ABCDEF', '89ABCDEF'], ['ksn=FFFF9876543210E00001', '9876543210'], ['主密钥：0123456789ABCDEF', '89ABCDEF'],
    ['track2=9999888877776666=9912', '88887777'], ['磁道信息: 9999888877776666=9912', '88887777'], ['{"track1Data":"B9999888877776666 NO NAME"}', '88887777'],
    ['5F200F4A4F484E2F444F4520202020202020', '4A4F484E'], ['5F 20 04 4A 4F 48 4E 9F', '4A 4F 48 4E'], ['cardholder: JOHN DOE', 'JOHN'], ['持卡人：张三丰', '张三丰'], ['id 11010519491231002X', '19491231'],
    ['有效期：12/25', '12/25'], ['expiry: 12/25', '12/25'], ['"expiryDate":"2512"', '2512'], ['name on card: JOHN Q PUBLIC', 'PUBLIC'], ['CARDHOLDER NAME  ZHANG/SAN', 'ZHANG'],
    ['csc=123', '123'], ['CVV码：123', '123'], ['卡背面后三位：123', '123'], ['密码块 0123456789ABCDEF', '89ABCDEF'], ['PIN密文: 0123456789ABCDEF', '89ABCDEF'], ['52域：0123456789ABCDEF', '89ABCDEF'],
    ['F052 PIN Data..............................: 12345678', '12345678'], ['F036 Track 3 Data....: 011234567890123445=724724000000', '724724'], ['MAK 0123456789ABCDEF', '89ABCDEF'], ['TMK under ZMK 0123456789ABCDEFFEDCBA9876543210', 'FEDCBA98'],
    ['5F20: 4A4F484E2F444F45', '4A4F484E'], ['5F20 = "DOE/JOHN"', 'JOHN'], ['9F1F0C303132333435363738394142', '3031323334'], ['9F1F=303132333435', '303132333435'], ['9F20: 1234567890', '1234567890'], ['9F20051234567890', '1234567890'],
    [';60514362659100004742?', '60514362659100004742'], ['%6277201287475229^00000000^X?', '6277201287475229'],
  ])('goes from %s', (text, secret) => {
    const { text: out, masked } = mask(text)
    expect(out).not.toContain(secret)
    expect(Object.keys(masked).length).toBeGreaterThan(0)
  })
})

it('counts once what three passes see', () => expect(mask('持卡人：张三丰; pin: 1234')).toEqual({ text: '持卡人：[NAME]; pin: [PIN]', masked: { name: 1, pin: 1 } }))

describe('what is no card data is left alone', () => {
  it.each([
    '1735689600000', '1735689600123456', '20250131235959', '20250131235959123', '2025-01-31 23:59:59.123', '250131235959', '13912345678', '+86 139 1234 5678', '+6281234567890',
    'rrn=612345678901', 'rrn 503114567890 stan 004567', 'TID=12345678 MID=123456789012345', 'order 202501310000012345678', '4200001234202401011234567890', 'EAN 4016032441380', 'GB29 NWBK 6016 1331 9268 19', 'DE89370400440532013000',
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301', '00:1a:2b:3c:4d:5e', '10.0.0.12', '192.168.100.200:8080', 'v4.11.1111.1111', 'S/N VX820-123-456-789', '0.4123456789012345', 'IMEI 356938035643809', '89014103211118510720',
    'usb 1-1.4: new high-speed USB device number 45 using xhci_hcd', '> 10 04 01', '< 16 +8ms', '[12345.678901] sda: 500118192 512-byte logical blocks', 'recv 1234 bytes', 'GPIO pin: 5 shipping: 1234', 'pinpad answers in 1234 ms', 'clock=1735689600000 task=12345678',
    'd41d8cd98f00b204e9800998ecf8427e', 'sha512-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYg==', '411111******1111', 'printer.reply-ms 12', '密码键盘无响应', 'session expires in 3600 s', 'stan=411111\n192.168.1.11 - - GET', 'took 45\n2025-05-01 12:00:00',
    '6901234567892', '4901234567894', '6920202888883 可乐 3.00', 'phone 639171234567', 'tel: 6281234567890', '手机 13912345678', 'blk_4980916519894289629', '06010704000000001000', 'at=1735689600000\n2025-01-01 00:00:00.137', 'rgb(255,255,255)(255,255,255)', 'JPY 4,111,111,111', '[123,456,789,012,345]', 'session expires=1200', 'expect 12/25', 'exit code 123', 'card 1234 inserted', 'F5F4F3', 'MAC=0123456789ABCDEF',
  ])('%s', (text) => expect(mask(text)).toEqual({ text, masked: {} }))

  it('ids, times and counters of our own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_600_000_000_000, max: 2_100_000_000_000 }), fc.nat(), (at, n) => {
        const text = `${uuidv7(at)} at ${at} (${new Date(at).toISOString()}) sequence ${n} uptime ${n / 1000} s`
        expect(mask(text)).toEqual({ text, masked: {} })
        const value = { id: uuidv7(at), at, n, us: at * 1000 }
        expect(maskDeep(value)).toEqual({ value, masked: {} })
      }),
    )
  })
  it('text without digits or names', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'abdefghijlmnoqrstuwyz ,;.()[]\n中文打印机') }), (text) => mask(text).text === text))
  })
})

describe('any text at all', () => {
  it('comes out without a card number, and never makes the filter throw', () => {
    const piece = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), card, generated, fc.nat().map(String), fc.constantFrom(' ', '-', '\n', '=', ';', '%B', '^', 'track2=', 'cvv:', '5A08', '\\x34', '0x', '卡号', '%20'))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { text, masked } = mask(pieces.join(''))
        expect(leaks(text)).toEqual([])
        expect(masked.withheld).toBeUndefined()
      }),
      { numRuns: 1500 },
    )
  })
  it.each(['4222222222222', '4111111111111111', 'card +4111111111111111.'])('is known to leak as %s, and not as a telephone number', (text) => {
    expect(leaks(text)).toHaveLength(1)
    expect(leaks('call +4222222222222')).toEqual([])
    expect(leaks(mask(text).text)).toEqual([])
  })
  it('is handled in time that grows with its length only', () => {
    for (const text of ['1 '.repeat(200_000), '4'.repeat(400_000), '41 '.repeat(130_000), 'a1'.repeat(200_000), '%B'.repeat(200_000), '4111-'.repeat(80_000), 'MTEx'.repeat(100_000), '\\x41'.repeat(100_000), 'track2='.repeat(50_000), 'pin: '.repeat(80_000), '= '.repeat(200_000), `${'4'.repeat(15)}^`.repeat(20_000)]) {
      const begun = process.cpuUsage()
      mask(text)
      expect(process.cpuUsage(begun).user).toBeLessThan(20_000_000)
    }
  }, 120_000)
  it('that is longer than one block is still seen whole', () => {
    const filler = 'ordinary line of a log without anything in it\n'.repeat(3000)
    expect(mask(`${filler}card 4111111111111111${filler}`).text).toBe(`${filler}card 411111******1111${filler}`)
  })
})

describe('maskDeep', () => {
  it('drops values under denied names, whatever they are', () => {
    const { value, masked } = maskDeep({ pan: '4111111111111111', Track2: { a: [1] }, cvv: 123, pin_block: 'x', cardHolder: 'JANE DOE', 卡号: '1', note: 'fine', panMasked: '411111******1111' })
    expect(value).toEqual({ pan: '[dropped]', Track2: '[dropped]', cvv: '[dropped]', pin_block: '[dropped]', cardHolder: '[dropped]', 卡号: '[dropped]', note: 'fine', panMasked: '411111******1111' })
    expect(masked).toEqual({ field: 6 })
  })
  it('keeps what says nothing: flags, emptiness, numbers masked already', () => {
    const value = { pin: true, cvv: null, track2: '', pan: '411111******1111', expiry: false }
    expect(maskDeep(value)).toEqual({ value, masked: {} })
  })
  it('masks strings, names and numbers at any depth', () => {
    const { value } = maskDeep({ a: [{ b: 'card 4111111111111111' }], '5555555555554444': 1, n: 4111111111111111, big: 4111111111111111n })
    expect(value).toEqual({ a: [{ b: 'card 411111******1111' }], '555555******4444': 1, n: '[PAN]', big: '[PAN]' })
  })
  it('lets numbers pass that are no card numbers', () => {
    const value = { at: 1735689600000, us: 1735689600123456, share: 0.4111111111111111, amount: 411111, negative: -4111111111111111, bytes: 123456789012 }
    expect(maskDeep(value)).toEqual({ value, masked: {} })
  })
  it('shows errors as data and refuses what it cannot read', () => {
    const { value } = maskDeep({ error: new Error('card 4111111111111111'), bytes: Buffer.from('4111111111111111'), map: new Map([['a', '4111111111111111']]) })
    expect(JSON.stringify(value)).not.toContain('4111111111111111')
    expect(value).toMatchObject({ error: { name: 'Error', message: 'card 411111******1111' }, bytes: '[unreadable]', map: '[unreadable]' })
  })
  it('withholds what is nested without end', () => {
    const loop: Record<string, unknown> = { pan: '4111111111111111' }
    loop.self = loop
    expect(JSON.stringify(maskDeep(loop).value)).not.toContain('4111111111111111')
  })
  it('leaves any JSON value without card numbers, and what has none unchanged in shape', () => {
    fc.assert(
      fc.property(fc.jsonValue(), generated, (json, digits) => {
        const { value } = maskDeep({ json, list: [digits, { note: `x${digits}` }] })
        expect(JSON.stringify(value)).not.toContain(digits)
      }),
    )
  })
  it('does not let a name reach the prototype', () => {
    const { value } = maskDeep(JSON.parse('{"__proto__":{"polluted":"4111111111111111"}}') as object)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(JSON.stringify(value)).not.toContain('4111111111111111')
  })
})

describe('canary', () => {
  it('is content with the filter', () => expect(canary()).toBe(true))
  it.each([
    ['lets everything through', (text: string) => ({ text, masked: {} })],
    ['withholds everything', () => ({ text: '[withheld]', masked: { withheld: 1 } })],
    ['stops at the first digit', (text: string) => ({ text: text.replace(/\d+/, '*'), masked: { pan: 1 } })],
  ])('is not content with a filter that %s', async (_, broken) => {
    vi.resetModules()
    vi.doMock('../../src/guard/mask.ts', async (original) => ({ ...(await original<typeof import('../../src/guard/mask.ts')>()), mask: broken }))
    const again = await import('../../src/guard/canary.ts')
    expect(again.canary()).toBe(false)
    vi.doUnmock('../../src/guard/mask.ts')
  })
})

describe('issuer', () => {
  it('agrees with the check digit as written in the standard', () => {
    fc.assert(fc.property(fc.stringMatching(/^\d{12,19}$/), (digits) => luhn(digits) === checks(digits)))
  })
  it.each([['4111111111111111', 'visa'], ['5105105105105100', 'mastercard'], ['2223003122003222', 'mastercard'], ['378282246310005', 'amex'], ['3566002020360505', 'jcb'], ['30569309025904', 'diners'], ['6011111111111117', 'discover'], ['8171999977000040', 'unionpay'], ['1735689600000', undefined], ['41111111111111111111', undefined]])('%s is of %s', (digits, brand) => expect(brandOf(digits)).toBe(brand))
  it('hides at least five digits', () => {
    for (const digits of [...TEST_CARDS, '500000000009']) expect(starred(digits)).toMatch(/^\d{3,6}\*{5,9}\d{4}$/)
    expect(isCard('4111111111111112')).toBe(false)
  })
})
