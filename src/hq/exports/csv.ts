/** What a cell of a table may hold. */
export type Cell = string | number | boolean | undefined

/** A byte order mark, by which spreadsheet programs know UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff'

// What spreadsheet programs take for a formula, full-width forms included (OWASP, CSV injection).
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

const cell = (value: Cell): string => {
  if (value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  // An apostrophe makes a spreadsheet show what follows as it is.
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",;\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A line of CSV (RFC 4180) with its end, of which no cell is a formula. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`
