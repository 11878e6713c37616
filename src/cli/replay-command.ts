import type * as z from 'zod'
import { catalogue } from '../faults/index.ts'
import { Report } from '../model/report.ts'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'
import { parseInput, readInput } from './json-input.ts'
import { diagnoseObservations, replay } from './replay.ts'
import { DiagnoseInput } from './schemas.ts'
import { exitCodeOf, verdictLines } from './verdict.ts'

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

/** posdiag diagnose FILE: weighs observations given as JSON; `-` is standard input. Exit code as of a check. */
export const diagnoseCommand = async (file: string, context: Context): Promise<number> => {
  const input: z.infer<typeof DiagnoseInput> = parseInput(DiagnoseInput, await readInput(file), file, 'diagnose')
  const weighed = diagnoseObservations(input.terminal, input.observations)
  const codes = new Set(weighed.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => v.fault))
  context.out(JSON.stringify({ ...weighed, faults: catalogue.faults.filter((f) => codes.has(f.code)) }, null, 2))
  return exitCodeOf(weighed.readiness)
}
