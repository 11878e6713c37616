import type { ComponentChildren } from 'preact'

/** One column of a table. `lead` names the row: on a narrow screen it is the heading of the row's card. */
export interface Column<T> {
  name: string
  show: (row: T) => ComponentChildren
  lead?: boolean
  number?: boolean
}

interface Rows<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
}

const looks = ({ lead, number }: { lead?: boolean; number?: boolean }): string => `${lead ? 'lead' : ''}${number ? ' number' : ''}`

/** Rows as a table, on a narrow screen as cards. A cell without content is left out there. */
export const Table = <T,>({ label, columns, rows, keyOf }: Rows<T>) => (
  <div class="scroll">
    <table aria-label={label}>
      <thead><tr>{columns.map((c) => <th key={c.name} scope="col" class={looks(c)}>{c.name}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => <tr key={keyOf(row)}>{columns.map((c) => <td key={c.name} class={looks(c)} data-name={c.name}><span>{c.show(row)}</span></td>)}</tr>)}
      </tbody>
    </table>
  </div>
)
