import type { BootOutcome, BootRow } from '../../../model/fleet.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { READINESS_SIGN, SeverityMark } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { place, storePath, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, shared, t } from '../words.ts'
import { FleetTabs } from './frame.tsx'
import { f } from './words.ts'

const OUTCOMES: readonly BootOutcome[] = ['blocked', 'degraded', 'unknown']
const DAYS = [1, 7] as const
const MOST = 200

const columns = (): Column<BootRow>[] => [
  { name: t('terminal'), lead: true, show: (row) => <a href={`/terminals/${row.terminalId}`}>{row.terminalId}</a> },
  { name: t('store'), show: (row) => row.store && <a href={storePath(row.store)}>{row.store}</a> },
  { name: f('region'), show: (row) => row.region },
  { name: t('made_at'), show: (row) => <a href={`/reports/${row.terminalId}/${row.report}`}><Ago at={row.at} /></a> },
  { name: t('outcome'), show: (row) => <span class={`chip is-${row.is}`}><span aria-hidden="true">{READINESS_SIGN[row.is]}</span> {shared(`readiness.${row.is}`)}</span> },
  { name: t('fault'), show: (row) => row.found.map(({ fault, device, severity, title }) => <span key={`${fault} ${device}`} class="block">{inWords(title)} <small>{device}</small> <SeverityMark is={severity} /></span>) },
]

/** Checks at the start of a terminal after which it was not ready; what they are narrowed to is in the address. */
export const BootChecksPage = () => {
  useTitle(f('boot-checks'))
  const { query } = place.value
  const days = query.get('days') === '7' ? 7 : 1
  const is = OUTCOMES.find((o) => o === query.get('is'))
  const asked = useAsked<{ rows: BootRow[] }>(`/api/boot-checks?days=${days}${is ? `&is=${is}` : ''}`, ['reports'])
  return (
    <>
      <h1 class="sr">{f('boot-checks')}</h1>
      <FleetTabs at="boot-checks" />
      <div class="filters">
        <nav class="tabs" aria-label={f('boot-days')}>{DAYS.map((d) => <a key={d} class="tab" href={withQuery({ days: String(d) })} aria-current={d === days ? 'page' : undefined}>{f(d === 1 ? 'boot-day' : 'boot-week')}</a>)}</nav>
        <nav class="tabs" aria-label={t('outcome')}>
          <a class="tab" href={withQuery({ is: '' })} aria-current={is === undefined ? 'page' : undefined}>{f('boot-failed')}</a>
          {OUTCOMES.map((o) => <a key={o} class="tab" href={withQuery({ is: o })} aria-current={o === is ? 'page' : undefined}>{shared(`readiness.${o}`)}</a>)}
        </nav>
      </div>
      <Shown asked={asked}>
        {({ rows }) => rows.length === 0 ? <p class="empty">✓ {f('boot-none')}</p> : (
          <>
            {rows.length === MOST && <p class="hint">{f('boot-most', { n: MOST })}</p>}
            <div class="card table"><Table label={f('boot-checks')} columns={columns()} rows={rows} keyOf={(row) => row.report} /></div>
          </>
        )}
      </Shown>
    </>
  )
}
