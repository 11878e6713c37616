import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import type { TerminalFacets } from '../../../model/fleet.ts'
import type { TerminalRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { CONTACTS, ContactMark, ReadinessChips, SeverityMark } from '../parts/marks.tsx'
import { Pages } from '../parts/pages.tsx'
import { Search } from '../parts/search.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { go, place, storePath, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { lasting, t } from '../words.ts'
import { CheckMany } from './check-many.tsx'
import { FacetField } from './facets.tsx'
import { FleetTabs } from './frame.tsx'
import { f } from './words.ts'

/** The facets that the list may be narrowed by, as the address names them. */
const FACETS = ['region', 'model', 'agent'] as const

const Incidents = ({ row }: { row: TerminalRow }) =>
  row.openIncidents === 0 ? <>0</> : <a href={`/incidents?terminal=${row.terminal.id}`}>{row.openIncidents} {row.worst && <SeverityMark is={row.worst} />}</a>

/** A clock is worth a word when it is further off than what a heartbeat takes on its way, in ms. */
const OFF_MS = 5000

/** Every column but the first, which names the row; those marked are shown unless the reader chooses otherwise. */
const COLUMNS: readonly { id: string; usual: boolean; column: () => Column<TerminalRow> }[] = [
  { id: 'store', usual: true, column: () => ({ name: t('store'), show: ({ terminal }) => <>{terminal.store && <a href={storePath(terminal.store)}>{terminal.store}</a>}{terminal.lane && <> <small>{t('lane', { lane: terminal.lane })}</small></>}</> }) },
  { id: 'region', usual: true, column: () => ({ name: f('region'), show: (row) => row.terminal.region }) },
  { id: 'merchant', usual: false, column: () => ({ name: t('merchant'), show: (row) => row.terminal.merchant }) },
  { id: 'model', usual: false, column: () => ({ name: f('model'), show: (row) => row.terminal.model }) },
  { id: 'serial', usual: false, column: () => ({ name: f('serial'), show: (row) => row.terminal.serial }) },
  { id: 'contact', usual: true, column: () => ({ name: t('contact'), show: (row) => <ContactMark is={row.contact} opens={row.opens} /> }) },
  { id: 'readiness', usual: true, column: () => ({ name: t('readiness'), show: (row) => <ReadinessChips readiness={row.readiness} /> }) },
  { id: 'incidents', usual: true, column: () => ({ name: t('incidents'), show: (row) => <Incidents row={row} /> }) },
  { id: 'last-seen', usual: true, column: () => ({ name: t('last-seen'), show: (row) => row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} /> }) },
  { id: 'last-check', usual: false, column: () => ({ name: t('last-check'), show: (row) => row.checkedAt !== undefined && <Ago at={row.checkedAt} /> }) },
  { id: 'version', usual: true, column: () => ({ name: t('version'), show: (row) => row.agentVersion }) },
  { id: 'clock', usual: false, column: () => ({ name: t('clock-offset'), show: (row) => row.clockOffsetMs !== undefined && Math.abs(row.clockOffsetMs) > OFF_MS && `${row.clockOffsetMs > 0 ? '+' : '−'}${lasting(Math.abs(row.clockOffsetMs))}` }) },
  { id: 'spool', usual: false, column: () => ({ name: t('spool'), number: true, show: (row) => row.spool?.reports }) },
]

const KEPT = 'terminal-columns'

/** Which columns this reader wants, kept in the browser. */
const chosenColumns = signal<readonly string[]>(keptColumns())

function keptColumns(): readonly string[] {
  const kept = localStorage.getItem(KEPT)?.split(' ').filter((id) => COLUMNS.some((c) => c.id === id))
  return kept ?? COLUMNS.filter((c) => c.usual).map((c) => c.id)
}

const choose = (id: string, wanted: boolean): void => {
  const next = COLUMNS.map((c) => c.id).filter((c) => (c === id ? wanted : chosenColumns.value.includes(c)))
  localStorage.setItem(KEPT, next.join(' '))
  chosenColumns.value = next
}

