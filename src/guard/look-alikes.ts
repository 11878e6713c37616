const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/gi
const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/g

/** The check of ISO 13616: the account number, its first four characters moved to the end and letters as two digits, leaves 1 when divided by 97. */
const ibanHolds = (text: string): boolean => {
  const compact = text.replaceAll(' ', '')
  let rest = 0
  for (const char of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(char, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

const within = (pattern: RegExp, text: string, start: number, end: number, holds: (found: string) => boolean): boolean => {
  const from = Math.max(0, start - 44)
  const around = text.slice(from, end + 44)
  for (const match of around.matchAll(pattern)) {
    if (from + match.index <= start && from + match.index + match[0].length >= end && holds(match[0])) return true
  }
  return false
}

/** True if what stands between start and end is part of a UUID or of an IBAN whose check holds. */
export const isLookAlike = (text: string, start: number, end: number): boolean => within(UUID, text, start, end, () => true) || within(IBAN, text, start, end, ibanHolds)
