// node bench/vocabulary.ts: writes docs/observations.md, every name that `posdiag diagnose` understands, from the probes themselves.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { probes } from '../probes/index.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The document: per kind of device what may be seen of it and what that may mean. */
export const vocabulary = (): string => [
  '# Observations and symptoms',
  '',
  'Written by `node bench/vocabulary.ts` from the probes. An observation is one thing seen: its `value`, or why there is none (`absent`: silent, garbled, refused, busy, missing, not-fitted, blocked, broke). A symptom is read from observations, held against limits that the terminal file can change.',
  ...probes.flatMap((probe) => [
    '', `## ${probe.kind}`, '',
    '| observation | what it is |', '|---|---|', ...Object.entries(probe.observes).map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} |`),
    '', '| symptom | what it means | read from |', '|---|---|---|', ...probe.symptoms.map(({ id, meaning, reads }) => `| \`${id}\` | ${cell(meaning.en)} · ${meaning.zh} | ${reads.map((name) => `\`${name}\``).join(' ')} |`),
    ...(Object.keys(probe.limits).length === 0 ? [] : ['', '| limit | standard | why |', '|---|---|---|', ...Object.entries(probe.limits).map(([name, { standard, unit, basis }]) => `| \`${name}\` | ${standard} ${cell(unit)} | ${cell(basis)} |`)]),
  ]),
  '',
].join('\n')

if (process.argv[1] === import.meta.filename) writeFileSync(join(import.meta.dirname, '../docs/observations.md'), vocabulary())
