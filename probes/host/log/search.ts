/** Calls `hit` with the index of a needle and the place where it begins, for every place of every needle in the bytes; in order of the places' ends. */
export type Search = (bytes: Uint8Array, hit: (needle: number, at: number) => void) => void

const HASHES = 1 << 16

/**
 * Searches for many texts at once and skips what cannot be one (Wu and Manber 1994, blocks of three bytes):
 * most bytes of a log are never looked at. Needles are Latin letters, digits and marks of at least three bytes.
 */
export const searchFor = (needles: readonly string[]): Search => {
  const all = needles.map((needle) => Buffer.from(needle, 'latin1'))
  const shortest = Math.min(...all.map(({ length }) => length))
  const longestSkip = shortest - 2
  const skips = new Uint8Array(HASHES).fill(longestSkip)
  const ending: (number[] | undefined)[] = new Array<number[] | undefined>(HASHES)
  const hash = (bytes: Uint8Array, at: number): number => (((bytes[at] as number) << 8) ^ ((bytes[at + 1] as number) << 4) ^ (bytes[at + 2] as number)) & (HASHES - 1)
  for (const [needle, bytes] of all.entries()) {
    for (let at = 0; at + 3 <= shortest; at += 1) {
      const block = hash(bytes, at)
      const skip = shortest - 3 - at
      skips[block] = Math.min(skips[block] as number, skip)
      if (skip === 0) ending[block] = [...(ending[block] ?? []), needle]
    }
  }
  const isAt = (bytes: Uint8Array, needle: Uint8Array, at: number): boolean => {
    if (at + needle.length > bytes.length) return false
    for (let i = 0; i < needle.length; i += 1) if (bytes[at + i] !== needle[i]) return false
    return true
  }
  return (bytes, hit) => {
    let at = shortest - 3
    while (at + 3 <= bytes.length) {
      const block = hash(bytes, at)
      const skip = skips[block] as number
      if (skip > 0) {
        at += skip
        continue
      }
      const start = at - (shortest - 3)
      for (const needle of ending[block] ?? []) if (isAt(bytes, all[needle] as Buffer, start)) hit(needle, start)
      at += 1
    }
  }
}
