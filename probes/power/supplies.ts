import type { Bench } from '../../src/model/bench.ts'
import { looked, missed, type Sight, saw } from '../../src/model/probe.ts'

const FOLDER = '/sys/class/power_supply'
/** What is read of each entry of /sys/class/power_supply. */
export const SUPPLY_FILES = ['type', 'scope', 'online', 'present', 'status', 'capacity', 'health', 'temp', 'energy_full', 'energy_full_design', 'charge_full', 'charge_full_design'] as const

/** One entry of /sys/class/power_supply: what its driver gives (Documentation/ABI/testing/sysfs-class-power). */
type Supply = Readonly<Partial<Record<(typeof SUPPLY_FILES)[number], string>>>

const readSupply = async (bench: Bench, name: string): Promise<Supply> => {
  const facts = await Promise.all(SUPPLY_FILES.map(async (file) => [file, await looked(bench.files.read(`${FOLDER}/${name}/${file}`))] as const))
  return Object.fromEntries(facts.flatMap(([file, fact]) => ('value' in fact && fact.value.trim() !== '' ? [[file, fact.value.trim()]] : [])))
}

/** Supplies of the host itself; batteries of mice and keyboards (scope Device) are none of them. */
const hostSupplies = async (bench: Bench): Promise<Supply[]> => {
  const names = await looked(bench.files.list(FOLDER))
  const all = 'value' in names ? await Promise.all(names.value.map((name) => readSupply(bench, name))) : []
  return all.filter((supply) => supply.scope !== 'Device' && supply.type !== undefined)
}

const numberIn = (supply: Supply, file: keyof Supply): number | undefined => {
  const value = Number(supply[file] ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

const passive = (name: string, value: string | number | boolean): Sight => saw(name, value, 'passive')
const gone = (name: string, absent: 'missing' | 'garbled', detail: string): Sight => missed(name, { absent, detail }, 'passive')

const isBattery = ({ type, present }: Supply): boolean => type === 'Battery' && present !== '0'

const CHARGERS = ['Mains', 'USB', 'Wireless']

/**
 * Whether power comes from outside. A PC lists its USB ports as supplies that are off line, and a host without a battery cannot be
 * without power: only an adapter (Mains), or a battery that runs down, can say no.
 */
const mains = (supplies: readonly Supply[], batteries: readonly Supply[]): Sight => {
  const chargers = supplies.filter(({ type, online }) => CHARGERS.includes(type ?? '') && online !== undefined)
  if (chargers.some(({ online }) => Number(online) > 0)) return passive('power.mains-online', true)
  const adapter = chargers.some(({ type }) => type === 'Mains')
  if (batteries.length === 0) {
    return adapter
      ? gone('power.mains-online', 'garbled', 'the adapter is reported as off, but the host has no battery and runs')
      : gone('power.mains-online', 'missing', 'this host does not report its power')
  }
  if (batteries.some(({ status }) => status === 'Discharging')) return passive('power.mains-online', false)
  const charges = batteries.some(({ status }) => status === 'Charging')
  if (adapter) return charges ? gone('power.mains-online', 'garbled', 'the adapter is reported as off, but the battery is charging') : passive('power.mains-online', false)
  return charges ? passive('power.mains-online', true) : gone('power.mains-online', 'missing', 'the battery does not say whether it is being charged')
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length

const within = (name: string, values: readonly number[], pick: (values: readonly number[]) => number, least: number, most: number): Sight[] => {
  if (values.length === 0) return []
  const value = Math.round(pick(values) * 10) / 10
  return [values.every((v) => v >= least && v <= most) ? passive(name, value) : gone(name, 'garbled', `${value} cannot be`)]
}

const every = (batteries: readonly Supply[], file: keyof Supply): number[] => batteries.flatMap((battery) => numberIn(battery, file) ?? [])

const wear = (battery: Supply): number[] =>
  (['energy', 'charge'] as const).flatMap((unit) => {
    const [full, design] = [numberIn(battery, `${unit}_full`), numberIn(battery, `${unit}_full_design`)]
    return full !== undefined && design !== undefined && design > 0 ? [(100 * full) / design] : []
  }).slice(0, 1)

const WORST_HEALTH = ['Dead', 'Overheat', 'Over voltage', 'Unspecified failure', 'Over current', 'Calibration required', 'Watchdog timer expire', 'Safety timer expire', 'Hot', 'Cold', 'Warm', 'Cool', 'Good']

const health = (batteries: readonly Supply[]): Sight[] => {
  const words = batteries.flatMap(({ health: word }) => (word === undefined || word === 'Unknown' ? [] : [word]))
  const rank = (word: string): number => (WORST_HEALTH.includes(word) ? WORST_HEALTH.indexOf(word) : WORST_HEALTH.length - 2)
  const worst = words.sort((a, b) => rank(a) - rank(b))[0]
  return worst === undefined ? [] : [passive('power.battery-health', worst)]
}

const charging = (batteries: readonly Supply[]): Sight[] => {
  const states = batteries.flatMap(({ status }) => (status === undefined || status === 'Unknown' ? [] : [status]))
  if (states.length === 0) return []
  const runsDown = states.includes('Discharging')
  return [passive('power.battery-charging', !runsDown && states.some((s) => s === 'Charging' || s === 'Full'))]
}

const batterySights = (batteries: readonly Supply[]): Sight[] => [
  ...within('power.battery-percent', every(batteries, 'capacity'), mean, 0, 100),
  ...charging(batteries),
  ...health(batteries),
  ...within('power.battery-temperature-c', every(batteries, 'temp').map((tenths) => tenths / 10), (all) => Math.max(...all), -40, 120),
  ...within('power.battery-wear-percent', batteries.flatMap(wear), (all) => Math.min(...all), 0, 150),
]

/** Adapters and batteries as the host's own drivers report them. A host that reports none is not at fault. */
export const lookAtSupplies = async (bench: Bench): Promise<Sight[]> => {
  const supplies = await hostSupplies(bench)
  const batteries = supplies.filter(isBattery)
  const online = mains(supplies, batteries)
  const sights = [online, ...batterySights(batteries)]
  return [
    ...sights,
    ...(batteries.length > 0 && 'value' in online ? [passive('power.on-battery', online.value === false)] : []),
    ...(supplies.length > 0 ? [passive('power.plausible', !sights.some((s) => 'absent' in s && s.absent === 'garbled'))] : []),
  ]
}
