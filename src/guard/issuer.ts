/** What a run of digits could be. `luhn` says whether the brand can be believed without its check digit. */
type Range = { from: number; to: number; lengths: readonly number[]; brand: Brand }

export type Brand = 'visa' | 'mastercard' | 'amex' | 'diners' | 'jcb' | 'discover' | 'unionpay' | 'maestro' | 'mir' | 'uatp' | 'domestic'

const between = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i)

// The first six digits of a card number (issuer identification, ISO/IEC 7812) and the lengths in use, as the schemes publish them.
// Narrow ranges stand before the wide ones that hold them.
const RANGES: readonly Range[] = [
  { from: 400000, to: 499999, lengths: [13, 16, 19], brand: 'visa' },
  { from: 510000, to: 559999, lengths: [16], brand: 'mastercard' },
  { from: 222100, to: 272099, lengths: [16], brand: 'mastercard' },
  { from: 340000, to: 349999, lengths: [15], brand: 'amex' },
  { from: 370000, to: 379999, lengths: [15], brand: 'amex' },
  { from: 300000, to: 305999, lengths: between(14, 19), brand: 'diners' },
  { from: 309500, to: 309599, lengths: between(14, 19), brand: 'diners' },
  { from: 360000, to: 369999, lengths: between(14, 19), brand: 'diners' },
  { from: 380000, to: 399999, lengths: between(14, 19), brand: 'diners' },
  { from: 352800, to: 358999, lengths: between(16, 19), brand: 'jcb' },
  { from: 213100, to: 213199, lengths: [15], brand: 'jcb' },
  { from: 620000, to: 629999, lengths: between(14, 19), brand: 'unionpay' },
  { from: 810000, to: 819999, lengths: between(14, 19), brand: 'unionpay' },
  { from: 601100, to: 601199, lengths: between(16, 19), brand: 'discover' },
  { from: 644000, to: 659999, lengths: between(16, 19), brand: 'discover' },
  { from: 500000, to: 509999, lengths: between(12, 19), brand: 'maestro' },
  { from: 560000, to: 699999, lengths: between(12, 19), brand: 'maestro' },
  { from: 220000, to: 220499, lengths: between(16, 19), brand: 'mir' },
  { from: 100000, to: 199999, lengths: [15], brand: 'uatp' },
  { from: 820000, to: 829999, lengths: [16], brand: 'domestic' },
  { from: 860000, to: 860099, lengths: [16], brand: 'domestic' },
  { from: 900000, to: 999999, lengths: between(16, 19), brand: 'domestic' },
]

// The few ranges that a number's first two digits leave; the filter asks for every long run of digits in a log.
const BY_HEAD: readonly (readonly Range[])[] = Array.from({ length: 100 }, (_, two) => RANGES.filter(({ from, to }) => to >= two * 10_000 && from < (two + 1) * 10_000))

/** Brands whose ranges are so wide, or so seldom used, that chance fits them too often for a number that nothing else speaks for. */
export const UNLIKELY: ReadonlySet<Brand> = new Set(['maestro', 'domestic', 'uatp', 'mir'])

/** The brand whose issuer ranges and lengths a run of ASCII digits fits, whatever its check digit says; undefined if none. */
export const brandOf = (digits: string): Brand | undefined => {
  if (digits.length < 12 || digits.length > 19) return undefined
  const head = Number(digits.slice(0, 6))
  return BY_HEAD[Math.floor(head / 10_000)]?.find((r) => head >= r.from && head <= r.to && r.lengths.includes(digits.length))?.brand
}

/** The check of ISO/IEC 7812-1 annex B over ASCII digits. True of one run of digits in ten by chance. */
export const luhn = (digits: string): boolean => {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const value = i % 2 === 0 ? digit : digit * 2
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** True if the digits are a card number by issuer, length and check digit. UnionPay numbers in use do not all pass the check, so `strict` decides whether it counts for them. */
export const isCard = (digits: string, strict = false): boolean => {
  const brand = brandOf(digits)
  return brand !== undefined && ((brand === 'unionpay' && !strict) || luhn(digits))
}

/** How many digits of a card number may stay at its front: six, but never so many that fewer than five digits are hidden beside the last four. */
export const keptInFront = (length: number): number => Math.max(0, Math.min(6, length - 9))

/** A card number with only its first six and last four digits left, the rest stars, separators dropped. */
export const starred = (digits: string): string => {
  const front = keptInFront(digits.length)
  return digits.slice(0, front) + '*'.repeat(Math.max(0, digits.length - front - 4)) + digits.slice(-4)
}
