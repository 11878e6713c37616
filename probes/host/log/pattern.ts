import type { LogRow } from './row.ts'

const PARTS = /\{on(?::\w+)?\}|\*|#|\[[^[\]]*\|[^[\]]*\]/g

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

const PLACES: Readonly<Record<string, string>> = { '*': '.*?', '#': '-?\\d+(?:\\.\\d+)?' }

const piece = (part: string): string =>
  PLACES[part] ?? (part.startsWith('{') ? `(?<on>${part.slice(4, -1)}[^\\s,;()"<>]*?)` : `(?:${part.slice(1, -1).split('|').map(escaped).join('|')})`)

/** A regular expression of a row's pattern. A device's name at the end of a pattern reaches to the next blank or mark. */
export const patternOf = (says: string): RegExp => {
  const places = says.match(PARTS) ?? []
  const source = says.split(PARTS).map((text, i) => escaped(text) + (places[i] === undefined ? '' : piece(places[i]))).join('')
  return new RegExp(says.endsWith('}') ? `${source}(?![^\\s,;:.()"<>])` : source)
}

/** Shortest text that lines are searched for; a shorter one would stop at too many. */
export const SHORTEST = 6

/** Texts of which every line of this kind holds at least one: the longest part that is always there, or all of several that may be. Throws an Error if none is long enough to search for. */
export const anchorsOf = ({ says }: LogRow): string[] => {
  const always = says.split(PARTS).reduce((a, b) => (b.trimStart().length > a.length ? b.trimStart() : a), '')
  const choices = (says.match(PARTS) ?? []).filter((part) => part.startsWith('[')).map((part) => part.slice(1, -1).split('|').map((text) => text.trimStart()))
  const shortestOf = (texts: readonly string[]): number => Math.min(...texts.map(({ length }) => length))
  const best = choices.reduce((a, b) => (shortestOf(b) > shortestOf(a) ? b : a), [always])
  if (shortestOf(best) < SHORTEST) throw new Error(`no text of ${SHORTEST} characters to search for in: ${says}`)
  return best
}
