import { NO_INCIDENTS, step } from '../agent/incidents.ts'
import { makeReport } from '../agent/report.ts'
import { weigh } from '../check/run.ts'
import type { Check } from '../model/check.ts'
import type { FaultAt, Readiness } from '../model/diagnosis.ts'
import type { Knowledge } from '../model/fault.ts'
import { fitted } from '../model/fitted.ts'
import { uuidv7 } from '../model/id.ts'
import type { Observation, ObservedValue } from '../model/observation.ts'
import type { Probe } from '../model/probe.ts'
import type { ClockQuality } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { TerminalFile, TerminalIdentity } from '../model/terminal.ts'

/** What a report says besides what was seen; times in milliseconds since 1970 by the terminal's own clock. */
export interface Poured {
  id: string
  checkId: string
  sequence: number
  at: number
  bootId: string
  uptimeMs: number
  identity: TerminalIdentity
  version: string
  trigger: Check['trigger']['by']
  clock: ClockQuality
  incidents: readonly { id: string; fault: string; device: string; change: 'opened' | 'closed' }[]
  /** Fields of a newer agent that today's HQ does not know. */
  unknown?: Readonly<Record<string, string>>
}

/** The report of a scenario, made once as an agent makes it, to be said by many terminals. */
export interface Mould {
  /** The faults that an agent opens incidents for. */
  found: readonly FaultAt[]
  readiness: readonly Readiness[]
  /** The report as JSON. */
  pour(facts: Poured): string
}

/** What moulds are made of. */
export interface MouldParts {
  scenario: (name: string) => Scenario
  /** A file below fixtures/terminals. */
  terminal: (file: string) => TerminalFile
  probes: readonly Probe[]
  knowledge: Knowledge
}

/** A time that stands for that of the report wherever it comes, and where a text comes in; no report has them by itself. */
const AT = 1_111_111_111_111
const hole = (name: string): string => `\u0001${name}\u0001`
const HOLES = /"\\u0001(\w+)\\u0001"|(1111111111111)/

const CHECK_MS = 640

const split = (text: string): string[] => text.split(HOLES).filter((part): part is string => part !== undefined)

const values = (facts: Poured): Record<string, string> => ({
  id: JSON.stringify(facts.id),
  checkId: JSON.stringify(facts.checkId),
  sequence: String(facts.sequence),
  [String(AT)]: String(facts.at),
  startedAt: String(facts.at - CHECK_MS),
  uptimeMs: String(Math.max(0, facts.uptimeMs)),
  bootId: JSON.stringify(facts.bootId),
  terminal: JSON.stringify(facts.identity),
  version: JSON.stringify(facts.version),
  trigger: JSON.stringify({ by: facts.trigger }),
  clock: JSON.stringify(facts.clock),
  incidents: JSON.stringify(facts.incidents),
})

const mouldOf = (name: string, seen: Readonly<Record<string, ObservedValue>>, parts: MouldParts): Mould => {
  const scenario = parts.scenario(name)
  const terminal = typeof scenario.terminal === 'string' ? parts.terminal(scenario.terminal) : scenario.terminal
  const devices = fitted(terminal)
  const observations: Observation[] = scenario.observations.map((o) => ({ ...o, ...('value' in o && seen[o.name] !== undefined ? { value: seen[o.name] } : {}), at: AT }) as Observation)
  const { problems: _, ...weighed } = weigh({ terminal, probes: parts.probes, knowledge: parts.knowledge }, devices, observations)
  const check: Check = {
    id: uuidv7(AT),
    trigger: { by: 'schedule' },
    startedAt: AT,
    ms: CHECK_MS,
    runs: devices.map((d) => ({ device: d.id, kind: d.kind, outcome: 'done', ms: 40 })),
    observations,
    ...weighed,
    transcripts: [],
  }
  const faultOf = (code: string) => parts.knowledge.faults.find((f) => f.code === code)
  const { told } = step(NO_INCIDENTS, check, { depth: 'full', now: AT, severityOf: (code) => faultOf(code)?.severity, devices: new Set(devices.map((d) => d.id)), newId: () => '' })
  const report = makeReport(check, { at: AT, bootId: '', uptimeMs: 0, clock: 'synchronised', identity: { id: 'T' }, version: '0', faults: faultOf, incidents: [], transactions: [], problems: [] })
  const pieces = split(JSON.stringify({
    ...report,
    id: hole('id'), sequence: hole('sequence'), bootId: hole('bootId'), uptimeMs: hole('uptimeMs'), clock: hole('clock'), terminal: hole('terminal'), incidents: hole('incidents'),
    agent: { ...report.agent, version: hole('version') },
    check: { ...report.check, id: hole('checkId'), trigger: hole('trigger'), startedAt: hole('startedAt') },
  }))
  return {
    found: told.map(({ fault, device }) => ({ fault, device })),
    readiness: weighed.readiness,
    pour: (facts) => {
      const filled = values(facts)
      const text = pieces.map((piece, i) => (i % 2 === 0 ? piece : (filled[piece] ?? piece))).join('')
      return facts.unknown === undefined ? text : `${JSON.stringify(facts.unknown).slice(0, -1)},${text.slice(1)}`
    },
  }
}

/** Makes moulds as they are asked for, each once: weighing a scenario takes some ten milliseconds. `seen` replaces what was observed, by name. */
export const moulds = (parts: MouldParts): ((scenario: string, seen?: Readonly<Record<string, ObservedValue>>) => Mould) => {
  const made = new Map<string, Mould>()
  return (scenario, seen = {}) => {
    const key = `${scenario} ${JSON.stringify(seen)}`
    const known = made.get(key) ?? mouldOf(scenario, seen, parts)
    made.set(key, known)
    return known
  }
}
