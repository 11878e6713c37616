const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d

const endOfString = (bytes: Buffer, from: number): number => {
  for (let end = bytes.indexOf(QUOTE, from); ; end = bytes.indexOf(QUOTE, end + 1)) {
    if (end === -1) return bytes.length
    let slashes = 0
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end
  }
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
    const byte = bytes[i]
    if (byte === QUOTE) {
      i = endOfString(bytes, i + 1)
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
      if (depth === 1) start = i + 1
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
      if (depth === 0) elements.push(bytes.subarray(start, i))
    } else if (byte === COMMA && depth === 1) {
      elements.push(bytes.subarray(start, i))
      start = i + 1
    }
  }
  return elements
}
