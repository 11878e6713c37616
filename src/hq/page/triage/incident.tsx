import './style.css'
import { useState } from 'preact/hooks'
import type { Verdict } from '../../../model/diagnosis.ts'
import type { VisitRow } from '../../../model/triage.ts'
import type { IncidentDetail, IncidentRow, ReportRow, StoredReport } from '../../../model/wire.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { mayAs, me } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { DecisionCard } from '../parts/beside.tsx'
import { FaultCard, NearMiss } from '../parts/fault.tsx'
import { ReadinessChips, SeverityMark } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { storePath } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, language, lasting, shared, t, wordFor } from '../words.ts'
import { Activity, type Event } from './activity.tsx'
import { CareForm, Silenced } from './care.tsx'
import { caredBy } from './queue.tsx'
import { a, costWords, troubleHere } from './words.ts'

/** The verdict with what the latest report says around it; without that report, as it may have been deleted by age, with ids alone. */
const Told = ({ detail, verdict }: { detail: IncidentDetail; verdict: Verdict }) => {
  const { incident, fault } = detail
  const asked = useAsked<StoredReport>(`/api/reports/${incident.terminalId}/${incident.report}`, [], { once: true })
  const report = asked.state === 'here' ? asked.value.report : undefined
  const faults = [...(report?.faults ?? []), ...(fault ? [fault] : [])]
  if (!report) return <FaultCard verdict={verdict} known={{ symptoms: [], observations: [], diagnosis: { verdicts: [], unexplained: [], healthy: 0 }, startedAt: now.value, faults }} />
  const known = { ...report.check, faults }
  return (
    <>
      <DecisionCard check={report.check} />
      <FaultCard verdict={verdict} known={known} />
      <NearMiss known={known} winner={incident} />
    </>
  )
}

const columns = (fault: string, device: string): Column<ReportRow>[] => [
  { name: t('report'), lead: true, show: (r) => <a href={`/reports/${r.terminalId}/${r.id}`}>{t('report-number', { n: r.sequence })}</a> },
  { name: t('made'), show: (r) => <Ago at={r.at} /> },
  { name: t('trigger'), show: (r) => wordFor('trigger', r.trigger) },
  { name: t('found-it'), show: (r) => t(r.found.some((f) => f.fault === fault && f.device === device) ? 'yes' : 'no') },
  { name: t('readiness'), show: (r) => <ReadinessChips readiness={r.readiness} /> },
]

const CopyLink = () => {
  const [copied, setCopied] = useState(false)
  // Browsers let nobody at the clipboard over plain HTTP.
  if (!isSecureContext) return null
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.href)
    setCopied(true)
  }
  return <button type="button" onClick={copy}>{copied ? t('copied') : a('copy-link')}</button>
}

const Visit = ({ incident, done }: { incident: IncidentRow; done: () => void }) => {
  const [failed, setFailed] = useState<Failed>()
  if (incident.visit) return <a class="button" href={`/api/visits/${incident.visit}/work-order?lang=${language.value}`} target="_blank" rel="noreferrer">{a('work-order')}</a>
  if (incident.closedAt !== undefined || !incident.store || !mayAs('technician')) return null
  const plan = async (): Promise<void> => {
    const answer = await send<VisitRow>('POST', '/api/visits', { store: incident.store, incidents: [incident.id] })
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'here') done()
  }
  return <><button type="button" onClick={plan}>{a('plan-visit')}</button>{failed && <span class="failed" role="alert">{troubleHere(failed)}</span>}</>
}

