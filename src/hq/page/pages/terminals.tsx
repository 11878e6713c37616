import type { TerminalRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { CONTACTS, ContactMark, ReadinessChips, SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { go, place, withQuery } from '../router.ts'
import { t } from '../words.ts'

const Row = ({ row }: { row: TerminalRow }) => (
  <tr>
    <td><a href={`/terminals/${row.terminal.id}`}>{row.terminal.id}</a></td>
    <td>{[row.terminal.region, row.terminal.store, row.terminal.lane].filter(Boolean).join(' · ')}</td>
    <td><ContactMark is={row.contact} /></td>
    <td><ReadinessChips readiness={row.readiness} /></td>
    <td>{row.openIncidents > 0 ? <a href={`/incidents?terminal=${row.terminal.id}`}>{row.openIncidents} {row.worst && <SeverityMark is={row.worst} />}</a> : '0'}</td>
    <td>{row.lastSeenAt === undefined ? '–' : <Ago at={row.lastSeenAt} />}</td>
    <td>{row.agentVersion ?? '–'}</td>
  </tr>
)

/** The list of terminals. */
export const TerminalsPage = () => {
  const { query } = place.value
  const asking = new URLSearchParams([...query].filter(([name, value]) => ['q', 'contact', 'cursor'].includes(name) && value))
  const asked = useAsked<{ rows: TerminalRow[]; next?: string }>(`/api/terminals?${asking}`, ['terminals'])
  return (
    <>
      <h1>{t('terminals')}</h1>
      <div class="filters">
        <input type="search" aria-label={t('search')} placeholder={t('search')} value={query.get('q') ?? ''} onChange={(e) => go(withQuery({ q: e.currentTarget.value, cursor: '' }), 'replace')} />
        <label>{t('contact')} <select value={query.get('contact') ?? ''} onChange={(e) => go(withQuery({ contact: e.currentTarget.value, cursor: '' }), 'replace')}>
          <option value="">{t('all')}</option>
          {CONTACTS.map((c) => <option key={c} value={c}>{t(`contact.${c}`)}</option>)}
        </select></label>
      </div>
      <Shown asked={asked}>
        {({ rows, next }) => rows.length === 0 ? <p class="empty">{t('no-match')}</p> : (
          <>
            <div class="scroll">
              <table>
                <thead><tr><th>{t('terminal')}</th><th>{t('store')}</th><th>{t('contact')}</th><th>{t('readiness')}</th><th>{t('incidents')}</th><th>{t('last-seen')}</th><th>{t('version')}</th></tr></thead>
                <tbody>{rows.map((row) => <Row key={row.terminal.id} row={row} />)}</tbody>
              </table>
            </div>
            {next && <p><a class="button" href={withQuery({ cursor: next })}>{t('more')}</a></p>}
          </>
        )}
      </Shown>
    </>
  )
}
