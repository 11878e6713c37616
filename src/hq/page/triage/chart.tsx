import { useEffect, useRef, useState } from 'preact/hooks'
import { theme } from '../theme.ts'
import { language } from '../words.ts'
import { a } from './words.ts'

interface Series { name: string; tone: 'accent' | 'good' | 'bad'; kind: 'bars' | 'line'; values: readonly number[] }

interface ChartProps { label: string; times: readonly number[]; stepMs: number; series: readonly Series[]; timeText: (at: number) => string; timeName: string }

const dark = matchMedia('(prefers-color-scheme: dark)')

/** Counts over time as a drawing in the colours of the theme, with the same figures as a table. The code that draws is fetched when it is needed. */
export const Chart = ({ label, times, stepMs, series, timeText, timeName }: ChartProps) => {
  const box = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  const [pointed, setPointed] = useState<number>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    const again = (): void => setRound((n) => n + 1)
    dark.addEventListener('change', again)
    return () => dark.removeEventListener('change', again)
  }, [])
  const figures = JSON.stringify([times, series])
  useEffect(() => {
    const into = box.current
    if (!into) return
    let ended = false
    let end = (): void => {
      ended = true
    }
    import('./plot.ts').then(({ draw }) => {
      if (ended) return
      // A canvas does not know the colours of the style sheet by name: what wears them says what they are.
      const colours = [...(legend.current?.querySelectorAll('.dot') ?? [])].map((dot) => getComputedStyle(dot).backgroundColor)
      const { color, borderTopColor, fontFamily } = getComputedStyle(into)
      const drawn = draw(into, { times, stepMs, series: series.map((s, i) => ({ kind: s.kind, values: s.values, colour: colours[i] ?? color })), ink: color, grid: borderTopColor, font: fontFamily, timeText, pointed: setPointed })
      const watch = new ResizeObserver(drawn.resize)
      watch.observe(into)
      end = () => {
        watch.disconnect()
        drawn.end()
      }
    }).catch((reason: unknown) => console.warn('the chart could not be fetched; its figures are below', reason))
    return () => end()
  }, [figures, theme.value, language.value, round, stepMs])
  const at = pointed === undefined ? undefined : times[pointed]
  return (
    <figure class="chart">
      <div ref={box} class="plot" role="img" aria-label={label} />
      <figcaption>
        <ul ref={legend} class="legend">{series.map((s) => <li key={s.name}><span class={`dot tone-${s.tone}`} aria-hidden="true" /> {s.name} <b>{pointed === undefined ? s.values.reduce((n, v) => n + v, 0) : s.values[pointed]}</b></li>)}</ul>
        <span>{at === undefined ? label : timeText(at)}</span>
      </figcaption>
      <details>
        <summary>{a('figures')}</summary>
        <div class="scroll"><table class="dense" aria-label={label}>
          <thead><tr><th scope="col">{timeName}</th>{series.map((s) => <th key={s.name} scope="col" class="number">{s.name}</th>)}</tr></thead>
          <tbody>{times.map((time, i) => <tr key={time}><td>{timeText(time)}</td>{series.map((s) => <td key={s.name} class="number">{s.values[i]}</td>)}</tr>)}</tbody>
        </table></div>
      </details>
    </figure>
  )
}
