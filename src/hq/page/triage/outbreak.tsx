import './style.css'
import type { OutbreakDetail, OutbreakRow } from '../../../model/triage.ts'
import type { IncidentRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { inWords, lasting, number, t } from '../words.ts'
import { AbsenceTable } from './absences.tsx'
import { Activity, type Event } from './activity.tsx'
import { ABSENT, a, costWords, factorInWords, troubleHere } from './words.ts'

const Why = ({ outbreak }: { outbreak: OutbreakRow }) => (
  <section class="card" aria-labelledby="why-common">
    <h2 id="why-common">{a('why-common')}</h2>
    <p class="common">{a('common')}{a('colon')}<b>{outbreak.factor === 'configuration' ? <a href={`/rollouts/${encodeURIComponent(outbreak.value)}`}>{factorInWords(outbreak)}</a> : factorInWords(outbreak)}</b></p>
    <ul class="plain">
      <li>{a('why.seen', { window: lasting(outbreak.windowMs), stores: outbreak.stores, expected: number(outbreak.expected, outbreak.expected < 1 ? 2 : 0) })}</li>
      {outbreak.factor !== 'fleet' && <li>{a('why.among', { among: outbreak.among, terminals: outbreak.terminals })}</li>}
      <li>{a('why.chance')} 10<sup>{number(Math.ceil(outbreak.log10p)).replace('-', '−')}</sup></li>
    </ul>
  </section>
)

const Members = ({ outbreak }: { outbreak: OutbreakRow }) => {
  const query = `outbreak=${outbreak.id}&sort=cost`
  const asked = useAsked<{ rows: IncidentRow[]; next?: string }>(`/api/incidents?${query}&limit=20`, ['incidents'])
  return (
    <section class="card table" aria-labelledby="members">
      <h2 id="members"><a class="bare" href={`/incidents?${query}`}>{a('members')}</a></h2>
      <Shown asked={asked}>
        {({ rows, next }) => (
          <>
            {rows.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={rows} of="fault" />}
            {next !== undefined && <p class="hint"><a href={`/incidents?${query}`}>{a('all-members')}</a></p>}
          </>
        )}
      </Shown>
    </section>
  )
}

const eventsOf = (o: OutbreakRow): Event[] => [{ at: o.openedAt, what: 'did.opened' }, ...(o.closedAt === undefined ? [] : [{ at: o.closedAt, what: 'did.closed' as const }])]

const Content = ({ detail }: { detail: OutbreakDetail }) => {
  const { outbreak, absences } = detail
  const cost = outbreak.cost && costWords(outbreak.cost)
  const open = outbreak.closedAt === undefined
  const silent = outbreak.fault === ABSENT
  return (
    <>
      <div class="title">
        <h1>{inWords(outbreak.title)}</h1>
        <SeverityMark is={outbreak.severity} />
        <span class={`chip is-${open ? 'blocked' : 'ready'}`}>{a(`outbreak-state.${open ? 'open' : 'closed'}`)}</span>
      </div>
      <dl class="facts">
        <div><dt>{a('stores')}</dt><dd><b>{outbreak.stores}</b></dd></div>
        <div><dt>{a('terminals')}</dt><dd>{a('affected-now', { now: outbreak.openNow, all: outbreak.terminals })}</dd></div>
        <div><dt>{a('began')}</dt><dd><Ago at={outbreak.openedAt} /></dd></div>
        <div><dt>{a('last-joined')}</dt><dd><Ago at={outbreak.lastAt} /></dd></div>
        {outbreak.closedAt !== undefined && <div><dt>{a('over-at')}</dt><dd><Ago at={outbreak.closedAt} /></dd></div>}
        {cost && <div><dt>{a('cost')}</dt><dd><b>{cost.lost}</b> {cost.perHour}</dd></div>}
        {!silent && <div><dt>{a('fault-type')}</dt><dd><a href={`/issues/${encodeURIComponent(outbreak.fault)}`}>{outbreak.fault}</a></dd></div>}
      </dl>
      <Why outbreak={outbreak} />
      {silent || absences.length > 0 ? <section class="card table"><h2>{a('silent-members')}</h2><AbsenceTable rows={absences} /></section> : null}
      {!silent && <Members outbreak={outbreak} />}
      <Activity history={detail.history} events={eventsOf(outbreak)} />
    </>
  )
}

/** One outbreak: what its members have in common, why that is no chance, and what it costs. */
export const OutbreakPage = ({ id }: { id: string }) => {
  const asked = useAsked<OutbreakDetail>(`/api/outbreaks/${id}`, ['incidents'])
  useTitle(...(asked.state === 'here' ? [inWords(asked.value.outbreak.title), a('section.outbreaks')] : [a('section.outbreaks')]))
  return <Shown asked={asked} words={troubleHere}>{(detail) => <Content detail={detail} />}</Shown>
}
