import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Readings } from '../../../model/fleet.ts'
import { theme } from '../theme.ts'
import { clock, language, number, t } from '../words.ts'
import { f, wordOf } from './words.ts'

type Series = Readings['series'][number]

const DARK = matchMedia('(prefers-color-scheme: dark)')
const dark = signal(DARK.matches)
DARK.addEventListener('change', () => {
  dark.value = DARK.matches
})

/** Lines beyond the first four look like those before, in another dash. */
const COLOURS = 4
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]]

const lineClass = (i: number): string => `line-${i % COLOURS}`
const dashOf = (i: number): number[] => DASHES[(i + Math.floor(i / COLOURS)) % DASHES.length] ?? []

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const DAY = 86_400_000

/** What is drawn: readings of one unit together. */
export interface ChartOf { id: string; unit: string; yesNo: boolean; least: readonly [number, number] | undefined; series: readonly Series[] }

const nameOf = (series: Series): string => `${wordOf('reading', series.name)} · ${series.device}`

/** A chart, and the same in figures for who cannot see it. */
export const Chart = ({ chart: { id, unit, yesNo, least, series }, from, to }: { chart: ChartOf; from: number; to: number }) => {
  const figure = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLDivElement>(null)
  const [pointed, setPointed] = useState<{ at: number; values: readonly (number | undefined)[] }>()
  const [failed, setFailed] = useState<unknown>()
  const said = (value: number): string => (yesNo ? t(value > 0 ? 'yes' : 'no') : number(value, Math.abs(value) < 10 ? 1 : 0))
  useEffect(() => {
    let gone = false
    let remove: (() => void) | undefined
    import('./plot.ts').then(({ draw }) => {
      if (gone || !figure.current || !canvas.current) return
      const looks = (selector: string, property: 'color' | 'borderColor'): string => getComputedStyle(figure.current?.querySelector(selector) ?? document.body)[property]
      const format = new Intl.DateTimeFormat(language.value, to - from > 2 * DAY ? { month: 'numeric', day: 'numeric' } : { timeStyle: 'short' })
      remove = draw(canvas.current, {
        lines: series.map((s, i) => ({ label: nameOf(s), points: s.points, colour: looks(`.${lineClass(i)}`, 'color'), dash: dashOf(i) })),
        ink: looks('.ink', 'color'), grid: looks('.ink', 'borderColor'), yesNo, least, from, to, time: (at) => format.format(at), value: (v) => (yesNo ? t(v > 0 ? 'yes' : 'no') : number(v, 1)),
        pointed: (at, values) => setPointed(at === undefined ? undefined : { at, values }),
      })
    }, setFailed)
    return () => {
      gone = true
      remove?.()
    }
  }, [JSON.stringify(series.map((s) => [s.name, s.device, s.points.length, s.points.at(-1)])), from, to, theme.value, dark.value, language.value])
  if (failed) throw failed
  return (
    <figure class="readings" ref={figure}>
      <figcaption class="ink"><b>{wordOf('chart', id)}</b>{unit && !yesNo && <small> {unit}</small>} <small class="pointed">{pointed && clock(pointed.at)}</small></figcaption>
      <div class="readings-plot" ref={canvas} aria-hidden="true" />
      <div class="scroll">
        <table class="plain-table" aria-label={wordOf('chart', id)}>
          <thead><tr><th scope="col">{f('reading')}</th><th scope="col" class="number">{pointed ? f('pointed') : f('last')}</th>{!yesNo && <><th scope="col" class="number">{f('least')}</th><th scope="col" class="number">{f('median')}</th><th scope="col" class="number">{f('most')}</th></>}</tr></thead>
          <tbody>
            {series.map((s, i) => {
              const values = s.points.map(([, v]) => v)
              const shown = pointed ? pointed.values[i] : values.at(-1)
              return (
                <tr key={`${s.name} ${s.device}`}>
                  <th scope="row"><svg class={lineClass(i)} viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><line x1="0" y1="4" x2="28" y2="4" stroke="currentColor" stroke-width="3" stroke-dasharray={dashOf(i).join(' ')} /></svg> {nameOf(s)}</th>
                  <td class="number">{shown === undefined ? '–' : said(shown)}</td>
                  {!yesNo && <><td class="number">{said(Math.min(...values))}</td><td class="number">{said(median(values))}</td><td class="number">{said(Math.max(...values))}</td></>}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
