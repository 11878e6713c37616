import type { IncidentRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { SEVERITIES } from '../parts/marks.tsx'
import { Pages } from '../parts/pages.tsx'
import { go, place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { shared, t } from '../words.ts'

const FILTERS = ['state', 'severity', 'fault', 'terminal', 'cursor'] as const
const REMOVABLE = ['fault', 'terminal'] as const

const Filters = () => {
  const { query } = place.value
  const state = query.get('state') ?? 'open'
  return (
    <div class="filters">
      <div class="tabs">
        {(['open', 'closed'] as const).map((s) => <a key={s} class="tab" href={withQuery({ state: s, cursor: '' })} aria-current={state === s ? 'true' : undefined}>{t(`state.${s}`)}</a>)}
      </div>
      <label>{t('severity')} <select value={query.get('severity') ?? ''} onChange={(e) => go(withQuery({ severity: e.currentTarget.value, cursor: '' }), 'replace')}>
        <option value="">{t('all')}</option>
        {SEVERITIES.map((s) => <option key={s} value={s}>{shared(`severity.${s}`)}</option>)}
      </select></label>
      {REMOVABLE.map((name) => {
        const value = query.get(name)
        return value && <a key={name} class="chip" href={withQuery({ [name]: '', cursor: '' })} aria-label={t('filter-off', { name: t(name), value })}>{t(name)}: {value} <span aria-hidden="true">✕</span></a>
      })}
    </div>
  )
}

/** The list of incidents; its filters are in the address. */
export const IncidentsPage = () => {
  useTitle(t('incidents'))
  const { query } = place.value
  const asking = new URLSearchParams({ state: 'open' })
  for (const name of FILTERS) {
    const value = query.get(name)
    if (value) asking.set(name, value)
  }
  const asked = useAsked<{ rows: IncidentRow[]; next?: string }>(`/api/incidents?${asking}`, ['incidents'])
  const narrowed = FILTERS.some((name) => name !== 'state' && query.get(name))
  return (
    <>
      <h1>{t('incidents')}</h1>
      <Filters />
      <Shown asked={asked}>
        {({ rows, next }) => (
          <>
            {rows.length === 0 ? <p class="empty">{t(narrowed ? 'no-match' : 'no-incidents')}</p> : <div class="card table"><IncidentTable rows={rows} /></div>}
            <Pages next={next} />
          </>
        )}
      </Shown>
    </>
  )
}
