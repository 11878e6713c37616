import { once } from 'node:events'
import { createConnection } from 'node:net'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BYTE_ORDER_MARK, csvLine } from '../../src/hq/exports/csv.ts'
import { NexoDiagnosis } from '../../src/hq/exports/nexo.ts'
import { EXPORTS, exporter } from '../../src/hq/exports/stream.ts'
import type { IncidentRow, Problem, TerminalRow } from '../../src/model/wire.ts'
import { OPERATOR, startTestHq, type TestHq, until } from './hq.ts'
import { makeReport } from './reports.ts'
import { scenarioReport } from './scenario-reports.ts'

let hq: TestHq
beforeAll(async () => {
  hq = await startTestHq()
  const opened = [{ fault: 'PRN-PAPER-OUT', change: 'opened' as const }]
  for (let i = 0; i < 3; i++) {
    const terminal = `T-${i}`
    await hq.send(await hq.enrol(terminal), [makeReport({ terminal, at: Date.now(), store: i === 0 ? '=HYPERLINK("http://evil/")' : '建国路, 店 "1"', found: ['PRN-PAPER-OUT'], changes: opened })])
  }
  const shop = { id: 'SHOP-1', merchant: 'M1', store: '建国路店', model: 'POS-PC & Co', serial: '<1>' }
  await hq.send(await hq.enrol('SHOP-1'), [scenarioReport({ scenario: 'paper-out-and-acquirer-down', identity: shop, sequence: 1, at: Date.now(), opens: true })])
  await hq.enrol('SILENT')
  await until(() => hq.operate<{ rows: IncidentRow[] }>('/api/incidents'), (a) => a.json.rows.length === 5)
})
afterAll(() => hq.end())

const table = (text: string): Record<string, string>[] => parse(text, { columns: true, bom: true, record_delimiter: '\r\n' })

describe('a table', () => {
  it('of terminals is CSV that a spreadsheet reads, and of which nothing is a formula', async () => {
    const { text, headers } = await hq.operate('/api/export/terminals')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="posdiag-terminals-\d{4}-\d\d-\d\d\.csv"$/)
    // Reading an answer as text takes the mark off.
    const bytes = await (await fetch(`${hq.hq.url}/api/export/terminals`, { headers: { authorization: `Bearer ${OPERATOR}` } })).arrayBuffer()
    expect(Buffer.from(bytes).toString().startsWith(`${BYTE_ORDER_MARK}terminal,merchant,store,`)).toBe(true)
    const rows = table(text)
    expect(rows.map((r) => r.terminal)).toEqual(['SHOP-1', 'SILENT', 'T-0', 'T-1', 'T-2'])
    expect(rows[2]).toMatchObject({ store: '\'=HYPERLINK("http://evil/")', chip: 'blocked', cash: 'ready', open_incidents: '1', worst: 'block', contact: 'online' })
    expect(rows[3]).toMatchObject({ store: '建国路, 店 "1"' })
    expect(rows[1]).toMatchObject({ contact: 'never', last_seen: '', chip: '' })
    expect(table((await hq.operate('/api/export/terminals?q=shop-1')).text).map((r) => r.terminal)).toEqual(['SHOP-1'])
  })

  it('of terminals, incidents and reports is JSON that equals what the lists say', async () => {
    const list = (await hq.operate<{ rows: TerminalRow[] }>('/api/terminals')).json.rows
    expect((await hq.operate<TerminalRow[]>('/api/export/terminals?format=json')).json).toEqual(list)
    const incidents = (await hq.operate<{ rows: IncidentRow[] }>('/api/incidents?fault=PRN-PAPER-OUT')).json.rows
    expect((await hq.operate<IncidentRow[]>('/api/export/incidents?format=json&fault=PRN-PAPER-OUT')).json).toEqual(incidents)
    expect((await hq.operate<unknown[]>('/api/export/reports?format=json')).json).toHaveLength(4)
    expect((await hq.operate<unknown[]>('/api/export/incidents?format=json&state=closed')).json).toEqual([])
    expect(table((await hq.operate('/api/export/reports')).text)[0]).toMatchObject({ terminal: 'SHOP-1', trigger: 'schedule', found: expect.stringContaining('PRN-PAPER-OUT@printer-1') })
  })

  it('refuses spans of time that nobody can mean', async () => {
    for (const query of ['from=5&to=4', 'from=0', 'from=abc', `from=0&to=${40 * 86_400_000}`]) expect((await hq.operate<Problem>(`/api/export/reports?${query}`)).status, query).toBe(400)
  })

  it('holds for every text there is: parsed it is what it was, formulas apart, and no cell begins one', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', ' =1', '"', '\r\n', "'="))
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (cells) => {
        const [row] = parse(csvLine(cells), { record_delimiter: '\r\n' }) as string[][]
        expect(row?.map((c, i) => (c === cells[i] ? c : c.replace(/^'/, '')))).toEqual(cells)
        for (const c of row ?? []) expect(c).not.toMatch(/^[=+\-@\t\r＝＋－＠]/)
      }),
    )
    expect(csvLine([-5, true, undefined])).toBe('-5,true,\r\n')
  })

  it('is written page by page, a few at a time, and broken off where the store fails', async () => {
    const stream = exporter()
    const columns = { n: (n: number) => n }
    const pages = async (cursor: string | undefined) => ({ rows: [Number(cursor ?? 0)], ...(cursor === '2' ? {} : { next: String(Number(cursor ?? 0) + 1) }) })
    expect(await stream(pages, columns, 'csv').toArray().then((c) => c.join(''))).toBe(`${BYTE_ORDER_MARK}n\r\n0\r\n1\r\n2\r\n`)
    expect(JSON.parse(await stream(pages, columns, 'json').toArray().then((c) => c.join('')))).toEqual([0, 1, 2])
    const failing = stream(async (cursor) => (cursor === undefined ? { rows: [1], next: 'x' } : Promise.reject(new Error('gone'))), columns, 'json')
    await expect(failing.toArray()).rejects.toThrow('gone')
    const open = Array.from({ length: EXPORTS.atOnce }, () => stream(pages, columns, 'csv'))
    expect(() => stream(pages, columns, 'csv')).toThrow('enough tables')
    const closed = Promise.all(open.map((o) => once(o, 'close')))
    for (const o of open) o.destroy()
    await closed
    expect(await stream(pages, columns, 'csv').toArray()).toHaveLength(4)
  })

  it('gives its place free when its reader goes away', async () => {
    for (let n = 0; n < EXPORTS.atOnce + 2; n++) {
      const socket = createConnection(Number(new URL(hq.hq.url).port), '127.0.0.1')
      socket.write(`GET /api/export/terminals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${OPERATOR}\r\n\r\n`)
      await once(socket, 'data')
      socket.destroy()
    }
    expect((await until(() => hq.operate('/api/export/terminals'), (a) => a.status === 200)).status).toBe(200)
  })
})

