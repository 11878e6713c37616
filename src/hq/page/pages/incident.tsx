import type { IncidentDetail } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { FaultCard } from '../parts/fault.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { inWords, lasting, t } from '../words.ts'

const Content = ({ detail }: { detail: IncidentDetail }) => {
  const { incident, fault, verdict, reports } = detail
  return (
    <>
      <div class="title">
        <h1>{inWords(incident.title)}</h1>
        <SeverityMark is={incident.severity} />
        <span class="mark">{t(incident.closedAt === undefined ? 'state.open' : 'state.closed')}</span>
      </div>
      <dl class="facts">
        <div><dt>{t('terminal')}</dt><dd><a href={`/terminals/${incident.terminalId}`}>{incident.terminalId}</a> {incident.store ?? ''}</dd></div>
        <div><dt>{t('device')}</dt><dd>{incident.device}</dd></div>
        <div><dt>{t('since')}</dt><dd><Ago at={incident.openedAt} /></dd></div>
        <div><dt>{t('duration')}</dt><dd>{lasting((incident.closedAt ?? Date.now()) - incident.openedAt)}</dd></div>
        <div><dt>{t('count')}</dt><dd>{incident.count}</dd></div>
      </dl>
      {verdict && <FaultCard verdict={verdict} fault={fault} symptoms={[]} observations={[]} />}
      <section class="card">
        <h2>{t('reports')}</h2>
        <ul class="rows">{reports.map((r) => <li key={r.id}><a href={`/reports/${r.terminalId}/${r.id}`}>{t('report-number', { n: r.sequence })}</a> <Ago at={r.at} /></li>)}</ul>
      </section>
    </>
  )
}

/** One fault on one device over time. */
export const IncidentPage = ({ id }: { id: string }) => {
  const asked = useAsked<IncidentDetail>(`/api/incidents/${id}`, ['incidents'])
  return <Shown asked={asked}>{(detail) => <Content detail={detail} />}</Shown>
}
