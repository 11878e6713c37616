import type { Chain, Span } from './digits.ts'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'
const SHAPE = /^[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$/

/** Numbers of Chinese identity cards (GB 11643-1999: region, birthday, serial, ISO 7064 MOD 11-2 check) that stand as one group in a chain. */
export const identityNumbers = (text: string, chain: Chain): Span[] =>
  chain.groups.flatMap((group) => {
    const length = group.to - group.from
    if (length !== 17 && length !== 18) return []
    const start = chain.at[group.from] ?? 0
    const last = chain.at[group.from + 16] ?? 0
    const body = chain.digits.slice(group.from, group.from + 17)
    const check = length === 18 ? chain.digits[group.from + 17] : text[last + 1]?.toUpperCase()
    if (!SHAPE.test(body)) return []
    const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(body[i]), 0)
    return CHECKS[sum % 11] === check ? [{ start, end: length === 18 ? (chain.at[group.from + 17] ?? last) + 1 : last + 2, type: 'id-card', put: '[ID]' }] : []
  })
