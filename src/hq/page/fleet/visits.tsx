import type { VisitRow } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { FleetTabs } from './frame.tsx'
import { VISIT_STATES, VisitTable } from './visit-table.tsx'
import { f } from './words.ts'

/** The list of visits, newest first; which ones is in the address. */
export const VisitsPage = () => {
  useTitle(f('visits'))
  const state = VISIT_STATES.find((s) => s === place.value.query.get('state'))
  const asked = useAsked<{ rows: VisitRow[] }>(`/api/visits?limit=200${state ? `&state=${state}` : ''}`, ['incidents'])
  return (
    <>
      <h1 class="sr">{f('visits')}</h1>
      <FleetTabs at="visits" />
      <div class="filters">
        <div class="tabs">
          {[undefined, ...VISIT_STATES].map((s) => <a key={s ?? 'all'} class="tab" href={withQuery({ state: s ?? '' })} aria-current={state === s ? 'true' : undefined}>{s === undefined ? t('all') : f(`visit.${s}`)}</a>)}
        </div>
      </div>
      <p class="hint">{f('visits-hint')}</p>
      <Shown asked={asked}>
        {({ rows }) => (rows.length === 0 ? <p class="empty">{state ? t('no-match') : f('no-visits')}</p> : <div class="card table"><VisitTable rows={rows} /></div>)}
      </Shown>
    </>
  )
}
