/** Calls `hit` with the index of a needle and the place where it begins, for every place of every needle in the bytes; in the order of the places. */
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
  const starting: (number[] | undefined)[] = new Array<number[] | undefined>(HASHES)
  const blockAt = (bytes: Uint8Array, at: number): number => (((bytes[at] as number) << 8) ^ ((bytes[at + 1] as number) << 4) ^ (bytes[at + 2] as number)) & (HASHES - 1)
  const startAt = (bytes: Uint8Array, at: number): number => {
    let sum = 0
    for (let i = at; i < at + shortest; i += 1) sum = Math.imul(sum, 31) + (bytes[i] as number)
    return sum & (HASHES - 1)
  }
  for (const [needle, bytes] of all.entries()) {
    for (let at = 0; at + 3 <= shortest; at += 1) {
      const block = blockAt(bytes, at)
      skips[block] = Math.min(skips[block] as number, shortest - 3 - at)
    }
    const start = startAt(bytes, 0)
    starting[start] = [...(starting[start] ?? []), needle]
  }
  const isAt = (bytes: Uint8Array, needle: Uint8Array, at: number): boolean => {
    if (at + needle.length > bytes.length) return false
    for (let i = 0; i < needle.length; i += 1) if (bytes[at + i] !== needle[i]) return false
    return true
  }
  return (bytes, hit) => {
    let at = shortest - 3
    while (at + 3 <= bytes.length) {
      const skip = skips[blockAt(bytes, at)] as number
      if (skip > 0) {
        at += skip
        continue
      }
      const start = at - (shortest - 3)
      // A second hash, over all of the shortest needle's length, spares comparing with the many needles that share a block.
      for (const needle of starting[startAt(bytes, start)] ?? []) if (isAt(bytes, all[needle] as Buffer, start)) hit(needle, start)
      at += 1
    }
  }
}
