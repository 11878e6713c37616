/** First and second bytes of the two-byte characters of GB 18030. */
const FIRST = [0x81, 0xfe] as const
const SECOND = [0x40, 0xfe] as const

let codes: ReadonlyMap<string, readonly [number, number]> | undefined

/** Characters and their two bytes, from the decoder of the platform; made when the first slip is printed. */
const table = (): ReadonlyMap<string, readonly [number, number]> => {
  const decoder = new TextDecoder('gb18030')
  const made = new Map<string, readonly [number, number]>()
  for (let first: number = FIRST[0]; first <= FIRST[1]; first++) {
    for (let second: number = SECOND[0]; second <= SECOND[1]; second++) {
      const text = decoder.decode(Uint8Array.of(first, second))
      if (second !== 0x7f && [...text].length === 1 && text !== '\ufffd') made.set(text, [first, second])
    }
  }
  return made
}

/** Text as printers for Chinese take it: ASCII as it is, Chinese in two bytes each; a character without such a code becomes `?`. */
export const gb18030 = (text: string): Uint8Array => {
  codes ??= table()
  const known = codes
  return Uint8Array.from([...text].flatMap((char) => {
    const code = char.charCodeAt(0)
    return char.length === 1 && code < 0x7f ? [code] : (known.get(char) ?? [0x3f])
  }))
}
