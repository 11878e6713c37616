import './style.css'
import type { OutbreakRow } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { money } from '../money.ts'
import { Shown } from '../parts/asked.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, t } from '../words.ts'
import { Sections } from './sections.tsx'
import { a, costWords, factorInWords } from './words.ts'

const STATES = ['open', 'closed'] as const

const columns = (): Column<OutbreakRow>[] => [
  { name: t('severity'), show: (row) => <SeverityMark is={row.severity} /> },
  { name: a('title'), lead: true, show: (row) => <><a href={`/outbreaks/${row.id}`}>{inWords(row.title)}</a> <small class="line"><code>{row.fault}</code></small></> },
  { name: a('common'), show: factorInWords },
  { name: a('stores'), number: true, show: (row) => row.stores },
  { name: a('terminals'), number: true, show: (row) => a('affected-now', { now: row.openNow, all: row.terminals }) },
  { name: a('began'), show: (row) => <Ago at={row.openedAt} /> },
  { name: a('last-joined'), show: (row) => <Ago at={row.lastAt} /> },
  { name: a('cost'), number: true, show: (row) => row.cost && <>{money(row.cost.lostMinor, row.cost.currency)} <small class="line">{costWords(row.cost).perHour}</small></> },
]

/** The same fault in many stores at once, each taken as one thing. */
export const OutbreaksPage = () => {
  useTitle(a('section.outbreaks'))
  const state = place.value.query.get('state') === 'closed' ? 'closed' : 'open'
  const asked = useAsked<{ rows: OutbreakRow[] }>(`/api/outbreaks?state=${state}`, ['incidents'])
  return (
    <>
      <h1 class="sr">{a('section.outbreaks')}</h1>
      <Sections here="outbreaks" />
      <div class="filters"><nav class="tabs" aria-label={a('state')}>{STATES.map((s) => <a key={s} class="tab" href={withQuery({ state: s === 'open' ? '' : s })} aria-current={s === state ? 'page' : undefined}>{a(`outbreak-state.${s}`)}</a>)}</nav></div>
      <Shown asked={asked}>{({ rows }) => rows.length === 0 ? <p class="empty">{a('outbreaks-none')}</p> : <div class="card table"><Table label={a('section.outbreaks')} columns={columns()} rows={rows} keyOf={(row) => row.id} /></div>}</Shown>
    </>
  )
}
