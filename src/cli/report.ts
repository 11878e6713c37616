import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { STORE_FILE } from '../agent/keeper.ts'
import { openStore } from '../agent/store.ts'
import { Report } from '../model/report.ts'
import { table } from './columns.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { loadTerminal } from './terminal-file.ts'
import { verdictLines } from './verdict.ts'

interface ReportOptions {
  json?: boolean
  state?: string
  terminal?: string
  /** File of the evidence bundle. */
  to?: string
  case?: string
  photo?: string[]
}

const noReport = (id: string): Failure => new Failure(EXIT.noInput, { zh: `没有报告 ${id}；posdiag report list 列出全部`, en: `no report ${id}; posdiag report list lists them` })

/** posdiag report list | show [ID] | export [ID]: what was seen on this terminal, and its signed evidence bundle; without an id the last report. Throws a Failure (66) if there is none. */
export const reportCommand = async ([action = 'list', id]: readonly string[], options: ReportOptions, context: Context): Promise<number> => {
  const stateDir = stateDirOf(options.state)
  const path = join(stateDir, STORE_FILE)
  if (!['list', 'show', 'export'].includes(action)) throw new Failure(EXIT.usage, { zh: `report 后面写 list、show 或 export，而不是 ${action}`, en: `report takes list, show or export, not ${action}` })
  if (!existsSync(path)) throw new Failure(EXIT.noInput, { zh: `${stateDir} 里还没有报告；先运行 posdiag check`, en: `no reports in ${stateDir} yet; run posdiag check first` })
  const store = openStore(path)
  try {
    const rows = store.reports(200)
    if (action === 'list') {
      if (options.json) context.out(JSON.stringify(rows, null, 2))
      else context.out(table(rows.map((r) => [String(r.sequence), new Date(r.at).toLocaleString(context.language), r.trigger, String(r.found), r.state, r.id])).join('\n'))
      return EXIT.ready
    }
    const wanted = id ?? rows[0]?.id ?? ''
    const text = store.report(wanted)
    if (text === undefined) throw noReport(wanted)
    if (action === 'export') {
      const { evidenceBundle } = await import('./evidence.ts')
      const { terminal } = await loadTerminal(options.terminal, process.env)
      const file = options.to ?? `posdiag-${wanted}.zip`
      const bundle = await evidenceBundle(store, { report: Report.parse(JSON.parse(text)), matter: options.case, photos: options.photo ?? [], terminal, stateDir, now: Date.now() })
      await writeFile(file, bundle, { mode: 0o600 })
      context.out(file)
    } else if (options.json) context.out(text)
    else context.out(verdictLines(Report.parse(JSON.parse(text)), context).join('\n'))
    return EXIT.ready
  } finally {
    store.close()
  }
}
