import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnosisRequest, framed, readDiagnosis, readFramed } from '../../../probes/reader/nexo.ts'
import { forbidden } from '../../../src/guard/deny.ts'
import { RUNS } from '../fuzz.ts'

const request = diagnosisRequest({ saleId: 'POSSystemID12345', poiId: 'V400m-346403161', serviceId: '040' })
const text = (json: string): Uint8Array => new TextEncoder().encode(json)

describe('the request', () => {
  it('is the one that is published', () => {
    expect(JSON.parse(request)).toEqual({
      SaleToPOIRequest: {
        MessageHeader: { ProtocolVersion: '3.0', MessageClass: 'Service', MessageCategory: 'Diagnosis', MessageType: 'Request', ServiceID: '040', SaleID: 'POSSystemID12345', POIID: 'V400m-346403161' },
        DiagnosisRequest: { HostDiagnosisFlag: false },
      },
    })
  })

  it('passes the deny-list, and nothing else does', () => {
    expect(forbidden('nexo', text(request))).toBeUndefined()
    expect(forbidden('nexo', framed(request))).toBeUndefined()
    const other = [
      request.replaceAll('Diagnosis', 'Payment'), request.replace('false', 'true'), request.replace('"DiagnosisRequest":', '"PaymentRequest":{},"DiagnosisRequest":'),
      // A field that stands twice is read by some programs one way and by some the other.
      request.replace('"MessageCategory":"Diagnosis"', '"MessageCategory":"Payment","MessageCategory":"Diagnosis"'),
      `${request} `, '', '{}', 'null', request.slice(0, -1),
    ]
    for (const json of other) expect(forbidden('nexo', text(json)) ?? (json === '' ? '' : undefined), json).toBeTypeOf('string')
    expect(forbidden('nexo', framed(request).subarray(0, -1))).toBeTypeOf('string')
    expect(forbidden('nexo', Uint8Array.of(0, 0))).toBeTypeOf('string')
  })
})

describe('the answer', () => {
  const answer = (status: object, additional = '', more: object = {}): string =>
    JSON.stringify({ SaleToPOIResponse: { MessageHeader: {}, DiagnosisResponse: { Response: { Result: 'Success', AdditionalResponse: additional }, POIStatus: status, ...more } } })

  it.each([
    ['well', answer({ GlobalStatus: 'OK', CommunicationOKFlag: true, PrinterStatus: 'OK' }, 'batteryLevel=73%25&unconfirmedBatchCount=0'), { state: 'ready', printer: 'OK', communicationOk: true, batteryPercent: 73, unsentPayments: 0, tamper: undefined }],
    ['busy, without a printer', answer({ GlobalStatus: 'Busy' }), { state: 'talking', printer: undefined }],
    ['in maintenance', answer({ GlobalStatus: 'Maintenance', CommunicationOKFlag: false, CardReaderOKFlag: false }), { state: 'not-ready', cardReaderOk: false, communicationOk: false }],
    ['an alarm', answer({ GlobalStatus: 'OK', FraudPreventionFlag: true }), { tamper: true }],
    ['no alarm', answer({ GlobalStatus: 'OK', FraudPreventionFlag: false, SecurityOKFlag: true }), { tamper: false }],
    ['a security module that is not well', answer({ SecurityOKFlag: false }), { tamper: true }],
    ['one host of two reached', answer({}, '', { HostStatus: [{ IsReachableFlag: true }, { IsReachableFlag: false }] }), { hostsReachable: false }],
    ['a charge that cannot be', answer({}, 'batteryLevel=255'), { batteryPercent: undefined }],
  ])('%s', (_, json, expected) => {
    expect(readDiagnosis(json)).toMatchObject(expected)
  })

  it.each([['no JSON', '<html>'], ['something else', '{"SaleToPOIResponse":{}}'], ['nothing', ''], ['encrypted', '{"SaleToPOIResponse":{"MessageHeader":{},"NexoBlob":"AAAA","SecurityTrailer":{}}}']])('%s is none', (_, json) => {
    expect(readDiagnosis(json)).toBeUndefined()
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue().map((value) => JSON.stringify({ SaleToPOIResponse: { DiagnosisResponse: { Response: { Result: 'Success' }, POIStatus: value } } }))), (json) => {
      readDiagnosis(json)
    }), RUNS)
  })
})

describe('over bare TCP', () => {
  it('messages come out as they went in, and cut short they are waited for', () => {
    fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 300 }), fc.nat(), (json, cut) => {
      const bytes = framed(json)
      expect(readFramed(bytes)).toEqual({ is: 'whole', json: new TextDecoder().decode(text(json)) })
      expect(readFramed(bytes.subarray(0, cut % bytes.length)).is).toBe('waiting')
    }), RUNS)
  })

  it.each([[[0xff, 0xff, 0xff, 0xff]], [[0, 0, 0, 0]], [[0x48, 0x54, 0x54, 0x50]]])('a length of %o is no message', (bytes) => {
    expect(readFramed(Uint8Array.from(bytes)).is).toBe('wrong')
  })
})
