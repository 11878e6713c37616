import { useState } from 'preact/hooks'
import type { AbsenceRow, Change, StoreCard, StoreRow, VisitRow } from '../../../model/triage.ts'
import type { IncidentRow, TerminalRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { ContactMark, ReadinessChips, SeverityMark } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { AbsenceCard } from './absence.tsx'
import { FleetTabs } from './frame.tsx'
import { History } from './history.tsx'
import { OpeningMark, TenderMarks } from './marks.tsx'
import { PlanVisit } from './plan-visit.tsx'
import { CardOf } from './store-card.tsx'
import { VisitTable } from './visit-table.tsx'
import { costInWords, f, troubleHere } from './words.ts'

/** GET /api/stores/{store}. */
interface StoreDetail { store?: StoreRow; card: StoreCard; terminals: TerminalRow[]; incidents: IncidentRow[]; absences: AbsenceRow[]; visits: VisitRow[]; history: Change[] }

const lanes = (): Column<TerminalRow>[] => [
  { name: t('terminal'), lead: true, show: (row) => <a href={`/terminals/${row.terminal.id}`}>{row.terminal.id}</a> },
  { name: f('lane'), show: (row) => row.terminal.lane },
  { name: f('model'), show: (row) => row.terminal.model },
  { name: t('contact'), show: (row) => <ContactMark is={row.contact} opens={row.opens} /> },
  { name: t('readiness'), show: (row) => <ReadinessChips readiness={row.readiness} /> },
  { name: t('incidents'), show: (row) => (row.openIncidents === 0 ? '0' : <a href={`/incidents?terminal=${row.terminal.id}`}>{row.openIncidents} {row.worst && <SeverityMark is={row.worst} />}</a>) },
  { name: t('last-seen'), show: (row) => row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} /> },
]

const Content = ({ name, detail, renew }: { name: string; detail: StoreDetail; renew: () => void }) => {
  const { store, terminals, incidents, absences, visits } = detail
  const planning = place.value.query.get('plan') === 'visit' && mayAs('technician')
  return (
    <>
      <div class="title">
        <h1>{name}</h1>
        {store?.region && <a class="chip" href={`/stores?region=${encodeURIComponent(store.region)}`}>{store.region}</a>}
        {store?.opening && <OpeningMark is={store.opening} opens={store.opens} />}
        {store && <TenderMarks tenders={store.tenders} />}
      </div>
      {store?.cost && <p class="headline is-blocked">{costInWords(store.cost)}</p>}
      {absences.map((absence) => <AbsenceCard key={absence.id} absence={absence} />)}
      {planning
        ? <PlanVisit store={name} incidents={incidents} />
        : mayAs('technician') && incidents.length > 0 && <p class="pages"><a class="button primary" href={withQuery({ plan: 'visit' })}>{f('plan-visit')}</a></p>}
      <section class="card table"><h2>{t('terminals')}</h2><Table label={t('terminals')} columns={lanes()} rows={terminals} keyOf={(row) => row.terminal.id} /></section>
      <section class="card table"><h2>{t('open-incidents')}</h2>{incidents.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={incidents} />}</section>
      <section class="card table"><h2>{f('visits')}</h2>{visits.length === 0 ? <p class="empty">{f('no-visits')}</p> : <VisitTable rows={visits} of="store" />}</section>
      <CardOf store={name} card={detail.card} saved={renew} />
      <History changes={detail.history} />
    </>
  )
}

/** One store: its lanes, what is wrong there, why it is silent, who comes, and what people know of it. */
export const StorePage = ({ store }: { store: string }) => {
  useTitle(store, f('stores'))
  const [round, setRound] = useState(0)
  const asked = useAsked<StoreDetail>(`/api/stores/${encodeURIComponent(store)}`, ['terminals', 'incidents'], { round })
  return (
    <>
      <FleetTabs at="stores" />
      <Shown asked={asked} words={troubleHere}>{(detail) => <Content name={store} detail={detail} renew={() => setRound((n) => n + 1)} />}</Shown>
    </>
  )
}
