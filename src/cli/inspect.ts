import { compareUnits, type UnitChange, unitsOf } from '../check/units.ts'
import type { Unit } from '../model/inspection.ts'
import { wording } from '../model/language.ts'
import type { Text } from '../model/text.ts'
import { checked } from './check.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { readInspection, writeInspection } from './inspection.ts'
import { progressLine } from './progress.ts'

interface InspectOptions {
  by?: string
  terminal?: string
  state?: string
  json?: boolean
}

type Compared = UnitChange | 'new' | 'not-seen' | 'first'

const WORDS: Readonly<Record<Compared, Text>> = {
  first: { zh: '-', en: '-' },
  same: { zh: '同一台', en: 'the same unit' },
  moved: { zh: '同一台，换了接口', en: 'the same unit at another port' },
  updated: { zh: '固件变了', en: 'other firmware' },
  swapped: { zh: '不是同一台！', en: 'ANOTHER UNIT' },
  untold: { zh: '无法判断（没有序列号）', en: 'cannot tell (no serial number)' },
  new: { zh: '上次没有', en: 'not there last time' },
  'not-seen': { zh: '上次有，这次没看到', en: 'there last time, not seen now' },
}

const HEAD: readonly Text[] = [
  { zh: '设备', en: 'device' }, { zh: '型号', en: 'product' }, { zh: '序列号', en: 'serial' }, { zh: '固件', en: 'firmware' }, { zh: 'USB 位置', en: 'USB port' }, { zh: '与上次检查相比', en: 'since the last inspection' },
]

const compared = (before: Unit | undefined, now: Unit | undefined, inspectedBefore: boolean): Compared => {
  if (!inspectedBefore) return 'first'
  if (before === undefined) return 'new'
  return now === undefined ? 'not-seen' : compareUnits(before, now)
}

/**
 * posdiag inspect: which unit every device is, held against the last inspection; with `--by NAME` this look becomes the last
 * inspection. Exit 1 if a unit is another one. Throws a Failure for a bad terminal file or an inspection that cannot be read or written.
 */
export const inspectCommand = async (options: InspectOptions, context: Context): Promise<number> => {
  const { language } = context
  const by = options.by?.trim()
  if (by === '' || (by ?? '').length > 100) throw new Failure(EXIT.usage, { zh: '--by 后面写检查人的姓名，最多 100 个字符', en: '--by takes the name of the person who inspects, 100 characters at most' })
  const stateDir = stateDirOf(options.state)
  const last = readInspection(stateDir)
  const progress = progressLine(context)
  const { report } = await checked({ input: false, ...(options.terminal === undefined ? {} : { terminal: options.terminal }), ...(options.state === undefined ? {} : { state: options.state }) }, context, progress.hear)
  progress.end()
  const units = unitsOf(report.check.runs.map(({ device, kind }) => ({ id: device, kind })), report.check.observations)
  const ids = [...new Set([...Object.keys(units), ...Object.keys(last?.units ?? {})])].sort()
  const rows = ids.map((device) => ({ device, ...(units[device] ?? last?.units[device] ?? {}), change: compared(last?.units[device], units[device], last !== undefined) }))
  if (options.json) context.out(JSON.stringify({ last: last && { at: last.at, by: last.by }, units: rows }, null, 2))
  else {
    const when = last && new Date(last.at).toLocaleString(language)
    context.out(when === undefined ? wording({ zh: '还没有人检查过这台终端', en: 'nobody has inspected this terminal yet' }, language) : wording({ zh: `上次检查：${when}，${last?.by}`, en: `last inspection: ${when}, ${last?.by}` }, language))
    context.out(table([HEAD.map((text) => wording(text, language)), ...rows.map((row) => [row.device, row.product ?? '-', row.serial ?? '-', row.firmware ?? '-', row.usbPath ?? '-', wording(WORDS[row.change], language)])]).join('\n'))
  }
  if (by !== undefined) {
    writeInspection(stateDir, { at: report.at, by, units })
    context.err(wording({ zh: `已记下 ${by} 的检查：${Object.keys(units).length} 个设备`, en: `the inspection by ${by} is kept: ${Object.keys(units).length} devices` }, language))
  }
  return rows.some(({ change }) => change === 'swapped') ? EXIT.degraded : EXIT.ready
}
