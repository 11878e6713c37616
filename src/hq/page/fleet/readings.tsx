import type { Readings } from '../../../model/fleet.ts'
import { useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { place, withQuery } from '../router.ts'
import { Chart, type ChartOf } from './chart.tsx'
import { f } from './words.ts'

/** Charts in their order, each with what is drawn in it. */
const CHARTS: readonly { id: string; unit: string; names: readonly string[]; least?: readonly [number, number]; yesNo?: true }[] = [
  { id: 'way', unit: 'ms', names: ['network.rtt-ms', 'network.jitter-ms', 'endpoint.connect-ms'], least: [0, 20] },
  { id: 'loss', unit: '%', names: ['network.loss-percent'], least: [0, 10] },
  { id: 'signal', unit: 'dBm', names: ['network.wifi-dbm', 'network.modem-dbm'] },
  { id: 'temperature', unit: '°C', names: ['host.temperature-c', 'environment.temperature-c', 'power.battery-temperature-c'] },
  { id: 'room', unit: '%', names: ['host.disk-free-percent', 'host.memory-free-percent', 'host.cpu-percent'], least: [0, 100] },
  { id: 'voltage', unit: 'V', names: ['power.input-voltage-v'] },
  { id: 'battery', unit: '%', names: ['power.battery-percent', 'power.load-percent'], least: [0, 100] },
  { id: 'paper', unit: '', names: ['printer.paper-near-end', 'printer.paper-end'], yesNo: true },
  { id: 'printer', unit: 'ms', names: ['printer.reply-ms'], least: [0, 50] },
  { id: 'humidity', unit: '%', names: ['environment.humidity-percent'], least: [0, 100] },
]

const RANGES = ['1', '7', '30'] as const

const DAY = 86_400_000

/** Ten minutes: as exact as the right end of a chart needs to be, so that it is not drawn anew at every answer. */
const STEP_MS = 600_000

const chartsOf = ({ series }: Readings): ChartOf[] =>
  CHARTS.flatMap(({ id, unit, names, least, yesNo = false }) => {
    const own = names.flatMap((name) => series.filter((s) => s.name === name))
    return own.length === 0 ? [] : [{ id, unit, yesNo, least, series: own }]
  })

/** What probes of a terminal measured; over how long is in the address. */
export const ReadingCharts = ({ terminal }: { terminal: string }) => {
  const days = RANGES.find((d) => d === place.value.query.get('days')) ?? '1'
  const asked = useAsked<Readings>(`/api/terminals/${terminal}/readings?days=${days}`, [])
  return (
    <section class="card">
      <h2>{f('readings')}</h2>
      <div class="tabs">{RANGES.map((d) => <a key={d} class="tab" href={withQuery({ days: d === '1' ? '' : d })} aria-current={d === days ? 'true' : undefined}>{f('last-days', { n: d })}</a>)}</div>
      <Shown asked={asked}>
        {(readings) => {
          const charts = chartsOf(readings)
          const to = Math.ceil((readings.from + Number(days) * DAY) / STEP_MS) * STEP_MS
          return (
            <>
              <p class="hint">{f('readings-hint', { read: readings.read, reports: readings.reports })}</p>
              {charts.length === 0 ? <p class="empty">{f('no-readings')}</p> : <div class="readings-grid">{charts.map((chart) => <Chart key={chart.id} chart={chart} from={to - Number(days) * DAY} to={to} />)}</div>}
            </>
          )
        }}
      </Shown>
    </section>
  )
}
