import { keptScenarios } from '../src/cli/score/corpus.ts'
import type { Case } from '../src/cli/score/run.ts'
import type { Scenario } from '../src/model/scenario.ts'
import { type Drawn, draw, drawable } from './draw.ts'

/** How files of drawn scenarios begin; all others are written by hand or come from the field. */
export const DRAWN = 'drawn-'

/** The seed of the scenarios that are kept in the repository, and of those that are only ever drawn for a check. */
export const SEED = { kept: 'kept', heldOut: 'held out' } as const

const COUNTS: Readonly<Record<Exclude<Case, 'single'>, number>> = { pair: 60, cascade: 40, 'look-alike': 40, healthy: 24, blind: 24 }

const nameOf = (kind: Case, drawn: Drawn, number: number): string =>
  `${DRAWN}${kind}-${String(number).padStart(2, '0')}-${drawn.truth.map((s) => s.trouble.fault.toLowerCase()).join('-and-') || 'nothing-wrong'}`

/** Draws the corpus of one seed: every fault by itself, then so many of every other case; `times` as many for a check. */
export const drawCorpus = (seed: string, times = 1): Drawn[] => {
  const singles = Array.from({ length: times }, (_, round) => drawable.map((fault, i) => ({ kind: 'single' as const, fault, number: round * drawable.length + i }))).flat()
  const others = Object.entries(COUNTS).flatMap(([kind, count]) => Array.from({ length: count * times }, (_, number) => ({ kind: kind as Case, fault: undefined, number })))
  return [...singles, ...others].map(({ kind, fault, number }) => {
    const drawn = draw(kind, `${seed} ${kind} ${number}`, fault)
    return { ...drawn, name: nameOf(kind, drawn, number) }
  })
}

/** Scenarios of the repository that were not drawn, by name. */
export const writtenScenarios = (): { name: string; scenario: Scenario }[] => keptScenarios().filter(({ name }) => !name.startsWith(DRAWN))

const inline = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(inline).join(', ')}]`
    : typeof value === 'object' && value !== null ? `{ ${Object.entries(value).map(([key, of]) => `${key}: ${inline(of)}`).join(', ')} }`
      : typeof value === 'string' && /^[a-z][\w.-]*$/i.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : JSON.stringify(value)

/** A drawn scenario as its file has it. */
export const asYaml = ({ scenario }: Drawn): string => {
  const { found, ruledOut, unexplained, readiness } = scenario.expect
  const rows = (name: string, of: readonly object[]): string[] => (of.length === 0 ? [`  ${name}: []`] : [`  ${name}:`, ...of.map((row) => `    - ${inline(row)}`)])
  return [
    `about: ${inline(scenario.about)}`,
    `terminal: ${String(scenario.terminal)}`,
    'origin: generated',
    `case: ${scenario.case ?? 'single'}`,
    'observations:',
    ...scenario.observations.map(({ name, device, source, ...rest }) => `  - ${inline({ name, device, ...(source === 'live' ? {} : { source }), ...rest })}`),
    'expect:',
    ...rows('found', found),
    ...rows('ruledOut', ruledOut),
    ...rows('unexplained', unexplained),
    `  readiness: ${inline(readiness)}`,
    '',
  ].join('\n')
}
