// npm run bench [-- --quick] [section …]: figures next to their aims, everything that is compared measured side by side in this one run.
import { parseArgs } from 'node:util'
import { measureCheck } from './check.ts'
import { measureDiagnosis } from './diagnosis.ts'
import { type Figure, print } from './figures.ts'
import { measureHotplug } from './hotplug.ts'
import { measureHq } from './hq-figures.ts'
import { measureIdle } from './idle.ts'
import { measureJournal } from './journal.ts'
import { measureLogs } from './logs.ts'
import { measureProcess } from './process.ts'

interface Section { title: string; measure: (how: { quick: boolean }) => Promise<Figure[]> }

const SECTIONS: Readonly<Record<string, Section>> = {
  check: { title: 'A warm check (stand-ins answer after 10 ms)', measure: measureCheck },
  diagnosis: { title: 'A whole diagnosis of a terminal larger than any till (smallest/median/largest)', measure: measureDiagnosis },
  process: { title: 'The whole process, from start to verdict', measure: measureProcess },
  idle: { title: 'The idle daemon, a round every 15 seconds', measure: measureIdle },
  hotplug: { title: 'A device that comes or goes, and the watch for it', measure: measureHotplug },
  logs: { title: 'posdiag logs, one core', measure: measureLogs },
  journal: { title: 'A journal of a million lines, a followed one, and the card-data filter', measure: measureJournal },
  hq: { title: 'HQ on SQLite: 2 KB reports, durable before the answer', measure: measureHq },
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: true })
const chosen = positionals.length > 0 ? positionals : Object.keys(SECTIONS)
const unknown = chosen.find((name) => !(name in SECTIONS))
if (unknown !== undefined) throw new Error(`no section ${unknown}; known: ${Object.keys(SECTIONS).join(', ')}`)
for (const name of chosen) {
  const section = SECTIONS[name]
  try {
    if (section) print(section.title, await section.measure(values))
  } catch (error) {
    // What could not be measured is said, and must not keep the rest from being measured.
    console.error(`\n${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
