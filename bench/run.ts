// npm run bench [-- --quick] [section …]: figures next to their aims, everything that is compared measured side by side in this one run.
import { parseArgs } from 'node:util'
import { measureCheck } from './check.ts'
import { type Figure, print } from './figures.ts'
import { measureIdle } from './idle.ts'
import { measureProcess } from './process.ts'

interface Section { title: string; measure: (how: { quick: boolean }) => Promise<Figure[]> }

const SECTIONS: Readonly<Record<string, Section>> = {
  check: { title: 'A warm check (stand-ins answer after 10 ms)', measure: measureCheck },
  process: { title: 'The whole process, from start to verdict', measure: measureProcess },
  idle: { title: 'The idle daemon, a round every 15 seconds', measure: measureIdle },
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: true })
for (const name of positionals.length > 0 ? positionals : Object.keys(SECTIONS)) {
  const section = SECTIONS[name]
  if (!section) throw new Error(`no section ${name}; known: ${Object.keys(SECTIONS).join(', ')}`)
  print(section.title, await section.measure(values))
}
