import { probes } from '../../probes/index.ts'
import { falselyFound, loss, type Score } from '../../src/cli/score/figures.ts'
import type { Case } from '../../src/cli/score/run.ts'
import { among, type Outcome } from '../../src/cli/score/run.ts'
import { catalogue } from '../../src/faults/index.ts'
import { explained } from '../../src/texts/explained.ts'

const percent = (share: number | undefined): string => (share === undefined || Number.isNaN(share) ? '-' : share.toFixed(3))

const ROWS: readonly [string, (score: Score) => string, string][] = [
  ['scenarios', (s) => String(s.scenarios), ''],
  ...(['single', 'pair', 'cascade', 'look-alike', 'blind'] as const).flatMap((kind: Case): [string, (score: Score) => string, string][] => [
    [`top 1, ${kind}`, (s) => `${percent(s.top1[kind])} of ${s.counts[kind] ?? 0}`, { single: '≥ 0.97', pair: '≥ 0.90', cascade: '≥ 0.97' }[kind as string] ?? ''],
    [`top 3, ${kind}`, (s) => percent(s.top3[kind]), ''],
  ]),
  ['false alarms on healthy terminals', (s) => String(s.falseAlarms), '0'],
  ['a fault found that is not there', (s) => percent(s.extra), ''],
  ['readiness as stated', (s) => percent(s.readiness), ''],
  ['everything exactly as stated', (s) => percent(s.exact), ''],
  ['expected calibration error', (s) => s.calibration.toFixed(3), '≤ 0.05'],
  ['Brier score', (s) => s.brier.toFixed(3), ''],
  ['steps to cure ÷ fewest possible', (s) => s.steps.toFixed(3), '≤ 1.2'],
  ['a whole weighing, median, ms', (s) => s.msMedian.toFixed(1), ''],
]

/** The score as a Markdown table, one column per set of scenarios. */
export const tableOf = (sets: readonly { title: string; score: Score }[]): string[] => [
  `| | ${sets.map(({ title }) => title).join(' | ')} | aim |`,
  `|---|${sets.map(() => '---').join('|')}|---|`,
  ...ROWS.map(([what, of, aim]) => `| ${what} | ${sets.map(({ score }) => of(score)).join(' | ')} | ${aim} |`),
]

const MEANINGS = new Map(probes.flatMap((probe) => probe.symptoms.map((rule) => [rule.id, rule.meaning] as const)))

const words = { title: (code: string) => catalogue.faults.find((f) => f.code === code)?.title, meaning: ({ symptom }: { symptom: string }) => MEANINGS.get(symptom), now: 0 }

const WORST = 10

/** The scenarios that went worst, each with what was there, what was said and why. */
export const worstOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.toSorted((a, b) => loss(b) - loss(a)).slice(0, WORST).flatMap((outcome, i) => {
    const { name, scenario, truth, said, weighed } = outcome
    const told = [...truth.flatMap((at) => weighed.diagnosis.verdicts.find((v) => v.fault === at.fault && v.device === at.device) ?? []), ...said.slice(0, 2).filter((v) => !among(v, truth))]
    const silent = truth.filter((at) => !weighed.diagnosis.verdicts.some((v) => v.fault === at.fault && v.device === at.device))
    return [
      `${i + 1}. **${name}** (${loss(outcome).toFixed(1)} nats): ${scenario.about.en}.`,
      ...silent.map((at) => `   - ${at.fault} on ${at.device}: nothing that was seen speaks of it.`),
      ...told.map((v) => `   - ${falselyFound(outcome).includes(v) ? 'Not there: ' : among(v, truth) ? 'There: ' : ''}${explained(v, words, 'en').join(' ')}`),
    ]
  })

const MARK = { begin: '<!-- score: written by npm run score -->', end: '<!-- end of score -->' } as const

/** A document with its part between the score's marks replaced. Throws if it has no such marks. */
export const withScore = (document: string, lines: readonly string[]): string => {
  const [begin, end] = [document.indexOf(MARK.begin), document.indexOf(MARK.end)]
  if (begin < 0 || end < begin) throw new Error(`the document has no place for the score between ${MARK.begin} and ${MARK.end}`)
  return `${document.slice(0, begin + MARK.begin.length)}\n\n${lines.join('\n')}\n\n${document.slice(end)}`
}
