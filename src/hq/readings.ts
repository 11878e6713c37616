import { setImmediate } from 'node:timers/promises'
import type { Readings } from '../model/fleet.ts'
import type { Report } from '../model/report.ts'
import type { Store } from './store.ts'

/** What is worth drawing over time, of all that probes observe. */
const DRAWN = new Set([
  'network.rtt-ms', 'network.jitter-ms', 'network.loss-percent', 'network.wifi-dbm', 'network.modem-dbm', 'endpoint.connect-ms', 'host.temperature-c', 'environment.temperature-c',
  'power.battery-temperature-c', 'environment.humidity-percent', 'host.disk-free-percent', 'host.memory-free-percent', 'host.cpu-percent', 'power.input-voltage-v', 'power.battery-percent',
  'power.load-percent', 'printer.reply-ms', 'printer.paper-near-end', 'printer.paper-end',
])

/** Reports read for one answer, and after how many of them others have their turn: unpacking one takes about a millisecond. */
const MOST_READ = 100
const AT_ONCE = 10

/** Lines of one answer; a terminal has a few dozen devices at most. */
const MOST_SERIES = 60

/** What probes of a terminal measured from that time on. */
export const readingsOf = async (store: Store, terminalId: string, from: number): Promise<Readings> => {
  const { of, reports } = await store.spreadReports(terminalId, from, MOST_READ)
  const series = new Map<string, Readings['series'][number]>()
  for (const [i, { at, redated, body }] of reports.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await setImmediate()
    // It was held against its schema when it came.
    const { observations } = (JSON.parse(body) as { data: Report }).data.check
    for (const o of observations) {
      if (!DRAWN.has(o.name) || !('value' in o) || typeof o.value === 'string') continue
      const key = `${o.name} ${o.device}`
      const known = series.get(key) ?? { name: o.name, device: o.device, points: [] }
      if (series.size >= MOST_SERIES && !series.has(key)) continue
      known.points.push([redated?.at ?? at, Number(o.value)])
      series.set(key, known)
    }
  }
  const all = [...series.values()].toSorted((a, b) => (`${a.name} ${a.device}` < `${b.name} ${b.device}` ? -1 : 1))
  return { from, reports: of, read: reports.length, series: all.map(({ points, ...rest }) => ({ ...rest, points: points.toSorted(([a], [b]) => a - b) })) }
}
