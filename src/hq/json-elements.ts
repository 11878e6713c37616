const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

// What a byte outside of strings does: most do nothing.
const OPENS = 1
const CLOSES = 2
const DIVIDES = 3
const BEGINS_STRING = 4
const DOES = new Uint8Array(256)
for (const [char, what] of [['{', OPENS], ['[', OPENS], ['}', CLOSES], [']', CLOSES], [',', DIVIDES], ['"', BEGINS_STRING]] as const) DOES[char.charCodeAt(0)] = what

/** Index of the quote that ends the string whose first character is at `from`. */
const endOfString = (bytes: Buffer, from: number): number => {
  let i = from
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1
  return i
}

/**
 * The bytes of each element of a JSON array, as they were sent: what is stored is what a terminal signed, not our reading of it.
 * The bytes must be valid JSON, an array of `count` elements, at least one; elements keep the white space around them.
 */
export const elementsOf = (bytes: Buffer, count: number): Buffer[] => {
  if (count === 1) return [bytes.subarray(bytes.indexOf(OPEN_BRACKET) + 1, bytes.lastIndexOf(CLOSE_BRACKET))]
  const elements: Buffer[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < bytes.length; i++) {
    const does = DOES[bytes[i] ?? 0]
    if (does === 0) continue
    if (does === BEGINS_STRING) {
      i = endOfString(bytes, i + 1)
    } else if (does === OPENS) {
      depth++
      if (depth === 1) start = i + 1
    } else if (does === CLOSES) {
      depth--
      if (depth === 0) elements.push(bytes.subarray(start, i))
    } else if (depth === 1) {
      elements.push(bytes.subarray(start, i))
      start = i + 1
    }
  }
  return elements
}
