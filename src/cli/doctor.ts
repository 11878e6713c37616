import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type HealthItem, health } from '../agent/health.ts'
import { TERMINAL_TOKEN_FILE } from '../agent/hq.ts'
import { wording } from '../model/language.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT } from './failure.ts'
import { loadTerminal } from './terminal-file.ts'

interface DoctorOptions {
  json?: boolean
  terminal?: string
  state?: string
}

const sign = (item: HealthItem): string => (item.ok === undefined ? '·' : item.ok ? '✓' : '✗')

/** posdiag doctor: the agent's own health. Exit 0 if nothing is amiss, 1 otherwise. */
export const doctorCommand = async (options: DoctorOptions, context: Context): Promise<number> => {
  const stateDir = stateDirOf(options.state)
  const { terminal } = await loadTerminal(options.terminal, process.env)
  const hq = process.env.POSDIAG_HQ !== undefined || existsSync(join(stateDir, TERMINAL_TOKEN_FILE))
  const items = await health({ stateDir, terminal, hq, now: Date.now(), env: process.env })
  if (options.json) context.out(JSON.stringify(items, null, 2))
  else {
    const lines = table(items.map((item) => [sign(item), item.check, wording(item.detail, context.language)]))
    context.out(items.flatMap((item, i) => [lines[i] ?? '', ...(item.remedy && item.ok === false ? [`     → ${wording(item.remedy, context.language)}`] : [])]).join('\n'))
  }
  return items.some((item) => item.ok === false) ? EXIT.degraded : EXIT.ready
}
