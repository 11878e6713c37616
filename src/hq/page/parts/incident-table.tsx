import type { IncidentRow } from '../../../model/wire.ts'
import { inWords, lasting, percent, t } from '../words.ts'
import { SeverityMark } from './marks.tsx'
import { type Column, Table } from './table.tsx'
import { Ago, now } from './time.tsx'

const Regression = ({ row }: { row: IncidentRow }) => row.regression ? <span class="mark severity-degraded"> ↺ {t('regression')}</span> : null

const ofWhat: Record<'all' | 'terminal' | 'fault', () => Column<IncidentRow>[]> = {
  all: () => [...ofWhat.terminal(), { name: t('terminal'), show: (row) => <><a href={`/terminals/${row.terminalId}`}>{row.terminalId}</a> {row.store}</> }],
  terminal: () => [{ name: t('fault'), lead: true, show: (row) => <><a href={`/incidents/${row.id}`}>{inWords(row.title)}</a> <code>{row.fault}</code><Regression row={row} /></> }],
  fault: () => [{ name: t('terminal'), lead: true, show: (row) => <><a href={`/incidents/${row.id}`}>{row.terminalId}</a> {row.store}<Regression row={row} /></> }],
}

const columns = (of: keyof typeof ofWhat): Column<IncidentRow>[] => [
  { name: t('severity'), show: (row) => <SeverityMark is={row.severity} /> },
  ...ofWhat[of](),
  { name: t('device'), show: (row) => row.device },
  { name: t('since'), show: (row) => <Ago at={row.openedAt} /> },
  { name: t('duration'), show: (row) => lasting((row.closedAt ?? now.value) - row.openedAt) },
  { name: t('count'), number: true, show: (row) => row.count },
  { name: t('confidence'), number: true, show: (row) => percent(row.posterior) },
]

/** A table of incidents; `of` leaves out what would say the same in every row. */
export const IncidentTable = ({ rows, of = 'all' }: { rows: readonly IncidentRow[]; of?: keyof typeof ofWhat }) => <Table label={t('incidents')} columns={columns(of)} rows={rows} keyOf={(row) => row.id} />
