import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCamt } from '../../src/journal/camt.ts'

const document = (entries: string, root = 'BkToCstmrStmt', statement = 'Stmt'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><${root}><GrpHdr><MsgId>1</MsgId></GrpHdr><${statement}><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>${entries}</${statement}></${root}></Document>`
const entry = (amount: string, more = '', direction = 'CRDT', status = '<Sts><Cd>BOOK</Cd></Sts>'): string =>
  `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${status}<BookgDt><Dt>2026-06-04</Dt></BookgDt><ValDt><Dt>2026-06-04</Dt></ValDt><AcctSvcrRef>20260604-1</AcctSvcrRef>${more}</Ntry>`
const NOON = Date.parse('2026-06-04T12:00:00+08:00')
const read = (xml: string) => readCamt(xml, 'bank', '+08:00')
const steps = async (xml: string) => (await read(xml)).flatMap((one) => (one && 'step' in one ? [one.step] : []))

describe('a statement of a bank', () => {
  it('tells sums, dates and references of what was booked, and nothing else', async () => {
    const xml = document(entry('1280.50', '<NtryDtls><TxDtls><Refs><EndToEndId>PAY-20260603</EndToEndId></Refs><RltdPties><Dbtr><Nm>ACQUIRER LTD</Nm></Dbtr></RltdPties><RmtInf><Ustrd>card 4012888888881881</Ustrd></RmtInf></TxDtls></NtryDtls>') + entry('299.00', '', 'DBIT'))
    expect(await read(xml)).toEqual([
      { step: { transaction: 'bank:1', step: 'bank-credit', at: NOON, amountMinor: 128_050, currency: 'CNY', order: 'PAY-20260603', source: 'bank' } },
      { step: { transaction: 'bank:2', step: 'bank-debit', at: NOON, amountMinor: 29_900, currency: 'CNY', order: '20260604-1', source: 'bank' } },
    ])
  })
  it('lists the payments of a batch one by one', async () => {
    const item = (sum: string, ref: string) => `<TxDtls><Refs><EndToEndId>${ref}</EndToEndId></Refs><Amt Ccy="CNY">${sum}</Amt></TxDtls>`
    expect((await steps(document(entry('30.00', `<NtryDtls>${item('10.00', 'A')}${item('20.00', 'B')}</NtryDtls>`)))).map((s) => [s.amountMinor, s.order])).toEqual([[1000, 'A'], [2000, 'B']])
  })
  it('leaves out what is pending or taken back', async () => {
    expect(await steps(document(entry('1.00', '', 'CRDT', '<Sts>PDNG</Sts>') + entry('2.00', '<RvslInd>true</RvslInd>') + entry('3.00', '', 'CRDT', '<Sts>BOOK</Sts>')))).toEqual([expect.objectContaining({ amountMinor: 300 })])
  })
  it('reads prefixes of namespaces, intraday reports and currencies without a point', async () => {
    const yen = document(entry('1280').replace('"CNY"', '"JPY"'), 'BkToCstmrAcctRpt', 'Rpt').replaceAll(/<(\/?)([A-Z])/g, '<$1n:$2').replace('xmlns=', 'xmlns:n=')
    expect(await steps(yen)).toEqual([expect.objectContaining({ amountMinor: 1280, currency: 'JPY' })])
  })
  it('says what it cannot use', async () => {
    expect(await read(document(entry('12,50') + entry('1.005') + entry('1.00', '', 'BOTH') + entry('1.00').replaceAll('2026-06-04', 'soon')))).toEqual([
      { problem: 'an amount that is not understood' }, { problem: 'an amount that is not understood' }, { problem: 'neither credit nor debit' }, { problem: 'no date' },
    ])
  })
  it.each([
    ['<a>', /not XML/], ['<a/>', /no statement/], ['hello', /not XML/],
    ['<!DOCTYPE lolz [<!ENTITY lol "lol">]><Document><BkToCstmrStmt/></Document>', /document type/],
  ])('refuses %s', async (xml, why) => {
    await expect(read(xml)).rejects.toThrow(why)
  })
  it('never fails otherwise, whatever an entry holds', async () => {
    const word = fc.stringMatching(/^[\w .:+-]{0,20}$/)
    await fc.assert(fc.asyncProperty(word, word, word, async (amount, reference, date) => {
      const told = await read(document(entry(amount, `<NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs></TxDtls></NtryDtls>`).replaceAll('2026-06-04', date)))
      expect(told).toHaveLength(1)
    }), { numRuns: 100 })
  })
})
