import { mask } from '../guard/card-data.ts'
import { type DialogueLine, formatLine, hex, parseDialogue } from '../model/dialogue.ts'

/** Longest transcript, in characters; a report carries no more. */
const BOUND = 65536

/** Takes lines of a dialogue; those given together are kept or dropped together. */
export type Transcribing = (...lines: DialogueLine[]) => void

const STAR = 0x2a

const LEFT_OUT: DialogueLine = { type: 'remark', text: 'the rest is left out: the transcript is full' }

const room = BOUND - formatLine(LEFT_OUT).length - 1

/**
 * Where card data stands in bytes, as text or as digits of their hex form (packed decimals, EMV data): true for each byte that
 * must go; undefined if nobody can say which.
 */
const secretBytes = (bytes: Uint8Array): boolean[] | undefined => {
  const plain = Buffer.from(bytes).toString('latin1')
  const dump = hex(bytes)
  const asText = mask(plain).text
  const asHex = mask(dump).text
  if (asText.length !== plain.length || asHex.length !== dump.length) return undefined
  return Array.from(bytes, (_, i) => asText[i] !== plain[i] || asHex.slice(3 * i, 3 * i + 2) !== dump.slice(3 * i, 3 * i + 2))
}

/** Puts stars over card data in bytes that arrived in pieces, so that a number which two pieces share is seen. Where stars do not do, all bytes go. */
const maskedBytes = (pieces: readonly Uint8Array[]): Uint8Array[] => {
  const secret = secretBytes(Buffer.concat(pieces))
  let at = 0
  return pieces.map((piece) => {
    const start = at
    at += piece.length
    return piece.map((byte, i) => (secret === undefined || secret[start + i] ? STAR : byte))
  })
}

/** Masks the bytes of a dialogue: what was received between two things sent is looked at as one. */
const maskedLines = (lines: readonly DialogueLine[]): DialogueLine[] => {
  const result = [...lines]
  let stretch: { at: number; bytes: Uint8Array }[] = []
  const finish = (): void => {
    maskedBytes(stretch.map(({ bytes }) => bytes)).forEach((bytes, n) => {
      const at = stretch[n]?.at ?? -1
      const line = result[at]
      if (line?.type === 'got' || line?.type === 'sent') result[at] = { ...line, bytes }
    })
    stretch = []
  }
  lines.forEach((line, at) => {
    if (line.type === 'sent') finish()
    if (line.type === 'got' || line.type === 'sent') stretch.push({ at, bytes: line.bytes })
    if (line.type === 'sent') finish()
  })
  finish()
  return result
}

/** A line as it may be written: masked, or withheld where that leaves no line of a dialogue, as in the middle of a number of an answer. */
const judged = (line: string): string => {
  const clean = mask(line).text
  if (clean === line) return line
  try {
    parseDialogue(clean)
    return clean
  } catch {
    return formatLine({ type: 'remark', text: 'line withheld: it may hold card data' })
  }
}

/** Fewest characters that a line takes: enough to stop keeping what will not be shown, without writing it out. */
const least = (line: DialogueLine): number => {
  if (line.type === 'sent' || line.type === 'got') return 3 * line.bytes.length
  return line.type === 'answer' && typeof line.value === 'string' ? line.value.length : 1
}

/** Keeps a dialogue as it happens and gives it as text: card data masked, at most 64 KiB, always readable by parseDialogue. Writing it out costs much more than keeping it, and most of it is never asked for. */
export const transcribing = (): { record: Transcribing; text(): string } => {
  const kept: DialogueLine[][] = []
  let length = 0
  const fitting = (): { lines: DialogueLine[]; full: boolean } => {
    const lines: DialogueLine[] = []
    let written = 0
    for (const together of kept) {
      written += together.reduce((sum, line) => sum + formatLine(line).length + 1, 0)
      if (written > room) return { lines, full: true }
      lines.push(...together)
    }
    return { lines, full: false }
  }
  return {
    record: (...more) => {
      if (length > room) return
      length += more.reduce((sum, line) => sum + least(line), 0)
      kept.push(more)
    },
    text: () => {
      const { lines, full } = fitting()
      let text = ''
      for (const line of maskedLines(lines)) {
        const next = `${judged(formatLine(line))}\n`
        // Masking can make a line longer.
        if (text.length + next.length > room) return `${text}${formatLine(LEFT_OUT)}\n`
        text += next
      }
      return full ? `${text}${formatLine(LEFT_OUT)}\n` : text
    },
  }
}
