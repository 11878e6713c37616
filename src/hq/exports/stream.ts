import { Readable } from 'node:stream'
import { ProblemError } from '../problems.ts'
import type { Rows } from '../store.ts'
import { BYTE_ORDER_MARK, csvLine } from './csv.ts'
import type { Columns } from './tables.ts'

/** Bounds of exports: so many at once, rows read in one go, and how long a reader may stand still (ms) before it is let go. */
export const EXPORTS = { atOnce: 4, rows: 200, stillMs: 60_000 } as const

/** How a table is written. */
export type Format = 'csv' | 'json'

/** Asks the store for the next page of rows. */
export type Pages<T> = (cursor: string | undefined) => Promise<Rows<T>>

async function* written<T>(pages: Pages<T>, columns: Columns<T>, format: Format): AsyncGenerator<string> {
  if (format === 'csv') yield BYTE_ORDER_MARK + csvLine(Object.keys(columns))
  let cursor: string | undefined
  let first = true
  do {
    const { rows, next } = await pages(cursor)
    if (format === 'csv') {
      yield rows.map((row) => csvLine(Object.values(columns).map((fill) => fill(row)))).join('')
    } else {
      yield rows.map((row, i) => `${first && i === 0 ? '[\n' : ',\n'}${JSON.stringify(row)}`).join('')
      first &&= rows.length === 0
    }
    cursor = next
  } while (cursor !== undefined)
  if (format === 'json') yield first ? '[]\n' : '\n]\n'
}

/** Makes tables into streams that hold no more than a page of rows. One that is broken off half-way, as when the store fails, ends without its last chunk, so that nobody takes it for whole. */
export const exporter = () => {
  let running = 0
  return <T>(pages: Pages<T>, columns: Columns<T>, format: Format): Readable => {
    if (running >= EXPORTS.atOnce) throw new ProblemError(503, 'too-many-exports', 'enough tables are being written just now; come again', 30)
    running++
    const stream = Readable.from(written(pages, columns, format), { objectMode: false })
    const letGo = (): NodeJS.Timeout => setTimeout(() => stream.destroy(new Error('nobody read on')), EXPORTS.stillMs).unref()
    let still = letGo()
    stream.on('data', () => {
      clearTimeout(still)
      still = letGo()
    })
    stream.pause()
    stream.once('close', () => {
      clearTimeout(still)
      running--
    })
    return stream
  }
}
