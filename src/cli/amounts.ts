import type { Language } from '../model/language.ts'

/** A sum as people write it, with its currency where one is told. */
export const moneyText = (minor: number, currency = ''): string => `${(minor / 100).toFixed(2)}${currency === '' ? '' : ` ${currency}`}`

/** A moment in the reader's language and this machine's time zone. */
export const timeText = (at: number, language: Language): string => new Date(at).toLocaleString(language, { hour12: false })
