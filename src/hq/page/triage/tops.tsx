import type { Facets, StoreRow } from '../../../model/triage.ts'
import type { Overview } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { storePath } from '../router.ts'
import { inWords, t } from '../words.ts'
import { a, costWords } from './words.ts'

/** One line of a list: `said` is its figure in words, `part` its length as a part of the longest one (0 to 1); without one it has no bar. */
export interface Bar { name: string; href?: string; part?: number; said: string }

/** Names with bars, the longest first. */
export const Bars = ({ bars }: { bars: readonly Bar[] }) => bars.length === 0 ? <p class="empty">{t('none')}</p> : (
  <ol class="ranked">
    {bars.map(({ name, href, part, said }) => (
      <li key={name}>
        <span class="ranked-name">{href ? <a href={href}>{name}</a> : name}</span>
        <span class="ranked-said">{said}</span>
        {part !== undefined && <span class="weight" aria-hidden="true"><span style={{ width: `${Math.max(2, part * 100)}%` }} /></span>}
      </li>
    ))}
  </ol>
)

const ranked = <T,>(rows: readonly T[], size: (row: T) => number, bar: (row: T) => Omit<Bar, 'part'>): Bar[] => {
  const most = Math.max(1, ...rows.map(size))
  return rows.map((row) => ({ ...bar(row), part: size(row) / most }))
}

const MOST = 10

const Stores = () => {
  const asked = useAsked<{ rows: StoreRow[] }>(`/api/stores?limit=${MOST}`, ['incidents'])
  const lost = (s: StoreRow): number => s.cost?.lostMinor ?? 0
  const said = (s: StoreRow): string => [s.cost && costWords(s.cost).lost, s.silent > 0 && a('silent-of', { n: s.silent }), s.openIncidents > 0 && a('n-incidents', { n: s.openIncidents })].filter(Boolean).join(' · ')
  const bars = (rows: readonly StoreRow[]): Bar[] => {
    const all = ranked(rows.filter((s) => s.openIncidents + s.silent > 0), lost, (s) => ({ name: s.store, href: storePath(s.store), said: said(s) }))
    // Without any money the order is that of severity, which no length shows.
    return rows.some((s) => lost(s) > 0) ? all : all.map(({ part: _, ...bar }) => bar)
  }
  return (
    <section class="card">
      <h2><a class="bare" href="/stores">{a('top-stores')}</a></h2>
      <Shown asked={asked}>{({ rows }) => <Bars bars={bars(rows)} />}</Shown>
    </section>
  )
}

const Models = () => {
  const asked = useAsked<Facets>('/api/incidents/facets', ['incidents'])
  return (
    <section class="card">
      <h2>{a('top-models')}</h2>
      <Shown asked={asked}>{({ model }) => <Bars bars={ranked(model.slice(0, MOST), (m) => m.incidents, (m) => ({ name: m.value, href: `/incidents?model=${encodeURIComponent(m.value)}`, said: a('n-incidents', { n: m.incidents }) }))} />}</Shown>
    </section>
  )
}

/** The faults, stores and models that are worst off. */
export const Tops = ({ overview }: { overview: Overview }) => (
  <div class="cards thirds">
    <section class="card">
      <h2>{a('top-faults')}</h2>
      <Bars bars={ranked(overview.topFaults, (f) => f.terminals, (f) => ({ name: inWords(f.title), href: `/incidents?fault=${encodeURIComponent(f.fault)}`, said: t('on-terminals', { n: f.terminals }) }))} />
    </section>
    <Stores />
    <Models />
  </div>
)
