import './style.css'
import { useState } from 'preact/hooks'
import type { IssueAction, IssueDetail } from '../../../model/triage.ts'
import type { IncidentRow } from '../../../model/wire.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { inWords, language, t } from '../words.ts'
import { Activity } from './activity.tsx'
import { Chart } from './chart.tsx'
import { IssueMark, Trend } from './issues.tsx'
import { Bars } from './tops.tsx'
import { a, troubleHere } from './words.ts'

const DAY = 86_400_000
const BY = ['model', 'firmware', 'region', 'agentVersion'] as const
const MOST = 8

// Days are counted in UTC, and named so.
const dayText = (at: number): string => new Intl.DateTimeFormat(language.value, { month: 'numeric', day: 'numeric', timeZone: 'UTC' }).format(at)

const DOES = { open: ['resolve', 'mute'], regressed: ['resolve', 'mute'], resolved: ['reopen'], muted: ['reopen'] } as const

const Actions = ({ detail, done }: { detail: IssueDetail; done: () => void }) => {
  const [failed, setFailed] = useState<Failed>()
  const [assigning, setAssigning] = useState(false)
  if (!mayAs('manager')) return null
  const act = async (action: IssueAction): Promise<void> => {
    const answer = await send<IssueDetail>('POST', `/api/issues/${encodeURIComponent(detail.issue.fault)}`, action)
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'failed') return
    setAssigning(false)
    done()
  }
  const assign = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault()
    void act({ do: 'assign', to: String(new FormData(event.currentTarget).get('to') ?? '').trim() })
  }
  return (
    <div class="care">
      <div class="care-buttons">
        {DOES[detail.issue.state].map((what) => <button key={what} type="button" onClick={() => void act({ do: what })}>{a(`issue-do.${what}`)}</button>)}
        <button type="button" aria-expanded={assigning} onClick={() => setAssigning(!assigning)}>{a('do.assign')}</button>
      </div>
      {assigning && <form class="care-form" onSubmit={assign}><label>{a('to-whom')} <input name="to" required maxLength={100} autoComplete="off" ref={(field) => field?.focus()} /></label><button type="submit" class="primary">{a('do.assign')}</button></form>}
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
    </div>
  )
}

const Spread = ({ detail }: { detail: IssueDetail }) => (
  <div class="cards">
    {BY.map((by) => {
      const counts = detail.by[by]
      const most = Math.max(1, ...counts.map((c) => c.incidents))
      const bars = counts.slice(0, MOST).map((c) => ({ name: c.value, part: c.incidents / most, said: String(c.incidents), ...(by === 'firmware' ? {} : { href: `/incidents?${new URLSearchParams({ fault: detail.issue.fault, [by]: c.value })}` }) }))
      return <section key={by} class="card"><h2>{a(`by.${by}`)} <small>{a('by-hint')}</small></h2><Bars bars={bars} /></section>
    })}
  </div>
)

const OpenOnes = ({ fault }: { fault: string }) => {
  const query = `fault=${encodeURIComponent(fault)}`
  const asked = useAsked<{ rows: IncidentRow[]; next?: string }>(`/api/incidents?${query}&limit=10`, ['incidents'])
  return (
    <section class="card table" aria-labelledby="open-ones">
      <h2 id="open-ones"><a class="bare" href={`/incidents?${query}`}>{a('open-ones')}</a></h2>
      <Shown asked={asked}>{({ rows }) => rows.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={rows} of="fault" />}</Shown>
    </section>
  )
}

const Content = ({ detail, done }: { detail: IssueDetail; done: () => void }) => {
  const { issue, days } = detail
  return (
    <>
      <div class="title">
        <h1>{inWords(issue.title)}</h1> <code>{issue.fault}</code>
        <SeverityMark is={issue.severity} />
        <IssueMark is={issue.state} />
      </div>
      <dl class="facts">
        <div><dt>{a('affected')}</dt><dd><b>{t('on-terminals', { n: issue.openTerminals })}</b></dd></div>
        <div><dt>{a('trend')}</dt><dd><Trend issue={issue} /></dd></div>
        <div><dt>{a('ever')}</dt><dd>{issue.incidents}</dd></div>
        <div><dt>{a('first-seen')}</dt><dd><Ago at={issue.firstSeenAt} /></dd></div>
        <div><dt>{a('last-seen')}</dt><dd><Ago at={issue.lastSeenAt} /></dd></div>
        {issue.assignee && <div><dt>{a('facet.assignee')}</dt><dd>{issue.assignee}</dd></div>}
        {issue.state === 'regressed' && issue.regressedAt !== undefined && <div><dt>{a('regressed-at')}</dt><dd><Ago at={issue.regressedAt} /></dd></div>}
      </dl>
      <Actions detail={detail} done={done} />
      <section class="card">
        <h2>{a('per-day')}</h2>
        <Chart label={a('per-day')} timeName={a('day')} timeText={dayText} stepMs={DAY} times={days.map((d) => d.day)} series={[{ name: a('opened'), tone: 'accent', kind: 'bars', values: days.map((d) => d.incidents) }]} />
      </section>
      <Spread detail={detail} />
      <OpenOnes fault={issue.fault} />
      <Activity history={detail.history} />
    </>
  )
}

/** One fault over the whole fleet. */
export const IssuePage = ({ fault }: { fault: string }) => {
  const [round, setRound] = useState(0)
  const asked = useAsked<IssueDetail>(`/api/issues/${encodeURIComponent(fault)}`, ['incidents'], { round })
  useTitle(...(asked.state === 'here' ? [inWords(asked.value.issue.title), a('section.issues')] : [a('section.issues')]))
  return <Shown asked={asked} words={troubleHere}>{(detail) => <Content detail={detail} done={() => setRound(round + 1)} />}</Shown>
}
