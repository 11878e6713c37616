import { useState } from 'preact/hooks'
import type { CommandRow, ReportRow, TerminalDetail } from '../../../model/wire.ts'
import { commands, send, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { ContactMark, ReadinessChips } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { clock, shared, t } from '../words.ts'
import { IncidentTable } from './incidents.tsx'

const worst = (row: ReportRow): 'ready' | 'degraded' | 'blocked' | 'unknown' => {
  const states = row.readiness.map((r) => r.is)
  return (['blocked', 'degraded', 'unknown'] as const).find((s) => states.includes(s)) ?? 'ready'
}

const History = ({ terminal, reports }: { terminal: string; reports: readonly ReportRow[] }) => (
  <>
    <div class="history">
      {reports.slice(0, 60).reverse().map((row) => {
        const state = worst(row)
        const label = `${clock(row.at)} ${shared(`readiness.${state}`)} ${row.found.map((f) => f.fault).join(' ')}`
        return <a key={row.id} class={`cell is-${state}`} href={`/reports/${terminal}/${row.id}`} title={label} aria-label={label} />
      })}
    </div>
    <p class="hint">{t('checks-hint')}</p>
    <div class="scroll">
      <table>
        <thead><tr><th>{t('report')}</th><th>{t('made')}</th><th>{t('trigger')}</th><th>{t('readiness')}</th><th>{t('fault')}</th></tr></thead>
        <tbody>
          {reports.slice(0, 20).map((row) => (
            <tr key={row.id}>
              <td><a href={`/reports/${terminal}/${row.id}`}>{t('report-number', { n: row.sequence })}</a></td>
              <td><Ago at={row.at} /></td>
              <td>{t(`trigger.${row.trigger}` as Parameters<typeof t>[0])}</td>
              <td><ReadinessChips readiness={row.readiness} /></td>
              <td>{row.found.map((f) => <span key={`${f.fault}${f.device}`} class="fault"><code>{f.fault}</code> {f.device}</span>)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)

const LiveCommand = ({ command }: { command: CommandRow }) => {
  const { progress } = command
  const { looked = 0, total = 0, detail = '' } = progress ?? {}
  return (
    <div class="command" role="status">
      {command.state === 'running' && <progress value={looked} max={Math.max(total, 1)} aria-label={t('command.running', { looked, total })} />}
      <span>{t(`command.${command.state}`, { looked, total, detail })}</span>
      {progress?.report && <a href={`/reports/${command.terminalId}/${progress.report}`}>{t('open-report')}</a>}
    </div>
  )
}

const CheckNow = ({ terminal, known }: { terminal: string; known: readonly CommandRow[] }) => {
  const [asked, setAsked] = useState<string>()
  const [problem, setProblem] = useState('')
  const id = asked ?? known.find((c) => ['waiting', 'sent', 'running'].includes(c.state))?.id
  const command = id === undefined ? undefined : (commands.value.get(id) ?? known.find((c) => c.id === id))
  const busy = command !== undefined && ['waiting', 'sent', 'running'].includes(command.state)
  const ask = async (): Promise<void> => {
    setProblem('')
    const answer = await send<CommandRow>('POST', `/api/terminals/${terminal}/commands`, { type: 'check' })
    if (answer.state === 'failed') setProblem(answer.detail)
    if (answer.state !== 'here') return
    const { value } = answer
    commands.value = new Map([[value.id, value], ...commands.value])
    setAsked(value.id)
  }
  return (
    <div class="check-now">
      <button type="button" class="primary" disabled={busy} onClick={ask}>{t('check-now')}</button>
      {command && <LiveCommand command={command} />}
      {problem && <p class="failed" role="alert">{t('failed', { detail: problem })}</p>}
    </div>
  )
}

const Fact = ({ name, children }: { name: string; children: preact.ComponentChildren }) => <div><dt>{name}</dt><dd>{children}</dd></div>

const Content = ({ detail }: { detail: TerminalDetail }) => {
  const { terminal: row, reports, incidents } = detail
  const { terminal } = row
  const revoke = async (): Promise<void> => {
    if (confirm(t('revoke-sure'))) await send('DELETE', `/api/terminals/${terminal.id}/token`)
  }
  return (
    <>
      <div class="title">
        <h1>{terminal.id}</h1>
        <ContactMark is={row.contact} />
        <ReadinessChips readiness={row.readiness} />
      </div>
      <CheckNow terminal={terminal.id} known={detail.commands} />
      <dl class="facts">
        <Fact name={t('store')}>{[terminal.region, terminal.store, terminal.lane].filter(Boolean).join(' · ') || '–'}</Fact>
        <Fact name={t('last-seen')}>{row.lastSeenAt === undefined ? '–' : <Ago at={row.lastSeenAt} />}</Fact>
        <Fact name={t('last-check')}>{row.checkedAt === undefined ? '–' : <Ago at={row.checkedAt} />}</Fact>
        <Fact name={t('version')}>{row.agentVersion ?? '–'}</Fact>
        <Fact name={t('clock-offset')}>{row.clockOffsetMs === undefined ? '–' : `${(Math.round(row.clockOffsetMs / 100) / 10 + 0).toFixed(1)} s`}</Fact>
        <Fact name={t('spool')}>{row.spool ? t('spool-value', { reports: row.spool.reports, lost: row.spool.lost }) : '–'}</Fact>
      </dl>
      <section class="card"><h2>{t('incidents')}</h2>{incidents.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={incidents} now={Date.now()} />}</section>
      <section class="card"><h2>{t('checks')}</h2>{reports.length === 0 ? <p class="empty">{t('none')}</p> : <History terminal={terminal.id} reports={reports} />}</section>
      <p><button type="button" class="danger" onClick={revoke}>{t('revoke-terminal')}</button></p>
    </>
  )
}

/** One terminal: can it take money, what is wrong, its self-check history, and a check now. */
export const TerminalPage = ({ id }: { id: string }) => {
  const asked = useAsked<TerminalDetail>(`/api/terminals/${id}`, ['terminals', 'reports', 'incidents'])
  return <Shown asked={asked}>{(detail) => <Content detail={detail} />}</Shown>
}
