import type { Language } from '../model/language.ts'

/** A sum as people write it, with its currency where one is told. */
export const moneyText = (minor: number, currency = ''): string => `${(minor / 100).toFixed(2)}${currency === '' ? '' : ` ${currency}`}`

/** A moment in the reader's language by the shop's clock, `offsetMs` ahead of UTC: the machine's own zone may be another, and letters and lists must agree with slips and statements. */
export const timeText = (at: number, language: Language, offsetMs: number): string => new Date(at + offsetMs).toLocaleString(language, { hour12: false, timeZone: 'UTC' })
