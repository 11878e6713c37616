import { eastAsianWidth } from 'get-east-asian-width'

let segmenter: Intl.Segmenter | undefined

/** The parts of a text that a reader takes for one character each. Made when first used: it loads the tables of all scripts. */
const graphemes = (text: string): Iterable<{ segment: string }> => {
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(text)
}

/** How many terminal cells a text takes; Chinese characters take two, marks of the same grapheme none. */
export const cells = (text: string): number => {
  let sum = 0
  for (const { segment } of graphemes(text)) {
    const code = segment.codePointAt(0) ?? 0
    sum += code < 32 ? 0 : eastAsianWidth(code)
  }
  return sum
}

/** Pads a text with spaces to a number of cells; a longer one stays as it is. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - cells(text)))

/** Marks that no line begins with, and marks that none ends with. */
const CLOSING = /^[，。：；、？！）」』”’]/
const OPENING = /[（「『“‘]$/

/** Cuts a text into lines of at most that many cells: at spaces and beside Chinese characters, within a word only where it is longer than a line. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  /** Where the line may be cut, and whether it may be after what stands last. */
  let gap = 0
  let open = false
  const end = (cut: number): void => {
    lines.push(line.slice(0, cut).trimEnd())
    line = line.slice(cut)
    gap = 0
  }
  for (const { segment } of graphemes(text)) {
    const wide = cells(segment) === 2
    if ((wide || open) && !CLOSING.test(segment) && !OPENING.test(line)) gap = line.length
    while (line !== '' && cells(line) + cells(segment) > width) end(segment === ' ' || gap === 0 ? line.length : gap)
    open = wide || segment === ' '
    if (segment === '\n') end(line.length)
    else if (segment !== ' ' || line !== '' || lines.length === 0) line += segment
  }
  if (line.trim() !== '') lines.push(line.trimEnd())
  return lines
}

/** A last column that would be narrower than this stands below its row instead, under the last column from which it has so much room. */
const NARROWEST = 24
const ROOM = 40

/** A row whose columns begin at these cells; the last of them is wrapped under itself where there is room for that, else the row as a whole. */
const hanging = (row: readonly string[], widths: readonly number[], lead: number, width: number): string[] => {
  const before = row.slice(0, -1).map((cell, i) => `${pad(cell, widths[i] ?? 0)}  `).join('')
  if (width - lead < NARROWEST) return wrap(`${before}${row.at(-1) ?? ''}`.trimEnd(), width)
  const [first = '', ...more] = wrap(row.at(-1) ?? '', width - lead)
  return [`${before}${first}`.trimEnd(), ...more.map((line) => `${' '.repeat(lead)}${line}`)]
}

/** Lines of a table whose columns line up; the last column is not padded. Where a width in cells is given no line is longer: the last column is wrapped, or put below its row where too little room is left beside it. */
export const table = (rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => cells(row[i] ?? ''))))
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, one) => sum + one + 2, 0))
  const lead = starts.at(-1) ?? 0
  const last = widths.at(-1) ?? 0
  if (lead + Math.min(last, NARROWEST) > width) {
    const under = starts.slice(0, -1).findLast((start) => start > 0 && width - start >= ROOM) ?? Math.min(4, width - 1)
    return rows.flatMap((row) => [
      ...(row.length > 1 ? hanging(row.slice(0, -1), widths, starts.at(-2) ?? 0, width) : []),
      ...wrap(row.at(-1) ?? '', width - under).map((line) => `${' '.repeat(under)}${line}`),
    ])
  }
  return rows.flatMap((row) => hanging(row, widths, lead, width))
}
