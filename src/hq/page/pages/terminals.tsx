import type { TerminalRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { CONTACTS, ContactMark, ReadinessChips, SeverityMark } from '../parts/marks.tsx'
import { Pages } from '../parts/pages.tsx'
import { Search } from '../parts/search.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { go, place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { placeInWords, t } from '../words.ts'

const Incidents = ({ row }: { row: TerminalRow }) =>
  row.openIncidents === 0 ? <>0</> : <a href={`/incidents?terminal=${row.terminal.id}`}>{row.openIncidents} {row.worst && <SeverityMark is={row.worst} />}</a>

const columns = (): Column<TerminalRow>[] => [
  { name: t('terminal'), lead: true, show: (row) => <a href={`/terminals/${row.terminal.id}`}>{row.terminal.id}</a> },
  { name: t('store'), show: (row) => placeInWords(row.terminal) },
  { name: t('contact'), show: (row) => <ContactMark is={row.contact} /> },
  { name: t('readiness'), show: (row) => <ReadinessChips readiness={row.readiness} /> },
  { name: t('incidents'), show: (row) => <Incidents row={row} /> },
  { name: t('last-seen'), show: (row) => row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} /> },
  { name: t('version'), show: (row) => row.agentVersion },
]

const FILTERS = ['q', 'contact', 'cursor'] as const

/** The list of terminals; its filters are in the address. */
export const TerminalsPage = () => {
  useTitle(t('terminals'))
  const { query } = place.value
  const asking = new URLSearchParams()
  for (const name of FILTERS) {
    const value = query.get(name)
    if (value) asking.set(name, value)
  }
  const asked = useAsked<{ rows: TerminalRow[]; next?: string }>(`/api/terminals?${asking}`, ['terminals', 'reports'])
  return (
    <>
      <h1>{t('terminals')}</h1>
      <div class="filters">
        <Search label={t('search')} value={query.get('q') ?? ''} onSearch={(q) => go(withQuery({ q, cursor: '' }), 'replace')} />
        <label>{t('contact')} <select value={query.get('contact') ?? ''} onChange={(e) => go(withQuery({ contact: e.currentTarget.value, cursor: '' }), 'replace')}>
          <option value="">{t('all')}</option>
          {CONTACTS.map((c) => <option key={c} value={c}>{t(`contact.${c}`)}</option>)}
        </select></label>
      </div>
      <Shown asked={asked}>
        {({ rows, next }) => (
          <>
            {rows.length === 0
              ? <p class="empty">{t(asking.size > 0 ? 'no-match' : 'no-terminals')}</p>
              : <div class="card table"><Table label={t('terminals')} columns={columns()} rows={rows} keyOf={(row) => row.terminal.id} /></div>}
            <Pages next={next} />
          </>
        )}
      </Shown>
    </>
  )
}
