import './style.css'
import { useState } from 'preact/hooks'
import type { AbsenceDetail, AbsenceEvidence, AbsenceRow } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { me } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { Ago, now } from '../parts/time.tsx'
import { storePath } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, lasting, listed, percent, t } from '../words.ts'
import { Activity, type Event } from './activity.tsx'
import { CareForm, Silenced } from './care.tsx'
import { caredBy } from './queue.tsx'
import { a, costWords, troubleHere } from './words.ts'

/** A fact that multiplies a cause by more, or less, than this speaks for it, or against it. */
const TELLING = 1.3

const Evidence = ({ evidence }: { evidence: AbsenceEvidence }) => {
  const sides = Object.entries(evidence.factors) as [AbsenceRow['causes'][number]['cause'], number][]
  const named = (of: typeof sides): string => listed(of.map(([cause]) => a(`cause.${cause}`)))
  const speaks = named(sides.filter(([, f]) => f > TELLING).toSorted(([, x], [, y]) => y - x))
  const denies = named(sides.filter(([, f]) => f < 1 / TELLING).toSorted(([, x], [, y]) => x - y))
  return (
    <li>{inWords(evidence.text)}
      <small class="line">{speaks && <span class="contact-online">{a('speaks-for')}{a('colon')}{speaks}</span>}{speaks && denies && ' · '}{denies && <span>{a('speaks-against')}{a('colon')}{denies}</span>}</small>
    </li>
  )
}

const Why = ({ absence }: { absence: AbsenceRow }) => (
  <section class="card" aria-labelledby="why-silent">
    <h2 id="why-silent">{a('why-silent')}</h2>
    <div class="sides">
      <ol class="ranked">
        {absence.causes.map((c) => <li key={c.cause}><span class="ranked-name">{a(`cause.${c.cause}`)}</span><span class="ranked-said">{percent(c.p)}</span><span class="weight" aria-hidden="true"><span style={{ width: `${c.p * 100}%` }} /></span></li>)}
      </ol>
      <div>
        <h3>{a('evidence')}</h3>
        {absence.evidence.length === 0 ? <p class="empty">{a('evidence-none')}</p> : <ul class="plain">{absence.evidence.map((e) => <Evidence key={e.id} evidence={e} />)}</ul>}
      </div>
    </div>
  </section>
)

const LastWords = ({ words }: { words: NonNullable<AbsenceRow['lastWords']> }) => (
  <section class="card" aria-labelledby="last-said">
    <h2 id="last-said">{a('last-said')}</h2>
    <p class="hint">{a('last-said-hint')}</p>
    <ul class="rows">{words.map((w) => <li key={w.id}><a class="lead" href={`/incidents/${w.id}`}>{inWords(w.title)}</a> <a href={`/terminals/${w.terminalId}`}>{w.terminalId}</a> <span>{w.device}</span> <small><Ago at={w.openedAt} /></small></li>)}</ul>
  </section>
)

const eventsOf = (row: AbsenceRow): Event[] => [{ at: row.since, what: 'silent-since' }, ...(row.backAt === undefined ? [] : [{ at: row.backAt, what: 'absence-state.ended' as const }])]

const Content = ({ detail, done }: { detail: AbsenceDetail; done: () => void }) => {
  const { absence, history } = detail
  const cost = absence.cost && costWords(absence.cost)
  const open = absence.backAt === undefined
  return (
    <>
      <div class="title">
        <h1>{absence.place}</h1>
        <span class="mark">{a(absence.scope === 'store' ? 'whole-store' : 'one-silent')}</span>
        <span class={`chip is-${open ? 'blocked' : 'ready'}`}>{a(`absence-state.${open ? 'open' : 'ended'}`)}</span>
        <Silenced care={absence.care} />
      </div>
      <dl class="facts">
        <div><dt>{t('store')}</dt><dd><a href={storePath(absence.store)}>{absence.store}</a> {absence.region}</dd></div>
        {absence.scope === 'terminal' && <div><dt>{t('terminal')}</dt><dd><a href={`/terminals/${absence.place}`}>{absence.place}</a></dd></div>}
        <div><dt>{a('terminals')}</dt><dd>{absence.terminals}</dd></div>
        <div><dt>{a('silent-since')}</dt><dd><Ago at={absence.since} /></dd></div>
        <div><dt>{t('duration')}</dt><dd>{lasting((absence.backAt ?? now.value) - absence.since)}</dd></div>
        {cost && <div><dt>{a('cost')}</dt><dd title={a('not-selling-hint')}><b>{cost.lost}</b> {cost.perHour}</dd></div>}
        {caredBy(absence.care) && <div><dt>{a('care')}</dt><dd>{caredBy(absence.care)}</dd></div>}
        {absence.outbreak && me.value?.scope === undefined && <div><dt>{a('facet.outbreak')}</dt><dd><a href={`/outbreaks/${absence.outbreak}`}>{a('of-outbreak')}</a></dd></div>}
      </dl>
      {open && <CareForm absences={[absence.id]} care={absence.care} done={done} />}
      {absence.lastWords && <LastWords words={absence.lastWords} />}
      <Why absence={absence} />
      <Activity history={history} events={eventsOf(absence)} />
    </>
  )
}

/** One terminal or store of which nothing is heard, and why. */
export const AbsencePage = ({ id }: { id: string }) => {
  const [round, setRound] = useState(0)
  const asked = useAsked<AbsenceDetail>(`/api/absences/${id}`, ['incidents', 'terminals'], { round })
  useTitle(...(asked.state === 'here' ? [asked.value.absence.place, a('section.absences')] : [a('section.absences')]))
  return <Shown asked={asked} words={troubleHere}>{(detail) => <Content detail={detail} done={() => setRound(round + 1)} />}</Shown>
}
