import type { VisitRow } from '../../../model/triage.ts'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { storePath } from '../router.ts'
import { inWords, listed, t } from '../words.ts'
import { f, minuteOf } from './words.ts'

/** States of a visit, in their order. */
export const VISIT_STATES = ['planned', 'under-way', 'done', 'cancelled'] as const

const TONE = { planned: 'unknown', 'under-way': 'degraded', done: 'ready', cancelled: 'unknown' } as const
const SIGN = { planned: '◷', 'under-way': '▶', done: '✓', cancelled: '✕' } as const

/** How far a visit has come: sign, word and colour. */
export const VisitMark = ({ is }: { is: VisitRow['state'] }) => <span class={`chip is-${TONE[is]}`}><span aria-hidden="true">{SIGN[is]}</span> {f(`visit.${is}`)}</span>

/** Parts to take along, in a line. */
const partsInWords = (parts: VisitRow['parts']): string => listed(parts.map((p) => `${inWords(p.name)} × ${p.count}`))

const columns = (): Column<VisitRow>[] => [
  { name: f('visit'), lead: true, show: (row) => <a href={`/visits/${row.id}`}>{f('visit-of', { store: row.store })}</a> },
  { name: t('state'), show: (row) => <VisitMark is={row.state} /> },
  { name: t('store'), show: (row) => <a href={storePath(row.store)}>{row.store}</a> },
  { name: f('planned-for'), show: (row) => row.plannedFor !== undefined && minuteOf(row.plannedFor) },
  { name: f('assignee'), show: (row) => row.assignee },
  { name: t('incidents'), number: true, show: (row) => row.incidents.length },
  { name: f('parts'), show: (row) => partsInWords(row.parts) },
  { name: t('made_at'), show: (row) => <><Ago at={row.madeAt} /> <small>{row.madeBy}</small></> },
]

/** Visits; `of` leaves out the column that would say the same in every row. */
export const VisitTable = ({ rows, of }: { rows: readonly VisitRow[]; of?: 'store' }) => (
  <Table label={f('visits')} columns={columns().filter((c) => of !== 'store' || c.name !== t('store'))} rows={rows} keyOf={(row) => row.id} />
)
