import { type Bench, BenchError } from '../../src/model/bench.ts'
import type { Sight } from '../../src/model/probe.ts'
import { sensors } from '../hwmon.ts'
import { ifSeen, ifThere, rounded, sight } from '../sight.ts'

const CHIPS = /^(coretemp|k8temp|k10temp|zenpower|via_cputemp)$|cpu|soc/i
const ZONES = /cpu|soc|x86_pkg_temp|core/i
const LAST_RESORT = /^acpitz$/

/** Thousandths of a degree that a working sensor can show; broken ones show 0, -1, or the end of their scale. */
const credible = (value: number): boolean => value > -40_000 && value < 150_000 && value !== 0

const zones = async (bench: Bench): Promise<{ type: string; value: number }[]> => {
  const names = ((await ifThere(bench.files.list('/sys/class/thermal'))) ?? []).filter((name) => name.startsWith('thermal_zone'))
  return Promise.all(names.map(async (name) => ({
    type: (await ifSeen(bench.files.read(`/sys/class/thermal/${name}/type`)))?.trim() ?? '',
    value: Number((await ifSeen(bench.files.read(`/sys/class/thermal/${name}/temp`))) ?? Number.NaN),
  })))
}

const hottest = async (bench: Bench): Promise<number> => {
  const chips = (await sensors(bench, 'temp', (chip) => CHIPS.test(chip))).map((s) => s.value).filter(credible)
  if (chips.length > 0) return rounded(Math.max(...chips) / 1000)
  const found = (await zones(bench)).filter((zone) => credible(zone.value))
  const near = found.filter((zone) => ZONES.test(zone.type))
  const values = (near.length > 0 ? near : found.filter((zone) => LAST_RESORT.test(zone.type))).map((zone) => zone.value)
  if (values.length === 0) throw new BenchError('missing', 'this host has no processor temperature sensor that Linux knows (/sys/class/hwmon, /sys/class/thermal)')
  return rounded(Math.max(...values) / 1000)
}

/** Temperature of the hottest processor or SoC sensor. */
export const lookAtHeat = (bench: Bench): Promise<Sight> => sight('host.temperature-c', () => hottest(bench))
