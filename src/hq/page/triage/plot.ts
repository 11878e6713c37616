import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'

/** One line or row of bars; `values` go with the times of the chart. */
export interface Drawn { kind: 'bars' | 'line'; colour: string; values: readonly number[] }

/** What to draw. Colours are such as a canvas takes; times are ms since 1970, a bar begins at its time and is `stepMs` wide. */
export interface Drawing { times: readonly number[]; stepMs: number; series: readonly Drawn[]; ink: string; grid: string; font: string; timeText: (at: number) => string; pointed: (index: number | undefined) => void }

const HEIGHT = 180

/** Draws into an element, and answers how to do so anew when its width changes, and how to end it. */
export const draw = (into: HTMLElement, { times, stepMs, series, ink, grid, font, timeText, pointed }: Drawing): { resize: () => void; end: () => void } => {
  const width = (): number => Math.max(200, into.clientWidth)
  const bars = uPlot.paths.bars?.({ size: [0.7, 48], align: 1, radius: 0.15 })
  const axis = { stroke: ink, font: `12px ${font}`, grid: { stroke: grid, width: 1 }, ticks: { show: false } }
  const plot = new uPlot(
    {
      width: width(), height: HEIGHT, ms: 1, legend: { show: false }, padding: [8, 24, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { range: () => [times[0] ?? 0, (times.at(-1) ?? 0) + stepMs] }, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
      axes: [
        { ...axis, size: 28, grid: { show: false }, space: 64, values: (_, splits) => splits.map(timeText) },
        { ...axis, size: 38, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] },
      ],
      series: [{}, ...series.map((s) => (s.kind === 'bars' && bars ? { width: 0, fill: s.colour, paths: bars, points: { show: false } } : { stroke: s.colour, width: 2, points: { show: false } }))],
      hooks: { setCursor: [(u) => pointed(u.cursor.idx ?? undefined)] },
    },
    [[...times], ...series.map((s) => [...s.values])],
    into,
  )
  return { resize: () => plot.setSize({ width: width(), height: HEIGHT }), end: () => plot.destroy() }
}
