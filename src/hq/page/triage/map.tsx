import { useState } from 'preact/hooks'
import type { FleetMap } from '../../../model/triage.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { place, storePath, withQuery } from '../router.ts'
import { closedUntil } from '../words.ts'
import { a } from './words.ts'

type Region = FleetMap['regions'][number]
type Standing = Region['stores'][number][1]

const ORDER: readonly Standing[] = ['blocked', 'silent', 'faulty', 'quiet', 'closed', 'well']

const wordsOf = ([name, standing, terminals, opens]: Region['stores'][number]): string => `${name} · ${opens ? closedUntil(opens) : a(`standing.${standing}`)} · ${a('silent-n', { n: terminals })}`

/** From one cell to the next by arrow keys, so that a region is one stop of the Tab key. */
const move = (event: KeyboardEvent): void => {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  const from = event.target instanceof Element ? event.target.closest('a') : null
  if (by === undefined || from === null || !(event.currentTarget instanceof Element)) return
  event.preventDefault()
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('a.node')]
  cells[cells.indexOf(from as HTMLElement) + by]?.focus()
}

const Cells = ({ region, point }: { region: Region; point: (words: string | undefined) => void }) => {
  const name = region.region || a('no-region')
  const all = Object.values(region.standing).reduce((n, stores) => n + stores, 0)
  const more = all - region.stores.length
  const zoomed = place.value.query.has('region')
  return (
    <section class="region" aria-label={name}>
      <h3>{zoomed ? name : <a class="bare" href={withQuery({ region: region.region })}>{name}</a>} <small>{a('region-of', { stores: all, n: region.terminals })}</small></h3>
      <ul class="nodes" onKeyDown={move}>
        {region.stores.map((cell, i) => {
          const [store, standing] = cell
          const words = wordsOf(cell)
          const here = (): void => point(words)
          return <li key={store}><a class={`node node-${standing}`} href={storePath(store)} tabIndex={i === 0 ? 0 : -1} title={words} onFocus={here} onMouseEnter={here}><span class="sr">{words}</span></a></li>
        })}
      </ul>
      {more > 0 && (zoomed ? <p class="hint">{a('map-more', { n: more })}</p> : <p class="hint"><a href={withQuery({ region: region.region })}>{a('map-more', { n: more })}</a></p>)}
    </section>
  )
}

const Legend = ({ regions }: { regions: readonly Region[] }) => (
  <ul class="legend">{ORDER.map((s) => <li key={s}><span class={`node node-${s}`} aria-hidden="true" /> {a(`standing.${s}`)} <b>{regions.reduce((n, r) => n + (r.standing[s] ?? 0), 0)}</b></li>)}</ul>
)

/** Every store as a cell, by region, the worst first; a region can be looked at alone. */
export const StoresMap = () => {
  const region = place.value.query.get('region')
  const asked = useAsked<FleetMap>(region === null ? '/api/map' : `/api/map?region=${encodeURIComponent(region)}`, ['incidents', 'terminals'])
  const [pointed, point] = useState<string>()
  return (
    <section class="card" aria-labelledby="map">
      <h2 id="map">{a('map')} <small>{a('map-hint')}</small></h2>
      {region !== null && <p><a class="chip" href={withQuery({ region: '' })}>{a('map-all')} <span aria-hidden="true">✕</span></a></p>}
      <Shown asked={asked}>
        {({ regions }) => regions.length === 0 ? <p class="empty">{a('no-stores')}</p> : (
          <>
            <Legend regions={regions} />
            <div class="regions">{regions.map((r) => <Cells key={r.region} region={r} point={point} />)}</div>
            <p class="pointed" aria-hidden="true">{pointed ?? '\u00a0'}</p>
          </>
        )}
      </Shown>
    </section>
  )
}
