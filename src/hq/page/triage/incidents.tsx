import { useEffect, useRef, useState } from 'preact/hooks'
import type { Facets } from '../../../model/triage.ts'
import type { IncidentRow } from '../../../model/wire.ts'
import { type Asked, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { money } from '../money.ts'
import { Shown } from '../parts/asked.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Pages } from '../parts/pages.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago, now } from '../parts/time.tsx'
import { go, place, storePath, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { ago, inWords, lasting, percent, t } from '../words.ts'
import { CareForm, Silenced } from './care.tsx'
import { Chosen, FacetRail } from './facets.tsx'
import { narrowingNow, TABS, tabChange, tabNow } from './narrowing.ts'
import { caredBy } from './queue.tsx'
import { Sections } from './sections.tsx'
import { Views } from './views.tsx'
import { a, costWords } from './words.ts'

interface Page { rows: IncidentRow[]; next?: string }

/** A row that stays where it was though the list has moved on; `gone` if it is not in it any more. */
type HeldRow = IncidentRow & { gone?: boolean }

const heldRows = (held: Page, fresh: Page): HeldRow[] => {
  const known = new Map(fresh.rows.map((row) => [row.id, row]))
  // Where there are more pages a row may only have moved to the next one.
  return held.rows.map((row) => known.get(row.id) ?? { ...row, gone: fresh.next === undefined })
}

/** Keeps rows where they are while the list changes, and says how many there are that are not shown. */
const useHeld = (path: string, asked: Asked<Page>): { rows: HeldRow[]; unseen: number; show: () => void } => {
  const [held, setHeld] = useState<{ path: string; page: Page }>()
  const fresh = asked.state === 'here' && !asked.renewing ? asked.value : undefined
  useEffect(() => {
    if (fresh && held?.path !== path) setHeld({ path, page: fresh })
  }, [path, fresh, held?.path])
  if (!fresh || held?.path !== path) return { rows: asked.state === 'here' ? asked.value.rows : [], unseen: 0, show: () => undefined }
  const seen = new Set(held.page.rows.map((row) => row.id))
  return { rows: heldRows(held.page, fresh), unseen: fresh.rows.filter((row) => !seen.has(row.id)).length, show: () => setHeld({ path, page: fresh }) }
}

interface Marking { marked: ReadonlySet<string>; toggle: (id: string) => void }

const Time = ({ row }: { row: HeldRow }) => (
  <>
    <Ago at={row.openedAt} /> <small class="line">{row.closedAt === undefined ? a('last', { ago: ago(row.changedAt, now.value) }) : a('took', { time: lasting(row.closedAt - row.openedAt) })}</small>
  </>
)

const columns = ({ marked, toggle }: Marking, closed: boolean): Column<HeldRow>[] => [
  ...(mayAs('technician') && !closed ? [{ name: a('mark'), show: (row: HeldRow) => <input type="checkbox" class="marks" checked={marked.has(row.id)} aria-label={a('mark-one', { title: inWords(row.title), terminal: row.terminalId })} onChange={() => toggle(row.id)} /> }] : []),
  { name: t('severity'), show: (row) => <SeverityMark is={row.severity} /> },
  {
    name: a('title'),
    lead: true,
    show: (row) => <span class={row.gone ? 'gone' : undefined}><a href={`/incidents/${row.id}`}>{inWords(row.title)}</a> <small class="line"><code>{row.fault}</code> {row.device}</small>{row.regression && <span class="mark severity-degraded"> ↺ {t('regression')}</span>}{row.gone && <span class="mark absent"> {a('gone')}</span>}</span>,
  },
  { name: a('where'), show: (row) => <><a href={`/terminals/${row.terminalId}`}>{row.terminalId}</a> <small class="line">{row.region} {row.store && <a href={storePath(row.store)}>{row.store}</a>}</small></> },
  { name: a('time'), show: (row) => <Time row={row} /> },
  { name: a('cost'), number: true, show: (row) => row.cost && <>{money(row.cost.lostMinor, row.cost.currency)} <small class="line">{costWords(row.cost).perHour}</small></> },
  { name: a('care'), show: (row) => closed ? row.resolvedBy && a(`closed-by.${row.resolvedBy}`) : <>{caredBy(row.care) || <span class="absent">{a('nobody')}</span>} <Silenced care={row.care} /></> },
  { name: a('sureness'), number: true, show: (row) => <>{row.count} × <small class="line">{percent(row.posterior)}</small></> },
]

const Tools = ({ narrowing, closed }: { narrowing: URLSearchParams; closed: boolean }) => {
  const sort = place.value.query.get('sort') ?? 'severity'
  const file = (format: string): string => `/api/export/incidents?${new URLSearchParams([...narrowing, ...(closed ? [] : [['sort', sort]]), ['format', format]])}`
  return (
    <div class="filters tools">
      <nav class="tabs" aria-label={a('tabs')}>{TABS.map(({ key, set }) => <a key={key} class="tab" href={withQuery(tabChange(set))} aria-current={key === tabNow() ? 'page' : undefined}>{a(`tab.${key}`)}</a>)}</nav>
      {!closed && <label>{a('sort')} <select value={sort} onChange={(e) => go(withQuery({ sort: e.currentTarget.value === 'cost' ? 'cost' : '', cursor: '' }), 'replace')}><option value="severity">{a('sort.severity')}</option><option value="cost">{a('sort.cost')}</option></select></label>}
      <span class="exports"><span class="soft">{a('export')}</span> {['csv', 'json'].map((format) => <a key={format} class="button" href={file(format)} download>{format.toUpperCase()}</a>)}</span>
    </div>
  )
}

interface BulkProps extends Marking { rows: readonly HeldRow[]; mark: (ids: Iterable<string>) => void; people: readonly string[]; done: () => void }

const Bulk = ({ rows, marked, mark, people, done }: BulkProps) => (
  <div class="bulk">
    <label><input type="checkbox" checked={rows.length > 0 && rows.every((r) => marked.has(r.id))} onChange={(e) => mark(e.currentTarget.checked ? rows.map((r) => r.id) : [])} /> {a('mark-all')}</label>
    {marked.size > 0 && <b role="status">{a('marked', { n: marked.size })}</b>}
    {marked.size > 0 && <CareForm incidents={[...marked]} people={people} done={done} />}
  </div>
)

/** The list of incidents; what it shows is in the address. */
export const IncidentsPage = () => {
  useTitle(t('incidents'))
  const [marked, mark] = useState<ReadonlySet<string>>(new Set())
  const [round, setRound] = useState(0)
  const titles = useRef(new Map<string, string>())
  const narrowing = narrowingNow()
  const closed = narrowing.get('state') === 'closed'
  const { query } = place.value
  const asking = new URLSearchParams(narrowing)
  if (query.get('sort') === 'cost' && !closed) asking.set('sort', 'cost')
  const cursor = query.get('cursor')
  if (cursor) asking.set('cursor', cursor)
  const path = `/api/incidents?${asking}`
  const asked = useAsked<Page>(path, ['incidents'], { round })
  const counted = new URLSearchParams(narrowing)
  counted.delete('state')
  const facets = useAsked<Facets>(`/api/incidents/facets?${counted}`, ['incidents'], { round })
  const { rows, unseen, show } = useHeld(path, asked)
  for (const row of rows) titles.current.set(row.fault, inWords(row.title))
  useEffect(() => mark(new Set()), [path])
  const toggle = (id: string): void => mark((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]))
  return (
    <>
      <h1 class="sr">{t('incidents')}</h1>
      <Sections here="incidents" />
      <Views />
      <Tools narrowing={narrowing} closed={closed} />
      <div class={closed ? '' : 'railed'}>
        {!closed && <FacetRail asked={facets} titleOf={(fault) => titles.current.get(fault)} />}
        <div>
          <Chosen />
          <Shown asked={asked}>
            {({ next }) => (
              <>
                {unseen > 0 && cursor === null && <p class="pill" role="status"><button type="button" class="primary" onClick={show}>↑ {a('new-pill', { n: unseen })}</button></p>}
                {rows.length > 0 && mayAs('technician') && !closed && <Bulk rows={rows} marked={marked} toggle={toggle} mark={(ids) => mark(new Set(ids))} people={facets.state === 'here' ? facets.value.assignee.map((f) => f.value) : []} done={() => { mark(new Set()); setRound(round + 1) }} />}
                {rows.length === 0 ? <p class="empty">{t(counted.size > 0 ? 'no-match' : 'no-incidents')}</p> : <div class="card table tight"><Table label={t('incidents')} columns={columns({ marked, toggle }, closed)} rows={rows} keyOf={(row) => row.id} /></div>}
                <Pages next={next} />
              </>
            )}
          </Shown>
        </div>
      </div>
    </>
  )
}
