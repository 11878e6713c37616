import { useState } from 'preact/hooks'
import type { FaultAt, Readiness } from '../../../model/diagnosis.ts'
import type { IncidentRow, ReportRow, TerminalDetail } from '../../../model/wire.ts'
import { send, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { CheckNow } from '../parts/command.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { ContactMark, ReadinessChips, ReadinessLine } from '../parts/marks.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { useTitle } from '../title.ts'
import { clock, inWords, lasting, listed, number, placeInWords, shared, t, trouble, wordFor, worstOf } from '../words.ts'

const CELLS = 60
const FIRST = 20

/** The same as the table below it, at a glance; whoever goes by keys or ears takes the table. */
const Cells = ({ reports }: { reports: readonly ReportRow[] }) => (
  <div class="history" aria-hidden="true">
    {reports.slice(0, CELLS).reverse().map((row) => {
      const state = worstOf(row.readiness)
      const words = `${clock(row.at)} ${shared(`readiness.${state}`)} ${row.found.map((f) => f.fault).join(' ')}`
      return <a key={row.id} tabIndex={-1} class={`cell is-${state}`} href={`/reports/${row.terminalId}/${row.id}`} title={words}><span class="sr">{words}</span></a>
    })}
  </div>
)

const columns = (): Column<ReportRow>[] => [
  { name: t('report'), lead: true, show: (row) => <a href={`/reports/${row.terminalId}/${row.id}`}>{t('report-number', { n: row.sequence })}</a> },
  { name: t('made'), show: (row) => row.redated === undefined ? <Ago at={row.at} /> : <>≈ <Ago at={row.redated.at} /> <small>±{lasting(row.redated.plusMinusMs)}</small></> },
  { name: t('trigger'), show: (row) => wordFor('trigger', row.trigger) },
  { name: t('readiness'), show: (row) => <ReadinessChips readiness={row.readiness} /> },
  { name: t('fault'), show: (row) => row.found.map((f) => <span key={`${f.fault} ${f.device}`} class="fault"><code>{f.fault}</code> {f.device}</span>) },
]

const History = ({ reports }: { reports: readonly ReportRow[] }) => {
  const [all, setAll] = useState(false)
  return (
    <>
      <Cells reports={reports} />
      <p class="hint" aria-hidden="true">{t('checks-hint')}</p>
      <Table label={t('checks')} columns={columns()} rows={all ? reports : reports.slice(0, FIRST)} keyOf={(row) => row.id} />
      {!all && reports.length > FIRST && <p class="pages"><button type="button" onClick={() => setAll(true)}>{t('all-reports', { n: reports.length })}</button></p>}
    </>
  )
}

const Cause = ({ at, incidents }: { at: FaultAt; incidents: readonly IncidentRow[] }) => {
  const incident = incidents.find((i) => i.fault === at.fault && i.device === at.device)
  return <span>{incident ? <a href={`/incidents/${incident.id}`}>{inWords(incident.title)}</a> : <code>{at.fault}</code>} <small>{at.device}</small></span>
}

/** Why some ways of taking money are not ready; those with the same reason share a line. */
const Why = ({ readiness, incidents }: { readiness: readonly Readiness[]; incidents: readonly IncidentRow[] }) => {
  const groups = Map.groupBy(readiness.filter((r) => r.because.length > 0 || r.unseen.length > 0), ({ is, because, unseen }) => JSON.stringify([is, because, unseen]))
  if (groups.size === 0) return null
  return (
    <ul class="why">
      {[...groups].map(([key, [first, ...others]]) => first && (
        <li key={key}>
          <ReadinessChips readiness={[first, ...others]} />
          <span>{shared(`readiness.${first.is}`)}</span>
          {first.because.map((at) => <Cause key={`${at.fault} ${at.device}`} at={at} incidents={incidents} />)}
          {first.unseen.length > 0 && <small>{t('unseen', { devices: listed(first.unseen) })}</small>}
        </li>
      ))}
    </ul>
  )
}

const Fact = ({ name, children }: { name: string; children: preact.ComponentChildren }) => <div><dt>{name}</dt><dd>{children || '–'}</dd></div>

const Facts = ({ row }: { row: TerminalDetail['terminal'] }) => {
  const { terminal, spool } = row
  return (
    <dl class="facts">
      <Fact name={t('store')}>{placeInWords(terminal)}</Fact>
      {terminal.merchant && <Fact name={t('merchant')}>{terminal.merchant}</Fact>}
      {(terminal.model || terminal.serial) && <Fact name={t('model')}>{[terminal.model, terminal.serial].filter(Boolean).join(' · ')}</Fact>}
      <Fact name={t('last-seen')}>{row.lastSeenAt !== undefined && <Ago at={row.lastSeenAt} />}</Fact>
      <Fact name={t('last-check')}>{row.checkedAt !== undefined && <Ago at={row.checkedAt} />}</Fact>
      <Fact name={t('version')}>{row.agentVersion}</Fact>
      <Fact name={t('clock-offset')}>{row.clockOffsetMs !== undefined && t('seconds', { n: number(Math.round(row.clockOffsetMs / 100) / 10 + 0, 1) })}</Fact>
      {row.pack && <Fact name={t('pack')}>{row.pack.sequence === 0 ? t('pack.built-in') : t('pack.number', { n: row.pack.sequence })}{row.pack.unbelieved && <small> {row.pack.unbelieved}</small>}</Fact>}
      <Fact name={t('spool')}>{spool && t('spool-value', { reports: spool.reports, lost: spool.lost })}</Fact>
    </dl>
  )
}

const Revoke = ({ terminal }: { terminal: string }) => {
  const [said, setSaid] = useState('')
  const revoke = async (): Promise<void> => {
    if (!confirm(t('revoke-sure'))) return
    const answer = await send('DELETE', `/api/terminals/${terminal}/token`)
    setSaid(answer.state === 'failed' ? trouble(answer) : t('terminal-revoked'))
  }
  return <p class="pages"><button type="button" class="danger" onClick={revoke}>{t('revoke-terminal')}</button> <span role="status">{said}</span></p>
}

const Content = ({ detail }: { detail: TerminalDetail }) => {
  const { terminal: row, reports, incidents } = detail
  const { terminal } = row
  return (
    <>
      <div class="title">
        <h1>{terminal.id}</h1>
        <ContactMark is={row.contact} />
        <ReadinessChips readiness={row.readiness} />
      </div>
      <ReadinessLine readiness={row.readiness} />
      <Why readiness={row.readiness} incidents={incidents} />
      {mayAs('technician') && <CheckNow terminal={terminal.id} contact={row.contact} known={detail.commands} />}
      <Facts row={row} />
      <section class="card"><h2>{t('open-incidents')}</h2>{incidents.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={incidents} of="terminal" />}</section>
      <section class="card"><h2>{t('checks')}</h2>{reports.length === 0 ? <p class="empty">{t('none')}</p> : <History reports={reports} />}</section>
      {mayAs('manager') && <Revoke terminal={terminal.id} />}
    </>
  )
}

/** One terminal: can it take money, what is wrong, its self-check history, and a check now. */
export const TerminalPage = ({ id }: { id: string }) => {
  useTitle(id, t('terminals'))
  const asked = useAsked<TerminalDetail>(`/api/terminals/${id}`, ['terminals', 'reports', 'incidents'])
  return <Shown asked={asked}>{(detail) => <Content detail={detail} />}</Shown>
}
