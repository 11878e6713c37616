import type { FieldName, JournalSource } from '../model/journal.ts'
import type { TransactionStep } from '../model/transaction.ts'
import { intake } from './intake.ts'
import { CURRENCIES, ENTRIES, PAYOUTS, STEPS, TYPES } from './words.ts'

/** What one line or row holds, by field: text as the source wrote it. */
export type Fields = Partial<Record<FieldName, string>>

/** A step, why the line says nothing that can be used, or nothing at all to say. */
export type Read = { step: TransactionStep } | { problem: string } | undefined

const bare = (word: string): string => word.normalize('NFKC').trim().toLowerCase().replaceAll(/[\s_-]/g, '')

const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)(\d{3})?)?$/
const WRITTEN = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/

const offsetMs = (offset: string): number => (offset === 'Z' ? 0 : (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))) * 60_000)

/** Wall time of a written date and time in milliseconds since 1970; undefined if it is none. `offset` holds where the text names none. */
export const timeOf = (text: string, offset: string): number | undefined => {
  const plain = text.trim().replace(/^'/, '')
  if (/^1\d{12}$/.test(plain)) return Number(plain)
  if (/^1\d{9}(?:\.\d{1,6})?$/.test(plain)) return Math.round(Number(plain) * 1000)
  const parts = COMPACT.exec(plain) ?? WRITTEN.exec(plain)
  if (!parts) return undefined
  const [, y, mo, d, h = '0', mi = '0', s = '0', f = '0', zone] = parts
  const [month, day, hour] = [Number(mo), Number(d), Number(h)]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || Number(mi) > 59 || Number(s) > 60) return undefined
  return Date.UTC(Number(y), month - 1, day, hour, Number(mi), Number(s), Number(f.padEnd(3, '0').slice(0, 3))) - offsetMs(zone ?? offset)
}

/** An amount in minor units; undefined if the text is none. Currency signs, thousands and an apostrophe in front are stepped over; a sign is, too. */
export const minorOf = (text: string, how: JournalSource['amounts'], exponent: number): number | undefined => {
  const plain = text.normalize('NFKC').replaceAll(/[\s,'’¥$€£￥元()]|CNY|RMB/g, '').replace(/^[+−-]/, '')
  if (!/^\d{1,13}(?:\.\d{1,4})?$/.test(plain)) return undefined
  if (how === 'minor' || (how === 'auto' && !plain.includes('.'))) return plain.includes('.') ? undefined : Number(plain)
  const [whole = '0', part = ''] = plain.split('.')
  if (part.slice(exponent).replaceAll('0', '') !== '') return undefined
  return Number(whole) * 10 ** exponent + Number(part.slice(0, exponent).padEnd(exponent, '0') || 0)
}

const TRUE = /^(?:true|1|y|yes|equal|平|是|对账平)$/i

const SUCCESS = /^(?:success|succeeded|approved|ok|成功|交易成功|已支付|已完成)$/i

/** Takes the fields of one line in as a step: words are read by the source's tables, times and amounts made plain, and everything passes the intake of the desk. `line` names the line where it has no id of its own. */
export const stepOf = (fields: Fields, source: JournalSource, line: string): Read => {
  const text = (name: FieldName): string | undefined => {
    const value = fields[name]?.trim().replace(/^'/, '')
    return value === undefined || value === '' || value === '-' ? undefined : value
  }
  const written = text('at') ?? (text('date') === undefined ? undefined : `${text('date')} ${text('time') ?? ''}`.trim())
  if (written === undefined) return { problem: 'no time' }
  const at = timeOf(written, source.offset)
  if (at === undefined) return { problem: 'a time that is not understood' }
  const word = text('step')
  const named = word === undefined ? source.step : (source.steps[word] ?? STEPS[bare(word)] ?? word)
  // A bank's list of sums that came in shows those that went out with a sign.
  const step = named === 'bank-credit' && /^[-−(]/.test(text('amountMinor') ?? '') ? 'bank-debit' : named
  // What a person decides is told at the terminal, not written into a journal.
  if (step === 'decided') return { problem: 'a decision in a journal' }
  const kind = text('type')
  const type = kind === undefined ? undefined : (source.types[kind] ?? TYPES[bare(kind)] ?? 'other')
  const amount = text('amountMinor')
  const minor = amount === undefined ? undefined : minorOf(amount, source.amounts, source.exponent)
  if (amount !== undefined && minor === undefined) return { problem: 'an amount that is not understood' }
  const fee = text('feeMinor')
  const [tid, batch, stan] = [text('tid'), text('batch'), text('stan')]
  const own = text('transaction') ?? (stan === undefined ? (text('rrn') ?? text('order')) : `${tid ?? ''}-${batch ?? ''}-${stan}`)
  const currency = text('currency')
  const entry = text('entryMode')
  const equal = text('equal')
  const payout = text('payout')
  const tender = text('tender') ?? (entry === undefined ? undefined : ENTRIES[entry.slice(0, 2)])
  const code = text('responseCode') ?? (step === 'answered' && SUCCESS.test(text('result') ?? '') && source.profile === 'unionpay' ? '00' : undefined)
  const raw: Record<string, unknown> = {
    transaction: own ?? `${source.name}:${line}`, step, at, type, tender, stan, batch, tid, amountMinor: minor,
    rrn: text('rrn'), mid: text('mid'), order: text('order'), authCode: text('authCode'), responseCode: code, profile: source.profile, panMasked: text('panMasked') ?? text('card'),
    currency: currency === undefined ? source.currency : (CURRENCIES[currency] ?? currency), originalStan: text('originalStan'), originalBatch: text('originalBatch'), originalRrn: text('originalRrn'),
    reason: text('reason'), error: text('error'), version: text('version'), prompt: text('prompt'), brand: text('brand'),
    feeMinor: fee === undefined ? undefined : minorOf(fee, source.amounts, source.exponent), equal: equal === undefined ? undefined : TRUE.test(equal), payout: payout === undefined ? undefined : (PAYOUTS[bare(payout)] ?? 'pending'), source: source.name,
  }
  if (typeof tender === 'string' && !TENDERS.has(tender)) raw.tender = 'other'
  const taken = intake(raw)
  return 'step' in taken ? { step: taken.step } : { problem: taken.problem }
}

const TENDERS = new Set(['chip', 'contactless', 'swipe', 'qr', 'cash', 'manual', 'other'])
