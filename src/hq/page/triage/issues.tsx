import './style.css'
import type { IssueRow, IssueState } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { inWords, t } from '../words.ts'
import { Sections } from './sections.tsx'
import { a } from './words.ts'

const STATES = ['all', 'open', 'regressed', 'resolved', 'muted'] as const
const TONE = { open: 'blocked', regressed: 'blocked', resolved: 'ready', muted: 'unknown' } as const

const WEEK_MS = 7 * 86_400_000

/** The state of a fault type: word and colour. */
export const IssueMark = ({ is }: { is: IssueState }) => <span class={`chip is-${TONE[is]}`}>{is === 'regressed' && <span aria-hidden="true">↺ </span>}{a(`issue-state.${is}`)}</span>

/** Whether a fault type grows: this week against the one before. */
export const Trend = ({ issue }: { issue: IssueRow }) => {
  const how = issue.firstSeenAt > now.value - WEEK_MS ? 'fresh' : issue.week > issue.weekBefore * 1.2 ? 'grows' : issue.week < issue.weekBefore * 0.8 ? 'shrinks' : 'steady'
  return <>{issue.week} <small class={how === 'grows' || how === 'fresh' ? 'severity-degraded' : undefined}><span aria-hidden="true">{{ fresh: '✱', grows: '↗', shrinks: '↘', steady: '→' }[how]}</span> {a(how)}</small> {how !== 'fresh' && <small class="line">{a('trend-was', { n: issue.weekBefore })}</small>}</>
}

const columns = (): Column<IssueRow>[] => [
  { name: t('severity'), show: (row) => <SeverityMark is={row.severity} /> },
  { name: a('title'), lead: true, show: (row) => <><a href={`/issues/${encodeURIComponent(row.fault)}`}>{inWords(row.title)}</a> <small class="line"><code>{row.fault}</code></small></> },
  { name: a('state'), show: (row) => <><IssueMark is={row.state} /> {row.assignee}</> },
  { name: a('affected'), number: true, show: (row) => t('on-terminals', { n: row.openTerminals }) },
  { name: a('trend'), number: true, show: (row) => <Trend issue={row} /> },
  { name: a('ever'), number: true, show: (row) => row.incidents },
  { name: a('first-seen'), show: (row) => <Ago at={row.firstSeenAt} /> },
  { name: a('last-seen'), show: (row) => <Ago at={row.lastSeenAt} /> },
]

/** Faults over the whole fleet; which are shown is in the address. */
export const IssuesPage = () => {
  useTitle(a('section.issues'))
  const state = STATES.find((s) => s === place.value.query.get('state')) ?? 'all'
  const asked = useAsked<{ rows: IssueRow[] }>(`/api/issues?state=${state}`, ['incidents'])
  return (
    <>
      <h1 class="sr">{a('section.issues')}</h1>
      <Sections here="issues" />
      <div class="filters"><nav class="tabs" aria-label={a('state')}>{STATES.map((s) => <a key={s} class="tab" href={withQuery({ state: s === 'all' ? '' : s })} aria-current={s === state ? 'page' : undefined}>{s === 'all' ? t('all') : a(`issue-state.${s}`)}</a>)}</nav></div>
      <Shown asked={asked}>{({ rows }) => rows.length === 0 ? <p class="empty">{a('no-issues')}</p> : <div class="card table"><Table label={a('section.issues')} columns={columns()} rows={rows} keyOf={(row) => row.fault} /></div>}</Shown>
    </>
  )
}
