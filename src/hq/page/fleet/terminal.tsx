import { useState } from 'preact/hooks'
import type { TerminalDetail } from '../../../model/wire.ts'
import { send, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { CheckNow } from '../parts/command.tsx'
import { IncidentTable } from '../parts/incident-table.tsx'
import { ContactMark, ReadinessChips, ReadinessLine } from '../parts/marks.tsx'
import { useTitle } from '../title.ts'
import { t, trouble } from '../words.ts'
import { Devices } from './devices.tsx'
import { FleetTabs } from './frame.tsx'
import { Logs } from './logs.tsx'
import { Notes } from './notes.tsx'
import { ReadingCharts } from './readings.tsx'
import { Checks } from './terminal-checks.tsx'
import { Enrolled, Facts } from './terminal-facts.tsx'
import { Why } from './terminal-why.tsx'
import { f } from './words.ts'

const Revoke = ({ terminal }: { terminal: string }) => {
  const [said, setSaid] = useState('')
  const revoke = async (): Promise<void> => {
    if (!confirm(t('revoke-sure'))) return
    const answer = await send('DELETE', `/api/terminals/${terminal}/token`)
    setSaid(answer.state === 'failed' ? trouble(answer) : t('terminal-revoked'))
  }
  return <p class="pages"><button type="button" class="danger" onClick={revoke}>{t('revoke-terminal')}</button> <span role="status">{said}</span></p>
}

const Exports = ({ id, reported }: { id: string; reported: boolean }) => (
  <section class="card">
    <h2>{f('exports')}</h2>
    <p class="hint">{f('exports-hint')}</p>
    <p class="pages">
      <a class="button" download={`${id}-nexo.json`} href={`/api/terminals/${id}/nexo`}>nexo Diagnosis (JSON)</a>
      {reported && <a class="button" download={`${id}-catm.xml`} href={`/api/terminals/${id}/catm`}>ISO 20022 catm.001 (XML)</a>}
    </p>
  </section>
)

const Content = ({ detail, renew }: { detail: TerminalDetail; renew: () => void }) => {
  const { terminal: row, reports, incidents, commands, enrolment, notes } = detail
  const { terminal } = row
  const [latest, ...earlier] = reports
  return (
    <>
      <div class="title">
        <h1>{terminal.id}</h1>
        <ContactMark is={row.contact} opens={row.opens} />
        <ReadinessChips readiness={row.readiness} />
      </div>
      <ReadinessLine readiness={row.readiness} />
      <Why readiness={row.readiness} incidents={incidents} />
      {mayAs('technician') && <CheckNow terminal={terminal.id} contact={row.contact} known={commands} />}
      <Facts detail={detail} />
      <section class="card"><h2>{t('open-incidents')}</h2>{incidents.length === 0 ? <p class="empty">{t('no-incidents')}</p> : <IncidentTable rows={incidents} of="terminal" />}</section>
      <section class="card"><h2>{t('checks')}</h2>{reports.length === 0 ? <p class="empty">{t('none')}</p> : <Checks reports={reports} />}</section>
      {latest && <Devices terminal={terminal.id} reports={[latest, ...earlier]} />}
      {latest && <ReadingCharts terminal={terminal.id} />}
      {mayAs('technician') && <Logs terminal={terminal.id} contact={row.contact} known={commands} />}
      <Notes terminal={terminal.id} notes={notes} noted={renew} />
      <Enrolled enrolment={enrolment} />
      <Exports id={terminal.id} reported={latest !== undefined} />
      {mayAs('manager') && enrolment.token && <Revoke terminal={terminal.id} />}
    </>
  )
}

/** One terminal: can it take money, what is wrong, its self-check history, what it measured, its devices, and a check now. */
export const TerminalPage = ({ id }: { id: string }) => {
  useTitle(id, t('terminals'))
  const [round, setRound] = useState(0)
  const asked = useAsked<TerminalDetail>(`/api/terminals/${encodeURIComponent(id)}`, ['terminals', 'reports', 'incidents'], { round })
  return (
    <>
      <FleetTabs at="terminals" />
      <Shown asked={asked}>{(detail) => <Content detail={detail} renew={() => setRound((n) => n + 1)} />}</Shown>
    </>
  )
}
