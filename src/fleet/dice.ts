/** Chance that can be repeated: the same seed gives the same throws. */
export interface Dice {
  /** Evenly from 0 up to, not including, 1. */
  next(): number
  /** A whole number from 0 up to, not including, `n`. */
  below(n: number): number
  /** Evenly between two numbers. */
  between(from: number, to: number): number
  /** True with this probability. */
  chance(p: number): boolean
  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T
  /** So many random hexadecimal digits. */
  hex(digits: number): string
}

// FNV-1a and mulberry32: far from what a cipher needs, and all that a story needs.
const hashOf = (text: string): number => {
  let hash = 2166136261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}

/** Dice of this seed; give what is drawn for different things seeds of their own, so that a change of one leaves the others. */
export const diceOf = (seed: string): Dice => {
  let state = hashOf(seed)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    chance: (p) => next() < p,
    pick: (list) => list[below(list.length)] ?? list[0],
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
  }
}

/** A UUIDv7 of that time (ms since 1970) whose random bits come from the dice. */
export const idAt = (at: number, dice: Dice): string => {
  const time = Math.floor(at).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${dice.hex(3)}-${'89ab'[dice.below(4)]}${dice.hex(3)}-${dice.hex(12)}`
}
