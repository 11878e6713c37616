import './style.css'
import type { AbsenceRow } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { money } from '../money.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { place, storePath, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { percent } from '../words.ts'
import { Silenced } from './care.tsx'
import { caredBy } from './queue.tsx'
import { Sections } from './sections.tsx'
import { a } from './words.ts'

const STATES = ['open', 'ended'] as const

/** The likeliest causes as parts of one bar, with words. */
export const Causes = ({ causes }: Pick<AbsenceRow, 'causes'>) => (
  <span class="causes">
    {causes.filter((c) => c.p >= 0.05).slice(0, 3).map((c, i) => <span key={c.cause} class={i === 0 ? 'cause-first' : 'soft'}>{a(`cause.${c.cause}`)} {percent(c.p)}</span>)}
  </span>
)

const columns = (): Column<AbsenceRow>[] => [
  { name: a('place'), lead: true, show: (row) => <><a href={`/absences/${row.id}`}>{row.place}</a> <small class="line">{a(row.scope === 'store' ? 'whole-store' : 'one-silent')}{row.scope === 'terminal' && row.store !== row.place && <> · <a href={storePath(row.store)}>{row.store}</a></>}</small></> },
  { name: a('facet.region'), show: (row) => row.region },
  { name: a('terminals'), number: true, show: (row) => row.terminals },
  { name: a('silent-since'), show: (row) => <><Ago at={row.since} />{row.backAt !== undefined && <small class="line">{a('back-at')} <Ago at={row.backAt} /></small>}</> },
  { name: a('why-silent'), show: (row) => <Causes causes={row.causes} /> },
  { name: a('cost'), number: true, show: (row) => row.cost && money(row.cost.lostMinor, row.cost.currency) },
  { name: a('care'), show: (row) => row.care && <>{caredBy(row.care)} <Silenced care={row.care} /></> },
]

/** A table of absences. */
export const AbsenceTable = ({ rows }: { rows: readonly AbsenceRow[] }) => <Table label={a('section.absences')} columns={columns()} rows={rows} keyOf={(row) => row.id} />

/** Terminals and stores of which nothing is heard, and why. */
export const AbsencesPage = () => {
  useTitle(a('section.absences'))
  const state = place.value.query.get('state') === 'ended' ? 'ended' : 'open'
  const asked = useAsked<{ rows: AbsenceRow[] }>(`/api/absences?state=${state}`, ['incidents', 'terminals'])
  return (
    <>
      <h1 class="sr">{a('section.absences')}</h1>
      <Sections here="absences" />
      <div class="filters"><nav class="tabs" aria-label={a('state')}>{STATES.map((s) => <a key={s} class="tab" href={withQuery({ state: s === 'open' ? '' : s })} aria-current={s === state ? 'page' : undefined}>{a(`absence-state.${s}`)}</a>)}</nav></div>
      <Shown asked={asked}>{({ rows }) => rows.length === 0 ? <p class="empty">{a('absences-none')}</p> : <div class="card table"><AbsenceTable rows={rows} /></div>}</Shown>
    </>
  )
}
