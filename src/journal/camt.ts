import { intake } from './intake.ts'
import type { Read } from './record.ts'

/** Bytes of a statement that are read; a shop's year is a fraction of it. */
export const MOST_CAMT_BYTES = 64 << 20

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const all = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const inside = (value: unknown, ...path: string[]): unknown => path.reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), value)
const text = (value: unknown): string | undefined => {
  const bare = isNode(value) ? value['#text'] : value
  return typeof bare === 'string' && bare.trim() !== '' ? bare.trim() : undefined
}

/** An amount of ISO 20022 in minor units: `exponent` digits behind the point, more only if they are zeros. */
const minorIn = (amount: unknown, exponent: number): number | undefined => {
  const match = /^(\d{1,13})(?:\.(\d{1,5}))?$/.exec(text(amount) ?? '')
  if (!match) return undefined
  const [, whole = '0', part = ''] = match
  return /[^0]/.test(part.slice(exponent)) ? undefined : Number(whole + part.slice(0, exponent).padEnd(exponent, '0'))
}

/** Date or date and time of an entry; a date stands for its noon at `offset`, so that no time zone moves it to another day. */
const timeIn = (date: unknown, offset: string): number | undefined => {
  const moment = text(inside(date, 'DtTm'))
  const day = text(inside(date, 'Dt'))
  const at = moment !== undefined ? Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(moment) ? moment : `${moment}${offset}`) : Date.parse(`${day ?? ''}T12:00:00${offset}`)
  return Number.isNaN(at) ? undefined : at
}

const referenceOf = (entry: unknown, details: unknown): string | undefined => {
  const refs = [inside(details, 'Refs', 'EndToEndId'), inside(details, 'Refs', 'TxId'), inside(details, 'Refs', 'AcctSvcrRef'), inside(entry, 'AcctSvcrRef'), inside(entry, 'NtryRef')].map(text)
  return refs.find((ref) => ref !== undefined && ref !== 'NOTPROVIDED')
}

/** ISO 4217 currencies without or with three digits behind the point, of those a shop meets. */
const EXPONENTS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, VND: 0, CLP: 0, KWD: 3, BHD: 3, OMR: 3, JOD: 3, TND: 3 }

const stepOf = (entry: unknown, details: unknown, name: string, offset: string, line: string): Read => {
  const amount = inside(details, 'Amt') ?? inside(details, 'AmtDtls', 'TxAmt', 'Amt') ?? inside(entry, 'Amt')
  const currency = text(inside(amount, '@Ccy'))
  const amountMinor = minorIn(amount, EXPONENTS[currency ?? ''] ?? 2)
  const at = timeIn(inside(entry, 'ValDt'), offset) ?? timeIn(inside(entry, 'BookgDt'), offset)
  const direction = text(inside(details, 'CdtDbtInd')) ?? text(inside(entry, 'CdtDbtInd'))
  if (amountMinor === undefined) return { problem: 'an amount that is not understood' }
  if (at === undefined) return { problem: 'no date' }
  if (direction !== 'CRDT' && direction !== 'DBIT') return { problem: 'neither credit nor debit' }
  const reference = referenceOf(entry, details)
  const taken = intake({ transaction: `${name}:${line}`, step: direction === 'CRDT' ? 'bank-credit' : 'bank-debit', at, amountMinor, ...(currency === undefined ? {} : { currency }), ...(reference === undefined ? {} : { order: reference.slice(0, 64) }), source: name })
  return 'step' in taken ? { step: taken.step } : { problem: taken.problem }
}

/**
 * Reads a bank's statement (ISO 20022 camt.053, or the intraday camt.052 of the same entries): booked credits and debits, with amount, value
 * date and reference, and nothing else: no account, name or purpose is kept. A batch that lists its payments is told item by item.
 * Throws an Error that says what is wrong with the document.
 */
export const readCamt = async (xml: string, name: string, offset: string): Promise<Read[]> => {
  if (xml.length > MOST_CAMT_BYTES) throw new Error(`larger than ${MOST_CAMT_BYTES >> 20} MB`)
  // Statements declare no entities; a document that does wants to be blown up.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new Error('a document type is declared, which statements do not')
  const { XMLParser, XMLValidator } = await import('fast-xml-parser')
  const valid = XMLValidator.validate(xml)
  if (valid !== true) throw new Error(`not XML: line ${valid.err.line}`)
  const document: unknown = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false, parseAttributeValue: false, removeNSPrefix: true }).parse(xml)
  const report = inside(document, 'Document', 'BkToCstmrStmt') ?? inside(document, 'Document', 'BkToCstmrAcctRpt')
  if (!isNode(report)) throw new Error('no statement of a bank (camt.053)')
  const entries = all(report.Stmt ?? report.Rpt).flatMap((statement) => all(inside(statement, 'Ntry')))
  return entries.flatMap((entry, i): Read[] => {
    const status = text(inside(entry, 'Sts', 'Cd')) ?? text(inside(entry, 'Sts'))
    if (status !== 'BOOK' || text(inside(entry, 'RvslInd')) === 'true') return [undefined]
    const details = all(inside(entry, 'NtryDtls')).flatMap((d) => all(inside(d, 'TxDtls')))
    const items = details.filter((d) => inside(d, 'Amt') !== undefined || inside(d, 'AmtDtls', 'TxAmt', 'Amt') !== undefined)
    return (items.length > 1 ? items : [details[0]]).map((one, j) => stepOf(entry, one, name, offset, items.length > 1 ? `${i + 1}.${j + 1}` : String(i + 1)))
  })
}
