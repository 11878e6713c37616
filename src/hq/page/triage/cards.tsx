import type { Overview } from '../../../model/wire.ts'
import { ShareBar } from '../parts/bars.tsx'
import { CONTACTS, SEVERITIES, SeverityMark } from '../parts/marks.tsx'
import { lasting, shared, t, timeOfDay } from '../words.ts'
import { Chart } from './chart.tsx'
import { a } from './words.ts'

const TONES = { online: 'good', stale: 'warn', offline: 'bad', closed: 'none', never: 'none', ready: 'good', degraded: 'warn', blocked: 'bad', unknown: 'none' } as const
const STATES = ['ready', 'degraded', 'blocked', 'unknown'] as const
const HOUR = 3_600_000

const said = (overview: Overview): { is: (typeof STATES)[number]; sign: string; text: string } => {
  const most = (state: (typeof STATES)[number]): number => Math.max(0, ...Object.values(overview.tenders).map((states) => states?.[state] ?? 0))
  const all = Object.values(overview.terminals).reduce((sum, n) => sum + n, 0)
  if (all === 0) return { is: 'unknown', sign: '', text: t('no-terminals') }
  if (most('blocked') > 0) return { is: 'blocked', sign: '✕ ', text: t('cannot-pay', { n: overview.blocked.length < 20 ? overview.blocked.length : `≥ ${most('blocked')}` }) }
  if (most('degraded') > 0) return { is: 'degraded', sign: '! ', text: t('can-pay-degraded', { n: most('degraded') }) }
  if (most('unknown') > 0 || most('ready') === 0) return { is: 'unknown', sign: '? ', text: t('cannot-tell', { n: Math.max(most('unknown'), overview.terminals.never ?? 0) }) }
  return { is: 'ready', sign: '✓ ', text: t('can-all-pay') }
}

/** The one sentence of the fleet: who cannot take money. */
export const Headline = ({ overview }: { overview: Overview }) => {
  const { is, sign, text } = said(overview)
  const quiet = overview.terminals.offline ?? 0
  return (
    <p class={`headline is-${is}`}>
      <span aria-hidden="true">{sign}</span>{text}{quiet > 0 && <small><a href="/absences">{t('quiet', { n: quiet })}</a></small>}
    </p>
  )
}

/** How terminals are heard of, and by what means they can take money. */
export const TerminalsCard = ({ overview }: { overview: Overview }) => (
  <section class="card">
    <h2><a class="bare" href="/terminals">{t('terminals')}</a></h2>
    <ShareBar parts={CONTACTS.map((c) => ({ name: t(`contact.${c}`), count: overview.terminals[c] ?? 0, tone: TONES[c], href: `/terminals?contact=${c}` }))} />
    {overview.inRepair > 0 && <p class="hint"><a href="/incidents?care=silenced">{a('in-repair-now')} <b>{overview.inRepair}</b></a></p>}
    <h3 class="part">{t('tenders')}</h3>
    {Object.keys(overview.tenders).length === 0 && <p class="empty">{t('never-checked')}</p>}
    {Object.entries(overview.tenders).map(([tender, states]) => (
      <div key={tender} class="tender">
        <span>{shared(`tender.${tender}` as Parameters<typeof shared>[0])}</span>
        <ShareBar parts={STATES.filter((s) => (states?.[s] ?? 0) > 0).map((s) => ({ name: shared(`readiness.${s}`), count: states?.[s] ?? 0, tone: TONES[s] }))} />
      </div>
    ))}
  </section>
)

/** How many incidents are open, and how it went in the last 24 hours. */
export const IncidentsCard = ({ overview }: { overview: Overview }) => (
  <section class="card">
    <h2><a class="bare" href="/incidents">{t('open-incidents')}</a></h2>
    <ul class="figures">
      {SEVERITIES.map((s) => <li key={s}><a class="bare" href={`/incidents?severity=${s}`}><b>{overview.incidents[s] ?? 0}</b> <SeverityMark is={s} /></a></li>)}
    </ul>
    <h3 class="part">{t('last-24h')}</h3>
    <ul class="figures">
      <li><b>{overview.opened24h}</b> <span>{t('opened')}</span></li>
      <li><b>{overview.closed24h}</b> <span>{t('closed')}</span></li>
      <li><b>{overview.reports24h}</b> <span>{t('reports')}</span></li>
    </ul>
    {overview.meanOpenMs !== undefined && <p class="hint">{a('mean-open')}{a('colon')}<b>{lasting(overview.meanOpenMs)}</b></p>}
  </section>
)

/** Incidents opened and closed over the last 24 hours. */
export const OverTime = ({ overview }: { overview: Overview }) => (
  <section class="card">
    <h2>{a('over-time')}</h2>
    <Chart
      label={a('over-time')} timeName={a('hour')} timeText={timeOfDay} stepMs={HOUR} times={overview.openedPerHour.map((h) => h.at)}
      series={[
        { name: a('opened'), tone: 'accent', kind: 'bars', values: overview.openedPerHour.map((h) => h.count) },
        { name: a('closed'), tone: 'good', kind: 'line', values: overview.closedPerHour.map((h) => h.count) },
      ]}
    />
  </section>
)
