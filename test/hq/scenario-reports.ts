import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { probes } from '../../probes/index.ts'
import { makeReport } from '../../src/agent/report.ts'
import { weigh } from '../../src/check/run.ts'
import { catalogue } from '../../src/faults/index.ts'
import type { Trigger } from '../../src/model/check.ts'
import { fitted } from '../../src/model/fitted.ts'
import { uuidv7 } from '../../src/model/id.ts'
import { Report } from '../../src/model/report.ts'
import { Scenario } from '../../src/model/scenario.ts'
import { TerminalFile, type TerminalIdentity } from '../../src/model/terminal.ts'
import { makeReport as plainReport } from './reports.ts'

const fixtures = join(import.meta.dirname, '../../fixtures')
const textOf = (...path: string[]): string => readFileSync(join(fixtures, ...path), 'utf8')

export interface ScenarioReport {
  /** Name of a file below fixtures/scenarios, without its ending. */
  scenario: string
  identity: TerminalIdentity
  sequence: number
  at: number
  trigger?: Trigger['by']
  /** Whether the faults found open incidents now. */
  opens?: boolean
}

/** The report that an agent makes of a check in which a scenario's observations were seen. */
export const scenarioReport = ({ scenario: name, identity, sequence, at, trigger = 'schedule', opens = false }: ScenarioReport): Report => {
  const scenario = Scenario.parse(parse(textOf('scenarios', `${name}.yaml`)))
  const terminal = typeof scenario.terminal === 'string' ? TerminalFile.parse(parse(textOf('terminals', scenario.terminal))) : scenario.terminal
  const devices = fitted(terminal)
  const observations = scenario.observations.map((o) => ({ ...o, at }))
  const { problems: _, ...weighed } = weigh({ terminal, probes, knowledge: catalogue }, devices, observations)
  const found = weighed.diagnosis.verdicts.filter((v) => v.verdict === 'found')
  const check = {
    id: uuidv7(at),
    trigger: { by: trigger },
    startedAt: at - 600,
    ms: 600,
    runs: devices.map((d) => ({ device: d.id, kind: d.kind, outcome: 'done' as const, ms: 40 })),
    observations,
    ...weighed,
    transcripts: [{ device: 'printer-1', text: textOf('dialogues', 'printer', 'paper-out.txt') }],
  }
  const report = makeReport(check, {
    at, bootId: 'b', uptimeMs: 1e6, clock: 'synchronised', identity, version: '0.1.0', transactions: [], problems: [],
    faults: (code) => catalogue.faults.find((f) => f.code === code),
    incidents: opens ? found.map(({ fault, device }) => ({ id: `${fault}-${device}`, fault, device, change: 'opened' })) : [],
  })
  return { ...report, sequence }
}

/** What would run if any text of a report were taken for HTML. `place` tells which. */
const hostile = (place: string): string => `<img src=x onerror="ran('${place}')"><script>ran('${place}')</script>`
/** The same for a text that must be short. */
const HOSTILE_SHORT = '<img src=x onerror=ran()>'

const at = (value: unknown, path: readonly string[]): unknown => path.reduce((v, key) => (v as Record<string, unknown>)[key], value)

const leaves = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'string' ? [path] : typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, v]) => leaves(v, [...path, key])) : []

/**
 * A report with HTML in every text that the wire contract lets be any text, and where. Ids by which its parts find each other stay:
 * without them nothing would be shown.
 */
export const hostileReport = (identity: TerminalIdentity, now: number): { report: Report; places: string[] } => {
  const report: Report = structuredClone(plainReport({ terminal: identity.id, at: now, found: ['PRN-PAPER-OUT', 'PRN-OTHER'], changes: [{ fault: 'PRN-PAPER-OUT', change: 'opened' }] }))
  const { check } = report
  const [first, second] = check.diagnosis.verdicts
  if (first === undefined || second === undefined) throw new Error('the report made for this has no verdicts')
  report.terminal = { ...report.terminal, ...identity }
  report.transactions = [{ transaction: 't 1', step: 'failed', at: now, error: 'e' }]
  report.agentProblems = [{ code: 'x', detail: 'x' }]
  check.trigger.detail = 'x'
  check.transcripts = [{ device: 'printer-1', text: 'x' }]
  check.runs = check.runs.map((run) => ({ ...run, detail: 'x' }))
  check.observations.push({ name: 'printer.port', device: 'printer-1', at: now, source: 'cached', absent: 'busy', detail: 'x' }, { name: 'printer.model', device: 'printer-1', at: now, source: 'live', value: 'x' })
  check.symptoms = check.symptoms.map((s) => ({ ...s, meaning: { zh: 'x', en: 'x' } }))
  check.diagnosis.verdicts[0] = { ...first, against: [{ symptom: 'printer.cover-open', device: 'printer-1', weight: -2 }], notLookedAt: [{ symptom: 'unheard-of', device: 'printer-1' }] }
  check.diagnosis.verdicts[1] = { ...second, fault: 'PRN-OTHER', verdict: 'open', posterior: 0.3 }
  check.diagnosis.unexplained = [{ symptom: 'unheard-of-too', device: 'printer-1' }]
  const linked = /(^|\.)(schema|id|device|code|by|kind|name|fault|bootId)$|^check\.diagnosis\.verdicts|\.because\.|^incidents|^faults\..*\.symptom$/
  const places: string[] = []
  for (const path of leaves(report)) {
    const place = path.join('.')
    if (linked.test(place) && !/notLookedAt\.\d+\.symptom$|^agentProblems/.test(place)) continue
    const parent = at(report, path.slice(0, -1)) as Record<string, unknown>
    const key = path.at(-1) ?? ''
    const before = parent[key]
    const taken = [hostile(place), HOSTILE_SHORT].find((text) => {
      parent[key] = text
      return Report.safeParse(report).success
    })
    if (taken === undefined) parent[key] = before
    else places.push(place)
  }
  return { report, places }
}
