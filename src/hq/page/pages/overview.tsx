import type { Overview } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { HourBars, ShareBar } from '../parts/bars.tsx'
import { CONTACTS, ContactMark, ReadinessChips, SEVERITIES, SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { inWords, shared, t } from '../words.ts'

const TONES = { online: 'good', stale: 'warn', offline: 'bad', never: 'none', ready: 'good', degraded: 'warn', blocked: 'bad', unknown: 'none' } as const

const Headline = ({ overview }: { overview: Overview }) => {
  const terminals = Object.values(overview.terminals).reduce((sum, n) => sum + n, 0)
  if (terminals === 0) return <p class="headline is-unknown">{t('no-terminals')}</p>
  const blocked = overview.blocked.length
  if (blocked > 0) return <p class="headline is-blocked"><span aria-hidden="true">✕ </span>{t('cannot-pay', { n: blocked })}</p>
  const degraded = Math.max(0, ...Object.values(overview.tenders).map((states) => states?.degraded ?? 0))
  if (degraded > 0) return <p class="headline is-degraded"><span aria-hidden="true">! </span>{t('can-pay-degraded', { n: degraded })}</p>
  return <p class="headline is-ready"><span aria-hidden="true">✓ </span>{t('can-all-pay')}</p>
}

const Blocked = ({ overview }: { overview: Overview }) => (
  <section class="card wide" aria-labelledby="worst">
    <h2 id="worst">{t('worst-first')}</h2>
    {overview.blocked.length === 0 ? <p class="empty">{t('none')}</p> : (
      <ul class="rows">
        {overview.blocked.map((row) => (
          <li key={row.terminal.id}>
            <a href={`/terminals/${row.terminal.id}`}><b>{row.terminal.id}</b> {row.terminal.store ?? ''}</a>
            <ReadinessChips readiness={row.readiness} />
            <ContactMark is={row.contact} />
            {row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} />}
          </li>
        ))}
      </ul>
    )}
  </section>
)

const Content = ({ overview }: { overview: Overview }) => (
  <>
    <h1 class="sr">{t('overview')}</h1>
    <Headline overview={overview} />
    <div class="cards">
      <section class="card">
        <h2>{t('terminals')}</h2>
        <ShareBar parts={CONTACTS.map((c) => ({ name: t(`contact.${c}`), count: overview.terminals[c] ?? 0, tone: TONES[c] }))} />
      </section>
      <section class="card">
        <h2><a href="/incidents">{t('open-incidents')}</a></h2>
        <ul class="figures">
          {SEVERITIES.map((s) => <li key={s}><a href={`/incidents?severity=${s}`}><b>{overview.incidents[s] ?? 0}</b> <SeverityMark is={s} /></a></li>)}
        </ul>
      </section>
      <section class="card">
        <h2>{t('last-24h')}</h2>
        <ul class="figures">
          <li><b>{overview.opened24h}</b> {t('opened')}</li>
          <li><b>{overview.closed24h}</b> {t('closed')}</li>
          <li><b>{overview.reports24h}</b> {t('reports')}</li>
        </ul>
      </section>
      <section class="card">
        <h2>{t('opened-per-hour')}</h2>
        <HourBars hours={overview.openedPerHour} />
      </section>
      <Blocked overview={overview} />
      <section class="card half">
        <h2>{t('tenders')}</h2>
        {Object.entries(overview.tenders).map(([tender, states]) => (
          <div key={tender} class="tender">
            <h3>{shared(`tender.${tender}` as Parameters<typeof shared>[0])}</h3>
            <ShareBar parts={(['ready', 'degraded', 'blocked', 'unknown'] as const).filter((s) => (states?.[s] ?? 0) > 0).map((s) => ({ name: shared(`readiness.${s}`), count: states?.[s] ?? 0, tone: TONES[s] }))} />
          </div>
        ))}
      </section>
      <section class="card half">
        <h2>{t('top-faults')}</h2>
        {overview.topFaults.length === 0 ? <p class="empty">{t('no-incidents')}</p> : (
          <ol class="top">
            {overview.topFaults.map((f) => (
              <li key={f.fault}><a href={`/incidents?fault=${f.fault}`}>{inWords(f.title)}</a> <SeverityMark is={f.severity} /> <b>{f.terminals}</b></li>
            ))}
          </ol>
        )}
      </section>
    </div>
  </>
)

/** The first screen: who cannot take money, and what is going on. */
export const OverviewPage = () => {
  const asked = useAsked<Overview>('/api/overview', ['terminals', 'reports', 'incidents'])
  return <Shown asked={asked}>{(overview) => <Content overview={overview} />}</Shown>
}