const ColumnsChooser = () => (
  <details class="chooser">
    <summary class="button">{f('columns')}</summary>
    <fieldset>
      <legend class="sr">{f('columns')}</legend>
      {COLUMNS.map(({ id, column }) => <label key={id}><input type="checkbox" checked={chosenColumns.value.includes(id)} onChange={(e) => choose(id, e.currentTarget.checked)} /> {column().name}</label>)}
    </fieldset>
  </details>
)

const columns = (picked: ReadonlySet<string>, pick: (id: string, is: boolean) => void): Column<TerminalRow>[] => [
  ...(mayAs('technician') ? [{ name: f('select'), show: ({ terminal: { id } }: TerminalRow) => <input type="checkbox" aria-label={f('select-one', { id })} checked={picked.has(id)} onChange={(e) => pick(id, e.currentTarget.checked)} /> }] : []),
  { name: t('terminal'), lead: true, show: (row) => <a href={`/terminals/${row.terminal.id}`}>{row.terminal.id}</a> },
  ...COLUMNS.filter((c) => chosenColumns.value.includes(c.id)).map((c) => c.column()),
]

const FILTERS = ['q', 'contact', 'store', ...FACETS] as const

const Filters = ({ narrowed }: { narrowed: URLSearchParams }) => {
  const { query } = place.value
  const facets = useAsked<TerminalFacets>('/api/terminal-facets', [])
  const store = query.get('store')
  return (
    <div class="filters fleet-filters">
      <Search label={t('search')} value={query.get('q') ?? ''} onSearch={(q) => go(withQuery({ q, cursor: '' }), 'replace')} />
      <label>{t('contact')} <select value={query.get('contact') ?? ''} onChange={(e) => go(withQuery({ contact: e.currentTarget.value, cursor: '' }), 'replace')}>
        <option value="">{t('all')}</option>
        {CONTACTS.map((c) => <option key={c} value={c}>{t(`contact.${c}`)}</option>)}
      </select></label>
      {FACETS.map((name) => <FacetField key={name} name={name} facets={facets} />)}
      {store && <a class="chip" href={withQuery({ store: '', cursor: '' })} aria-label={t('filter-off', { name: t('store'), value: store })}>{t('store')}: {store} <span aria-hidden="true">✕</span></a>}
      <ColumnsChooser />
      <a class="button" download href={`/api/export/terminals?${new URLSearchParams([...narrowed, ['format', 'csv']])}`}>{f('csv')}</a>
    </div>
  )
}

const List = ({ rows }: { rows: readonly TerminalRow[] }) => {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const here = rows.map((row) => row.terminal.id)
  const chosen = here.filter((id) => picked.has(id))
  const pick = (id: string, is: boolean): void => setPicked(new Set(is ? [...chosen, id] : chosen.filter((other) => other !== id)))
  return (
    <>
      {mayAs('technician') && <CheckMany ids={chosen} all={here} choose={(ids) => setPicked(new Set(ids))} />}
      <div class="card table"><Table label={t('terminals')} columns={columns(picked, pick)} rows={rows} keyOf={(row) => row.terminal.id} /></div>
    </>
  )
}

/** The list of terminals; its filters are in the address. */
export const TerminalsPage = () => {
  useTitle(t('terminals'))
  const { query } = place.value
  const narrowed = new URLSearchParams(FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : [])))
  const asking = new URLSearchParams(narrowed)
  const cursor = query.get('cursor')
  if (cursor) asking.set('cursor', cursor)
  const asked = useAsked<{ rows: TerminalRow[]; next?: string }>(`/api/terminals?${asking}`, ['terminals', 'reports'])
  return (
    <>
      <h1 class="sr">{t('terminals')}</h1>
      <FleetTabs at="terminals" />
      <Filters narrowed={narrowed} />
      <Shown asked={asked}>
        {({ rows, next }) => (
          <>
            {rows.length === 0 ? <p class="empty">{t(asking.size > 0 ? 'no-match' : 'no-terminals')}</p> : <List rows={rows} />}
            <Pages next={next} />
          </>
        )}
      </Shown>
    </>
  )
}
