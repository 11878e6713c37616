import type { Bench } from '../src/model/bench.ts'
import { ifSeen, ifThere } from './sight.ts'

/** One sensor below /sys/class/hwmon; `value` in thousandths of a degree Celsius or of a percent (Linux Documentation/hwmon/sysfs-interface). */
export interface Sensor {
  chip: string
  label: string
  value: number
}

const folder = '/sys/class/hwmon'

const sensorsOf = async (bench: Bench, at: string, kind: 'temp' | 'humidity', wanted: (chip: string, label: string) => boolean): Promise<Sensor[]> => {
  // A sensor may go while it is read, or have no value for now (ENODATA): then it is one sensor less.
  const chip = (await ifSeen(bench.files.read(`${at}/name`)))?.trim() ?? ''
  const files = (await ifSeen(bench.files.list(at))) ?? []
  const found = await Promise.all(files.map(async (file): Promise<Sensor[]> => {
    const stem = new RegExp(`^(${kind}\\d+)_input$`).exec(file)?.[1]
    if (stem === undefined) return []
    const label = files.includes(`${stem}_label`) ? ((await ifSeen(bench.files.read(`${at}/${stem}_label`)))?.trim() ?? '') : ''
    if (!wanted(chip, label)) return []
    const text = await ifSeen(bench.files.read(`${at}/${file}`))
    const value = Number(text)
    return text === undefined || text.trim() === '' || Number.isNaN(value) ? [] : [{ chip, label, value }]
  }))
  return found.flat()
}

/** Sensors of one kind whose chip and label are wanted; empty where the host has none. */
export const sensors = async (bench: Bench, kind: 'temp' | 'humidity', wanted: (chip: string, label: string) => boolean): Promise<Sensor[]> => {
  const chips = (await ifThere(bench.files.list(folder))) ?? []
  return (await Promise.all(chips.map((chip) => sensorsOf(bench, `${folder}/${chip}`, kind, wanted)))).flat()
}
