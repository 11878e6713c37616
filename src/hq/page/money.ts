import { language } from './words.ts'

/** Money in whole units of its currency; without one, in hundreds of the smallest unit. */
export const money = (minor: number, currency: string | undefined): string => {
  if (currency === undefined) return new Intl.NumberFormat(language.value, { maximumFractionDigits: 0 }).format(minor / 100)
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const decimals = new Intl.NumberFormat(language.value, style).resolvedOptions().maximumFractionDigits ?? 2
  return new Intl.NumberFormat(language.value, { ...style, maximumFractionDigits: 0 }).format(minor / 10 ** decimals)
}
