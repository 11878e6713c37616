import type { LogRow } from './row.ts'

const CHOICES = /\[[^[\]]*\|[^[\]]*\]/g
const PLACES = /\{on(?::\w+)?\}|\*|#/g

const escaped = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&')

const placed = (place: string): string => (place === '*' ? '.*?' : place === '#' ? '-?\\d+(?:\\.\\d+)?' : `(?<on>${place.slice(4, -1)}[^\\s,;()"<>]*?)`)

/** Text with places, but without choices. */
const plain = (text: string): string => {
  const places = text.match(PLACES) ?? []
  return text.split(PLACES).map((part, i) => escaped(part) + (places[i] === undefined ? '' : placed(places[i]))).join('')
}

const choicesIn = (says: string): string[][] => (says.match(CHOICES) ?? []).map((choice) => choice.slice(1, -1).split('|'))

/** A regular expression of a row's pattern. A device's name at the end of a pattern reaches to the next blank or mark. */
export const patternOf = (says: string): RegExp => {
  const choices = choicesIn(says).map((choice) => `(?:${choice.map(plain).join('|')})`)
  const source = says.split(CHOICES).map((text, i) => plain(text) + (choices[i] ?? '')).join('')
  return new RegExp(says.endsWith('}') ? `${source}(?![^\\s,;:.()"<>])` : source)
}

/** Shortest text that lines are searched for; a shorter one would stop at too many. */
export const SHORTEST = 6

const longestPart = (text: string): string => text.split(PLACES).reduce((a, b) => (b.trimStart().length > a.length ? b.trimStart() : a), '')

/** Texts of which every line of this kind holds at least one: the longest part that is always there, or all of several that may be. Throws an Error if none is long enough to search for. */
export const anchorsOf = ({ says }: LogRow): string[] => {
  const shortestOf = (texts: readonly string[]): number => Math.min(...texts.map(({ length }) => length))
  const always = says.split(CHOICES).map(longestPart).reduce((a, b) => (b.length > a.length ? b : a))
  const best = choicesIn(says).map((choice) => choice.map(longestPart)).reduce((a, b) => (shortestOf(b) > shortestOf(a) ? b : a), [always])
  if (shortestOf(best) < SHORTEST) throw new Error(`no text of ${SHORTEST} characters to search for in: ${says}`)
  return best
}
