import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoder, lineReader } from '../../src/journal/lines.ts'
import { minorOf, timeOf } from '../../src/journal/record.ts'
import { JournalSource } from '../../src/model/journal.ts'
import { DRESSES, generated, leaks } from '../guard/cards.ts'

const AT = Date.UTC(2026, 5, 2, 2, 11, 12)

const readAll = (source: unknown, ...lines: string[]) => {
  const reader = lineReader(JournalSource.parse({ name: 's', ...(source as object) }))
  return lines.map((line, i) => reader.read(line, String(i))).filter((read) => read !== undefined)
}

describe('times', () => {
  it.each([['20260602101112', AT], ['2026-06-02 10:11:12', AT], ['2026/6/2 10:11:12', AT], ['2026年6月2日 10:11:12', AT], ['2026-06-02T10:11:12+08:00', AT], ['2026-06-02T02:11:12Z', AT], ['2026-06-02 10:11:12.250', AT + 250], [String(AT), AT], [String(AT / 1000), AT], ["'20260602101112", AT], ['20260602', Date.UTC(2026, 5, 1, 16)]])('%s', (text, at) => expect(timeOf(text, '+08:00')).toBe(at))
  it.each(['', 'yesterday', '2026-13-01 00:00:00', '20260632', '10:11:12'])('%j is none', (text) => expect(timeOf(text, '+08:00')).toBeUndefined())
})

describe('amounts', () => {
  it.each([['12800', 'auto', 12_800], ['128.00', 'auto', 12_800], ['1,234.56', 'auto', 123_456], ['￥1,234.5', 'auto', 123_450], ['128', 'decimal', 12_800], ["'128.00", 'decimal', 12_800], ['-128.00', 'auto', 12_800], ['000000012800', 'minor', 12_800], ['１２８．００', 'auto', 12_800]] as const)('%s as %s', (text, how, minor) => expect(minorOf(text, how, 2)).toBe(minor))
  it.each([['', 'auto'], ['12a', 'auto'], ['1.234', 'auto'], ['1.2', 'minor']] as const)('%j as %s is none', (text, how) => expect(minorOf(text, how, 2)).toBeUndefined())
})

describe('journals', () => {
  it('of JSON lines are read by the usual keys, nested ones too', () => {
    expect(readAll({ format: 'jsonl' }, JSON.stringify({ ts: AT, type: '消费', rc: '00', amt: 12_800, cur: '156', txn: { tid: '10000001', batch: '000123', stan: '004567' }, pan: '6222021234567890128' }))).toEqual([
      { step: { transaction: '10000001-000123-004567', step: 'answered', at: AT, type: 'sale', responseCode: '00', profile: 'unionpay', amountMinor: 12_800, currency: 'CNY', tid: '10000001', batch: '000123', stan: '004567', panMasked: '622202*********0128', source: 's' } },
    ])
  })
  it('of a portal in Chinese are read by their header', () => {
    const [read] = readAll({ format: 'csv' }, '交易时间,交易金额(元),流水号,参考号,批次号,终端号,商户号,卡号,交易类型,应答码,手续费', '2026-06-02 10:11:12,"1,234.56",004567,615402004567,000123,10000001,898110259990001,622200******1234,消费,00,0.77')
    expect(read).toMatchObject({ step: { at: AT, amountMinor: 123_456, stan: '004567', rrn: '615402004567', panMasked: '622200******1234', feeMinor: 77, responseCode: '00' } })
  })
  it('of free lines are read by the declared pattern, and other lines say nothing', () => {
    const source = { format: 'lines', pattern: String.raw`^\[(?<at>[^\]]+)\] trans type=(?<type>\w+) stan=(?<stan>\d+) rc=(?<rc>\w+) amt=(?<amt>[\d.]+)` }
    expect(readAll(source, '[2026-06-02 10:11:12] [INFO] queue empty', '[2026-06-02 10:11:12] trans type=sale stan=004567 rc=68 amt=128.00')).toMatchObject([{ step: { at: AT, stan: '004567', responseCode: '68', amountMinor: 12_800 } }])
  })
  it('name declared columns before the usual ones', () => {
    expect(readAll({ format: 'csv', fields: { responseCode: 'Ergebnis', at: ['Zeit'] }, amounts: 'minor' }, 'Zeit,Ergebnis,STAN,Amount', '20260602101112,05,77,128')).toMatchObject([{ step: { at: AT, responseCode: '05', stan: '77', amountMinor: 128 } }])
  })
  it.each([['{"ts":', 'not a JSON object'], ['[1]', 'not a JSON object'], ['{"rc":"00"}', 'no time'], ['{"ts":"never","rc":"00"}', 'a time that is not understood'], [`{"ts":${AT},"amt":"x"}`, 'an amount that is not understood']])('say why a line is not understood: %s', (line, problem) => expect(readAll({ format: 'jsonl' }, line)).toEqual([{ problem }]))
  it('of two encodings in one file are read line by line', () => {
    const decode = decoder('auto')
    const gb = Uint8Array.from([0xbd, 0xf0, 0xb6, 0xee])
    expect(decode(gb)).toBe('金额')
    expect(decode(Buffer.from('金额'))).toBe('金额')
    expect(decoder('gb18030')(Uint8Array.from([0x84, 0x31, 0xa4, 0x37]))).toHaveLength(1)
    expect(decode(Uint8Array.from([0x41, 0xff, 0xff, 0x20]))).toMatch(/^A/)
  })
  it('never let card data through, whichever field it stands in', () => {
    const keys = ['note', 'pan', 'cardNo', 'orderId', 'error', 'prompt', 'brand', 'version', 'txnid', 'refno', 'mid', 'tid', 'stan', '卡号', 'track2']
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.tuple(generated, fc.constantFrom(...Object.values(DRESSES))).map(([digits, dress]) => dress(digits))), (more) => {
        const read = readAll({ format: 'jsonl' }, JSON.stringify({ ts: AT, rc: '00', ...more }))
        expect(leaks(JSON.stringify(read))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
