import type { Dialect } from './commands.ts'

/** Bytes that stand before a message over bare TCP: its length, most significant first. */
const LENGTH = 4

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const onlyFields = (value: unknown, ...names: string[]): value is Record<string, unknown> => isObject(value) && Object.keys(value).every((name) => names.includes(name))

/** A text that is not written as JSON.stringify writes it may say one thing to us and another to the terminal, as by a field that stands twice. */
const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

const isDiagnosis = (message: unknown): boolean => {
  if (!onlyFields(message, 'SaleToPOIRequest') || !onlyFields(message.SaleToPOIRequest, 'MessageHeader', 'DiagnosisRequest')) return false
  const { MessageHeader: head, DiagnosisRequest: asked } = message.SaleToPOIRequest
  return isObject(head) && head.MessageCategory === 'Diagnosis' && head.MessageClass === 'Service' && head.MessageType === 'Request' && onlyFields(asked, 'HostDiagnosisFlag') && asked.HostDiagnosisFlag !== true
}

/** nexo Sale to POI in JSON: a DiagnosisRequest that leaves the acquirers alone passes, bare or after its length in four bytes; everything else may be a payment. */
export const nexo: Dialect = (bytes) => {
  const framed = bytes[0] === 0
  if (framed && bytes.length < LENGTH) return { why: 'a message whose length is wrong' }
  if (framed && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== bytes.length - LENGTH) return { why: 'a message whose length is wrong' }
  const text = new TextDecoder().decode(framed ? bytes.subarray(LENGTH) : bytes)
  return isDiagnosis(parsed(text)) ? { rest: 0 } : { why: 'not a nexo DiagnosisRequest: anything else may be a payment' }
}
