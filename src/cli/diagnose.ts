import { probes } from '../../probes/index.ts'
import { weigh } from '../check/run.ts'
import { catalogue } from '../faults/index.ts'
import type { Verdict } from '../model/diagnosis.ts'
import { fitted } from '../model/fitted.ts'
import { wording } from '../model/language.ts'
import { runnerUp } from '../model/runner-up.ts'
import type { Text } from '../model/text.ts'
import { explained } from '../texts/explained.ts'
import type { Context } from './context.ts'
import { DiagnoseInput, type Understood, understand } from './diagnose-input.ts'
import { EXIT, Failure } from './failure.ts'
import { parseInput, readInput } from './json-input.ts'
import { meaningOf } from './meanings.ts'
import { exitCodeOf } from './verdict.ts'

/** Open verdicts from this probability on are explained. */
const TOLD = 0.05

/** Weighs what an input tells: symptoms told count for more than those read from observations. */
export const weighUnderstood = ({ terminal, observations, symptoms, past, now }: Understood): ReturnType<typeof weigh> =>
  weigh({ terminal, probes, knowledge: catalogue, past, now, told: symptoms }, fitted(terminal), observations)

/** Why each fault worth telling was found or not, in sentences: the found ones, the likely ones, and the one that came nearest. */
export const explanations = ({ diagnosis }: Pick<ReturnType<typeof weigh>, 'diagnosis'>, now: number): (Pick<Verdict, 'fault' | 'device' | 'verdict'> & { text: Text })[] => {
  const words = { title: (code: string) => catalogue.faults.find((f) => f.code === code)?.title, meaning: ({ symptom }: { symptom: string }) => meaningOf(symptom), now }
  const near = runnerUp(diagnosis)
  return diagnosis.verdicts.filter((v) => v.verdict === 'found' || (v.verdict === 'open' && v.posterior >= TOLD) || v === near)
    .map((v) => ({ fault: v.fault, device: v.device, verdict: v.verdict, text: { zh: explained(v, words, 'zh-CN').join(''), en: explained(v, words, 'en').join(' ') } }))
}

/**
 * posdiag diagnose FILE: weighs observations given as JSON; `-` is standard input. Prints one document: diagnosis, readiness,
 * explanations, the faults found, and what of the input was ignored or assumed. Exit code as of a check; a Failure with 66 if
 * nothing of the input can be used.
 */
export const diagnoseCommand = async (file: string, context: Context): Promise<number> => {
  const understood = understand(parseInput(DiagnoseInput, await readInput(file), file, 'diagnose'))
  const { ignored, assumed } = understood
  for (const { name, device, why } of ignored) context.err(`${name}${device === undefined ? '' : ` ${device}`}: ${wording(why, context.language)}`)
  if (understood.observations.length + understood.symptoms.length === 0) {
    throw new Failure(EXIT.noInput, { zh: '输入中没有一项能用；全部名称见 docs/observations.md', en: 'nothing of the input can be used; docs/observations.md lists all names' })
  }
  const weighed = weighUnderstood(understood)
  const codes = new Set(weighed.diagnosis.verdicts.filter((v) => v.verdict === 'found').map((v) => v.fault))
  const { diagnosis, readiness, symptoms, problems } = weighed
  context.out(JSON.stringify({ diagnosis, readiness, explanations: explanations(weighed, understood.now), faults: catalogue.faults.filter((f) => codes.has(f.code)), ignored, assumed, symptoms, problems }, null, 2))
  return exitCodeOf(weighed.readiness)
}
