import type { IncidentRow } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { SEVERITIES, SeverityMark } from '../parts/marks.tsx'
import { Ago } from '../parts/time.tsx'
import { go, place, withQuery } from '../router.ts'
import { inWords, lasting, percent, shared, t } from '../words.ts'

/** A table of incidents. */
export const IncidentTable = ({ rows, now }: { rows: readonly IncidentRow[]; now: number }) => (
  <div class="scroll">
    <table>
      <thead><tr><th>{t('severity')}</th><th>{t('fault')}</th><th>{t('terminal')}</th><th>{t('device')}</th><th>{t('since')}</th><th>{t('duration')}</th><th class="number">{t('count')}</th><th class="number">{t('confidence')}</th></tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td><SeverityMark is={row.severity} /></td>
            <td><a href={`/incidents/${row.id}`}>{inWords(row.title)}</a> <code>{row.fault}</code>{row.regression && <span class="mark severity-degraded"> ↺ {t('regression')}</span>}</td>
            <td><a href={`/terminals/${row.terminalId}`}>{row.terminalId}</a> {row.store ?? ''}</td>
            <td>{row.device}</td>
            <td><Ago at={row.openedAt} /></td>
            <td>{lasting((row.closedAt ?? now) - row.openedAt)}</td>
            <td class="number">{row.count}</td>
            <td class="number">{percent(row.posterior)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const FILTERS = ['state', 'severity', 'fault', 'terminal', 'cursor'] as const

/** The list of incidents; its filters are in the address. */
export const IncidentsPage = () => {
  const { query } = place.value
  const asking = new URLSearchParams({ state: 'open' })
  for (const name of FILTERS) {
    const value = query.get(name)
    if (value) asking.set(name, value)
  }
  const asked = useAsked<{ rows: IncidentRow[]; next?: string }>(`/api/incidents?${asking}`, ['incidents'])
  const state = query.get('state') ?? 'open'
  return (
    <>
      <h1>{t('incidents')}</h1>
      <div class="filters">
        <div class="tabs">
          {(['open', 'closed'] as const).map((s) => <a key={s} href={withQuery({ state: s, cursor: '' })} aria-current={state === s ? 'true' : undefined}>{t(`state.${s}`)}</a>)}
        </div>
        <label>{t('severity')} <select value={query.get('severity') ?? ''} onChange={(e) => go(withQuery({ severity: e.currentTarget.value, cursor: '' }), 'replace')}>
          <option value="">{t('all')}</option>
          {SEVERITIES.map((s) => <option key={s} value={s}>{shared(`severity.${s}`)}</option>)}
        </select></label>
        {query.get('fault') && <a class="chip" href={withQuery({ fault: '' })}>{query.get('fault')} ✕</a>}
        {query.get('terminal') && <a class="chip" href={withQuery({ terminal: '' })}>{query.get('terminal')} ✕</a>}
      </div>
      <Shown asked={asked}>
        {({ rows, next }) => rows.length === 0 ? <p class="empty">{t('no-incidents')}</p> : (
          <>
            <IncidentTable rows={rows} now={Date.now()} />
            {next && <p><a class="button" href={withQuery({ cursor: next })}>{t('more')}</a></p>}
          </>
        )}
      </Shown>
    </>
  )
}
