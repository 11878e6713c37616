import type { TerminalFacets } from '../../../model/fleet.ts'
import type { StoreRow } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { ContactMark, SeverityMark } from '../parts/marks.tsx'
import { Pages } from '../parts/pages.tsx'
import { Search } from '../parts/search.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { go, place, storePath, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { FacetField } from './facets.tsx'
import { FleetTabs } from './frame.tsx'
import { OpeningMark, TenderMarks } from './marks.tsx'
import { costInWords, f } from './words.ts'

const columns = (): Column<StoreRow>[] => [
  { name: t('store'), lead: true, show: (row) => <a href={storePath(row.store)}>{row.store}</a> },
  { name: f('region'), show: (row) => row.region },
  { name: f('hours'), show: (row) => row.opening && <OpeningMark is={row.opening} opens={row.opens} /> },
  { name: t('readiness'), show: (row) => <TenderMarks tenders={row.tenders} /> },
  {
    name: t('terminals'),
    show: (row) => <><a class={row.online === 0 && row.closed < row.terminals ? 'contact-offline' : ''} href={`/terminals?store=${encodeURIComponent(row.store)}`}>{f('online-of', { online: row.online, all: row.terminals })}</a>{row.silent > 0 && <> · <span class="mark contact-offline"><span aria-hidden="true">○</span> {f('silent-count', { n: row.silent })}</span></>}{row.closed > 0 && <> · <ContactMark is="closed" /></>}</>,
  },
  { name: t('incidents'), show: (row) => (row.openIncidents === 0 ? '0' : <>{row.openIncidents} {row.worst && <SeverityMark is={row.worst} />}</>) },
  { name: f('cost'), number: true, show: (row) => costInWords(row.cost) },
]

/** The list of stores, those that lose most money first; its filters are in the address. */
export const StoresPage = () => {
  useTitle(f('stores'))
  const { query } = place.value
  const asking = new URLSearchParams()
  for (const name of ['q', 'region', 'cursor']) {
    const value = query.get(name)
    if (value) asking.set(name, value)
  }
  const asked = useAsked<{ rows: StoreRow[]; next?: string }>(`/api/stores?${asking}`, ['terminals', 'incidents'])
  const facets = useAsked<TerminalFacets>('/api/terminal-facets', [])
  return (
    <>
      <h1 class="sr">{f('stores')}</h1>
      <FleetTabs at="stores" />
      <div class="filters fleet-filters">
        <Search label={f('search-stores')} value={query.get('q') ?? ''} onSearch={(q) => go(withQuery({ q, cursor: '' }), 'replace')} />
        <FacetField name="region" facets={facets} />
      </div>
      <Shown asked={asked}>
        {({ rows, next }) => (
          <>
            {rows.length === 0
              ? <p class="empty">{asking.size > 0 ? t('no-match') : f('no-stores')}</p>
              : <div class="card table"><Table label={f('stores')} columns={columns()} rows={rows} keyOf={(row) => row.store} /></div>}
            <Pages next={next} />
          </>
        )}
      </Shown>
    </>
  )
}
