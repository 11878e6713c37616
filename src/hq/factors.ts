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
  const kept = new Map<string, Factor>()
  const keep = (name: string, value: string | undefined): void => {
    if (value === undefined || value === '' || name.length > MOST.name) return
    const factor: Factor = [plain(name), plain(value.slice(0, MOST.value))]
    kept.set(`${factor[0]}\0${factor[1]}`, factor)
  }
  keep('store', terminal.store ?? terminal.id)
  keep('region', terminal.region)
  keep('merchant', terminal.merchant)
  keep('model', terminal.model)
  keep('batch', terminal.serial === undefined ? undefined : batchOf(terminal.serial))
  keep('agent', report.agent.version)
  for (const device in report.versions) keep(device === 'configuration' ? 'pos' : `firmware ${device}`, report.versions[device])
  for (const { role, host } of report.servers ?? []) keep(role, host)
  for (const o of report.check.observations) {
    if (PROVIDER.has(o.name) && hasValue(o)) keep('provider', String(o.value))
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST.factors).map(([, factor]) => factor)
}
