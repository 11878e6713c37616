import { useEffect, useState } from 'preact/hooks'
import type { HealthFigures, MadeBackup, Partition } from '../../../model/health.ts'
import { type Failed, send, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { lasting, t } from '../words.ts'
import { HourBars } from './hour-bars.tsx'
import { NamedBars } from './marks.tsx'
import { bytesInWords, f, grouped, minuteOf, troubleHere } from './words.ts'

type Node = HealthFigures['nodes'][number]

/** Asked again so often, in ms; processes say how they are every quarter of a minute. */
const EVERY_MS = 10_000

/** A process that was not heard of for so long, in ms, is probably gone. */
const GONE_MS = 60_000

const nodes = (self: string): Column<Node>[] => [
  { name: f('process'), lead: true, show: ({ id, figures }) => <>{figures.host} <small>{figures.pid}{id === self && ` · ${f('this-one')}`}</small></> },
  { name: t('state'), show: ({ seenAt }) => (now.value - seenAt > GONE_MS ? <span class="mark severity-block"><span aria-hidden="true">■</span> {f('not-heard')} <Ago at={seenAt} /></span> : <span class="mark contact-online"><span aria-hidden="true">●</span> {f('runs')}</span>) },
  { name: f('running-for'), show: ({ figures }) => lasting(now.value - figures.startedAt) },
  { name: f('hq-version'), show: ({ figures }) => figures.version },
  { name: f('reports-per-second'), number: true, show: ({ figures }) => grouped(figures.reportsPerSecond, 1) },
  { name: f('heartbeats-per-second'), number: true, show: ({ figures }) => grouped(figures.heartbeatsPerSecond, 1) },
  { name: f('commit'), number: true, show: ({ figures: { commit } }) => commit && `${grouped(commit.p50, 1)} / ${grouped(commit.p99, 1)} ms` },
  { name: f('rejected-refused'), number: true, show: ({ figures }) => `${grouped(figures.reports.rejected)} / ${grouped(figures.refused)}` },
  { name: f('listeners'), number: true, show: ({ figures }) => figures.listeners },
  { name: f('memory'), number: true, show: ({ figures }) => bytesInWords(figures.residentBytes) },
  { name: f('tended'), show: ({ figures: { tended } }) => tended && <>{tended.problem === undefined ? <span class="mark contact-online"><span aria-hidden="true">✓</span> <Ago at={tended.at} /></span> : <span class="mark severity-degraded"><span aria-hidden="true">▲</span> <Ago at={tended.at} /> <span lang="en">{tended.problem}</span></span>}</> },
]

const Figure = ({ name, value, hint, bad }: { name: string; value: string; hint?: string; bad?: boolean }) => <li class={bad ? 'bad' : ''}><b>{bad && <span aria-hidden="true">▲ </span>}{value}</b> <span>{name}</span>{hint && <small>{hint}</small>}</li>

const sumOf = (all: readonly Node[], of: (node: Node) => number): number => all.reduce((sum, node) => sum + of(node), 0)

const Ingest = ({ figures }: { figures: HealthFigures }) => {
  const { nodes: all } = figures
  const slowest = Math.max(0, ...all.map((n) => n.figures.commit?.p99 ?? 0))
  const rejected = sumOf(all, (n) => n.figures.reports.rejected)
  const refused = sumOf(all, (n) => n.figures.refused)
  return (
    <section class="card">
      <h2>{f('ingest')}</h2>
      <ul class="figures health-figures">
        <Figure name={f('reports-per-second')} value={grouped(sumOf(all, (n) => n.figures.reportsPerSecond), 1)} />
        <Figure name={f('heartbeats-per-second')} value={grouped(sumOf(all, (n) => n.figures.heartbeatsPerSecond), 1)} />
        <Figure name={f('commit-p99')} value={slowest === 0 ? '–' : `${grouped(slowest, 1)} ms`} hint={f('of-slowest')} />
        <Figure name={f('rejected')} value={grouped(rejected)} hint={f('since-start')} bad={rejected > 0} />
        <Figure name={f('turned-away')} value={grouped(refused)} hint={f('since-start')} bad={refused > 0} />
        <Figure name={f('duplicates')} value={grouped(sumOf(all, (n) => n.figures.reports.duplicate))} hint={f('since-start')} />
        <Figure name={f('unfolded')} value={grouped(figures.unfolded)} />
        <Figure name={f('not-durable')} value={grouped(sumOf(all, (n) => n.figures.waiting))} />
        <Figure name={f('masked')} value={grouped(sumOf(all, (n) => n.figures.masked))} hint={f('since-start')} bad={sumOf(all, (n) => n.figures.masked) > 0} />
      </ul>
      <HourBars hours={figures.reportsPerHour} label={f('reports-per-hour')} />
    </section>
  )
}

const dayOf = (name: string): string => `${name.slice(7, 11)}-${name.slice(11, 13)}-${name.slice(13, 15)}`

const Partitions = ({ partitions }: { partitions: readonly Partition[] }) => {
  const used = partitions.filter((p) => p.rows > 0)
  return (
    <>
      <h3 class="part">{f('partitions')}</h3>
      <p class="hint">{f('partitions-hint', { used: used.length, all: partitions.length })}</p>
      <NamedBars rows={used.slice(0, 14).map((p) => ({ name: dayOf(p.name), count: p.bytes, words: f('partition-words', { bytes: bytesInWords(p.bytes), rows: grouped(p.rows) }) }))} />
    </>
  )
}

const Backups = ({ backups, made }: { backups: NonNullable<HealthFigures['backups']>; made: () => void }) => {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const [failed, setFailed] = useState<Failed>()
  const make = async (): Promise<void> => {
    setBusy(true)
    setSaid('')
    const answer = await send<MadeBackup>('POST', '/api/backups')
    setBusy(false)
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'here') setSaid(f('backup-made', { file: answer.value.file, bytes: bytesInWords(answer.value.bytes), ms: grouped(answer.value.ms) }))
    made()
  }
  return (
    <>
      <h3 class="part">{f('backups')}</h3>
      <p class="pages"><button type="button" disabled={busy} onClick={() => void make()}>{f('make-backup')}</button> <span role="status">{said}</span></p>
      {failed && <p class="failed" role="alert">{troubleHere(failed)}</p>}
      <p class="hint">{f('backups-hint')}</p>
      {backups.length === 0 ? <p class="empty">{f('no-backups')}</p> : <ul class="plain">{backups.map((b) => <li key={b.file}><code>{b.file}</code> <small>{minuteOf(b.at)} · {bytesInWords(b.bytes)}</small></li>)}</ul>}
    </>
  )
}

