import type { Fault } from '../../../model/fault.ts'

const HAN = /\p{Script=Han}/u

/** What is looked for, in pieces: words as they are, Chinese in pairs of characters, as it is written without blanks. */
export const piecesOf = (query: string): string[] => {
  const words = query.toLowerCase().split(/[^\p{L}\p{N}-]+/u).filter((w) => w !== '')
  return [...new Set(words.flatMap((word) =>
    (word.match(/\p{Script=Han}+|[^\p{Script=Han}]+/gu) ?? []).flatMap((run) =>
      HAN.test(run) && run.length > 2 ? Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2)) : [run])))]
}

/** Where a piece is found, and how much that says. */
const fieldsOf = ({ code, title, signs, causes, detect }: Fault): [text: string, weight: number][] => [
  [code.toLowerCase(), 6], [`${title.zh} ${title.en}`.toLowerCase(), 4], [`${signs.zh} ${signs.en}`.toLowerCase(), 3], [`${causes.zh} ${causes.en}`.toLowerCase(), 2], [detect.toLowerCase(), 1],
]

/** So much of what is looked for must be found. */
const ENOUGH = 0.5

/** Faults that fit what somebody sees, those that fit best first; all of them where nothing is looked for. */
export const findFaults = (faults: readonly Fault[], query: string): Fault[] => {
  const pieces = piecesOf(query)
  if (pieces.length === 0) return [...faults]
  const scored = faults.map((fault) => {
    const fields = fieldsOf(fault)
    const weights = pieces.map((piece) => Math.max(0, ...fields.map(([text, weight]) => (text.includes(piece) ? weight : 0))))
    return { fault, found: weights.filter((w) => w > 0).length / pieces.length, score: weights.reduce((sum, w) => sum + w, 0) }
  })
  return scored.filter(({ found }) => found >= ENOUGH).toSorted((a, b) => b.score - a.score).map(({ fault }) => fault)
}
