import { useState } from 'preact/hooks'
import type { ReportRow } from '../../../model/wire.ts'
import { ReadinessChips } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { clock, lasting, shared, t, wordFor, worstOf } from '../words.ts'

const CELLS = 60
const FIRST = 20

/** The same as the table below it, at a glance; whoever goes by keys or ears takes the table. */
const Cells = ({ reports }: { reports: readonly ReportRow[] }) => (
  <div class="history" aria-hidden="true">
    {reports.slice(0, CELLS).reverse().map((row) => {
      const state = worstOf(row.readiness)
      const words = `${clock(row.at)} ${shared(`readiness.${state}`)} ${row.found.map((f) => f.fault).join(' ')}`
      return <a key={row.id} tabIndex={-1} class={`cell is-${state}`} href={`/reports/${row.terminalId}/${row.id}`} title={words}><span class="sr">{words}</span></a>
    })}
  </div>
)

const columns = (): Column<ReportRow>[] => [
  { name: t('report'), lead: true, show: (row) => <a href={`/reports/${row.terminalId}/${row.id}`}>{t('report-number', { n: row.sequence })}</a> },
  { name: t('made'), show: (row) => row.redated === undefined ? <Ago at={row.at} /> : <>≈ <Ago at={row.redated.at} /> <small>±{lasting(row.redated.plusMinusMs)}</small></> },
  { name: t('trigger'), show: (row) => wordFor('trigger', row.trigger) },
  { name: t('readiness'), show: (row) => <ReadinessChips readiness={row.readiness} /> },
  { name: t('fault'), show: (row) => row.found.map((f) => <span key={`${f.fault} ${f.device}`} class="fault"><code>{f.fault}</code> {f.device}</span>) },
]

/** The self-check history of a terminal: a bar of cells, and the same as a table. */
export const Checks = ({ reports }: { reports: readonly ReportRow[] }) => {
  const [all, setAll] = useState(false)
  return (
    <>
      <Cells reports={reports} />
      <p class="hint" aria-hidden="true">{t('checks-hint')}</p>
      <Table label={t('checks')} columns={columns()} rows={all ? reports : reports.slice(0, FIRST)} keyOf={(row) => row.id} />
      {!all && reports.length > FIRST && <p class="pages"><button type="button" onClick={() => setAll(true)}>{t('all-reports', { n: reports.length })}</button></p>}
    </>
  )
}