const Facts = ({ incident }: { incident: IncidentRow }) => {
  const cost = incident.cost && costWords(incident.cost)
  const care = caredBy(incident.care)
  return (
    <dl class="facts">
      <div><dt>{t('terminal')}</dt><dd><a href={`/terminals/${incident.terminalId}`}>{incident.terminalId}</a></dd></div>
      {incident.store && <div><dt>{t('store')}</dt><dd><a href={storePath(incident.store)}>{incident.store}</a> {incident.region}</dd></div>}
      <div><dt>{t('device')}</dt><dd>{incident.device}{incident.model && ` · ${incident.model}`}</dd></div>
      <div><dt>{t('since')}</dt><dd><Ago at={incident.openedAt} /></dd></div>
      <div><dt>{t('duration')}</dt><dd>{lasting((incident.closedAt ?? now.value) - incident.openedAt)}</dd></div>
      <div><dt>{t('count')}</dt><dd>{incident.count}</dd></div>
      {cost && <div><dt>{a('cost')}</dt><dd title={a('cost-why')}><b>{cost.lost}</b> {cost.perHour}<small class="line">{a('cost-moves')}</small></dd></div>}
      {incident.actor && <div><dt>{a('who-goes')}</dt><dd>{shared(`actor.${incident.actor}`)}</dd></div>}
      {care && <div><dt>{a('care')}</dt><dd>{care}</dd></div>}
      {incident.outbreak && me.value?.scope === undefined && <div><dt>{a('facet.outbreak')}</dt><dd><a href={`/outbreaks/${incident.outbreak}`}>{a('of-outbreak')}</a></dd></div>}
      {incident.absence && <div><dt>{a('section.absences')}</dt><dd><a href={`/absences/${incident.absence}`}>{a('explains-absence')}</a></dd></div>}
      {incident.previous && <div><dt>{t('regression')}</dt><dd><a href={`/incidents/${incident.previous}`}>{a('previous')}</a></dd></div>}
    </dl>
  )
}

const MOST = 6

const Elsewhere = ({ incident }: { incident: IncidentRow }) => {
  const asked = useAsked<{ rows: IncidentRow[]; next?: string }>(`/api/incidents?fault=${encodeURIComponent(incident.fault)}&limit=${MOST}`, ['incidents'])
  return (
    <section class="card" aria-labelledby="elsewhere">
      <h2 id="elsewhere">{a('elsewhere')} {me.value?.scope === undefined && <small><a href={`/issues/${encodeURIComponent(incident.fault)}`}>{a('elsewhere-all')} {incident.fault}</a></small>}</h2>
      <Shown asked={asked}>
        {({ rows }) => {
          const others = rows.filter((row) => row.id !== incident.id)
          return others.length === 0 ? <p class="empty">{a('elsewhere-none')}</p> : (
            <ul class="rows">{others.map((row) => <li key={row.id}><a class="lead" href={`/incidents/${row.id}`}>{row.terminalId}</a> <span>{row.store}</span> <small><Ago at={row.openedAt} /></small></li>)}</ul>
          )
        }}
      </Shown>
    </section>
  )
}

const eventsOf = (incident: IncidentRow): Event[] => [
  { at: incident.openedAt, what: 'did.opened' },
  ...(incident.closedAt === undefined ? [] : [{ at: incident.closedAt, what: 'did.closed' as const, ...(incident.resolvedBy && { detail: a(`closed-by.${incident.resolvedBy}`) }) }]),
]

const Content = ({ detail, done }: { detail: IncidentDetail; done: () => void }) => {
  const { incident, verdict, reports } = detail
  const open = incident.closedAt === undefined
  return (
    <>
      <div class="title">
        <h1>{inWords(incident.title)}</h1>
        <SeverityMark is={incident.severity} />
        <span class={`chip is-${open ? 'blocked' : 'ready'}`}>{t(open ? 'state.open' : 'state.closed')}</span>
        {incident.regression && <span class="mark severity-degraded">↺ {t('regression')}</span>}
        <Silenced care={incident.care} />
      </div>
      <Facts incident={incident} />
      <div class="detail-actions">
        {open && <CareForm incidents={[incident.id]} care={incident.care} done={done} />}
        <Visit incident={incident} done={done} />
        <CopyLink />
      </div>
      <h2>{t('diagnosis')}</h2>
      {verdict ? <Told detail={detail} verdict={verdict} /> : <p class="empty">{a('verdict-gone')}</p>}
      <div class="cards">
        <Activity history={detail.history} events={eventsOf(incident)} />
        <Elsewhere incident={incident} />
      </div>
      <section class="card">
        <h2>{t('reports-since')}</h2>
        {reports.length === 0 ? <p class="empty">{t('none')}</p> : <Table label={t('reports-since')} columns={columns(incident.fault, incident.device)} rows={reports} keyOf={(r) => r.id} />}
      </section>
    </>
  )
}

/** One fault on one device over time. */
export const IncidentPage = ({ id }: { id: string }) => {
  const [round, setRound] = useState(0)
  const asked = useAsked<IncidentDetail>(`/api/incidents/${id}`, ['incidents'], { round })
  useTitle(...(asked.state === 'here' ? [inWords(asked.value.incident.title), asked.value.incident.terminalId] : [t('incidents')]))
  return <Shown asked={asked}>{(detail) => <Content detail={detail} done={() => setRound(round + 1)} />}</Shown>
}
