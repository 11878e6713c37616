import type { IncidentRow, Overview, TerminalRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { HourBars, ShareBar } from '../parts/bars.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { CONTACTS, ContactMark, ReadinessChips, SEVERITIES, SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { inWords, shared, t } from '../words.ts'

const TONES = { online: 'good', stale: 'warn', offline: 'bad', never: 'none', ready: 'good', degraded: 'warn', blocked: 'bad', unknown: 'none' } as const
const STATES = ['ready', 'degraded', 'blocked', 'unknown'] as const

const said = (overview: Overview): { is: (typeof STATES)[number]; sign: string; text: string } => {
  const most = (state: (typeof STATES)[number]): number => Math.max(0, ...Object.values(overview.tenders).map((states) => states?.[state] ?? 0))
  const all = Object.values(overview.terminals).reduce((sum, n) => sum + n, 0)
  if (all === 0) return { is: 'unknown', sign: '', text: t('no-terminals') }
  if (most('blocked') > 0) return { is: 'blocked', sign: '✕ ', text: t('cannot-pay', { n: overview.blocked.length < 20 ? overview.blocked.length : '≥ 20' }) }
  if (most('degraded') > 0) return { is: 'degraded', sign: '! ', text: t('can-pay-degraded', { n: most('degraded') }) }
  if (most('unknown') > 0 || most('ready') === 0) return { is: 'unknown', sign: '? ', text: t('cannot-tell', { n: Math.max(most('unknown'), overview.terminals.never ?? 0) }) }
  return { is: 'ready', sign: '✓ ', text: t('can-all-pay') }
}

const Headline = ({ overview }: { overview: Overview }) => {
  const { is, sign, text } = said(overview)
  const quiet = overview.terminals.offline ?? 0
  return (
    <p class={`headline is-${is}`}>
      <span aria-hidden="true">{sign}</span>{text}{quiet > 0 && <small><a href="/terminals?contact=offline">{t('quiet', { n: quiet })}</a></small>}
    </p>
  )
}

const Blocked = ({ rows }: { rows: readonly TerminalRow[] }) => (
  <section class="card" aria-labelledby="worst">
    <h2 id="worst">{t('blocked-terminals')}</h2>
    <ul class="rows">
      {rows.map((row) => (
        <li key={row.terminal.id}>
          <a class="lead" href={`/terminals/${row.terminal.id}`}>{row.terminal.id}</a>
          <span>{row.terminal.store}</span>
          <ReadinessChips readiness={row.readiness} />
          <ContactMark is={row.contact} />
          {row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} />}
        </li>
      ))}
    </ul>
  </section>
)

const Terminals = ({ overview }: { overview: Overview }) => (
  <section class="card">
    <h2><a class="bare" href="/terminals">{t('terminals')}</a></h2>
    <ShareBar parts={CONTACTS.map((c) => ({ name: t(`contact.${c}`), count: overview.terminals[c] ?? 0, tone: TONES[c], href: `/terminals?contact=${c}` }))} />
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

const Incidents = ({ overview }: { overview: Overview }) => (
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
    <HourBars hours={overview.openedPerHour} />
  </section>
)

const TopFaults = ({ faults }: { faults: Overview['topFaults'] }) => (
  <section class="card wide">
    <h2>{t('top-faults')}</h2>
    <ol class="top">
      {faults.map((f) => (
        <li key={f.fault}><a href={`/incidents?fault=${encodeURIComponent(f.fault)}`}>{inWords(f.title)}</a> <SeverityMark is={f.severity} /> <span>{t('on-terminals', { n: f.terminals })}</span></li>
      ))}
    </ol>
  </section>
)

const Worst = () => {
  const asked = useAsked<{ rows: IncidentRow[]; next?: string }>('/api/incidents?state=open&limit=8', ['incidents'])
  return (
    <section class="card wide" aria-labelledby="open">
      <h2 id="open"><a class="bare" href="/incidents">{t('worst-first')}</a></h2>
      <Shown asked={asked}>{({ rows }) => rows.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={rows} />}</Shown>
    </section>
  )
}

/** The first screen: who cannot take money, and what is going on. */
export const OverviewPage = () => {
  useTitle(t('overview'))
  const asked = useAsked<Overview>('/api/overview', ['terminals', 'reports', 'incidents'])
  return (
    <>
      <h1 class="sr">{t('overview')}</h1>
      <Shown asked={asked}>
        {(overview) => (
          <>
            <Headline overview={overview} />
            {overview.blocked.length > 0 && <Blocked rows={overview.blocked} />}
            <div class="cards">
              <Terminals overview={overview} />
              <Incidents overview={overview} />
              <Worst />
              {overview.topFaults.length > 0 && <TopFaults faults={overview.topFaults} />}
            </div>
          </>
        )}
      </Shown>
    </>
  )
}
