import { parse } from 'csv-parse/sync'
import type { FieldName, JournalSource } from '../model/journal.ts'
import { type Fields, type Read, stepOf } from './record.ts'
import { ALIASES } from './words.ts'

/** Reads the lines of one source, one after another; `line` numbers them for problems and for lines without an id of their own. */
export interface LineReader { read(text: string, line: string): Read }

const bare = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/[\s_()（）.'"/-]/g, '').replace(/^\ufeff/, '')

/** The field that a name stands for: as declared, or as usual. */
const namesOf = (source: JournalSource): ((name: string) => FieldName | undefined) => {
  const known = new Map<string, FieldName>()
  for (const [field, names] of Object.entries(ALIASES)) for (const name of names) known.set(name, field as FieldName)
  for (const [field, names] of Object.entries(source.fields)) for (const name of [names].flat()) known.set(bare(name), field as FieldName)
  return (name) => known.get(bare(name))
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined)

const jsonl = (source: JournalSource): LineReader => {
  const nameOf = namesOf(source)
  const known = new Map<string, FieldName | undefined>()
  const collect = (fields: Fields, value: object, path: string): void => {
    for (const [key, inner] of Object.entries(value)) {
      const name = path + key
      let field = known.get(name)
      if (field === undefined && !known.has(name)) {
        field = nameOf(name) ?? nameOf(key)
        // A source may name its keys after anything; what is remembered of them is bounded.
        if (known.size < 1000) known.set(name, field)
      }
      const text = asText(inner)
      if (field !== undefined && text !== undefined) fields[field] ??= text
      else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && path.length < 64) collect(fields, inner, `${name}.`)
    }
  }
  return {
    read: (text, line) => {
      if (text.trim() === '') return undefined
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        return { problem: 'not a JSON object' }
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'not a JSON object' }
      const fields: Fields = {}
      collect(fields, value, '')
      return stepOf(fields, source, line)
    },
  }
}

/** Cells of one line; a quoted cell may hold the delimiter and doubled quotes, but no line break. */
const cellsOf = (text: string, delimiter: string): string[] =>
  text.includes('"') ? (parse(text, { delimiter, relax_quotes: true, relax_column_count: true }) as string[][])[0] ?? [] : text.split(delimiter)

const csv = (source: JournalSource): LineReader => {
  const nameOf = namesOf(source)
  let columns: (FieldName | undefined)[] | undefined
  return {
    read: (text, line) => {
      if (text.trim() === '') return undefined
      const cells = cellsOf(text, source.delimiter)
      const named = cells.map(nameOf)
      // A header stands at the top, and again where a file was put together from several.
      if (named.filter((name) => name !== undefined).length >= Math.max(2, cells.length / 2)) {
        columns = named
        return undefined
      }
      if (!columns) return { problem: 'no header line names the columns' }
      if (cells.length < columns.length - 1 || cells.length > columns.length + 1) return { problem: `${cells.length} cells where the header has ${columns.length}` }
      const fields: Fields = {}
      for (const [i, field] of columns.entries()) {
        const cell = cells[i]
        if (field !== undefined && cell !== undefined) fields[field] ??= cell
      }
      return stepOf(fields, source, line)
    },
  }
}

const lines = (source: JournalSource): LineReader => {
  const pattern = new RegExp(source.pattern ?? '(?!)', 'u')
  const nameOf = namesOf(source)
  return {
    read: (text, line) => {
      const groups = pattern.exec(text.slice(0, 4096))?.groups
      if (!groups) return undefined
      const fields: Fields = {}
      for (const [name, value] of Object.entries(groups)) {
        const field = nameOf(name)
        if (field !== undefined && value !== undefined) fields[field] = value
      }
      return stepOf(fields, source, line)
    },
  }
}

/** A reader for the lines of a source. Throws a SyntaxError if its pattern is no regular expression. */
export const lineReader = (source: JournalSource): LineReader => ({ jsonl, csv, lines })[source.format](source)

/** Text of a line's bytes. In `auto`, what is not valid UTF-8 is read as GB18030; bytes that neither knows become U+FFFD. */
export const decoder = (encoding: JournalSource['encoding']): ((bytes: Uint8Array) => string) => {
  const utf8 = new TextDecoder('utf-8', { fatal: encoding === 'auto' })
  const gb = new TextDecoder('gb18030')
  return (bytes) => {
    if (encoding === 'gb18030') return gb.decode(bytes)
    try {
      return utf8.decode(bytes)
    } catch {
      return gb.decode(bytes)
    }
  }
}
