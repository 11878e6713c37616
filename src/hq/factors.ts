import { hasValue } from '../model/observation.ts'
import type { Report } from '../model/report.ts'
import type { Factor } from './fold-types.ts'
import { plain } from './plain.ts'

const MOST = { factors: 40, name: 64, value: 100 } as const

/** Observations that name who carries the terminal's traffic. */
const PROVIDER = new Set(['network.modem-operator', 'network.provider'])

/** Makers count their units up: those of one batch differ in the last three characters at most. */
const batchOf = (serial: string): string | undefined => (serial.length > 5 ? serial.slice(0, -3) : undefined)

/**
 * What a terminal may have in common with others: its place, its make, its versions, the servers it relies on, who carries its
 * traffic. A terminal that names no store is a store of its own. Sorted, so that equal lists are equal texts.
 */
export const factorsOf = (report: Report): Factor[] => {
  const { terminal } = report
  const found: [string, string | undefined][] = [
    ['store', terminal.store ?? terminal.id], ['region', terminal.region], ['merchant', terminal.merchant], ['model', terminal.model],
    ['batch', terminal.serial === undefined ? undefined : batchOf(terminal.serial)], ['agent', report.agent.version],
    ...Object.entries(report.versions).map(([device, version]): [string, string] => (device === 'configuration' ? ['pos', version] : [`firmware ${device}`, version])),
    ...(report.servers ?? []).map(({ role, host }): [string, string] => [role, host]),
    ...report.check.observations.flatMap((o): [string, string][] => (PROVIDER.has(o.name) && hasValue(o) ? [['provider', String(o.value)]] : [])),
  ]
  const kept = found.flatMap(([name, value]): Factor[] => (value === undefined || value === '' || name.length > MOST.name ? [] : [[plain(name), plain(value.slice(0, MOST.value))]]))
  const unique = new Map(kept.map((f) => [f.join('\0'), f]))
  return [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, f]) => f).slice(0, MOST.factors)
}
