import type { AlertRow, DeliveryRow } from '../../../model/alerts.ts'
import { send, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Pages } from '../parts/pages.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { place } from '../router.ts'
import { inWords, listed, placeInWords, shared, t } from '../words.ts'
import { DeliveryState } from './channels.tsx'
import type { TabProps } from './frame.tsx'
import { a } from './words.ts'

const What = ({ on, subject }: AlertRow) => {
  const to = subject.incident === undefined ? `/terminals/${subject.terminalId}` : `/incidents/${subject.incident}`
  const words = on === 'silence' ? a('what.silence') : on === 'tender' ? a('what.tender', { tenders: listed((subject.tenders ?? []).map((x) => shared(`tender.${x}`))) }) : subject.title && inWords(subject.title)
  return <><a href={to}>{words}</a> {subject.fault && <code>{subject.fault}</code>} {subject.severity && <SeverityMark is={subject.severity} />}</>
}

const toldOf = (row: AlertRow): string => {
  if (row.firedAt !== undefined) return a('told.yes')
  return row.heldBy === undefined ? a('told.soon') : a('told.held', { name: row.heldBy })
}

const alertColumns = (): Column<AlertRow>[] => [
  { name: a('what'), lead: true, show: (row) => <What {...row} /> },
  { name: a('where'), show: ({ subject: { terminalId, store, region } }) => <><a href={`/terminals/${terminalId}`}>{terminalId}</a> {placeInWords({ id: terminalId, ...(store && { store }), ...(region && { region }) })}</> },
  { name: a('since'), show: (row) => <Ago at={row.since} /> },
  { name: a('rule'), show: (row) => row.rule },
  { name: a('told'), show: toldOf },
]

/** Alerts that stand, or those that are over. */
export const AlertsTab = ({ state }: { state: 'open' | 'closed' }) => {
  const cursor = place.value.query.get('cursor')
  const asked = useAsked<{ rows: AlertRow[]; next?: string }>(`/api/alerts?${new URLSearchParams({ state, ...(cursor && { cursor }) })}`, ['incidents', 'terminals'])
  return (
    <Shown asked={asked}>
      {({ rows, next }) => (
        <>
          {rows.length === 0 ? <p class="empty">{a('no-alerts')}</p> : <div class="card table"><Table label={a(state === 'open' ? 'tab.alerts' : 'tab.closed')} columns={alertColumns()} rows={rows} keyOf={(r) => r.id} /></div>}
          <Pages next={next} />
        </>
      )}
    </Shown>
  )
}

/** Messages to channels, with what went wrong. */
export const MessagesTab = ({ settings, settle, round }: TabProps) => {
  const asked = useAsked<{ rows: DeliveryRow[] }>('/api/alerts/deliveries', ['incidents'], { round })
  const again = async (id: string): Promise<void> => {
    const answer = await send('POST', `/api/alerts/deliveries/${id}/retry`)
    settle(answer.state === 'failed' ? answer : undefined)
  }
  const columns: Column<DeliveryRow>[] = [
    { name: a('tab.channels'), lead: true, show: (row) => settings.channels.find((c) => c.id === row.channelId)?.name ?? a('gone-channel') },
    { name: a('what'), show: (row) => (row.test ? a('is-test') : a('alerts-in', { n: row.alerts })) },
    { name: t('when'), show: (row) => <Ago at={row.createdAt} /> },
    { name: a('state'), show: (row) => <DeliveryState row={row} /> },
    { name: a('tries'), number: true, show: (row) => row.tries },
    { name: t('action'), show: (row) => row.state === 'failed' && !row.test && <button type="button" onClick={() => void again(row.id)}>{a('again')}</button> },
  ]
  return (
    <Shown asked={asked}>
      {({ rows }) => rows.length === 0 ? <p class="empty">{a('no-messages')}</p> : <div class="card table"><Table label={a('tab.messages')} columns={columns} rows={rows} keyOf={(r) => r.id} /></div>}
    </Shown>
  )
}
