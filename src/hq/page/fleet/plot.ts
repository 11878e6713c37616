import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'

/** One line of a chart: colour and dashes tell it apart, points are pairs of time (ms since 1970) and value. */
export interface Line { label: string; colour: string; dash: number[]; points: readonly (readonly [number, number])[] }

/** How a chart is drawn. `yesNo`: values are 0 and 1. `pointed` is told the time under the pointer, in ms, and what each line shows there. */
export interface Drawing {
  lines: readonly Line[]
  ink: string
  grid: string
  yesNo: boolean
  /** What the scale shows at least; values beyond it make it wider. */
  least: readonly [number, number] | undefined
  from: number
  to: number
  time: (at: number) => string
  value: (value: number) => string
  pointed: (at: number | undefined, values: readonly (number | undefined)[]) => void
}

const HEIGHT = 190

/** A scale that holds all values with some room around them, and what it shows at least. */
const rangeOf = (low: number, high: number, least: readonly [number, number] | undefined): [number, number] => {
  const room = Math.max((high - low) * 0.1, Math.abs(high) * 0.02, 0.5)
  return least === undefined ? [low - room, high + room] : [Math.min(low, least[0]), high > least[1] ? high + room : least[1]]
}

/** Draws into an element and goes with its width; the answer takes it away. */
export const draw = (into: HTMLElement, { lines, ink, grid, yesNo, least, from, to, time, value, pointed }: Drawing): (() => void) => {
  const data = uPlot.join(lines.map(({ points }): uPlot.AlignedData => [points.map(([at]) => at / 1000), points.map(([, v]) => v)]))
  const axis = { stroke: ink, font: '12px system-ui, sans-serif', grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } }
  const chart = new uPlot(
    {
      width: Math.max(200, into.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: true, range: [from / 1000, to / 1000] }, y: { range: (_, low, high) => rangeOf(low, high, yesNo ? [-0.15, 1.15] : least) } },
      axes: [
        { ...axis, space: 90, values: (_, splits) => splits.map((s) => time(s * 1000)) },
        { ...axis, size: 62, splits: yesNo ? () => [0, 1] : undefined, values: (_, splits) => splits.map(value) },
      ],
      series: [
        {},
        ...lines.map(({ label, colour, dash }): uPlot.Series => ({
          label, stroke: colour, width: 2, dash, spanGaps: true, points: { show: (_, i) => (lines[i - 1]?.points.length ?? 0) <= 40, size: 5, fill: colour }, ...(yesNo && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        })),
      ],
      hooks: {
        setCursor: [(u) => {
          const i = u.cursor.idx
          const at = i === null || i === undefined ? undefined : u.data[0][i]
          pointed(at === undefined ? undefined : at * 1000, lines.map((_, n) => (i === null || i === undefined ? undefined : (u.data[n + 1]?.[i] ?? undefined))))
        }],
      },
    } as uPlot.Options,
    data,
    into,
  )
  const watch = new ResizeObserver(() => chart.setSize({ width: Math.max(200, into.clientWidth), height: HEIGHT }))
  watch.observe(into)
  return () => {
    watch.disconnect()
    chart.destroy()
  }
}
