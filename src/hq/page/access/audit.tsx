import type { AuditRow } from '../../../model/access.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { Pages } from '../parts/pages.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { go, place, withQuery } from '../router.ts'
import { t } from '../words.ts'
import { ACCESS_TEXTS } from './texts.ts'
import { a, wordOf } from './words.ts'

const DEEDS = Object.keys(ACCESS_TEXTS).filter((key) => key.startsWith('deed.')).map((key) => key.slice('deed.'.length))

const columns = (): Column<AuditRow>[] => [
  { name: a('deed'), lead: true, show: (row) => wordOf('deed', row.action) },
  { name: a('target'), show: (row) => row.target },
  { name: a('who'), show: (row) => <a class="bare" href={withQuery({ who: row.who, cursor: '' })} title={a('only-who')}>{row.who}</a> },
  { name: a('way'), show: (row) => wordOf('way', row.by) },
  { name: a('address'), show: (row) => row.address },
  { name: t('when'), show: (row) => <Ago at={row.at} /> },
  { name: a('outcome'), show: (row) => <span class={`chip is-${row.status < 400 ? 'ready' : 'blocked'}`}>{a(row.status < 400 ? 'done' : 'refused')}</span> },
  { name: t('detail'), show: (row) => row.detail !== '' && <details><summary>{t('detail')}</summary><pre>{row.detail}</pre></details> },
]

/** The audit log; its filters are in the address. */
export const Audit = () => {
  const { query } = place.value
  const asking = new URLSearchParams()
  for (const name of ['who', 'action', 'cursor']) {
    const value = query.get(name)
    if (value) asking.set(name, value)
  }
  const who = query.get('who')
  const asked = useAsked<{ rows: AuditRow[]; next?: string }>(`/api/audit?${asking}`, [])
  return (
    <>
      <div class="filters">
        <label>{a('deed')} <select value={query.get('action') ?? ''} onChange={(e) => go(withQuery({ action: e.currentTarget.value, cursor: '' }), 'replace')}>
          <option value="">{t('all')}</option>
          {DEEDS.map((deed) => <option key={deed} value={deed}>{wordOf('deed', deed)}</option>)}
        </select></label>
        {who && <a class="chip" href={withQuery({ who: '', cursor: '' })} aria-label={t('filter-off', { name: a('who'), value: who })}>{a('who')}: {who} ✕</a>}
      </div>
      <Shown asked={asked}>
        {({ rows, next }) => (
          <>
            {rows.length === 0 ? <p class="empty">{a('no-deeds')}</p> : <div class="card table"><Table label={a('audit')} columns={columns()} rows={rows} keyOf={(row) => row.id} /></div>}
            <Pages next={next} />
          </>
        )}
      </Shown>
    </>
  )
}
