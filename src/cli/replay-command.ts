import { Report } from '../model/report.ts'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'
import { parseInput, readInput } from './json-input.ts'
import { replay } from './replay.ts'
import { verdictLines } from './verdict.ts'

/** posdiag replay FILE: reads an old report with today's catalogue and says what changed. */
export const replayCommand = async (file: string, options: { json?: boolean }, context: Context): Promise<number> => {
  const result = replay(parseInput(Report, await readInput(file), file, 'report'))
  if (options.json) {
    context.out(JSON.stringify(result, null, 2))
    return EXIT.ready
  }
  const list = (sign: string, all: { fault: string; device: string }[]) => all.map((at) => `${sign} ${at.fault} ${at.device}`)
  context.out([...verdictLines(result.report, context), '', ...list('+', result.appeared), ...list('-', result.gone)].join('\n'))
  return EXIT.ready
}
