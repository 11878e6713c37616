import type { Rows } from '../store.ts'

/** The cursor of a request is not one of ours. */
export class CursorError extends Error {
  constructor() {
    super('the cursor is not one that this list gave out; leave it away to begin at the first page')
    this.name = 'CursorError'
  }
}

type Part = { number: number; string: string }

/** The key of a row, as text that a client hands back unread. */
export const encodeCursor = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The key out of a cursor; throws a CursorError if its parts are not of these types. */
export const decodeCursor = <const T extends readonly (keyof Part)[]>(cursor: string, types: T): { -readonly [I in keyof T]: Part[T[I]] } => {
  let key: unknown
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw new CursorError()
  }
  if (!Array.isArray(key) || key.length !== types.length || !types.every((type, i) => typeof key[i] === type)) throw new CursorError()
  return key as { -readonly [I in keyof T]: Part[T[I]] }
}

/** One page out of one row more than asked for; the surplus row says that there is a next page. */
export const paged = <R, T>(rows: R[], limit: number, show: (row: R) => T, cursor: (row: R) => string): Rows<T> => {
  const last = rows[limit - 1]
  return { rows: rows.slice(0, limit).map(show), ...(rows.length > limit && last !== undefined ? { next: cursor(last) } : {}) }
}
