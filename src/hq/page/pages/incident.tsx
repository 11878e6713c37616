import type { Verdict } from '../../../model/diagnosis.ts'
import type { IncidentDetail, ReportRow, StoredReport } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { DecisionCard } from '../parts/beside.tsx'
import { FaultCard, NearMiss } from '../parts/fault.tsx'
import { ReadinessChips, SeverityMark } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { inWords, lasting, t, wordFor } from '../words.ts'

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
      <DecisionCard card={report.check.card} />
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

const Content = ({ detail }: { detail: IncidentDetail }) => {
  const { incident, verdict, reports } = detail
  return (
    <>
      <div class="title">
        <h1>{inWords(incident.title)}</h1>
        <SeverityMark is={incident.severity} />
        <span class={`chip is-${incident.closedAt === undefined ? 'blocked' : 'ready'}`}>{t(incident.closedAt === undefined ? 'state.open' : 'state.closed')}</span>
        {incident.regression && <span class="mark severity-degraded">↺ {t('regression')}</span>}
      </div>
      <dl class="facts">
        <div><dt>{t('terminal')}</dt><dd><a href={`/terminals/${incident.terminalId}`}>{incident.terminalId}</a> {incident.store}</dd></div>
        <div><dt>{t('device')}</dt><dd>{incident.device}</dd></div>
        <div><dt>{t('since')}</dt><dd><Ago at={incident.openedAt} /></dd></div>
        <div><dt>{t('duration')}</dt><dd>{lasting((incident.closedAt ?? now.value) - incident.openedAt)}</dd></div>
        <div><dt>{t('count')}</dt><dd>{incident.count}</dd></div>
        <div><dt>{t('elsewhere')}</dt><dd><a href={`/incidents?fault=${encodeURIComponent(incident.fault)}`}>{incident.fault}</a></dd></div>
      </dl>
      {verdict && <><h2>{t('diagnosis')}</h2><Told detail={detail} verdict={verdict} /></>}
      <section class="card">
        <h2>{t('reports-since')}</h2>
        {reports.length === 0 ? <p class="empty">{t('none')}</p> : <Table label={t('reports-since')} columns={columns(incident.fault, incident.device)} rows={reports} keyOf={(r) => r.id} />}
      </section>
    </>
  )
}

/** One fault on one device over time. */
export const IncidentPage = ({ id }: { id: string }) => {
  const asked = useAsked<IncidentDetail>(`/api/incidents/${id}`, ['incidents'])
  useTitle(...(asked.state === 'here' ? [inWords(asked.value.incident.title), asked.value.incident.terminalId] : [t('incidents')]))
  return <Shown asked={asked}>{(detail) => <Content detail={detail} />}</Shown>
}