const Content = ({ figures, renew }: { figures: HealthFigures; renew: () => void }) => {
  const { unsentAlerts: unsent } = figures
  return (
    <>
      <Ingest figures={figures} />
      <section class="card table"><h2>{f('processes')}</h2><Table label={f('processes')} columns={nodes(figures.self)} rows={figures.nodes} keyOf={(n) => n.id} /></section>
      <div class="cards">
        <section class="card">
          <h2>{f('database')}</h2>
          <ul class="figures health-figures"><Figure name={f(`engine.${figures.engine}`)} value={bytesInWords(figures.bytes)} /></ul>
          {figures.engine === 'postgresql' && <Partitions partitions={figures.partitions} />}
          {figures.backups ? <Backups backups={figures.backups} made={renew} /> : <p class="hint">{f('backups-elsewhere')}</p>}
        </section>
        <section class="card">
          <h2>{f('unsent-alerts')}</h2>
          <ul class="figures">
            <Figure name={f('unsent-waiting')} value={grouped(unsent.waiting)} {...(unsent.oldestAt === undefined ? {} : { hint: f('oldest-from', { at: minuteOf(unsent.oldestAt) }) })} />
            <Figure name={f('ungathered')} value={grouped(unsent.ungathered)} />
            <Figure name={f('unsent-failed')} value={grouped(unsent.failed)} bad={unsent.failed > 0} />
          </ul>
          <p><a href="/alerts?tab=messages">{f('see-messages')}</a></p>
        </section>
      </div>
    </>
  )
}

/** How HQ itself is: what comes in, its processes, its database, what waits to be told. */
export const HealthPage = () => {
  useTitle(t('health'))
  const [round, setRound] = useState(0)
  const renew = (): void => setRound((n) => n + 1)
  useEffect(() => {
    const timer = setInterval(renew, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  const asked = useAsked<HealthFigures>('/api/health-figures', [], { round })
  return (
    <>
      <h1>{t('health')}</h1>
      <Shown asked={asked}>{(figures) => <Content figures={figures} renew={renew} />}</Shown>
    </>
  )
}
