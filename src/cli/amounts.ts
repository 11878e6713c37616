import type { Language } from '../model/language.ts'

/** A sum as people write it, with its currency where one is told. */
export const moneyText = (minor: number, currency = ''): string => `${(minor / 100).toFixed(2)}${currency === '' ? '' : ` ${currency}`}`

/** How far this machine's own zone is ahead of UTC at a moment, in milliseconds. */
const zoneOf = (at: number): number => -new Date(at).getTimezoneOffset() * 60_000

/** A moment in the reader's language. Where a shop is meant, by its clock, `offsetMs` ahead of UTC: the machine may be in another zone, and letters and lists must agree with slips and statements. */
export const timeText = (at: number, language: Language, offsetMs = zoneOf(at)): string => new Date(at + offsetMs).toLocaleString(language, { hour12: false, timeZone: 'UTC' })
