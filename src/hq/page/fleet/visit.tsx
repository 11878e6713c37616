import { useState } from 'preact/hooks'
import type { Change, VisitRow } from '../../../model/triage.ts'
import type { IncidentRow } from '../../../model/wire.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { storePath } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, t } from '../words.ts'
import { FleetTabs } from './frame.tsx'
import { History } from './history.tsx'
import { VisitMark } from './visit-table.tsx'
import { f, minuteOf, troubleHere } from './words.ts'

type State = VisitRow['state']

/** What may come after each state. */
const NEXT: Record<State, readonly State[]> = { planned: ['under-way', 'done', 'cancelled'], 'under-way': ['done', 'cancelled'], done: [], cancelled: [] }

const parts = (): Column<VisitRow['parts'][number]>[] => [
  { name: f('part'), lead: true, show: (p) => inWords(p.name) },
  { name: t('count'), number: true, show: (p) => p.count },
]

const Steps = ({ visit, moved }: { visit: VisitRow; moved: () => void }) => {
  const [failed, setFailed] = useState<Failed>()
  const move = async (state: State): Promise<void> => {
    if (state === 'cancelled' && !confirm(f('cancel-sure'))) return
    const answer = await send('POST', `/api/visits/${visit.id}`, { state })
    setFailed(answer.state === 'failed' ? answer : undefined)
    moved()
  }
  return (
    <>
      <p class="pages">
        {NEXT[visit.state].map((state, i) => <button key={state} type="button" class={state === 'cancelled' ? 'danger' : i === 0 ? 'primary' : ''} onClick={() => void move(state)}>{f(`do.${state}`)}</button>)}
      </p>
      {NEXT[visit.state].length > 0 && <p class="hint">{f('visit-steps-hint')}</p>}
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
    </>
  )
}

/** What of the visit is still open; what is not among it has been mended. */
const Tasks = ({ visit }: { visit: VisitRow }) => {
  const asked = useAsked<{ rows: IncidentRow[] }>(`/api/incidents?state=open&limit=200&store=${encodeURIComponent(visit.store)}`, ['incidents'])
  return (
    <section class="card table">
      <h2>{f('to-settle')}</h2>
      <Shown asked={asked}>
        {({ rows }) => {
          const open = rows.filter((i) => visit.incidents.includes(i.id))
          return (
            <>
              <p class="empty">{f('settled-of', { settled: visit.incidents.length - open.length, all: visit.incidents.length })}</p>
              {open.length > 0 && <IncidentTable rows={open} />}
            </>
          )
        }}
      </Shown>
    </section>
  )
}

const Content = ({ visit, history, moved }: { visit: VisitRow; history: readonly Change[]; moved: () => void }) => (
  <>
    <div class="title"><h1>{f('visit-of', { store: visit.store })}</h1><VisitMark is={visit.state} /></div>
    <dl class="facts">
      <div><dt>{t('store')}</dt><dd><a href={storePath(visit.store)}>{visit.store}</a></dd></div>
      <div><dt>{f('planned-for')}</dt><dd>{visit.plannedFor === undefined ? '–' : minuteOf(visit.plannedFor)}</dd></div>
      <div><dt>{f('assignee')}</dt><dd>{visit.assignee ?? '–'}</dd></div>
      <div><dt>{t('made_at')}</dt><dd>{minuteOf(visit.madeAt)} <small>{visit.madeBy}</small></dd></div>
      {visit.note && <div><dt>{f('note')}</dt><dd>{visit.note}</dd></div>}
    </dl>
    {mayAs('technician') && <Steps visit={visit} moved={moved} />}
    <p class="pages">
      {(['zh-CN', 'en'] as const).map((lang) => <a key={lang} class="button" target="_blank" rel="noopener" lang={lang} href={`/api/visits/${visit.id}/work-order?lang=${lang}`}>{f(`work-order.${lang}`)}</a>)}
    </p>
    <section class="card table"><h2>{f('parts')}</h2>{visit.parts.length === 0 ? <p class="empty">{f('no-parts')}</p> : <Table label={f('parts')} columns={parts()} rows={visit.parts} keyOf={(p) => p.id} />}</section>
    <Tasks visit={visit} />
    <History changes={history} />
  </>
)

/** One visit: what to settle, which parts to take, its work order, and how far it has come. */
export const VisitPage = ({ id }: { id: string }) => {
  useTitle(f('visit'), f('visits'))
  const [round, setRound] = useState(0)
  const asked = useAsked<{ visit: VisitRow; history: Change[] }>(`/api/visits/${encodeURIComponent(id)}`, ['incidents'], { round })
  return (
    <>
      <FleetTabs at="visits" />
      <Shown asked={asked} words={troubleHere}>{({ visit, history }) => <Content visit={visit} history={history} moved={() => setRound((n) => n + 1)} />}</Shown>
    </>
  )
}
