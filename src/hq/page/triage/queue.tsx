import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Tender } from '../../../model/device.ts'
import type { Severity } from '../../../model/fault.ts'
import type { AbsenceRow, Care, Cost, Part, QueueRow } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { inWords, listed, percent, shared, t } from '../words.ts'
import { a, costWords, factorInWords, wordOf } from './words.ts'

type Kind<K extends QueueRow['kind']> = Extract<QueueRow, { kind: K }>

/** One line as it is shown. `blocked` undefined: nobody can tell. */
interface Line { id: string; href: string; title: string; kind?: 'outbreak' | 'absence'; severity: Severity; where: ComponentChildren; since: number; blocked?: readonly Tender[]; some: boolean; who?: string; parts: readonly Part[]; cost?: Cost | undefined; care?: Care | undefined; regression: boolean }

const ofOutbreak = ({ outbreak, blocked, actor, parts }: Kind<'outbreak'>): Line => ({
  id: outbreak.id, href: `/outbreaks/${outbreak.id}`, title: inWords(outbreak.title), kind: 'outbreak', severity: outbreak.severity,
  where: <>{a('in-stores', { stores: outbreak.stores, n: outbreak.openNow })} · {a('common')}{a('colon')}{factorInWords(outbreak)}</>,
  since: outbreak.openedAt, some: true, parts, cost: outbreak.cost, regression: false,
  ...(blocked && { blocked }), ...(actor && { who: shared(`actor.${actor}`) }),
})

/** What terminals said before nothing more was heard of them: each fault once, with how many said so. */
const LastSaid = ({ words }: { words: NonNullable<AbsenceRow['lastWords']> }) => (
  <span class="last-said" title={a('last-said-hint')}>{a('last-said')}{a('colon')}{[...Map.groupBy(words, (w) => w.fault)].map(([fault, [first, ...others]], i) => first && (
    <span key={fault}>{i > 0 && ' · '}<a href={`/incidents/${first.id}`}>{inWords(first.title)}</a>{others.length > 0 && ` × ${others.length + 1}`}</span>
  ))}</span>
)

const ofAbsence = ({ absence }: Kind<'absence'>): Line => {
  const [likely] = absence.causes
  return {
    id: absence.id, href: `/absences/${absence.id}`, title: a(absence.scope === 'store' ? 'whole-store' : 'one-silent'), kind: 'absence', severity: 'block',
    where: <>{[absence.region, absence.store, absence.scope === 'terminal' ? absence.place : a('silent-n', { n: absence.terminals })].filter(Boolean).join(' · ')}{likely && <> · {a('likely', { cause: wordOf('cause', likely.cause), p: percent(likely.p) })}</>}{absence.lastWords && <LastSaid words={absence.lastWords} />}</>,
    since: absence.since, some: false, parts: [], cost: absence.cost, care: absence.care, regression: false,
    ...(likely && { who: wordOf('goes', likely.cause) }),
  }
}

const ofIncident = (row: Kind<'incident'>): Line => ({
  id: row.id, href: `/incidents/${row.id}`, title: inWords(row.title), severity: row.severity,
  where: [row.region, row.store, row.lane === undefined ? undefined : t('lane', { lane: row.lane }), row.terminalId].filter(Boolean).join(' · '),
  since: row.openedAt, blocked: row.blocked, some: false, parts: row.parts, cost: row.money, care: row.care, regression: row.regression,
  ...(row.actor && { who: shared(`actor.${row.actor}`) }),
})

const lineOf = (row: QueueRow): Line => (row.kind === 'outbreak' ? ofOutbreak(row) : row.kind === 'absence' ? ofAbsence(row) : ofIncident(row))

/** As many ways of taking money as there are. */
const ALL_MEANS = 5

const Means = ({ blocked, some }: Pick<Line, 'blocked' | 'some'>) => {
  if (blocked === undefined) return <span class="soft">{a('cannot-know')}</span>
  if (blocked.length === 0) return <span class="soft">{a('still-pays')}</span>
  if (blocked.length === ALL_MEANS) return <span class="chip is-blocked"><span aria-hidden="true">✕</span> {a(some ? 'some-take-nothing' : 'takes-nothing')}</span>
  return <span class="chips"><span class="soft">{a(some ? 'some-stand' : 'stands')}</span>{blocked.map((tender) => <span key={tender} class="chip is-blocked"><span aria-hidden="true">✕</span> {shared(`tender.${tender}`)}</span>)}</span>
}

/** Who has taken it up, in words; empty if nobody has. */
export const caredBy = (care: Care | undefined): string =>
  care?.assignee !== undefined ? a('assigned', { name: care.assignee }) : care?.acknowledgedBy !== undefined ? a('acknowledged-by', { name: care.acknowledgedBy }) : ''

const Row = ({ line }: { line: Line }) => {
  const cost = line.cost && costWords(line.cost)
  return (
    <li class={`todo todo-${line.severity}`}>
      <div class="todo-what">
        <a class="lead" href={line.href}>{line.title}</a>
        {line.kind && <span class="chip is-unknown">{a(`kind.${line.kind}`)}</span>}
        <SeverityMark is={line.severity} />
        {line.regression && <span class="mark severity-degraded">↺ {t('regression')}</span>}
        <span class="todo-where">{line.where}</span>
      </div>
      <div class="todo-means"><Means {...line} /></div>
      <dl class="todo-who">
        {line.who && <div><dt>{a('who-goes')}</dt><dd>{line.who}</dd></div>}
        {line.parts.length > 0 && <div><dt>{a('takes-along')}</dt><dd>{listed(line.parts.map((p) => inWords(p.name)))}</dd></div>}
      </dl>
      <div class="todo-cost">
        {cost && <><b>{cost.lost}</b><span>{cost.perHour}</span></>}
        <small><Ago at={line.since} /></small>
        <small>{caredBy(line.care)}</small>
      </div>
    </li>
  )
}

const FIRST = 8

const Rows = ({ rows }: { rows: readonly QueueRow[] }) => {
  const [all, setAll] = useState(false)
  if (rows.length === 0) return <p class="empty">✓ {a('queue-empty')}</p>
  return (
    <>
      <ol class="todos rows">{rows.slice(0, all ? rows.length : FIRST).map((row) => {
        const line = lineOf(row)
        return <Row key={line.id} line={line} />
      })}</ol>
      {rows.length > FIRST && <p><button type="button" onClick={() => setAll(!all)}>{all ? a('queue-less') : a('queue-all', { n: rows.length })}</button></p>}
    </>
  )
}

/** What to look into first, the costliest first. An outbreak is one line, and so is a whole store of which nothing is heard. */
export const Queue = () => {
  const asked = useAsked<{ rows: QueueRow[] }>('/api/queue', ['incidents', 'terminals'])
  return (
    <section class="card" aria-labelledby="first">
      <h2 id="first">{a('first')} <small>{a('first-hint')}</small></h2>
      <Shown asked={asked}>{({ rows }) => <Rows rows={rows} />}</Shown>
    </section>
  )
}