describe('a terminal in the words of other standards', () => {
  it('is a nexo Diagnosis response', async () => {
    const { json } = await hq.operate<NexoDiagnosis>('/api/terminals/SHOP-1/nexo')
    expect(NexoDiagnosis.safeParse(json).error).toBeUndefined()
    const { MessageHeader, DiagnosisResponse } = json.SaleToPOIResponse
    expect(MessageHeader).toMatchObject({ MessageClass: 'Service', MessageCategory: 'Diagnosis', MessageType: 'Response', POIID: 'SHOP-1', ServiceID: expect.stringMatching(/^[0-9a-f]{10}$/) })
    expect(DiagnosisResponse.Response.Result).toBe('Success')
    expect(DiagnosisResponse.POIStatus).toMatchObject({ GlobalStatus: 'OK', PrinterStatus: 'NoPaper', CardReaderOKFlag: true })
    expect(DiagnosisResponse.HostStatus).toContainEqual({ AcquirerID: 'acquirer-1', IsReachableFlag: false })
    expect((await hq.operate<NexoDiagnosis>('/api/terminals/SILENT/nexo')).json.SaleToPOIResponse.DiagnosisResponse).toEqual({
      Response: { Result: 'Failure', ErrorCondition: 'UnavailableDevice', AdditionalResponse: 'no report' }, POIStatus: { GlobalStatus: 'Unreachable' },
    })
    expect((await hq.operate('/api/terminals/NOWHERE/nexo')).status).toBe(404)
  })

  it('is an ISO 20022 StatusReport in well-formed XML', async () => {
    const { text, headers } = await hq.operate('/api/terminals/SHOP-1/catm')
    expect(headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(XMLValidator.validate(text)).toBe(true)
    expect(text).toContain('<?xml version="1.0" encoding="UTF-8"?>')
    const { StsRpt } = new XMLParser({ isArray: (name) => name === 'POICmpnt' || name === 'Errs' }).parse(text).Document
    expect([StsRpt.Hdr.InitgPty.Id, StsRpt.StsRpt.POIId]).toEqual(['SHOP-1', { Id: 'SHOP-1', Issr: 'M1' }])
    const { POICmpnt, POIDtTm, Errs } = StsRpt.StsRpt.DataSet.Cntt
    expect(POICmpnt[0]).toEqual({ Tp: 'TERM', Id: { ItmNb: 'POS-PC & Co', Id: 'SHOP-1', SrlNb: '<1>' }, Sts: { Sts: 'OPER' } })
    expect(POICmpnt.find((c: { Id: { Id: string } }) => c.Id.Id === 'printer-1')).toEqual({ Tp: 'DVCE', Id: { ItmNb: 'printer', Id: 'printer-1' }, Sts: { Sts: 'OUTD' } })
    expect(Date.parse(POIDtTm)).toBeGreaterThan(Date.now() - 600_000)
    expect(Errs).toContain('PRN-PAPER-OUT printer-1 Printer out of paper')
    expect((await hq.operate<Problem>('/api/terminals/SILENT/catm')).status).toBe(404)
  })
})
